/**
 * How wide text is on a terminal, and how it is made safe to draw there.
 *
 * Widths count terminal columns. A grapheme cluster is what a person sees as one character; it takes one or
 * two columns. Terminals disagree on some clusters (ZWJ emoji, conjuncts): the screen repositions after them.
 */
import { eastAsianWidth } from "get-east-asian-width";

/**
 * Ranges in which every code unit is a character of its own, one column wide and harmless: ASCII, Latin, dashes and
 * dots, arrows, control pictures, lines and blocks, check marks, Braille. Most text is only these, and then neither the
 * segmenter nor the big expressions below are needed: they cost 15 ms to build.
 */
const PLAIN_RANGES =
  "\\x20-\\x7e\\xa1-\\xac\\xae-\\u02ff\\u2010-\\u2027\\u2030-\\u205e\\u2190-\\u2319\\u2400-\\u2426" +
  "\\u2500-\\u25fc\\u2713\\u2717\\u2800-\\u28ff";
const PLAIN = new RegExp(`^[${PLAIN_RANGES}]*$`);
const MARK = /^[\p{M}\p{Cf}\u1160-\u11ff\ud7b0-\ud7ff]$/u;
const PICTOGRAPH = /\p{Extended_Pictographic}/u;
/** A cluster longer than this is cut: a family emoji with skin tones has 19 units, a subdivision flag 14. */
const MAX_CLUSTER_UNITS = 32;
const CACHE_SIZE = 4096;

/**
 * Code points that act on the terminal, reorder text, or take no room: controls (C0, DEL, C1), bidi marks,
 * overrides and isolates, zero-width spaces and fillers, hidden tags, stray variation selectors and joiners,
 * lone surrogates. A subdivision flag (black flag and tags) matches first, so that it can be left alone.
 */
let hostile: RegExp | undefined;
const HOSTILE_SOURCE = "\\u{1f3f4}[\\u{e0020}-\\u{e007e}]{1,8}\\u{e007f}" +
  "|[\\0-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u17b4\\u17b5\\u180b-\\u180f\\u200b\\u200e\\u200f" +
  "\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\u{e0000}-\\u{e0fff}\\p{Cs}]" +
  "|(?<![\\u0600-\\u109f\\u1780-\\u18aa\\ufe0f\\u{1f3fb}-\\u{1f3ff}\\p{Extended_Pictographic}])[\\u200c\\u200d]" +
  "|(?<=[\\ufe00-\\ufe0f])[\\ufe00-\\ufe0f]";

const widths = new Map<string, number>();
let segmenter: Intl.Segmenter | undefined;

/** True when every UTF-16 unit of `text` is one harmless character, one column wide. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/** The same for one UTF-16 unit; a combining mark after it would still change it. */
export function isPlainUnit(unit: number): boolean {
  if (unit < 0x7f) return unit >= 0x20;
  if (unit < 0x300) return unit > 0xa0 && unit !== 0xad;
  if (unit >= 0x2500) {
    return unit <= 0x25fc || unit === 0x2713 || unit === 0x2717 || (unit >= 0x2800 && unit <= 0x28ff);
  }
  if (unit < 0x2190) return unit >= 0x2010 && unit <= 0x205e && (unit <= 0x2027 || unit >= 0x2030);
  return unit <= 0x2319 || (unit >= 0x2400 && unit <= 0x2426);
}

/** The clusters of `text`, lazily: taking the first few of a long string costs only those. */
export function* graphemes(text: string): Generator<string> {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const part of segmenter.segment(text)) {
    yield part.segment.length > MAX_CLUSTER_UNITS ? cutCluster(part.segment) : part.segment;
  }
}

/** Columns of one grapheme cluster: 0, 1 or 2. What `safeText` would replace counts as its replacement. */
export function clusterWidth(cluster: string): number {
  const known = widths.get(cluster);
  if (known !== undefined) return known;
  const width = measure(cluster);
  if (widths.size >= CACHE_SIZE) widths.clear();
  widths.set(cluster, width);
  return width;
}

/** Columns that `text` takes when drawn on one line. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const cluster of graphemes(safeText(text))) width += clusterWidth(cluster);
  return width;
}

/** `text` cut to `width` columns; a cut is shown by `mark` in the last column. Costs what is shown, not what is cut. */
export function cutText(text: string, width: number, mark = "…"): string {
  if (width <= 0) return "";
  // 8 units a column: a family emoji has 5.5
  const head = text.length > width * 8 + 64 ? text.slice(0, width * 8 + 64) : text;
  if (PLAIN.test(head)) return head.length <= width ? head : head.slice(0, width - textWidth(mark)) + mark;
  const room = width - textWidth(mark);
  let used = 0;
  let fits = "";
  let kept = "";
  for (const cluster of graphemes(safeText(head))) {
    used += clusterWidth(cluster);
    if (used > width) return fits + mark;
    kept += cluster;
    if (used <= room) fits = kept;
  }
  return head === text ? kept : fits + mark;
}

/** `text` padded with spaces (or cut) to exactly `width` columns. */
export function padText(text: string, width: number, { right = false } = {}): string {
  const cut = cutText(text, width);
  const pad = " ".repeat(Math.max(0, width - textWidth(cut)));
  return right ? pad + cut : cut + pad;
}

/**
 * `text` with everything that a terminal would act on, or that would hide or reorder what a person reads,
 * replaced by a visible glyph: `␛` for an escape, `·` for what has no width, `�` for C1 and broken text.
 */
export function safeText(text: string): string {
  if (PLAIN.test(text)) return text;
  hostile ??= new RegExp(HOSTILE_SOURCE, "gu");
  return text.replace(hostile, substitute);
}

function substitute(match: string): string {
  if (match.length > 2) return match; // a subdivision flag
  const point = match.codePointAt(0)!;
  if (point < 0x20) return String.fromCharCode(0x2400 + point);
  if (point === 0x7f) return "\u2421";
  if (point < 0xa0 || (point >= 0xd800 && point < 0xe000)) return "\ufffd";
  return "·";
}

function measure(cluster: string): number {
  const first = cluster.codePointAt(0)!;
  if (first < 0x20 || (first >= 0x7f && first < 0xa0)) return 1;
  const isSingle = cluster.length === (first > 0xffff ? 2 : 1);
  if (isSingle) return MARK.test(cluster) ? 0 : eastAsianWidth(first);
  if (cluster.includes("\ufe0f") || (first >= 0x1f1e6 && first <= 0x1f1ff)) return 2;
  if (cluster.includes("\u200d") && PICTOGRAPH.test(cluster)) return 2;
  let width = 0;
  for (const char of cluster) if (!MARK.test(char)) width += eastAsianWidth(char.codePointAt(0)!);
  return Math.min(2, width);
}

function cutCluster(cluster: string): string {
  const last = cluster.charCodeAt(MAX_CLUSTER_UNITS - 1);
  return cluster.slice(0, last >= 0xd800 && last < 0xdc00 ? MAX_CLUSTER_UNITS - 1 : MAX_CLUSTER_UNITS);
}
