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

const enum Kind {
  NonWord,
  Lower,
  Upper,
  Digit,
}

// One row of work at a time, so the buffers are shared by all calls.
const codes = new Uint16Array(LONGEST);
const bonus = new Int16Array(LONGEST);
/** Where each letter of the pattern can match at the earliest. */
const first = new Int16Array(LONGEST);
let scores = new Int16Array(LONGEST);
let above = new Int16Array(LONGEST);
let runs = new Int16Array(LONGEST);
let runsAbove = new Int16Array(LONGEST);

/** The score of `pattern` (lower case) in `text`, or -1 when it is no subsequence of it; 0 for an empty pattern. */
export function fuzzyScore(pattern: string, text: string): number {
  const length = Math.min(text.length, LONGEST);
  if (pattern.length === 0) return 0;
  if (pattern.length > length || !isSubsequence(pattern, text, length)) return -1;
  readBonuses(text, length);
  let best = scoreFirst(pattern.charCodeAt(0), length);
  for (let i = 1; i < pattern.length; i++) {
    [scores, above] = [above, scores];
    [runs, runsAbove] = [runsAbove, runs];
    best = scoreNext(pattern.charCodeAt(i), { from: first[i]!, length });
  }
  return best;
}

/** Reads the text's letters into `codes`, without case, and looks for the pattern. */
function isSubsequence(pattern: string, text: string, length: number): boolean {
  let next = 0;
  let want = pattern.charCodeAt(0);
  for (let j = 0; j < length; j++) {
    let code = text.charCodeAt(j);
    if (code >= 65 && code <= 90) code += 32;
    codes[j] = code;
    if (code !== want) continue;
    first[next] = j;
    want = pattern.charCodeAt(++next);
  }
  return next >= pattern.length;
}

function readBonuses(text: string, length: number): void {
  let before = Kind.NonWord;
  for (let j = 0; j < length; j++) {
    const kind = kindOf(text.charCodeAt(j));
    bonus[j] = bonusOf(before, kind);
    before = kind;
  }
}

function kindOf(code: number): Kind {
  if (code >= 97 && code <= 122) return Kind.Lower;
  if (code >= 48 && code <= 57) return Kind.Digit;
  if (code >= 65 && code <= 90) return Kind.Upper;
  return code > 127 ? Kind.Lower : Kind.NonWord;
}

function bonusOf(before: Kind, kind: Kind): number {
  if (before === Kind.NonWord && kind !== Kind.NonWord) return BOUNDARY;
  if ((before === Kind.Lower && kind === Kind.Upper) || (before !== Kind.Digit && kind === Kind.Digit)) {
    return CAMEL;
  }
  return kind === Kind.NonWord ? NON_WORD : 0;
}

/** Fills the row of the pattern's first letter; its best score. */
function scoreFirst(want: number, length: number): number {
  let best = 0;
  let left: number = 0;
  let inGap = false;
  for (let j = 0; j < length; j++) {
    const hit = codes[j] === want;
    const score = hit
      ? MATCH + bonus[j]! * FIRST_FACTOR
      : Math.max(0, left + (inGap ? GAP_EXTENSION : GAP_START));
    runs[j] = hit ? 1 : 0;
    scores[j] = left = score;
    inGap = !hit;
    if (hit && score > best) best = score;
  }
  return best;
}

/** Fills the row of a later letter from the row above, `from` where it can match first; its best score. */
function scoreNext(want: number, { from, length }: { from: number; length: number }): number {
  let best = 0;
  let left: number = 0;
  let inGap = false;
  for (let j = from; j < length; j++) {
    const skip: number = left + (inGap ? GAP_EXTENSION : GAP_START);
    let take = 0;
    let run = 0;
    if (codes[j] === want) {
      take = above[j - 1]! + MATCH;
      run = runsAbove[j - 1]! + 1;
      let extra = bonus[j]!;
      if (extra === BOUNDARY) run = 1;
      else if (run > 1) extra = Math.max(extra, CONSECUTIVE, bonus[j - run + 1]!);
      if (take + extra < skip) {
        take += bonus[j]!;
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
