import { bigramRow, type Segment, startPairRow } from "./segment.ts";
import { BEST_BONUS, MATCH } from "./scorer.ts";

/** Letters of a pattern that bounds look at; the ones after them are taken to match as well as can be. */
const BOUNDED = 6;
const NEVER = -9999;
/** A letter in a run earns at least this more than its match, and one after a gap loses this. */
const RUN_BONUS = 4;
const GAP = 3;

/**
 * The most that a segment's texts can score for one pattern, by which of its first letters they have where a match earns a
 * bonus, which pairs of letters, and which pairs that begin at a bonus.
 */
export class BoundTable {
  /** Offsets into `sets`, one for each bit of a text's signs. */
  readonly sets: readonly (readonly [sets: Uint32Array, row: number])[];
  readonly #letters: number;
  readonly #bounded: number;
  /** Whether letter j can earn a bonus right after letter j - 1. */
  readonly #adjoins: readonly boolean[];
  /** By signs; 0: not worked out yet. */
  readonly known: Int16Array;

  constructor(codes: Uint8Array, segment: Segment) {
    const { words, startSets, pairSets, startPairSets, adjoined } = segment;
    const bounded = this.#bounded = Math.min(BOUNDED, codes.length);
    this.#letters = codes.length;
    const firsts = Array.from(codes.subarray(0, bounded));
    const pairs = firsts.slice(1).map((code, i) => [firsts[i]!, code] as const);
    this.#adjoins = pairs.map(([a, b]) => adjoined[a * 64 + b] === 1);
    this.sets = [
      ...firsts.map((code) => [startSets, code * words] as const),
      ...pairs.map(([a, b]) => [pairSets, bigramRow(a, b) * words] as const),
      ...pairs.map(([a, b]) => [startPairSets, startPairRow(a, b) * words] as const),
    ];
    this.known = new Int16Array(1 << this.sets.length);
  }

  /** The bound of a text; bit i of `signs` says whether it is in set i. */
  of(signs: number): number {
    const known = this.known[signs]!;
    return known !== 0 ? known : this.known[signs] = this.#workOut(signs);
  }

  /**
   * Three cases are carried along: the last letter matched at a bonus (start), in a run that began at one (run), or
   * elsewhere (low). What is not known is taken as true.
   */
  #workOut(signs: number): number {
    const bounded = this.#bounded;
    const has = (bit: number) => (signs >>> bit & 1) === 1;
    let start = has(0) ? MATCH + 2 * BEST_BONUS : NEVER;
    let run = NEVER;
    let low = MATCH;
    for (let j = 1; j < this.#letters; j++) {
      const isFar = j >= bounded;
      const isPair = isFar || has(bounded + j - 1);
      const either = Math.max(start, run, low);
      let [nextStart, nextRun, nextLow] = [NEVER, NEVER, either + MATCH - GAP];
      if (isFar || has(j)) {
        nextStart = either + MATCH + BEST_BONUS - GAP;
        if (isPair && (isFar || this.#adjoins[j - 1]!)) nextStart += GAP;
      }
      if (isPair) {
        nextRun = run + MATCH + BEST_BONUS;
        if (isFar || has(2 * bounded + j - 2)) nextRun = Math.max(nextRun, start + MATCH + BEST_BONUS);
        nextLow = Math.max(nextLow, low + MATCH + RUN_BONUS);
      }
      [start, run, low] = [nextStart, nextRun, nextLow];
    }
    return Math.max(start, run, low);
  }
}
