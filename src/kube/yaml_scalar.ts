/**
 * How go-yaml v2 (which kubectl prints with) writes a string: which texts would read back as something else
 * and so need quotes, which style each takes, and where long lines are folded.
 */

export type ScalarStyle = "plain" | "single" | "double" | "literal";

/** Words that YAML 1.1 reads as null, booleans or numbers. */
const RESOLVED = new Set(
  ("~ null Null NULL y Y yes Yes YES on On ON n N no No NO off Off OFF true True TRUE false False FALSE " +
    ".nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF").split(" "),
);

/** Letter first, nothing that could be an indicator, no space before `#` or at the end: plain without a look. */
const SURELY_PLAIN = /^[A-Za-z/_$](?:[A-Za-z0-9_.\/$()<>=+;^~\\@%&*|!"'`{}[\],?-]|:(?=[^\s])| (?=[^ #\s]))*$/;
const UNPRINTABLE = /[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
const INDICATOR_FIRST = /^(?:[#,[\]{}&*!|>'"%@`]|[?:-](?: |$)|---|\.\.\.)/;
const INDICATOR_INSIDE = /:(?: |$)| #/;

/** The style of a string that does not stand as a key. */
export function scalarStyle(text: string): ScalarStyle {
  if (SURELY_PLAIN.test(text)) return text.length <= 5 && RESOLVED.has(text) ? "double" : "plain";
  const unprintable = UNPRINTABLE.test(text);
  if (text.includes("\n")) {
    const blockAllowed = !unprintable && !text.endsWith(" ") && !/ [\n\u2028\u2029]/.test(text);
    return blockAllowed ? "literal" : "double";
  }
  if (readsAsOther(text)) return "double";
  if (unprintable || /[\u2028\u2029] | [\u2028\u2029]/.test(text)) return "double";
  if (/^ | $|[\u2028\u2029]/.test(text)) return "single";
  return INDICATOR_FIRST.test(text) || INDICATOR_INSIDE.test(text) ? "single" : "plain";
}

/** True when the text, unquoted, would be read as null, a boolean, a number or a time. */
function readsAsOther(text: string): boolean {
  if (text === "" || RESOLVED.has(text)) return true;
  const first = text.charCodeAt(0);
  if (first === 0x2e) return /^\.\d+(?:[eE][-+]?\d+)?$/.test(text);
  const numeric = (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d;
  return numeric && (isTimestamp(text) || isNumber(text.replaceAll("_", "")) || isBase60(text));
}

function isNumber(text: string): boolean {
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text)) return Number.isFinite(Number(text));
  if (!/^[-+]?0(?:[xX][0-9a-fA-F]+|[bB][01]+|[oO][0-7]+)$/.test(text)) return false;
  const signed = /^[-+]/.test(text);
  const magnitude = BigInt(text.replace(/^[-+]/, ""));
  return magnitude < (signed ? 1n << 63n : 1n << 64n);
}

/** `190:20:30`: sexagesimal in YAML 1.1, which go-yaml quotes though it no longer reads it. */
function isBase60(text: string): boolean {
  return /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/.test(text);
}

function isTimestamp(text: string): boolean {
  const match =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)| (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?)?$/
      .exec(text);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [hour, minute, second] = [match[4] ?? match[7], match[5] ?? match[8], match[6] ?? match[9]];
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) return false;
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Columns after which go-yaml breaks a scalar at the next space. */
const BEST_WIDTH = 80;

/** A plain scalar that starts at `column`, folded at spaces; `margin` is what a folded line begins with. */
export function foldPlain(text: string, column: number, margin: string): string {
  if (column + text.length <= BEST_WIDTH) return text;
  let out = "";
  let from = 0;
  let spaces = false;
  for (let i = 0; i < text.length; i++, column++) {
    if (text.charCodeAt(i) !== 0x20) {
      spaces = false;
      continue;
    }
    if (!spaces && column > BEST_WIDTH && text.charCodeAt(i + 1) !== 0x20) {
      out += text.slice(from, i) + margin;
      from = i + 1;
      column = margin.length - 2; // the newline, and the step that the loop adds
    }
    spaces = true;
  }
  return out + text.slice(from);
}

/** A single-quoted scalar; `fold` false in keys. */
export function singleQuoted(text: string, column: number, margin: string, fold: boolean): string {
  let out = "'";
  column++;
  let spaces = false;
  let broke = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === " ") {
      const inside = i > 0 && i < text.length - 1 && text[i + 1] !== " ";
      if (fold && !spaces && column > BEST_WIDTH && inside) {
        out += margin;
        column = margin.length - 1;
      } else {
        out += c;
        column++;
      }
      spaces = true;
    } else if (c === "\u2028" || c === "\u2029") {
      out += c;
      column = 0;
      broke = true;
    } else {
      if (broke) {
        out += margin.slice(1);
        column = margin.length - 1;
      }
      out += c === "'" ? "''" : c;
      column += c === "'" ? 2 : 1;
      spaces = broke = false;
    }
  }
  return out + "'";
}

const ESCAPES: Readonly<Record<number, string>> = {
  0x00: "\\0",
  0x07: "\\a",
  0x08: "\\b",
  0x09: "\\t",
  0x0a: "\\n",
  0x0b: "\\v",
  0x0c: "\\f",
  0x0d: "\\r",
  0x1b: "\\e",
  0x22: '\\"',
  0x5c: "\\\\",
  0x85: "\\N",
  0x2028: "\\L",
  0x2029: "\\P",
};

/** A double-quoted scalar; `fold` false in keys. */
export function doubleQuoted(text: string, column: number, margin: string, fold: boolean): string {
  let out = '"';
  column++;
  let spaces = false;
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i)!;
    if (point === 0x20) {
      if (fold && !spaces && column > BEST_WIDTH && i > 0 && i < text.length - 1) {
        out += margin;
        column = margin.length - 1;
        if (text[i + 1] === " ") {
          out += "\\";
          column++;
        }
      } else {
        out += " ";
        column++;
      }
      spaces = true;
      continue;
    }
    const piece = escaped(point);
    out += piece;
    column += piece.length;
    spaces = false;
    if (point > 0xffff) i++;
  }
  return out + '"';
}

function escaped(point: number): string {
  const short = ESCAPES[point];
  if (short !== undefined) return short;
  const c = String.fromCodePoint(point);
  if (point <= 0xffff && !UNPRINTABLE.test(c)) return c;
  const hex = point.toString(16).toUpperCase();
  if (point <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return point <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** A literal block: its header, then its lines at `margin`; ends with a newline only where the text does. */
export function literalBlock(text: string, margin: string): string {
  const hint = /^[ \n\u2028\u2029]/.test(text) ? "2" : "";
  const chomp = !/[\n\u2028\u2029]$/.test(text)
    ? "-"
    : /(?:^|[\n\u2028\u2029])[\n\u2028\u2029]$/.test(text)
    ? "+"
    : "";
  const body = text.replace(/([\n\u2028\u2029])(?=[^\n\u2028\u2029])/g, `$1${margin.slice(1)}`);
  const first = /^[\n\u2028\u2029]/.test(text) ? "\n" : margin;
  return `|${hint}${chomp}${first}${body}`;
}
