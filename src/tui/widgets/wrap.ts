/** Lines cut into rows of a screen, by columns and between clusters. */
import { clusterWidth, graphemes, isPlain, safeText, textWidth } from "../../base/mod.ts";

/** Tabs stand on every 8th column. */
const TAB = 8;

/** Tabs as spaces, and everything unsafe as visible glyphs: what the view shows, searches and copies is the same text. */
export function displayLine(line: string): string {
  if (isPlain(line)) return line;
  if (!line.includes("\t")) return safeText(line);
  let out = "";
  let column = 0;
  for (const part of line.split(/(\t)/)) {
    const text = part === "\t" ? " ".repeat(TAB - column % TAB) : safeText(part);
    out += text;
    column += part === "\t" ? text.length : textWidth(text);
  }
  return out;
}

/** Lines from here on are remembered: segmenting 300 KB (an applied configuration) takes 50 ms. */
const LONG_UNITS = 2_000;
const REMEMBERED = 64;
const remembered = new Map<string, { readonly width: number; readonly offsets: number[] }>();

/** UTF-16 offsets at which each row of `line` starts; the first is 0. */
export function wrapOffsets(line: string, width: number): number[] {
  if (line.length < LONG_UNITS || isPlain(line)) return cutRows(line, width);
  const known = remembered.get(line);
  if (known?.width === width) return known.offsets;
  const offsets = cutRows(line, width);
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(line, { width, offsets });
  return offsets;
}

function cutRows(line: string, width: number): number[] {
  const offsets = [0];
  if (width <= 0) return offsets;
  if (isPlain(line)) {
    for (let at = width; at < line.length; at += width) offsets.push(at);
    return offsets;
  }
  let used = 0;
  let at = 0;
  for (const cluster of graphemes(line)) {
    const columns = clusterWidth(cluster);
    if (used + columns > width) {
      offsets.push(at);
      used = 0;
    }
    used += columns;
    at += cluster.length;
  }
  return offsets;
}

/** A row of a text that is broken between words: UTF-16 offsets. */
export interface WordRow {
  readonly from: number;
  readonly to: number;
}

/** Broken at spaces, which end no row; indentation stays. A word longer than a row is cut. One row at least. */
export function wordRows(text: string, width: number): readonly WordRow[] {
  const rows: WordRow[] = [];
  let from = 0;
  let to = 0;
  for (const { 0: word, index } of text.matchAll(/ *[^ ]+/g)) {
    const end = index + word.length;
    if (textWidth(text.slice(from, end)) <= width) {
      to = end;
      continue;
    }
    if (to > from) {
      rows.push({ from, to });
      from = end - word.trimStart().length;
    }
    const cuts = wrapOffsets(text.slice(from, end), width);
    for (let at = 1; at < cuts.length; at++) {
      rows.push({ from: from + cuts[at - 1]!, to: from + cuts[at]! });
    }
    from += cuts.at(-1)!;
    to = end;
  }
  return [...rows, { from, to }];
}

export function wrapWords(text: string, width: number): readonly string[] {
  return wordRows(text, width).map(({ from, to }) => text.slice(from, to));
}

/** Offset of the cluster that covers `column`; the line's length when it is beyond its end. */
export function offsetAt(line: string, column: number): number {
  if (isPlain(line)) return Math.max(0, Math.min(line.length, column));
  let used = 0;
  let at = 0;
  for (const cluster of graphemes(line)) {
    used += clusterWidth(cluster);
    if (used > column) return at;
    at += cluster.length;
  }
  return at;
}
