/**
 * How an edited object gets to the server. An edit that only sets fields is server-side applied: the fields that it
 * changed, and those that the field manager had applied before, so that nothing of its own is given up. One that takes
 * out what others own can't be said by an apply (leaving a field out only gives up one's own claim), so it goes as one
 * merge patch on the version that was edited. Either way it is one request: it happens whole, or not at all.
 */
import type { KubeObject } from "../kube/mod.ts";
import { type FieldPath, isMap, isWithin, type PathStep } from "./field_path.ts";
import { type FieldOwner, fieldOwners, ownersOf } from "./field_owners.ts";
import { itemId, type ListTypes } from "./list_types.ts";
import { mergePatch } from "./merge_patch.ts";
import { diffObjects, type FieldChange, sameJson } from "./object_diff.ts";

export type EditPlan =
  | { readonly type: "none" }
  /** The body of a server-side apply. */
  | { readonly type: "apply"; readonly configuration: KubeObject }
  /** The body of a merge patch with the version's resourceVersion, and whose fields it takes out. */
  | {
    readonly type: "patch";
    readonly patch: Readonly<Record<string, unknown>>;
    readonly removed: readonly { readonly path: FieldPath; readonly owners: readonly FieldOwner[] }[];
  };

export interface EditPlanOptions {
  readonly lists: ListTypes;
  readonly manager: string;
  /** Where the edit is sent to; what the manager applied elsewhere is not given up by it. Empty unless given. */
  readonly subresource?: string | undefined;
}

/** Identity and what only the server sets: never part of an edit. */
const FIXED: readonly FieldPath[] = [
  ["apiVersion"],
  ["kind"],
  ["metadata", "managedFields"],
  ["metadata", "resourceVersion"],
  ["metadata", "uid"],
  ["metadata", "creationTimestamp"],
  ["metadata", "generation"],
];

/** `live`: the whole object as the edit began from it. `edited`: as it is to be, server-set fields may be absent. */
export function planEdit(live: KubeObject, edited: KubeObject, options: EditPlanOptions): EditPlan {
  const { lists, manager } = options;
  const changes = diffObjects(live, edited, { lists, strict: true }).filter(isEdit);
  if (changes.length === 0) return { type: "none" };
  const owners = fieldOwners(live);
  const removed = changes.filter(({ type }) => type === "remove")
    .map(({ path }) => ({ path, owners: othersOf(path, owners, manager) }))
    .filter(({ path, owners: others }) => others.length > 0 || !isApplied(path, owners, manager));
  if (removed.length > 0 || changes.some(empties)) {
    const { resourceVersion } = live.metadata;
    const patch = mergePatch(live, withFixed(live, edited)) as Record<string, unknown>;
    const metadata = { ...(isMap(patch.metadata) ? patch.metadata : {}), resourceVersion };
    return { type: "patch", patch: { ...patch, metadata }, removed };
  }
  return { type: "apply", configuration: configurationOf(edited, { changes, owners, options }) };
}

function isEdit({ path }: FieldChange): boolean {
  return !FIXED.some((fixed) => isWithin(path, fixed));
}

/** Null is a value to JSON and nothing to an apply. */
function empties(change: FieldChange): boolean {
  return change.type !== "remove" && change.after === null;
}

function othersOf(path: FieldPath, owners: readonly FieldOwner[], manager: string): readonly FieldOwner[] {
  return ownersOf(path, owners).filter((owner) => owner.manager !== manager || owner.operation !== "Apply");
}

function isApplied(path: FieldPath, owners: readonly FieldOwner[], manager: string): boolean {
  return ownersOf(path, owners).some((owner) => owner.manager === manager && owner.operation === "Apply");
}

function withFixed(live: KubeObject, edited: KubeObject): KubeObject {
  const { managedFields, resourceVersion, uid, creationTimestamp, generation } = live.metadata;
  const fixed = { managedFields, resourceVersion, uid, creationTimestamp, generation };
  return { ...edited, metadata: { ...edited.metadata, ...fixed } } as KubeObject;
}

interface Picked {
  readonly changes: readonly FieldChange[];
  readonly owners: readonly FieldOwner[];
  readonly options: EditPlanOptions;
}

function configurationOf(edited: KubeObject, { changes, owners, options }: Picked): KubeObject {
  const { apiVersion, kind, metadata: { name, namespace } } = edited;
  const own = owners.find(({ manager, operation, subresource }) =>
    manager === options.manager && operation === "Apply" && subresource === (options.subresource ?? "")
  );
  const paths = [
    ...changes.filter(({ type }) => type !== "remove").map(({ path }) => path),
    ...(own?.fields ?? []),
  ];
  const picked = pick(edited, paths, { lists: options.lists }) as Partial<KubeObject> | undefined;
  const metadata = { ...picked?.metadata, name, ...(namespace === undefined ? {} : { namespace }) };
  return { ...picked, apiVersion, kind, metadata };
}

/**
 * The parts of a value at and below the paths, with what tells their list items apart; a list that is one value comes
 * whole. undefined: none of the paths is there.
 */
export function pick(
  value: unknown,
  paths: readonly FieldPath[],
  { lists, at = [] }: { readonly lists: ListTypes; readonly at?: readonly string[] },
): unknown {
  if (value === undefined || paths.length === 0) return undefined;
  if (paths.some((path) => path.length === 0)) return value;
  if (Array.isArray(value)) return pickItems(value, paths, { lists, at });
  if (!isMap(value)) return undefined;
  const picked: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const inner = paths.filter(([step]) => step === key).map((path) => path.slice(1));
    const part = pick(value[key], inner, { lists, at: [...at, key] });
    if (part !== undefined) picked[key] = part;
  }
  return Object.keys(picked).length === 0 ? undefined : picked;
}

function pickItems(
  list: readonly unknown[],
  paths: readonly FieldPath[],
  { lists, at }: { readonly lists: ListTypes; readonly at: readonly string[] },
): unknown {
  const type = lists(at) ?? { type: "atomic" };
  if (type.type === "atomic") return list;
  const picked: unknown[] = [];
  for (const item of list) {
    const inner = paths.filter(([step]) => isItem(item, step)).map((path) => path.slice(1));
    if (inner.length === 0) continue;
    const part = pick(item, inner, { lists, at });
    if (type.type === "set" || !isMap(item)) picked.push(part ?? item);
    else picked.push({ ...keyFields(item, type.keys), ...(part as object | undefined) });
  }
  return picked.length === 0 ? undefined : picked;

  function isItem(item: unknown, step: PathStep | undefined): boolean {
    if (step === undefined || typeof step === "string" || "index" in step) return false;
    if ("value" in step) return sameJson(item, step.value);
    return itemId(item, type) === itemId(step.key, type);
  }
}

function keyFields(
  item: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => item[key] !== undefined).map((key) => [key, item[key]]));
}
