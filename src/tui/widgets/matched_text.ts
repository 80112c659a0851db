/** Text with some of its letters marked: what a filter or a fuzzy search matched. */
import { cutText } from "../../base/mod.ts";
import { type Canvas, layer, type Style } from "../term/mod.ts";

export interface MatchedText {
  readonly text: string;
  readonly style: Style;
  /** UTF-16 offsets of the matched letters, ascending. */
  readonly matches?: readonly number[] | undefined;
  /** Columns it may take; cut with an ellipsis. */
  readonly max: number;
}

/** Draws at (x, y); returns the columns used. */
export function drawMatched(canvas: Canvas, at: { x: number; y: number }, item: MatchedText): number {
  const { text, style, matches, max } = item;
  const shown = cutText(text, max);
  if (!matches || matches.length === 0) return canvas.text(at.x, at.y, shown, style);
  const matchStyle = layer(style, canvas.theme.match);
  const matched = new Set(matches);
  let x = at.x;
  for (let from = 0; from < shown.length;) {
    const isMatch = matched.has(from);
    let to = from + 1;
    while (to < shown.length && matched.has(to) === isMatch) to++;
    x += canvas.text(x, at.y, shown.slice(from, to), isMatch ? matchStyle : style);
    from = to;
  }
  return x - at.x;
}

/** Offsets that a regular expression matches in `text`; every match, up to 64 letters. */
export function regexMatches(text: string, pattern: RegExp): number[] {
  const global = pattern.global ? pattern : new RegExp(pattern.source, pattern.flags + "g");
  global.lastIndex = 0;
  const offsets: number[] = [];
  for (let match = global.exec(text); match && offsets.length < 64; match = global.exec(text)) {
    if (match[0] === "") global.lastIndex++;
    for (let i = match.index; i < match.index + match[0].length; i++) offsets.push(i);
  }
  return offsets;
}
