import type { TextTerm, WordMatch } from "../query.ts";
import { patternCodes } from "./alphabet.ts";
import { bigramRow } from "./segment.ts";
import { BEST_BONUS, bestScore, MATCH, Scorer } from "./scorer.ts";

/** A term that matches letters in order, with all that its search needs. */
export interface FuzzyPlan {
  readonly codes: Uint8Array;
  readonly scorer: Scorer;
  readonly best: number;
  /** Letters whose places are looked at for a bound. */
  readonly bounded: number;
  /** The most that a text can score, by which of the first letters it has where matches earn more, and which pairs. */
  readonly bounds: Int16Array;
}

/** A term that stands in one piece. */
export interface RunPlan {
  readonly codes: Uint8Array;
  readonly match: Exclude<WordMatch, "fuzzy">;
}

/** The text terms of a query, made ready for texts of the alphabet. */
export interface TextPlan {
  readonly fuzzy: readonly FuzzyPlan[];
  readonly runs: readonly RunPlan[];
  readonly notFuzzy: readonly Uint8Array[];
  readonly notRuns: readonly RunPlan[];
  /** False when some term has letters that none of the texts has. */
  readonly possible: boolean;
  /** What the best match of all terms scores. */
  readonly best: number;
  /** Whether hits have scores to be ordered by. */
  readonly ranks: boolean;
}

export function planText(terms: readonly TextTerm[]): TextPlan {
  const fuzzy: FuzzyPlan[] = [];
  const runs: RunPlan[] = [];
  const notFuzzy: Uint8Array[] = [];
  const notRuns: RunPlan[] = [];
  let possible = true;
  for (const { negated, match, text } of terms) {
    const codes = patternCodes(text);
    if (codes === null) possible &&= negated;
    else if (match === "fuzzy") negated ? notFuzzy.push(codes) : fuzzy.push(planFuzzy(codes));
    else (negated ? notRuns : runs).push({ codes, match });
  }
  const best = fuzzy.reduce((sum, plan) => sum + plan.best, 0);
  return { fuzzy, runs, notFuzzy, notRuns, possible, best, ranks: terms.some((term) => !term.negated) };
}

/** Letters of a pattern that bounds look at: their table has 2^(2n - 1) entries. */
const BOUNDED = 6;

function planFuzzy(codes: Uint8Array): FuzzyPlan {
  const bounded = Math.min(BOUNDED, codes.length);
  const bounds = new Int16Array(1 << (2 * bounded - 1));
  for (let pattern = 0; pattern < bounds.length; pattern++) {
    bounds[pattern] = boundOf(pattern, { letters: codes.length, bounded });
  }
  return { codes, scorer: new Scorer(codes), best: bestScore(codes.length), bounded, bounds };
}

const NEVER = -9999;
/** A letter in a run earns at least this more than its match, and one after a gap loses this. */
const RUN_BONUS = 4;
const GAP = 3;

/**
 * The most that a text can score when bit j of `pattern` says whether letter j stands anywhere that earns a bonus, and bit
 * `bounded + j - 1` whether letters j - 1 and j stand side by side. Two cases are carried along: the last letter matched
 * at a bonus (high), or elsewhere (low). What is not known is taken as true.
 */
function boundOf(pattern: number, { letters, bounded }: { letters: number; bounded: number }): number {
  const has = (bit: number) => (pattern >> bit & 1) === 1;
  let high = has(0) ? MATCH + 2 * BEST_BONUS : NEVER;
  let low = has(0) ? NEVER : MATCH;
  for (let j = 1; j < letters; j++) {
    const isStart = j >= bounded || has(j);
    const isPair = j >= bounded || has(bounded + j - 1);
    const either = Math.max(high, low);
    let [nextHigh, nextLow] = [NEVER, NEVER];
    if (isPair) {
      nextHigh = high + MATCH + BEST_BONUS;
      nextLow = low + MATCH + RUN_BONUS;
      if (isStart) nextHigh = Math.max(nextHigh, low + MATCH + BEST_BONUS);
    }
    if (isStart) nextHigh = Math.max(nextHigh, either + MATCH + BEST_BONUS - GAP);
    else nextLow = Math.max(nextLow, either + MATCH - GAP);
    [high, low] = [nextHigh, nextLow];
  }
  return Math.max(high, low);
}

/** Offsets into a segment's sets that a term asks: whole letters, letters at a bonus, pairs. */
export interface PlanRows {
  readonly starts: readonly number[];
  readonly pairs: readonly number[];
}

export function boundRows({ codes, bounded }: FuzzyPlan, words: number): PlanRows {
  const first = Array.from(codes.subarray(0, bounded));
  return {
    starts: first.map((code) => code * words),
    pairs: first.slice(1).map((code, i) => bigramRow(first[i]!, code) * words),
  };
}
