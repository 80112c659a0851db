/**
 * YAML as kubectl's -o yaml prints it (sigs.k8s.io/yaml over go-yaml v2), byte for byte: keys in go-yaml's
 * natural order, lists at their key's own indent, strings quoted where YAML 1.1 would misread them, long
 * lines folded after column 80. Linear in the size of the output.
 *
 * One difference is kept on purpose: kubectl fails on, or loses, control characters that JSON carries
 * unescaped (DEL, NEL); here they are written escaped.
 */
import { doubleQuoted, foldPlain, literalBlock, scalarStyle, singleQuoted } from "./yaml_scalar.ts";

/** The value as a YAML document, with the final newline. */
export function writeYaml(value: unknown): string {
  const out: string[] = [];
  if (isFilledList(value)) list(value, 0, out, false);
  else if (isFilledMap(value)) mapping(value, 0, out, false);
  else scalar(value, 0, 0, out);
  return out.join("");
}

/** Longest key, in bytes, that stands before its colon on one line. */
const SIMPLE_KEY_BYTES = 128;
const MARGINS: string[] = [];
const KEYS = new Map<string, string>();

/** A newline and the indent, made once for each depth. */
function marginAt(indent: number): string {
  return MARGINS[indent] ??= "\n" + " ".repeat(indent);
}

function isFilledList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function isFilledMap(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  for (const _ in value) return true;
  return false;
}

/** `inline`: the first key follows a dash on the same line. */
function mapping(
  map: Readonly<Record<string, unknown>>,
  indent: number,
  out: string[],
  inline: boolean,
): void {
  const pad = marginAt(indent).slice(1);
  let first = inline;
  for (const key of naturalKeys(map)) {
    const value = map[key];
    if (value === undefined) continue;
    if (first) first = false;
    else out.push(pad);
    const text = keyText(key);
    if (text === null) complexEntry(key, value, indent, out);
    else {
      out.push(text, ":");
      entryValue(value, indent, indent + text.length + 1, out);
    }
  }
}

function entryValue(value: unknown, indent: number, column: number, out: string[]): void {
  if (isFilledList(value)) {
    out.push("\n");
    list(value, indent, out, false);
  } else if (isFilledMap(value)) {
    out.push("\n");
    mapping(value, indent + 2, out, false);
  } else {
    out.push(" ");
    scalar(value, indent + 2, column + 1, out);
  }
}

/** A key too long, or of several lines, takes the `? key` form. */
function complexEntry(key: string, value: unknown, indent: number, out: string[]): void {
  out.push("? ");
  scalar(key, indent + 2, indent + 2, out);
  out.push(marginAt(indent).slice(1), ": ");
  item(value, indent, out);
}

function list(items: readonly unknown[], indent: number, out: string[], inline: boolean): void {
  const dash = marginAt(indent).slice(1) + "- ";
  for (let i = 0; i < items.length; i++) {
    out.push(inline && i === 0 ? "- " : dash);
    item(items[i], indent, out);
  }
}

function item(value: unknown, indent: number, out: string[]): void {
  if (isFilledList(value)) list(value, indent + 2, out, true);
  else if (isFilledMap(value)) mapping(value, indent + 2, out, true);
  else scalar(value, indent + 2, indent + 2, out);
}

function scalar(value: unknown, indent: number, column: number, out: string[]): void {
  if (typeof value === "string") return string(value, indent, column, out);
  if (typeof value === "number") out.push(yamlNumber(value));
  else if (typeof value === "boolean" || typeof value === "bigint") out.push(String(value));
  else if (value === null || value === undefined) out.push("null");
  else out.push(Array.isArray(value) ? "[]" : "{}");
  out.push("\n");
}

function string(text: string, indent: number, column: number, out: string[]): void {
  const margin = marginAt(indent);
  switch (scalarStyle(text)) {
    case "plain":
      out.push(foldPlain(text, column, margin), "\n");
      break;
    case "single":
      out.push(singleQuoted(text, column, margin, true), "\n");
      break;
    case "double":
      out.push(doubleQuoted(text, column, margin, true), "\n");
      break;
    case "literal": {
      const block = literalBlock(text, margin);
      out.push(block);
      if (!text.endsWith("\n")) out.push("\n");
    }
  }
}

/** The key as it stands before its colon, or null when it needs the `? key` form. */
function keyText(key: string): string | null {
  const known = KEYS.get(key);
  if (known !== undefined) return known;
  const text = renderKey(key);
  if (text !== null && KEYS.size < 10_000) KEYS.set(key, text);
  return text;
}

function renderKey(key: string): string | null {
  const wide = key.length > SIMPLE_KEY_BYTES || (key.length > 42 && utf8Length(key) > SIMPLE_KEY_BYTES);
  if (wide || /[\n\r\u0085\u2028\u2029]/.test(key)) return null;
  switch (scalarStyle(key)) {
    case "single":
      return singleQuoted(key, 0, "", false);
    case "double":
      return doubleQuoted(key, 0, "", false);
    default:
      return key;
  }
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Go's shortest 'g' form, except that whole numbers within 64 bits are integers. */
function yamlNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 64) return String(value);
  const [mantissa = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  // strconv's 'g' with the shortest digits decides for an exponent at a precision of 6.
  return power < -4 || power >= 6 ? exponentNumber(mantissa, power) : String(value);
}

function exponentNumber(mantissa: string, power: number): string {
  const digits = String(Math.abs(power)).padStart(2, "0");
  return `${mantissa}e${power < 0 ? "-" : "+"}${digits}`;
}

/** Keys in go-yaml's order: letters after everything else, runs of digits by their number. */
function naturalKeys(map: object): string[] {
  const keys = Object.keys(map);
  if (keys.length > 24) return keys.sort(compareNatural);
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i]!;
    let j = i;
    for (; j > 0 && compareNatural(keys[j - 1]!, key) > 0; j--) keys[j] = keys[j - 1]!;
    keys[j] = key;
  }
  return keys;
}

/** Below, equal or above zero, as go-yaml v2 orders two keys. */
export function compareNatural(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const xLetter = isLetter(x);
    const yLetter = isLetter(y);
    if (xLetter && yLetter) return x - y;
    if (xLetter || yLetter) return yLetter ? -1 : 1;
    return compareDigits(a, b, i);
  }
  return a.length - b.length;
}

/** Both differ at `at`, where neither has a letter. */
function compareDigits(a: string, b: string, at: number): number {
  // A zero after other digits belongs to a number that has begun: keep its place value.
  let begun = 0;
  if (a[at] === "0" || b[at] === "0") {
    for (let j = at - 1; j >= 0 && isDigit(a.charCodeAt(j)); j--) {
      if (a[j] !== "0") {
        begun = 1;
        break;
      }
    }
  }
  const left = digitsFrom(a, at, begun);
  const right = digitsFrom(b, at, begun);
  if (left.value !== right.value) return left.value - right.value;
  if (left.end !== right.end) return left.end - right.end;
  return a.charCodeAt(at) - b.charCodeAt(at);
}

function digitsFrom(
  text: string,
  at: number,
  start: number,
): { readonly value: number; readonly end: number } {
  let value = start;
  let end = at;
  for (; end < text.length && isDigit(text.charCodeAt(end)); end++) {
    value = value * 10 + text.charCodeAt(end) - 0x30;
  }
  return { value, end };
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

function isLetter(unit: number): boolean {
  if (unit < 0x80) return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a);
  return /\p{L}/u.test(String.fromCharCode(unit));
}
