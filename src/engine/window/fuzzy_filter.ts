import {
  encodeText,
  matchText,
  patternCodes,
  type RowTest,
  Scorer,
  type TextTerm,
} from "../../search/mod.ts";
import type { Snapshot } from "../../store/mod.ts";
import { compareRows } from "./row_order.ts";
import type { Sliced } from "./sliced.ts";

/** What else a row must pass, for one snapshot. */
export type RowsOf = (snapshot: Snapshot) => RowTest | boolean;

/**
 * Ranks rows by terms of text over the name, or `namespace/name` where rows have namespaces; the scores are those of
 * search.
 */
export class FuzzyFilter {
  readonly #terms: readonly TextTerm[];
  readonly #rowsOf: RowsOf;
  #snapshot: Snapshot | null = null;
  #rows: RowTest | boolean = true;

  constructor(terms: readonly TextTerm[], rowsOf: RowsOf = () => true) {
    this.#terms = terms;
    this.#rowsOf = rowsOf;
  }

  matches(snapshot: Snapshot, slot: number): boolean {
    return this.#passes(snapshot, slot) && matchText(this.#terms, rowText(snapshot, slot)) !== null;
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
    const scorer = this.#scorer();
    const keys = new Float64Array(base.length);
    let count = 0;
    for (let i = 0; i < base.length; i++) {
      if (i % ROWS_PER_SLICE === ROWS_PER_SLICE - 1) yield;
      const slot = base[i]!;
      if (scorer !== null && (texts.masks[i]! & scorer.mask) >>> 0 !== scorer.mask) continue;
      if ((wanted !== null && wanted[slot] === 0) || !this.#passes(snapshot, slot)) continue;
      const length = texts.starts[i + 1]! - texts.starts[i]!;
      const score = scorer !== null && texts.odd[i] === 0
        ? scorer.scorer.score(texts.bytes, texts.starts[i]!, length, 0)
        : matchText(this.#terms, rowText(snapshot, slot))?.score ?? -1;
      if (score >= 0) keys[count++] = rankKey(score, length) * POSITIONS + i;
    }
    const ranked = keys.subarray(0, count).sort();
    return Uint32Array.from(ranked, (key) => base[key % POSITIONS]!);
  }

  /** The quick way for the one term that most patterns are; null where it does not lead to the answer. */
  #scorer(): { readonly scorer: Scorer; readonly mask: number } | null {
    const [term] = this.#terms;
    if (this.#terms.length !== 1 || term!.negated || term!.match !== "fuzzy") return null;
    const codes = patternCodes(term!.text);
    return codes === null ? null : { scorer: new Scorer(codes), mask: maskOf(codes, 0, codes.length) };
  }

  #passes(snapshot: Snapshot, slot: number): boolean {
    if (snapshot !== this.#snapshot) {
      this.#snapshot = snapshot;
      this.#rows = this.#rowsOf(snapshot);
    }
    return typeof this.#rows === "boolean" ? this.#rows : this.#rows(slot);
  }

  #key(snapshot: Snapshot, slot: number): number {
    const named = rowText(snapshot, slot);
    return rankKey(matchText(this.#terms, named)?.score ?? 0, named.text.length);
  }
}

const ROWS_PER_SLICE = 4096;

// score (below 2^16: thousands of letters never match), length (up to 2^10) and position (2^26) are exact in a double.
const MOST_SCORE = 2 ** 16;
const LENGTHS = 2 ** 10;
const POSITIONS = 2 ** 26;

/** Less for rows that come first. */
function rankKey(score: number, length: number): number {
  return (MOST_SCORE - Math.min(score, MOST_SCORE)) * LENGTHS + Math.min(length, LENGTHS - 1);
}

function rowText(snapshot: Snapshot, slot: number): { readonly text: string; readonly name: number } {
  const namespace = snapshot.namespace(slot);
  const name = namespace === "" ? 0 : namespace.length + 1;
  return { text: name === 0 ? snapshot.name(slot) : `${namespace}/${snapshot.name(slot)}`, name };
}

function membership(slots: Uint32Array, length: number): Uint8Array {
  const wanted = new Uint8Array(length);
  for (const slot of slots) wanted[slot] = 1;
  return wanted;
}

/** Texts of the rows of a base order made ready, one after the other; text i is starts[i] to starts[i + 1]. */
interface FuzzyTexts {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  /** The letters that each text has, as bits. */
  readonly masks: Uint32Array;
  /** 1 for texts with letters that bytes do not tell apart. */
  readonly odd: Uint8Array;
}

// A base order changes when rows come, go or are renamed, so texts made for it hold for every keystroke in between.
const made = new WeakMap<Uint32Array, FuzzyTexts>();

function fuzzyTexts(snapshot: Snapshot, base: Uint32Array): FuzzyTexts {
  const known = made.get(base);
  if (known) return known;
  const lines = Array.from(base, (slot) => rowText(snapshot, slot).text);
  const starts = new Uint32Array(base.length + 1);
  lines.forEach((line, i) => starts[i + 1] = starts[i]! + line.length);
  const texts: FuzzyTexts = {
    bytes: new Uint8Array(starts[base.length]!),
    starts,
    masks: new Uint32Array(base.length),
    odd: new Uint8Array(base.length),
  };
  lines.forEach((line, i) => {
    texts.odd[i] = encodeText(line, texts.bytes, starts[i]!) ? 0 : 1;
    // What the bytes of an odd text say is not all that it has.
    texts.masks[i] = texts.odd[i] === 1 ? 0xffffffff : maskOf(texts.bytes, starts[i]!, starts[i + 1]!);
  });
  made.set(base, texts);
  return texts;
}

/** One bit for each of 32 classes of letters; a text that lacks a pattern's bit lacks its letter. */
function maskOf(bytes: Uint8Array, from: number, to: number): number {
  let mask = 0;
  for (let i = from; i < to; i++) mask |= 1 << (bytes[i]! & 31);
  return mask >>> 0;
}
