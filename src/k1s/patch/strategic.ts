/**
 * Strategic merge patch: a merge patch whose lists merge by key where the kind's schema says so.
 *
 * Directives in the patch: `$patch: replace|delete|merge` in a map or a list's element, `$retainKeys`,
 * `$deleteFromPrimitiveList/FIELD`, `$setElementOrder/FIELD`.
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
import { copyOf, isObject, type Json, type JsonObject, setKey } from "./json.ts";
import { goMap } from "./go_value.ts";
import { PatchError } from "./patch_error.ts";
import { deleteScalars, mergeList, orderList } from "./strategic_list.ts";

/** What a schema tells of a field's way to merge. */
export interface PatchMeta {
  /** `merge`, `replace`, `retainKeys`; empty where the schema says nothing. */
  readonly strategies: readonly string[];
  /** The key that elements of a merging list are matched by; empty for scalars. */
  readonly mergeKey: string;
  /** The schema of the field's value, or of its elements. */
  readonly schema: PatchSchema;
}

/** One object type, as far as patches need it. */
export interface PatchSchema {
  /** For messages. */
  readonly name: string;
  /** null for a field that the type does not have: it merges as a plain map or replaces as a plain list. */
  field(name: string): PatchMeta | null;
}

const DIRECTIVE = "$patch";
const RETAIN_KEYS = "$retainKeys";
const DELETE_PREFIX = "$deleteFromPrimitiveList/";
const ORDER_PREFIX = "$setElementOrder/";

/** The object with the patch merged in; neither input is changed. Throws PatchError. */
export function applyStrategicMergePatch(
  original: JsonObject,
  patch: JsonObject,
  schema: PatchSchema,
): JsonObject {
  return mergeMap(original, patch, schema);
}

/** Merges one map into another; `$patch` in it may replace or empty it. */
function mergeMap(original: JsonObject, patch: JsonObject, schema: PatchSchema): JsonObject {
  if (Object.hasOwn(patch, DIRECTIVE)) return directed(patch);
  const result = retained(original, patch);
  const orders = new Map<string, Json[]>();
  for (const key of Object.keys(patch)) {
    if (key.startsWith(ORDER_PREFIX)) orders.set(key.slice(ORDER_PREFIX.length), listOf(patch[key]!));
  }
  // the real server's order is that of a Go map, random: deleting first keeps what the same patch also adds
  for (const [key, value] of Object.entries(patch)) {
    if (!key.startsWith(DELETE_PREFIX)) continue;
    const field = key.slice(DELETE_PREFIX.length);
    const current = result[field];
    if (Array.isArray(current)) setKey(result, field, deleteScalars(current, listOf(value)));
  }
  for (const [key, value] of Object.entries(patch)) {
    if (!isDirectiveKey(key)) mergeField(result, { key, value, schema });
  }
  for (const [field, order] of orders) setOrder(result, { field, order, original, patch, schema });
  return result;
}

function isDirectiveKey(key: string): boolean {
  return key === RETAIN_KEYS || key.startsWith(DELETE_PREFIX) || key.startsWith(ORDER_PREFIX);
}

/** Handles `$patch` at the top of a map. */
function directed(patch: JsonObject): JsonObject {
  const directive = patch[DIRECTIVE];
  if (directive === "delete") return {};
  if (directive === "replace") {
    const { [DIRECTIVE]: _, ...rest } = patch;
    return rest;
  }
  throw new PatchError("unappliable", `unknown patch type: ${String(directive)} in map: ${goMap(patch)}`);
}

/** The original, without what `$retainKeys` does not name. */
function retained(original: JsonObject, patch: JsonObject): JsonObject {
  const result = copyOf(original);
  const keys = patch[RETAIN_KEYS];
  if (keys === undefined) return result;
  const wrong = new PatchError("malformed", "invalid patch format of retainKeys");
  if (!Array.isArray(keys)) throw wrong;
  for (const [key, value] of Object.entries(patch)) {
    if (
      key === RETAIN_KEYS || value === null || key.startsWith(DELETE_PREFIX) || key.startsWith(ORDER_PREFIX)
    ) continue;
    if (!keys.includes(key)) throw wrong;
  }
  for (const key of Object.keys(result)) if (!keys.includes(key)) delete result[key];
  return result;
}

