/**
 * One byte a letter: its code without case in the low six bits, what a match on it earns in the high two. Kubernetes'
 * names and kinds need no more; texts that do are kept apart (`OTHER`) and read against the pattern at hand.
 */

/** The code of every letter that the alphabet has not. */
export const OTHER = 63;

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789-./:_ ,=@+*~#%$!?&()[]<>|"';

const CODES = new Uint8Array(128).fill(OTHER);
for (let code = 0; code < LETTERS.length; code++) CODES[LETTERS.charCodeAt(code)] = code;
for (let letter = 0; letter < 26; letter++) CODES[65 + letter] = letter;

/** Kinds of bonus, in the two high bits; a match at a word's start or on no word letter earns BOUNDARY. */
export const NO_BONUS = 0;
const CAMEL = 1;
export const BOUNDARY = 2;

const NON_WORD = 0;
const LOWER = 1;
const UPPER = 2;
const DIGIT = 4;

function classOf(unit: number): number {
  if (unit >= 97 && unit <= 122) return LOWER;
  if (unit >= 48 && unit <= 57) return DIGIT;
  if (unit >= 65 && unit <= 90) return UPPER;
  return unit > 127 ? LOWER : NON_WORD;
}

function bonusOf(before: number, kind: number): number {
  if (before === NON_WORD && kind !== NON_WORD) return BOUNDARY;
  if ((before === LOWER && kind === UPPER) || (before !== DIGIT && kind === DIGIT)) return CAMEL;
  return kind === NON_WORD ? BOUNDARY : NO_BONUS;
}

/** Writes a text's bytes from `at` on; false when it has letters that the alphabet has not. */
export function encodeText(text: string, into: Uint8Array, at: number): boolean {
  return encode(text, { into, at, codeOf: (unit) => unit < 128 ? CODES[unit]! : OTHER });
}

interface Encoding {
  readonly into: Uint8Array;
  readonly at: number;
  readonly codeOf: (unit: number) => number;
}

function encode(text: string, { into, at, codeOf }: Encoding): boolean {
  let before: number = NON_WORD;
  let known = true;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const kind = classOf(unit);
    const code = codeOf(unit);
    if (code === OTHER) known = false;
    into[at + i] = code | bonusOf(before, kind) << 6;
    before = kind;
  }
  return known;
}

/** A pattern's codes, or null when it has letters that the alphabet has not: only texts kept apart can match it. */
export function patternCodes(pattern: string): Uint8Array | null {
  const codes = new Uint8Array(pattern.length);
  for (let i = 0; i < pattern.length; i++) {
    const unit = pattern.charCodeAt(i);
    codes[i] = unit < 128 ? CODES[unit]! : OTHER;
  }
  return codes.includes(OTHER) ? null : codes;
}

export interface OwnEncoding {
  readonly codes: Uint8Array;
  readonly bytes: Uint8Array;
}

/** A pattern and any text in an alphabet of the pattern's own letters; of those the first 63 different ones count. */
export function encodeAgainst(pattern: string, text: string): OwnEncoding {
  const own = new Map<number, number>();
  const fold = (unit: number) => unit >= 65 && unit <= 90 ? unit + 32 : unit;
  const codes = Uint8Array.from(pattern, (letter) => {
    const unit = fold(letter.charCodeAt(0));
    if (!own.has(unit)) own.set(unit, Math.min(own.size, OTHER - 1));
    return own.get(unit)!;
  });
  const bytes = new Uint8Array(text.length);
  encode(text, { into: bytes, at: 0, codeOf: (unit) => own.get(fold(unit)) ?? OTHER });
  return { codes, bytes };
}
