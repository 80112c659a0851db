/** Lists of strategic merge patches: merging by key, deleting, and the order of what comes out. */
import { goMap } from "./go_value.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { PatchError } from "./patch_error.ts";

const DIRECTIVE = "$patch";

interface ListMerge {
  /** The key that maps are matched by; empty where the schema names none. */
  readonly mergeKey: string;
  /** The elements' type, for messages. */
  readonly typeName: string;
  readonly merge: (original: JsonObject, patch: JsonObject) => JsonObject;
  /** An element that the original does not have, without its directives. */
  readonly fresh: (element: JsonObject) => JsonObject;
}

/** Merges a patch's list into the original's, by the merge key for maps and as a set for scalars. */
export function mergeList(original: readonly Json[], patch: readonly Json[], options: ListMerge): Json[] {
  if (original.length === 0 && patch.length === 0) return [];
  if (!mapsOnly([...original, ...patch])) {
    const both = [...new Set([...original, ...patch])];
    return orderList(both, { order: patch, serverOrder: original, mergeKey: "" });
  }
  const { mergeKey, typeName, merge, fresh } = options;
  if (mergeKey === "") {
    throw new PatchError("unappliable", `cannot merge lists without merge key for ${typeName}`);
  }
  const { kept, elements } = obeyDirectives(original as JsonObject[], patch as JsonObject[], mergeKey);
  const merged = [...kept];
  for (const element of elements) {
    const value = keyOf(element, mergeKey);
    const at = merged.findIndex((candidate) => candidate[mergeKey] === value);
    if (at < 0) merged.push(fresh(element));
    else merged[at] = merge(merged[at]!, element);
  }
  return orderList(merged, { order: elements, serverOrder: kept, mergeKey });
}

/** Scalars of a list without those that `$deleteFromPrimitiveList` names. */
export function deleteScalars(list: readonly Json[], doomed: readonly Json[]): Json[] {
  return list.filter((item) => !doomed.includes(item));
}

/** What `$patch` elements leave of the original, and the patch's other elements. */
function obeyDirectives(original: readonly JsonObject[], patch: readonly JsonObject[], mergeKey: string) {
  let kept = [...original], replace = false;
  const elements: JsonObject[] = [];
  for (const element of patch) {
    switch (element[DIRECTIVE]) {
      case undefined:
        elements.push(element);
        break;
      case "delete": {
        const value = keyOf(element, mergeKey);
        kept = kept.filter((candidate) => candidate[mergeKey] !== value);
        break;
      }
      case "replace":
        replace = true;
        break;
      case "merge":
        throw new PatchError("unappliable", "merging lists cannot yet be specified in the patch");
      default:
        throw new PatchError(
          "unappliable",
          `unknown patch type: ${String(element[DIRECTIVE])} in map: ${goMap(element)}`,
        );
    }
  }
  return { kept: replace ? [] : kept, elements };
}

interface Order {
  /** The order wanted for the elements that it has. */
  readonly order: readonly Json[];
  /** The order that the others had. */
  readonly serverOrder: readonly Json[];
  /** Empty for scalars. */
  readonly mergeKey: string;
}

/**
 * The elements of `order` in that order, the others in the server's, interleaved so that each of the others
 * comes before the first ordered element that followed it on the server.
 */
export function orderList(list: readonly Json[], { order, serverOrder, mergeKey }: Order): Json[] {
  const identity = (item: Json) => mergeKey === "" ? item : keyOf(item, mergeKey);
  const place = (items: readonly Json[]) => {
    const places = new Map(items.map((item, index) => [identity(item), index] as const).reverse());
    return (item: Json) => places.get(identity(item)) ?? -1;
  };
  const wanted = place(order), onServer = place(serverOrder);
  const ordered = list.filter((item) => wanted(item) >= 0).sort((a, b) => wanted(a) - wanted(b));
  const others = list.filter((item) => wanted(item) < 0);
  const result: Json[] = [];
  while (ordered.length > 0 && others.length > 0) {
    const left = onServer(others[0]!), right = onServer(ordered[0]!);
    const othersFirst = left >= 0 && right >= 0 && left < right;
    result.push((othersFirst ? others : ordered).shift()!);
  }
  return [...result, ...ordered, ...others];
}

function mapsOnly(items: readonly Json[]): boolean {
  const maps = items.filter(isObject).length;
  if (items.some(Array.isArray)) throw new PatchError("unappliable", "lists of lists are not supported");
  if (maps > 0 && maps < items.length) {
    throw new PatchError("unappliable", "list element types are not identical");
  }
  return maps > 0;
}

function keyOf(item: Json, mergeKey: string): Json {
  const value = isObject(item) ? item[mergeKey] : undefined;
  if (value !== undefined) return value;
  throw new PatchError("unappliable", `map: ${goMap(item)} does not contain declared merge key: ${mergeKey}`);
}
