/**
 * What differs between two versions of an object, field by field. Lists are matched by what tells their items apart, so
 * that a container put in front is one addition and not a change of all behind it.
 */
import { type FieldPath, isMap, isScalar, type PathStep } from "./field_path.ts";
import { itemId, itemKey, type ListType, type ListTypes, matchedBy, NO_LIST_TYPES } from "./list_types.ts";

export type FieldChange =
  | { readonly type: "add"; readonly path: FieldPath; readonly after: unknown }
  | { readonly type: "remove"; readonly path: FieldPath; readonly before: unknown }
  | { readonly type: "replace"; readonly path: FieldPath; readonly before: unknown; readonly after: unknown };

export interface DiffOptions {
  readonly lists?: ListTypes | undefined;
  /** Goes by the schema alone, as the server does: a list that it says nothing of is one value. Default: guesses for a reader. */
  readonly strict?: boolean | undefined;
}

/**
 * The changes that lead from `before` to `after`, in the order of `after`'s fields, removals where they stood. `undefined`
 * counts as absent. The order of a keyed list's items is no change.
 */
export function diffObjects(
  before: unknown,
  after: unknown,
  { lists = NO_LIST_TYPES, strict = false }: DiffOptions = {},
): FieldChange[] {
  const changes: FieldChange[] = [];
  new Differ({ lists, strict }, changes).value([], before, after);
  return changes;
}

/** Deep equality of JSON; keys whose value is undefined count as absent. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => sameJson(item, b[at]));
  }
  if (!isMap(a) || !isMap(b)) return false;
  for (const key in a) if (!sameJson(a[key], b[key])) return false;
  for (const key in b) if (b[key] !== undefined && a[key] === undefined) return false;
  return true;
}

class Differ {
  readonly #lists: ListTypes;
  readonly #strict: boolean;
  readonly #changes: FieldChange[];

  constructor({ lists, strict }: { lists: ListTypes; strict: boolean }, changes: FieldChange[]) {
    this.#lists = lists;
    this.#strict = strict;
    this.#changes = changes;
  }

  value(path: FieldPath, before: unknown, after: unknown): void {
    if (sameJson(before, after)) return;
    if (before === undefined) return this.#add(path, after);
    if (after === undefined) return void this.#changes.push({ type: "remove", path, before });
    if (isMap(before) && isMap(after)) return this.#map(path, before, after);
    if (Array.isArray(before) && Array.isArray(after)) return this.#list(path, before, after);
    this.#changes.push({ type: "replace", path, before, after });
  }

  #add(path: FieldPath, after: unknown): void {
    if (after !== undefined) this.#changes.push({ type: "add", path, after });
  }

  #map(
    path: FieldPath,
    before: Readonly<Record<string, unknown>>,
    after: Readonly<Record<string, unknown>>,
  ): void {
    for (const key of Object.keys(before)) {
      if (after[key] === undefined) this.value([...path, key], before[key], undefined);
    }
    for (const key of Object.keys(after)) this.value([...path, key], before[key], after[key]);
  }

  #list(path: FieldPath, before: readonly unknown[], after: readonly unknown[]): void {
    const named = path.filter((step) => typeof step === "string");
    const type = this.#strict
      ? this.#lists(named) ?? { type: "atomic" }
      : matchedBy(named, [before, after], this.#lists);
    if (type.type === "atomic") return this.#atomic(path, before, after);
    const rest = new Map(before.map((item) => [itemId(item, type)!, item]));
    const kept = new Set(after.map((item) => itemId(item, type)!));
    for (const [id, item] of rest) {
      if (!kept.has(id)) this.value([...path, itemStep(item, type)], item, undefined);
    }
    for (const item of after) {
      this.value([...path, itemStep(item, type)], rest.get(itemId(item, type)!), item);
    }
  }

  /** Items that are maps are compared in their places when nothing was put in or taken out; else it is one change. */
  #atomic(path: FieldPath, before: readonly unknown[], after: readonly unknown[]): void {
    const inPlace = !this.#strict && before.length === after.length && before.every(isMap) &&
      after.every(isMap);
    if (!inPlace) return void this.#changes.push({ type: "replace", path, before, after });
    before.forEach((item, index) => this.value([...path, { index }], item, after[index]));
  }
}

function itemStep(item: unknown, type: ListType): PathStep {
  const key = itemKey(item, type);
  if (key !== null) return { key };
  if (isScalar(item)) return { value: item };
  throw new Error("an item of a keyed list has neither a key nor a value");
}
