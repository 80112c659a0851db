/**
 * fzf's second algorithm (junegunn/fzf src/algo/algo.go, as npm's fzf 0.5 has it), scores only: an optimal subsequence
 * match where starts of words, transitions and runs earn more. Texts past LONGEST are cut.
 */
const MATCH = 16;
const GAP_START = -3;
const GAP_EXTENSION = -1;
const BOUNDARY = MATCH / 2;
const NON_WORD = MATCH / 2;
const CAMEL = BOUNDARY + GAP_EXTENSION;
const CONSECUTIVE = -(GAP_START + GAP_EXTENSION);
const FIRST_FACTOR = 2;

const LONGEST = 512;

// One row of work at a time, so the buffers are shared by all calls.
/** Where each letter of the pattern can match at the earliest. */
const first = new Int16Array(LONGEST);
let scores = new Int16Array(LONGEST);
let above = new Int16Array(LONGEST);
let runs = new Int16Array(LONGEST);
let runsAbove = new Int16Array(LONGEST);

/** A text made ready: its letters without case, and what a match on each of them earns, from `at` on. */
export interface FuzzyText {
  readonly codes: Uint16Array;
  readonly bonus: Uint8Array;
  readonly at: number;
  readonly length: number;
}

const single = { codes: new Uint16Array(LONGEST), bonus: new Uint8Array(LONGEST) };

/** The score of `pattern` (lower case) in `text`, or -1 when it is no subsequence of it; 0 for an empty pattern. */
export function fuzzyScore(pattern: string, text: string): number {
  const length = fuzzyLength(text);
  readText(text, { ...single, at: 0, length });
  return scoreText(letters(pattern), { ...single, at: 0, length });
}

/** How much of a text takes part. */
export function fuzzyLength(text: string): number {
  return Math.min(text.length, LONGEST);
}

export function letters(pattern: string): Uint16Array {
  return Uint16Array.from(pattern, (letter) => letter.charCodeAt(0));
}

/** Makes a text ready in the given place. */
export function readText(text: string, { codes, bonus, at, length }: FuzzyText): void {
  let before: number = NON_WORD_KIND;
  for (let j = 0; j < length; j++) {
    const code = text.charCodeAt(j);
    const kind = kindOf(code);
    codes[at + j] = kind === UPPER ? code + 32 : code;
    bonus[at + j] = bonusOf(before, kind);
    before = kind;
  }
}

/** As fuzzyScore, of a text made ready. */
export function scoreText(pattern: Uint16Array, text: FuzzyText): number {
  if (pattern.length === 0) return 0;
  if (!isSubsequence(pattern, text)) return -1;
  let best = scoreFirst(pattern[0]!, text);
  for (let i = 1; i < pattern.length; i++) {
    [scores, above] = [above, scores];
    [runs, runsAbove] = [runsAbove, runs];
    best = scoreNext(pattern[i]!, first[i]!, text);
  }
  return best;
}

function isSubsequence(pattern: Uint16Array, { codes, at, length }: FuzzyText): boolean {
  let next = 0;
  for (let j = 0; j < length; j++) {
    if (codes[at + j] !== pattern[next]) continue;
    first[next++] = j;
    if (next === pattern.length) return true;
  }
  return false;
}

const NON_WORD_KIND = 0;
const LOWER = 1;
const UPPER = 2;
const DIGIT = 3;

function kindOf(code: number): number {
  if (code >= 97 && code <= 122) return LOWER;
  if (code >= 48 && code <= 57) return DIGIT;
  if (code >= 65 && code <= 90) return UPPER;
  return code > 127 ? LOWER : NON_WORD_KIND;
}

function bonusOf(before: number, kind: number): number {
  if (before === NON_WORD_KIND && kind !== NON_WORD_KIND) return BOUNDARY;
  if ((before === LOWER && kind === UPPER) || (before !== DIGIT && kind === DIGIT)) return CAMEL;
  return kind === NON_WORD_KIND ? NON_WORD : 0;
}

/** Fills the row of the pattern's first letter; its best score. */
function scoreFirst(want: number, { codes, bonus, at, length }: FuzzyText): number {
  let best = 0;
  let left: number = 0;
  let inGap = false;
  for (let j = 0; j < length; j++) {
    const hit = codes[at + j] === want;
    const score = hit
      ? MATCH + bonus[at + j]! * FIRST_FACTOR
      : Math.max(0, left + (inGap ? GAP_EXTENSION : GAP_START));
    runs[j] = hit ? 1 : 0;
    scores[j] = left = score;
    inGap = !hit;
    if (hit && score > best) best = score;
  }
  return best;
}

/** Fills the row of a later letter from the row above, `from` where it can match first; its best score. */
function scoreNext(want: number, from: number, { codes, bonus, at, length }: FuzzyText): number {
  let best = 0;
  let left: number = 0;
  let inGap = false;
  for (let j = from; j < length; j++) {
    const skip: number = left + (inGap ? GAP_EXTENSION : GAP_START);
    let take = 0;
    let run = 0;
    if (codes[at + j] === want) {
      take = above[j - 1]! + MATCH;
      run = runsAbove[j - 1]! + 1;
      let extra = bonus[at + j]!;
      if (extra === BOUNDARY) run = 1;
      else if (run > 1) extra = Math.max(extra, CONSECUTIVE, bonus[at + j - run + 1]!);
      if (take + extra < skip) {
        take += bonus[at + j]!;
        run = 0;
      } else take += extra;
    }
    runs[j] = run;
    inGap = take < skip;
    scores[j] = left = Math.max(take, skip, 0);
    if (left > best) best = left;
  }
  return best;
}
