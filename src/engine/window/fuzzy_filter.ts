import type { Snapshot } from "../../store/mod.ts";
import { fuzzyLength, fuzzyScore, letters, readText, scoreText } from "./fuzzy_score.ts";
import { compareRows } from "./row_order.ts";
import type { Sliced } from "./sliced.ts";

/** Scores rows by a pattern of letters in order, over the name, or `namespace/name` where rows have namespaces. */
export class FuzzyFilter {
  readonly #pattern: string;

  constructor(pattern: string) {
    this.#pattern = pattern.toLowerCase();
  }

  matches(snapshot: Snapshot, slot: number): boolean {
    return fuzzyScore(this.#pattern, rowText(snapshot, slot)) >= 0;
  }

  /** Best first; equal scores by the shorter text, then by namespace and name. */
  compare(snapshot: Snapshot, a: number, b: number): number {
    const by = this.#key(snapshot, a) - this.#key(snapshot, b);
    return by !== 0 ? by : compareRows(snapshot, a, b);
  }

  /** The rows of `base` that match and are `among`, best first. */
  *rank(snapshot: Snapshot, base: Uint32Array, among: Uint32Array | null): Sliced<Uint32Array> {
    const texts = fuzzyTexts(snapshot, base);
    yield;
    const wanted = among === null ? null : membership(among, snapshot.slots);
    const pattern = letters(this.#pattern);
    const mask = maskOf(pattern, 0, pattern.length);
    const keys = new Float64Array(base.length);
    let count = 0;
    for (let i = 0; i < base.length; i++) {
      if (i % ROWS_PER_SLICE === ROWS_PER_SLICE - 1) yield;
      if (((texts.masks[i]! & mask) >>> 0) !== mask || (wanted !== null && wanted[base[i]!] === 0)) continue;
      const at = texts.starts[i]!;
      const length = texts.starts[i + 1]! - at;
      const score = scoreText(pattern, { codes: texts.codes, bonus: texts.bonus, at, length });
      if (score >= 0) keys[count++] = rankKey(score, length) * POSITIONS + i;
    }
    const ranked = keys.subarray(0, count).sort();
    return Uint32Array.from(ranked, (key) => base[key % POSITIONS]!);
  }

  #key(snapshot: Snapshot, slot: number): number {
    const text = rowText(snapshot, slot);
    return rankKey(fuzzyScore(this.#pattern, text), fuzzyLength(text));
  }
}

const ROWS_PER_SLICE = 4096;

// score (below 2^14: 512 letters at 26 each), length (up to 2^9) and position (2^26) together are exact in a double.
const MOST_SCORE = 2 ** 14;
const LENGTHS = 2 ** 10;
const POSITIONS = 2 ** 26;

/** Less for rows that come first. */
function rankKey(score: number, length: number): number {
  return (MOST_SCORE - score) * LENGTHS + length;
}

function rowText(snapshot: Snapshot, slot: number): string {
  const namespace = snapshot.namespace(slot);
  return namespace === "" ? snapshot.name(slot) : `${namespace}/${snapshot.name(slot)}`;
}

function membership(slots: Uint32Array, length: number): Uint8Array {
  const wanted = new Uint8Array(length);
  for (const slot of slots) wanted[slot] = 1;
  return wanted;
}

/** Texts of the rows of a base order made ready, one after the other; text i is starts[i] to starts[i + 1]. */
interface FuzzyTexts {
  readonly codes: Uint16Array;
  readonly bonus: Uint8Array;
  readonly starts: Uint32Array;
  /** The letters that each text has, as bits. */
  readonly masks: Uint32Array;
}

// A base order changes when rows come, go or are renamed, so texts made for it hold for every keystroke in between.
const made = new WeakMap<Uint32Array, FuzzyTexts>();

function fuzzyTexts(snapshot: Snapshot, base: Uint32Array): FuzzyTexts {
  const known = made.get(base);
  if (known) return known;
  const lines = Array.from(base, (slot) => rowText(snapshot, slot));
  const starts = new Uint32Array(base.length + 1);
  lines.forEach((line, i) => starts[i + 1] = starts[i]! + fuzzyLength(line));
  const size = starts[base.length]!;
  const texts: FuzzyTexts = {
    codes: new Uint16Array(size),
    bonus: new Uint8Array(size),
    starts,
    masks: new Uint32Array(base.length),
  };
  lines.forEach((line, i) => {
    readText(line, { ...texts, at: starts[i]!, length: starts[i + 1]! - starts[i]! });
    texts.masks[i] = maskOf(texts.codes, starts[i]!, starts[i + 1]!);
  });
  made.set(base, texts);
  return texts;
}

/** One bit for each of 32 classes of letters; a text that lacks a pattern's bit lacks its letter. */
function maskOf(codes: Uint16Array, from: number, to: number): number {
  let mask = 0;
  for (let i = from; i < to; i++) mask |= 1 << (codes[i]! & 31);
  return mask >>> 0;
}
