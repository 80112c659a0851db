/**
 * JSON as Go's encoder writes it, byte for byte: keys sorted by their UTF-8 bytes, four spaces an indent,
 * `<`, `>`, `&` and the Unicode line separators escaped. Linear; strings without specials take one test.
 */

export interface JsonWriterOptions {
  /** Spaces an indent; 0 writes it all on one line. */
  readonly indent?: number;
}

/** The value as kubectl's -o json prints it, without the final newline. */
export function writeJson(value: unknown, { indent = 4 }: JsonWriterOptions = {}): string {
  const out: string[] = [];
  if (indent === 0) compact(value, out);
  else pretty(value, "\n", " ".repeat(indent), out);
  return out.join("");
}

/** The value on one line, keys sorted: `{"a":1,"b":[]}`. */
export function jsonText(value: unknown): string {
  return writeJson(value, { indent: 0 });
}

function pretty(value: unknown, margin: string, indent: string, out: string[]): void {
  if (typeof value !== "object" || value === null) return scalar(value, out);
  const inner = margin + indent;
  if (Array.isArray(value)) {
    if (value.length === 0) return void out.push("[]");
    for (let i = 0; i < value.length; i++) {
      out.push(i === 0 ? "[" : ",", inner);
      pretty(value[i], inner, indent, out);
    }
    out.push(margin, "]");
    return;
  }
  const map = value as Record<string, unknown>;
  let open = "{";
  for (const key of sortedKeys(map)) {
    if (map[key] === undefined) continue;
    out.push(open, inner, quote(key), ": ");
    pretty(map[key], inner, indent, out);
    open = ",";
  }
  if (open === "{") out.push("{}");
  else out.push(margin, "}");
}

function compact(value: unknown, out: string[]): void {
  if (typeof value !== "object" || value === null) return scalar(value, out);
  if (Array.isArray(value)) {
    out.push("[");
    for (let i = 0; i < value.length; i++) {
      if (i > 0) out.push(",");
      compact(value[i], out);
    }
    out.push("]");
    return;
  }
  const map = value as Record<string, unknown>;
  let separator = "";
  out.push("{");
  for (const key of sortedKeys(map)) {
    if (map[key] === undefined) continue;
    out.push(separator, quote(key), ":");
    compact(map[key], out);
    separator = ",";
  }
  out.push("}");
}

function scalar(value: unknown, out: string[]): void {
  if (typeof value === "string") out.push(quote(value));
  else if (typeof value === "number") out.push(jsonNumber(value));
  else out.push(value === undefined ? "null" : String(value));
}

/** Go and JavaScript choose the same form but for `-0`, which Go keeps. */
function jsonNumber(value: number): string {
  if (!Number.isFinite(value)) return "null";
  return Object.is(value, -0) ? "-0" : String(value);
}

// deno-lint-ignore no-control-regex -- the control characters are what it looks for
const SPECIAL = /["\\<>&\u2028\u2029\x00-\x1f\ud800-\udfff]/;
// deno-lint-ignore no-control-regex -- as above
const SPECIALS = /["\\<>&\u2028\u2029\x00-\x1f]/g;
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
};

function quote(text: string): string {
  if (!SPECIAL.test(text)) return `"${text}"`;
  const escaped = text.toWellFormed().replace(
    SPECIALS,
    (c) => SHORT[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped}"`;
}

/** Keys in the order of their UTF-8 bytes. */
export function sortedKeys(map: object): string[] {
  const keys = Object.keys(map);
  if (keys.length < 2) return keys;
  for (let i = 1; i < keys.length; i++) {
    if (keys[i - 1]! > keys[i]!) return keys.sort(compareUtf8);
  }
  return keys;
}

/** Order by code point, which is the order of the UTF-8 bytes; JavaScript's own is by UTF-16 unit. */
function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates stand for code points above every other unit.
    return (isSurrogate(x) ? x + 0x10000 : x) - (isSurrogate(y) ? y + 0x10000 : y);
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
