/** A description as lines of text with tones, and the places in it that name other objects. */
import type { Description, ObjectTarget, PlacedCell, PlacedLine, Tone } from "../../describe/mod.ts";
import { layout } from "../../describe/mod.ts";
import type { TokenName } from "../term/mod.ts";
import type { Highlighter, Segment } from "../widgets/mod.ts";

export interface DescriptionLink {
  readonly line: number;
  /** UTF-16 offsets in the line. */
  readonly from: number;
  readonly to: number;
  readonly target: ObjectTarget;
}

export interface DescriptionText {
  readonly lines: readonly string[];
  readonly links: readonly DescriptionLink[];
  /** Colours the lines; `current` is the link that stands out. */
  readonly highlighter: (current: () => DescriptionLink | undefined) => Highlighter;
}

const TONES: Readonly<Record<Tone, TokenName | undefined>> = {
  plain: undefined,
  good: "ok",
  warn: "warn",
  bad: "error",
  dim: "dim",
};

interface Piece extends Segment {
  readonly link?: DescriptionLink;
}

export function descriptionText(description: Description): DescriptionText {
  const links: DescriptionLink[] = [];
  const pieces = layout(description).map((line, at) => piecesOf(line, at, links));
  return {
    lines: pieces.map((line) => line.map(({ text }) => text).join("").trimEnd()),
    links,
    highlighter: (current) => (_, at) =>
      (pieces[at] ?? []).map(({ text, token, link }) => ({
        text,
        token: link === undefined ? token : link === current() ? "foundCurrent" : "accent",
      })),
  };
}

function piecesOf(line: PlacedLine, at: number, links: DescriptionLink[]): readonly Piece[] {
  const pieces: Piece[] = line.indent > 0 ? [{ text: " ".repeat(line.indent) }] : [];
  let offset = line.indent;
  for (const [column, cell] of line.cells.entries()) {
    const link = cell.target &&
      { line: at, from: offset, to: offset + cell.text.length, target: cell.target };
    if (link) links.push(link);
    pieces.push({ text: cell.text, token: tokenOf(line, cell, column), ...(link ? { link } : {}) });
    if (cell.pad > 0) pieces.push({ text: " ".repeat(cell.pad) });
    offset += cell.text.length + cell.pad;
  }
  return pieces;
}

function tokenOf({ kind }: PlacedLine, cell: PlacedCell, column: number): TokenName | undefined {
  if (kind === "header") return "header";
  if (kind === "rule") return "punctuation";
  if (kind === "heading") return "title";
  if (cell.tone !== undefined && cell.tone !== "plain") return TONES[cell.tone];
  return kind === "field" && column === 0 ? "key" : undefined;
}
