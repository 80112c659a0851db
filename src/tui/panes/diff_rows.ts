/** Two texts line against line, as rows to draw: what belongs together beside each other, what is equal folded away. */
import { diffText } from "../../apply/mod.ts";

export interface DiffSide {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export type DiffRow =
  | { readonly type: "same"; readonly left: DiffSide; readonly right: DiffSide }
  /** A line that one text lacks has one side. */
  | { readonly type: "change"; readonly left?: DiffSide; readonly right?: DiffSide }
  | { readonly type: "fold"; readonly count: number };

/** Equal lines kept around a change. */
const CONTEXT = 3;

/** Every line of both; a removed line stands beside the one that came in its place. */
export function diffRows(before: string, after: string): readonly DiffRow[] {
  const [hunk] = diffText(before, after, { context: Number.MAX_SAFE_INTEGER });
  if (hunk === undefined) return linesOf(before).map((text, at) => same(text, at + 1, at + 1));
  const rows: DiffRow[] = [];
  let removed: DiffSide[] = [];
  let added: DiffSide[] = [];
  let [left, right] = [1, 1];
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at++) {
      const [one, other] = [removed[at], added[at]];
      rows.push({ type: "change", ...(one && { left: one }), ...(other && { right: other }) });
    }
    [removed, added] = [[], []];
  };
  for (const { sign, text } of hunk.lines) {
    if (sign === "-") removed.push({ line: left++, text });
    else if (sign === "+") added.push({ line: right++, text });
    else {
      flush();
      rows.push(same(text, left++, right++));
    }
  }
  flush();
  return rows;
}

/** The rows with long equal parts as one row each. */
export function foldRows(rows: readonly DiffRow[]): readonly DiffRow[] {
  const folded: DiffRow[] = [];
  for (let at = 0; at < rows.length;) {
    let end = at;
    while (end < rows.length && rows[end]!.type === "same") end++;
    const [head, tail] = [at === 0 ? 0 : CONTEXT, end === rows.length ? 0 : CONTEXT];
    const count = end - at - head - tail;
    if (count > 1) {
      folded.push(...rows.slice(at, at + head), { type: "fold", count }, ...rows.slice(end - tail, end));
    } else folded.push(...rows.slice(at, end));
    if (end < rows.length) folded.push(rows[end]!);
    at = end + 1;
  }
  return folded;
}

/** One column instead of two: what was removed before what was added, block by block. */
export function unifiedRows(rows: readonly DiffRow[]): readonly DiffRow[] {
  const unified: DiffRow[] = [];
  for (let at = 0; at < rows.length;) {
    const block: DiffRow[] = [];
    while (rows[at]?.type === "change") block.push(rows[at++]!);
    for (const row of block) {
      if (row.type === "change" && row.left) unified.push({ type: "change", left: row.left });
    }
    for (const row of block) {
      if (row.type === "change" && row.right) unified.push({ type: "change", right: row.right });
    }
    if (at < rows.length) unified.push(rows[at++]!);
  }
  return unified;
}

/** Where each run of changes begins. */
export function changeStarts(rows: readonly DiffRow[]): readonly number[] {
  return rows.flatMap(({ type }, at) => type === "change" && rows[at - 1]?.type !== "change" ? [at] : []);
}

function same(text: string, left: number, right: number): DiffRow {
  return { type: "same", left: { line: left, text }, right: { line: right, text } };
}

function linesOf(text: string): readonly string[] {
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}
