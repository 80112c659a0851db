/**
 * Columns of text as Go's text/tabwriter lays them out with kubectl's settings, so that the same cells give
 * the same bytes: cells end with a tab, the last one of a line takes no part in any column, a column is a run
 * of lines that have a cell there, widths count code points.
 */

/** Narrowest column, and the spaces after a cell: kubectl's settings. */
const MIN_WIDTH = 6;
const PADDING = 3;
const ASCII = /^[\0-\x7f]*$/;

/**
 * Lays out blocks of lines, one after the other.
 *
 * 1. Within one block every column is as wide as its widest cell.
 * 2. Widths are remembered: a column of a later block is never narrower than it was before, so pages and
 *    watched rows line up under the first block as far as it foresaw them.
 */
export class TabWriter {
  #remembered: number[] = [];

  /** The lines as text, each with its newline. As in Go, a tab within a cell starts a cell, a newline a line. */
  layout(lines: readonly (readonly string[])[]): string {
    const split = lines.some(hasBreaks) ? lines.flatMap(splitBreaks) : lines;
    const parts: string[] = [];
    this.#format(split, { from: 0, to: split.length, widths: [], parts });
    return parts.join("");
  }

  /** Starts anew, for another kind of rows. */
  forget(): void {
    this.#remembered = [];
  }

  #format(
    lines: readonly (readonly string[])[],
    { from, to, widths, parts }: { from: number; to: number; widths: number[]; parts: string[] },
  ): void {
    const column = widths.length;
    let unprinted = from;
    for (let at = from; at < to; at++) {
      if (column >= lines[at]!.length - 1) continue;
      writeLines(lines, { from: unprinted, to: at, widths, parts });
      unprinted = at;
      let width = Math.max(MIN_WIDTH, this.#remembered[column] ?? 0);
      while (at < to && column < lines[at]!.length - 1) {
        width = Math.max(width, cellWidth(lines[at]![column]!) + PADDING);
        at++;
      }
      this.#remembered[column] = width;
      widths.push(width);
      this.#format(lines, { from: unprinted, to: at, widths, parts });
      widths.pop();
      unprinted = at;
      at--;
    }
    writeLines(lines, { from: unprinted, to, widths, parts });
  }
}

function writeLines(
  lines: readonly (readonly string[])[],
  { from, to, widths, parts }: { from: number; to: number; widths: readonly number[]; parts: string[] },
): void {
  for (let at = from; at < to; at++) {
    const line = lines[at]!;
    let text = "";
    for (let i = 0; i < line.length; i++) {
      const width = widths[i];
      text += line[i]!;
      if (width !== undefined) text += " ".repeat(Math.max(0, width - cellWidth(line[i]!)));
    }
    parts.push(text, "\n");
  }
}

function hasBreaks(line: readonly string[]): boolean {
  return line.some((cell) => /[\t\n]/.test(cell));
}

function splitBreaks(line: readonly string[]): string[][] {
  return line.join("\t").split("\n").map((part) => part.split("\t"));
}

/** Code points, as Go's utf8.RuneCount has them. */
function cellWidth(cell: string): number {
  if (ASCII.test(cell)) return cell.length;
  let width = 0;
  for (const _ of cell) width++;
  return width;
}
