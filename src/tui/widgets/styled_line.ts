/** Text with meaning: pieces of a line, each with the token that it is drawn in. */
import { textWidth } from "../../base/mod.ts";
import type { TokenName } from "../term/mod.ts";
import { wordRows } from "./wrap.ts";

export interface Segment {
  readonly text: string;
  /** A token of the theme; plain text without it. */
  readonly token?: TokenName | undefined;
}

export type StyledLine = readonly Segment[];

/** Gives a line its pieces; together they are the line. Called only for lines that are shown. */
export type Highlighter = (line: string, index: number) => StyledLine;

/** A value of a megabyte is on one line; its beginning is enough for a person. */
const MOST_ROWS = 20;

export function lineWidth(line: string | StyledLine): number {
  return textWidth(textOf(line));
}

/** Rows of so many columns, broken between words. What is beyond `MOST_ROWS` is left out, and a last `…` says so. */
export function wrapLine(line: string | StyledLine, width: number): readonly StyledLine[] {
  const text = textOf(line);
  const rows = wordRows(text.slice(0, (MOST_ROWS + 1) * width), width);
  const pieces: StyledLine = typeof line === "string" ? [{ text }] : line;
  const styled = rows.slice(0, MOST_ROWS).map(({ from, to }) => cut(pieces, from, to));
  return rows.length > MOST_ROWS ? [...styled, [{ text: "…", token: "dim" }]] : styled;
}

function textOf(line: string | StyledLine): string {
  return typeof line === "string" ? line : line.map(({ text }) => text).join("");
}

/** The pieces between two offsets of the whole. */
function cut(pieces: StyledLine, from: number, to: number): StyledLine {
  let at = 0;
  return pieces.flatMap((piece) => {
    const text = piece.text.slice(Math.max(0, from - at), Math.max(0, to - at));
    at += piece.text.length;
    return text === "" ? [] : [{ ...piece, text }];
  });
}
