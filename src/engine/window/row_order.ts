import type { Snapshot } from "../../store/mod.ts";

/** Orders two rows of one snapshot by namespace, then name, as an API server lists them (by code, not by locale). */
export function compareRows(snapshot: Snapshot, a: number, b: number): number {
  if (a === b) return 0;
  if (snapshot.namespaceId(a) !== snapshot.namespaceId(b)) {
    const [x, y] = [snapshot.namespace(a), snapshot.namespace(b)];
    if (x !== y) return x < y ? -1 : 1;
  }
  const [x, y] = [snapshot.name(a), snapshot.name(b)];
  if (x !== y) return x < y ? -1 : 1;
  return a - b;
}

/**
 * Takes `changed` out of an ordered list of slots and puts those to be kept back where they belong. `changed` says for each
 * slot touched whether it is in the list afterwards. Costs one pass and a search for each slot put back.
 */
export function mergeOrder(
  order: Uint32Array,
  changed: ReadonlyMap<number, boolean>,
  compare: (a: number, b: number) => number,
): Uint32Array<ArrayBuffer> {
  const insert = [...changed].filter(([, keep]) => keep).map(([slot]) => slot).sort(compare);
  const rest = new Uint32Array(order.length + insert.length);
  let kept = 0;
  for (const slot of order) if (!changed.has(slot)) rest[kept++] = slot;
  // From the back, so that every row moves at most once.
  let from = kept;
  let to = kept + insert.length;
  for (let i = insert.length - 1; i >= 0; i--) {
    const slot = insert[i]!;
    const at = firstAfter(rest, { slot, length: from }, compare);
    rest.copyWithin(to - (from - at), at, from);
    to -= from - at;
    rest[--to] = slot;
    from = at;
  }
  return rest.subarray(0, kept + insert.length);
}

/** Index of the first of the first `length` slots that comes after `slot`. */
function firstAfter(
  order: Uint32Array,
  { slot, length }: { slot: number; length: number },
  compare: (a: number, b: number) => number,
): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(order[middle]!, slot) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Every row of a kind in the order of `compareRows`, kept so over changes; all views of a feed share it. */
export class BaseOrder {
  #order = new Uint32Array(0);
  #snapshot: Snapshot | null = null;

  /** The slots in order; never changed in place. */
  get order(): Uint32Array {
    return this.#order;
  }

  update(snapshot: Snapshot): void {
    const before = this.#snapshot;
    this.#snapshot = snapshot;
    if (before === snapshot) return;
    if (before === null || snapshot.changes === null) {
      // An Array's sort takes ordered runs as they are, and lists come in order; a typed array's does not.
      this.#order = Uint32Array.from([...snapshot.rows()].sort((a, b) => compareRows(snapshot, a, b)));
      return;
    }
    const moved = new Map<number, boolean>();
    for (const slot of snapshot.changes) {
      if (!stays(before, snapshot, slot)) moved.set(slot, snapshot.alive(slot));
    }
    if (moved.size > 0) this.#order = mergeOrder(this.#order, moved, (a, b) => compareRows(snapshot, a, b));
  }
}

/** Whether a slot holds a row of the same name as before, so that its place in the order stands. */
export function stays(before: Snapshot, after: Snapshot, slot: number): boolean {
  return before.alive(slot) && after.alive(slot) && before.name(slot) === after.name(slot) &&
    before.namespace(slot) === after.namespace(slot);
}
