/**
 * The patch of kubectl's client-side apply: what the last applied configuration had and this one has not is removed, what
 * differs from the live object is set, and everything else is left to whoever set it.
 * https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/#how-apply-calculates-differences-and-merges-changes
 */
import { sameJson } from "../../apply/mod.ts";
import type { PatchField, PatchNode } from "./patch_schema.ts";

type Json = unknown;
type JsonMap = Readonly<Record<string, Json>>;

export interface ThreeVersions {
  /** The last applied configuration; undefined when there is none. */
  readonly original: Json;
  readonly modified: Json;
  readonly current: Json;
}

/** An empty map when nothing is to be done. Without `schema`: a JSON merge patch, whose lists are one value. */
export function clientSidePatch(versions: ThreeVersions, schema: PatchNode | null): JsonMap {
  return mapPatch(versions, { node: schema ?? UNKNOWN, strategic: schema !== null });
}

const UNKNOWN: PatchNode = { field: () => null };

interface At {
  readonly node: PatchNode;
  readonly strategic: boolean;
  /** Fields of a union: those that the configuration leaves out go. */
  readonly retainKeys?: boolean;
}

function isMap(value: Json): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapOf(value: Json): JsonMap {
  return isMap(value) ? value : {};
}

function mapPatch(versions: ThreeVersions, at: At): JsonMap {
  const original = mapOf(versions.original), modified = mapOf(versions.modified);
  const current = mapOf(versions.current);
  const patch: Record<string, Json> = {};
  for (const key of Object.keys(original)) {
    if (!Object.hasOwn(modified, key) && Object.hasOwn(current, key)) patch[key] = null;
  }
  for (const [key, value] of Object.entries(modified)) {
    const inner = { original: original[key], modified: value, current: current[key] };
    Object.assign(patch, fieldPatch(key, inner, at));
  }
  const kept = Object.keys(modified).filter((key) => modified[key] !== null);
  const drops = Object.keys(current).some((key) => !kept.includes(key));
  if (at.retainKeys && (Object.keys(patch).length > 0 || drops)) {
    // a directive and a removal of the same field contradict each other
    for (const key of Object.keys(patch)) if (patch[key] === null) delete patch[key];
    patch.$retainKeys = kept.sort();
  }
  return patch;
}

/** What the field adds to the patch: itself, and directives beside it. */
function fieldPatch(key: string, versions: ThreeVersions, { node, strategic }: At): JsonMap {
  const { modified, current } = versions;
  if (sameJson(modified, current) && !(isMap(modified) || Array.isArray(modified))) return {};
  if (modified === null) return current === undefined ? {} : { [key]: null };
  const field = strategic ? node.field(key) : null;
  if (isMap(modified) && isMap(current) && !field?.strategies.includes("replace")) {
    const retainKeys = field?.strategies.includes("retainKeys") ?? false;
    const inner = mapPatch(versions, { node: field?.node ?? UNKNOWN, strategic, retainKeys });
    return Object.keys(inner).length === 0 ? {} : { [key]: inner };
  }
  if (Array.isArray(modified) && Array.isArray(current) && field?.strategies.includes("merge")) {
    return listPatch(key, { ...versions, modified, current }, field);
  }
  if (sameJson(modified, current)) return {};
  return {
    [key]: strategic && isMap(modified) && isMap(current) ? { ...modified, $patch: "replace" } : modified,
  };
}

interface ListVersions extends ThreeVersions {
  readonly modified: readonly Json[];
  readonly current: readonly Json[];
}

function listPatch(key: string, versions: ListVersions, field: PatchField): JsonMap {
  const original = Array.isArray(versions.original) ? versions.original as readonly Json[] : [];
  const both = { ...versions, original };
  return field.mergeKey === "" ? scalarsPatch(key, both) : itemsPatch(key, both, field);
}

interface WholeLists extends ListVersions {
  readonly original: readonly Json[];
}

function scalarsPatch(key: string, { original, modified, current }: WholeLists): JsonMap {
  const added = modified.filter((item) => !current.includes(item));
  const gone = original.filter((item) => !modified.includes(item) && current.includes(item));
  if (added.length + gone.length === 0 && isOrdered(modified, current)) return {};
  return {
    ...(gone.length === 0 ? {} : { [`$deleteFromPrimitiveList/${key}`]: gone }),
    [`$setElementOrder/${key}`]: modified,
    ...(added.length === 0 ? {} : { [key]: added }),
  };
}

function itemsPatch(key: string, { original, modified, current }: WholeLists, field: PatchField): JsonMap {
  const { mergeKey, node, strategies } = field;
  const idOf = (item: Json) => mapOf(item)[mergeKey];
  const find = (list: readonly Json[], id: Json) => list.find((item) => sameJson(idOf(item), id));
  const retainKeys = strategies.includes("retainKeys");
  const items: Json[] = [];
  for (const item of modified) {
    const id = idOf(item), live = find(current, id);
    if (live === undefined) {
      items.push(item);
      continue;
    }
    const versions = { original: find(original, id), modified: item, current: live };
    const inner = mapPatch(versions, { node, strategic: true, retainKeys });
    if (Object.keys(inner).length > 0) items.push({ ...inner, [mergeKey]: id });
  }
  const wanted = modified.map(idOf);
  const gone = original.map(idOf).filter((id) =>
    !wanted.some((other) => sameJson(other, id)) && find(current, id) !== undefined
  );
  items.push(...gone.map((id) => ({ $patch: "delete", [mergeKey]: id })));
  if (items.length === 0 && isOrdered(wanted, current.map(idOf))) return {};
  return {
    [`$setElementOrder/${key}`]: wanted.map((id) => ({ [mergeKey]: id })),
    ...(items.length === 0 ? {} : { [key]: items }),
  };
}

/** Whether those of `wanted` that are in `current` stand there in this order. */
function isOrdered(wanted: readonly Json[], current: readonly Json[]): boolean {
  const places = wanted.map((each) => current.findIndex((other) => sameJson(each, other))).filter((at) =>
    at >= 0
  );
  return places.every((place, index) => index === 0 || places[index - 1]! <= place);
}
