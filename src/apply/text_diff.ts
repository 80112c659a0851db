/** Two texts compared line by line: for unified diffs, and for panes that show them side by side. */
import { structuredPatch } from "diff";

export interface TextLine {
  readonly sign: "+" | "-" | " ";
  readonly text: string;
}

export interface Hunk {
  /** Of the first line, counted from 1; 0 where that side has none. */
  readonly beforeLine: number;
  readonly beforeCount: number;
  readonly afterLine: number;
  readonly afterCount: number;
  readonly lines: readonly TextLine[];
}

/** Lines kept around what differs. */
const CONTEXT = 3;

/** The parts that differ; none where the texts are the same. */
export function diffText(
  before: string,
  after: string,
  { context = CONTEXT }: { readonly context?: number | undefined } = {},
): readonly Hunk[] {
  const { hunks } = structuredPatch("", "", before, after, "", "", { context });
  return hunks.map((hunk) => ({
    beforeLine: hunk.oldStart,
    beforeCount: hunk.oldLines,
    afterLine: hunk.newStart,
    afterCount: hunk.newLines,
    lines: hunk.lines.filter((line) => !line.startsWith("\\")).map((line) => ({
      sign: line[0] as TextLine["sign"],
      text: line.slice(1),
    })),
  }));
}

/** As `diff -u` prints it; empty where the texts are the same. */
export function unifiedDiff(
  before: { readonly label: string; readonly text: string },
  after: { readonly label: string; readonly text: string },
): string {
  const hunks = diffText(before.text, after.text);
  if (hunks.length === 0) return "";
  const lines = [`--- ${before.label}`, `+++ ${after.label}`];
  for (const hunk of hunks) {
    lines.push(
      `@@ -${range(hunk.beforeLine, hunk.beforeCount)} +${range(hunk.afterLine, hunk.afterCount)} @@`,
      ...hunk.lines.map(({ sign, text }) => sign + text),
    );
  }
  return lines.join("\n") + "\n";
}

function range(line: number, count: number): string {
  return count === 1 ? String(line) : `${count === 0 ? line - 1 : line},${count}`;
}
