/**
 * Places the cells of a description: columns over neighbouring lines, two spaces between, as Go's tabwriter
 * does it for kubectl. A column of a line is every cell but the last.
 */
import type { Cell, Description, Line, LineKind } from "./document.ts";

/** A cell where it stands; `pad` spaces follow its text. */
export interface PlacedCell extends Cell {
  /** Characters from the line's start. */
  readonly at: number;
  readonly pad: number;
}

export interface PlacedLine {
  readonly kind: LineKind;
  readonly indent: number;
  readonly cells: readonly PlacedCell[];
}

const PADDING = 2;

/** The lines of a description with every cell's place. */
export function layout({ lines }: Description): PlacedLine[] {
  const widths: number[][] = lines.map(() => []);
  const columns = Math.max(0, ...lines.map((line) => line.cells.length - 1));
  for (let column = 0; column < columns; column++) {
    for (let from = 0; from < lines.length;) {
      let to = from;
      let width = 0;
      for (; to < lines.length && column < lines[to]!.cells.length - 1; to++) {
        width = Math.max(width, cellWidth(lines[to]!, column));
      }
      for (let i = from; i < to; i++) widths[i]!.push(width + PADDING);
      from = Math.max(to, from + 1);
    }
  }
  return lines.map((line, i) => place(line, widths[i]!));
}

function place(line: Line, widths: readonly number[]): PlacedLine {
  let at = line.indent;
  const cells = line.cells.map((cell, column): PlacedCell => {
    const width = characters(cell.text);
    const room = (widths[column] ?? width) - (column === 0 && column < widths.length ? line.indent : 0);
    const placed = { ...cell, at, pad: Math.max(0, room - width) };
    at += width + placed.pad;
    return placed;
  });
  return { kind: line.kind, indent: line.indent, cells };
}

function cellWidth(line: Line, column: number): number {
  return characters(line.cells[column]!.text) + (column === 0 ? line.indent : 0);
}

/** Code points, which is what tabwriter counts. */
function characters(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xdc00 && unit <= 0xdfff) count--;
  }
  return count;
}

/** The description as kubectl describe prints it, with the final newline. */
export function renderText(description: Description): string {
  let out = "";
  for (const line of layout(description)) {
    out += " ".repeat(line.indent);
    for (const cell of line.cells) out += cell.text + " ".repeat(cell.pad);
    out += "\n";
  }
  return out;
}