function mergeField(
  result: JsonObject,
  { key, value, schema }: { key: string; value: Json; schema: PatchSchema },
): void {
  if (value === null) {
    delete result[key];
    return;
  }
  const current = Object.hasOwn(result, key) ? result[key]! : undefined;
  const meta = schema.field(key);
  if (isObject(current) && isObject(value) && !meta?.strategies.includes("replace")) {
    setKey(result, key, mergeMap(current, value, meta?.schema ?? UNKNOWN));
  } else if (Array.isArray(current) && Array.isArray(value) && meta?.strategies.includes("merge")) {
    setKey(
      result,
      key,
      mergeList(current, value, {
        mergeKey: meta.mergeKey,
        typeName: meta.schema.name,
        merge: (original, patch) => mergeMap(original, patch, meta.schema),
        fresh: (element) => taken(element) as JsonObject,
      }),
    );
  } else {
    const plain = taken(value);
    if (plain === undefined) delete result[key];
    else setKey(result, key, plain);
  }
}

interface OrderOptions {
  readonly field: string;
  readonly order: Json[];
  readonly original: JsonObject;
  readonly patch: JsonObject;
  readonly schema: PatchSchema;
}

/** Orders a merged list by `$setElementOrder`, what only the server has after its own order. */
function setOrder(result: JsonObject, { field, order, original, patch, schema }: OrderOptions): void {
  const merged = result[field];
  if (!Array.isArray(merged)) return;
  const meta = schema.field(field);
  const mergeKey = meta?.mergeKey ?? "";
  checkOrder(Array.isArray(patch[field]) ? patch[field] : [], order, mergeKey);
  const server = original[field], patched = patch[field];
  if ([server, patched].every((list) => !Array.isArray(list) || list.length === 0)) {
    throw new PatchError("unappliable", "no elements in any of the given slices");
  }
  setKey(
    result,
    field,
    orderList(merged, { order, serverOrder: Array.isArray(server) ? server : [], mergeKey }),
  );
}

/** The patch's own elements must be in the order list, in that order; deletions and directives do not count. */
function checkOrder(patchList: readonly Json[], order: readonly Json[], mergeKey: string): void {
  if (patchList.length === 0 || order.length === 0) return;
  const keyOf = (item: Json) => mergeKey !== "" && isObject(item) ? item[mergeKey] : item;
  const rest = patchList.filter((item) => !(isObject(item) && item[DIRECTIVE] === "delete"));
  let next = 0;
  for (const entry of order) {
    while (next < rest.length && hasDirective(rest[next]!)) next++;
    if (next < rest.length && keyOf(rest[next]!) === keyOf(entry)) next++;
  }
  if (next === rest.length) return;
  const message = `The order in patch list:\n${goMap([...patchList])}\n doesn't match ${
    ORDER_PREFIX.slice(0, -1)
  } list:\n${goMap([...order])}\n`;
  throw new PatchError("unappliable", message);
}

function hasDirective(item: Json): boolean {
  return isObject(item) && Object.hasOwn(item, DIRECTIVE);
}

function listOf(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  throw new PatchError("unappliable", `expected a []interface {}, but received a ${goType(value)}`);
}

/**
 * A value where there was none: its nulls vanish, and what `$patch` marks. Other directives stay, as in the real
 * server, where the kind's type knows no such field.
 */
function taken(value: Json): Json | undefined {
  if (Array.isArray(value)) {
    return value.map(taken).filter((item): item is Json => item !== undefined);
  }
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, DIRECTIVE)) return undefined;
  const plain: JsonObject = {};
  for (const [key, inner] of Object.entries(value)) {
    const kept = inner === null ? undefined : taken(inner);
    if (kept !== undefined) setKey(plain, key, kept);
  }
  return plain;
}

/** A schema that knows no field: maps merge, lists replace. */
const UNKNOWN: PatchSchema = { name: "", field: () => null };

function goType(value: Json): string {
  if (isObject(value)) return "map[string]interface {}";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return value === null ? "%!s(<nil>)" : typeof value === "boolean" ? "bool" : "string";
}
