import type { TextTerm, WordMatch } from "../query.ts";
import { patternCodes } from "./alphabet.ts";
import { bestScore, Scorer } from "./scorer.ts";

/** A term that matches letters in order, with all that its search needs. */
export interface FuzzyPlan {
  readonly codes: Uint8Array;
  readonly scorer: Scorer;
  readonly best: number;
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

function planFuzzy(codes: Uint8Array): FuzzyPlan {
  return { codes, scorer: new Scorer(codes), best: bestScore(codes.length) };
}
