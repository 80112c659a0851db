/** Two changes of one object brought together: what a person typed, and what the cluster did meanwhile. */
import { type FieldPath, isMap, type PathStep } from "./field_path.ts";
import { itemId, itemKey, type ListType, type ListTypes, matchedBy, NO_LIST_TYPES } from "./list_types.ts";
import { sameJson } from "./object_diff.ts";

/** A field that both changed, each in its own way. undefined: absent. */
export interface MergeConflict {
  readonly path: FieldPath;
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
}

export interface Merge {
  /** Conflicting fields have `mine`. */
  readonly merged: unknown;
  readonly conflicts: readonly MergeConflict[];
}

export interface Versions {
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
}

/**
 * 1. What only one side changed is as that side has it; what both changed alike is taken once.
 * 2. With `mine` equal to `base` the result is `theirs`, and the other way round.
 * 3. A keyed list merges item by item: mine in their order, what they added behind.
 */
export function threeWayMerge(
  versions: Versions,
  { lists = NO_LIST_TYPES }: { readonly lists?: ListTypes | undefined } = {},
): Merge {
  const conflicts: MergeConflict[] = [];
  const merged = new Merger(lists, conflicts).value([], versions);
  return { merged, conflicts };
}

class Merger {
  readonly #lists: ListTypes;
  readonly #conflicts: MergeConflict[];

  constructor(lists: ListTypes, conflicts: MergeConflict[]) {
    this.#lists = lists;
    this.#conflicts = conflicts;
  }

  value(path: FieldPath, { base, mine, theirs }: Versions): unknown {
    if (sameJson(mine, theirs) || sameJson(theirs, base)) return mine;
    if (sameJson(mine, base)) return theirs;
    if (isMap(mine) && isMap(theirs)) return this.#map(path, { base: isMap(base) ? base : {}, mine, theirs });
    if (Array.isArray(mine) && Array.isArray(theirs)) {
      const list = this.#list(path, { base: Array.isArray(base) ? base : [], mine, theirs });
      if (list !== null) return list;
    }
    this.#conflicts.push({ path, base, mine, theirs });
    return mine;
  }

  #map(
    path: FieldPath,
    { base, mine, theirs }: Readonly<Record<keyof Versions, Readonly<Record<string, unknown>>>>,
  ) {
    const merged: Record<string, unknown> = {};
    for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
      const value = this.value([...path, key], { base: base[key], mine: mine[key], theirs: theirs[key] });
      if (value !== undefined) merged[key] = value;
    }
    return merged;
  }

  /** null: its items can't be told apart. */
  #list(
    path: FieldPath,
    { base, mine, theirs }: Readonly<Record<keyof Versions, readonly unknown[]>>,
  ): unknown[] | null {
    const named = path.filter((step) => typeof step === "string");
    const type = matchedBy(named, [base, mine, theirs], this.#lists);
    if (type.type === "atomic") return null;
    const byId = (list: readonly unknown[]) => new Map(list.map((item) => [itemId(item, type)!, item]));
    const [bases, mines, others] = [byId(base), byId(mine), byId(theirs)];
    const merged: unknown[] = [];
    for (const id of new Set([...mines.keys(), ...others.keys()])) {
      const item = mines.get(id) ?? others.get(id);
      const versions = { base: bases.get(id), mine: mines.get(id), theirs: others.get(id) };
      const value = this.value([...path, stepOf(item, type)], versions);
      if (value !== undefined) merged.push(value);
    }
    return merged;
  }
}

function stepOf(item: unknown, type: ListType): PathStep {
  const key = itemKey(item, type);
  return key === null ? { value: item as string } : { key };
}
