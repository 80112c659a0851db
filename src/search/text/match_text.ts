import type { TextTerm } from "../query.ts";
import { encodeAgainst, encodeText, patternCodes } from "./alphabet.ts";
import { findRun, runScore } from "./contiguous.ts";
import { Scorer } from "./scorer.ts";

/** A text and where the object's name begins in it. */
export interface NamedText {
  readonly text: string;
  readonly name: number;
}

export interface TextMatch {
  readonly score: number;
  /** Indexes of the letters that matched, ascending; empty unless asked for. */
  readonly marks: readonly number[];
}

/**
 * One text against the text terms of a query, whatever its letters; null when it does not match. What the index finds is
 * the same, faster.
 */
export function matchText(
  terms: readonly TextTerm[],
  named: NamedText,
  { marks: wantsMarks = false }: { readonly marks?: boolean } = {},
): TextMatch | null {
  let score = 0;
  const marks = new Set<number>();
  for (const term of terms) {
    const found = matchTerm(term, named, wantsMarks && !term.negated);
    if ((found === null) !== term.negated) return null;
    if (found === null) continue;
    score += found.score;
    for (const mark of found.marks) marks.add(mark);
  }
  return { score, marks: [...marks].sort((a, b) => a - b) };
}

/** As matchText, of one term, and as if it were not negated. */
export function matchTerm(term: TextTerm, { text, name }: NamedText, wantsMarks = false): TextMatch | null {
  const { scorer, bytes } = readyFor(term, text);
  const { codes } = scorer;
  if (term.match === "fuzzy") {
    scorer.reset();
    const score = scorer.score(bytes, 0, bytes.length, 0);
    return score < 0 ? null : { score, marks: wantsMarks ? scorer.positions(bytes) : [] };
  }
  const at = findRun(codes, term.match, { bytes, at: 0, length: bytes.length, name });
  if (at < 0) return null;
  const marks = wantsMarks ? Array.from(codes, (_, i) => at + i) : [];
  return { score: runScore({ bytes, at: 0 }, at, codes.length), marks };
}

/** Scorers of terms for texts of the alphabet, as a term is held against many texts; null: only odd texts can match. */
const scorers = new WeakMap<TextTerm, Scorer | null>();

/** A term and a text in an alphabet that knows both apart. */
function readyFor(term: TextTerm, text: string): { readonly scorer: Scorer; readonly bytes: Uint8Array } {
  let scorer = scorers.get(term);
  if (scorer === undefined) {
    const codes = patternCodes(term.text);
    scorers.set(term, scorer = codes === null ? null : new Scorer(codes));
  }
  if (scorer !== null) {
    const bytes = new Uint8Array(text.length);
    if (encodeText(text, bytes, 0)) return { scorer, bytes };
  }
  const own = encodeAgainst(term.text, text);
  return { scorer: new Scorer(own.codes), bytes: own.bytes };
}
