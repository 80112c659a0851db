import { parseHumanDuration, parseQuantity, quantityValue } from "../../kube/mod.ts";
import type { Snapshot } from "../../store/mod.ts";
import type { Sort } from "../protocol.ts";
import { naturalCompare, naturalKey } from "./natural_compare.ts";
import { compareRows } from "./row_order.ts";
import { type Sliced, slicedSort } from "./sliced.ts";

/**
 * How the texts of a column compare: as quantities or durations when every one of them is, else as people order
 * text. Decided by all distinct texts when a sort starts; texts that come later and do not fit come after those that do.
 */
type TextMode = "quantity" | "duration" | "natural";

/**
 * A sort by one column.
 *
 * 1. `compare` is a total order of the rows of any later snapshot; equal cells stay by namespace and name.
 * 2. Empty cells come last, ascending or descending.
 */
export class ColumnSort {
  readonly #column: number;
  readonly #descending: boolean;
  readonly #mode: TextMode;
  /** A column of times shows ages: the youngest, which is the latest, is the least. */
  readonly #ages: boolean;

  private constructor(column: number, how: { descending: boolean; mode: TextMode; ages: boolean }) {
    this.#column = column;
    this.#descending = how.descending;
    this.#mode = how.mode;
    this.#ages = how.ages;
  }

  /** Sorts `slots`, which are in base order, by the column that `sort` names; null when there is no such column. */
  static *start(snapshot: Snapshot, slots: Uint32Array, sort: Sort): Sliced<Sorted | null> {
    const column = snapshot.columns.findIndex((c) => c.name.toLowerCase() === sort.column.toLowerCase());
    if (column < 0) return null;
    const texts = yield* distinctTexts(snapshot, slots, column);
    const ages = snapshot.columns[column]!.cell === "time";
    const by = new ColumnSort(column, { descending: sort.descending, mode: textMode(texts), ages });
    const ranks = yield* by.#rank(texts);
    return { by, order: yield* by.#order(snapshot, slots, ranks) };
  }

  /** Whether the row's place stands although it changed. */
  same(before: Snapshot, after: Snapshot, slot: number): boolean {
    return before.cell(slot, this.#column) === after.cell(slot, this.#column);
  }

  compare(snapshot: Snapshot, a: number, b: number): number {
    const by = this.#compareCells(snapshot.cell(a, this.#column), snapshot.cell(b, this.#column));
    return by !== 0 ? by : compareRows(snapshot, a, b);
  }

  #compareCells(x: string | number, y: string | number): number {
    if (x === y) return 0;
    if (x === "") return 1;
    if (y === "") return -1;
    const bothNumbers = typeof x === "number" && typeof y === "number";
    const by = bothNumbers && this.#ages ? y - x : compareValues(x, y, this.#mode);
    return this.#descending ? -by : by;
  }

  /** Ranks of the distinct texts: equal for those that compare equal. Keys are made once, not at every comparison. */
  *#rank(texts: readonly string[]): Sliced<Map<string, number>> {
    const keyed = texts.map((text) => ({ text, value: valueOf(text, this.#mode), key: naturalKey(text) }));
    yield;
    const sign = this.#descending ? -1 : 1;
    yield* slicedSort(keyed, (a, b) => sign * compareKeyed(a, b));
    const ranks = new Map<string, number>();
    let rank = 0;
    keyed.forEach((at, i) => {
      if (i > 0 && compareKeyed(keyed[i - 1]!, at) !== 0) rank++;
      ranks.set(at.text, rank);
    });
    return ranks;
  }

  /** Numbers, then texts by rank, empties last; native sort of key and place packed into one number. */
  *#order(snapshot: Snapshot, slots: Uint32Array, ranks: Map<string, number>): Sliced<Uint32Array> {
    const keys = new Float64Array(slots.length);
    // Texts in a column of numbers come after them, and before them when descending, as in compare.
    const texts = this.#descending ? -TEXT_KEY : TEXT_KEY;
    for (let i = 0; i < slots.length; i++) {
      const cell = snapshot.cell(slots[i]!, this.#column);
      if (typeof cell === "number") keys[i] = this.#descending !== this.#ages ? -cell : cell;
      else keys[i] = cell === "" ? Infinity : texts + (ranks.get(cell) ?? 0) * TEXT_STEP;
      if ((i & 8191) === 8191) yield;
    }
    const order = yield* argsort(keys);
    return order.map((at) => slots[at]!);
  }
}

export interface Sorted {
  readonly by: ColumnSort;
  readonly order: Uint32Array;
}

// Keys of texts lie past every number that a cell holds (epoch ms, counts); a double there is exact to 2^20.
const TEXT_KEY = 2 ** 72;
const TEXT_STEP = 2 ** 24;

/** Positions in the order of their keys; equal keys keep theirs. */
function* argsort(keys: Float64Array): Sliced<Uint32Array> {
  const distinct = keys.slice().sort();
  yield;
  let count = 0;
  for (const key of distinct) if (count === 0 || key !== distinct[count - 1]) distinct[count++] = key;
  // rank * 2^26 + position is exact in a double up to 2^27 distinct keys and 2^26 rows.
  const packed = new Float64Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    packed[i] = rankOf(distinct, count, keys[i]!) * 2 ** 26 + i;
    if ((i & 16383) === 16383) yield;
  }
  packed.sort();
  yield;
  const order = new Uint32Array(keys.length);
  for (let i = 0; i < order.length; i++) order[i] = packed[i]! % 2 ** 26;
  return order;
}

function rankOf(sorted: Float64Array, count: number, key: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function* distinctTexts(snapshot: Snapshot, slots: Uint32Array, column: number): Sliced<string[]> {
  const texts = new Set<string>();
  for (let i = 0; i < slots.length; i++) {
    const cell = snapshot.cell(slots[i]!, column);
    if (typeof cell === "string" && cell !== "") texts.add(cell);
    if ((i & 8191) === 8191) yield;
  }
  return [...texts];
}

function textMode(texts: readonly string[]): TextMode {
  const values = texts.filter((text) => !PLACEHOLDER.test(text));
  if (values.length === 0) return "natural";
  // "5m" is both; a column of nothing but such is one of durations rarely enough.
  if (values.every((text) => parseQuantity(text) !== null)) return "quantity";
  return values.every((text) => parseHumanDuration(text) !== null) ? "duration" : "natural";
}

/** `<none>`, `<unknown>`, `<unset>`, as printers write them. */
const PLACEHOLDER = /^<.*>$/;

interface Keyed {
  readonly text: string;
  readonly value: number | null;
  readonly key: string;
}

/** As compareValues, by keys made beforehand. */
function compareKeyed(a: Keyed, b: Keyed): number {
  if (a.value !== null && b.value !== null) return a.value - b.value;
  if (a.value !== null || b.value !== null) return a.value !== null ? -1 : 1;
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
}

/** Numbers before texts; in a mode of values, those that have one before those that have none. */
function compareValues(x: string | number, y: string | number, mode: TextMode): number {
  const [a, b] = [valueOf(x, mode), valueOf(y, mode)];
  if (a !== null && b !== null) return a - b;
  if (a !== null || b !== null) return a !== null ? -1 : 1;
  return naturalCompare(String(x), String(y));
}

function valueOf(cell: string | number, mode: TextMode): number | null {
  if (typeof cell === "number") return cell;
  if (mode === "natural") return null;
  if (mode === "duration") return parseHumanDuration(cell);
  const quantity = parseQuantity(cell);
  return quantity === null ? null : quantityValue(quantity);
}
