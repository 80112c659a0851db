import assert from "node:assert/strict";
import { changeStarts, type DiffRow, diffRows, foldRows, unifiedRows } from "./diff_rows.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, at) => `line ${at}\n`).join("");

const shown = (rows: readonly DiffRow[]) =>
  rows.map((row) =>
    row.type === "fold"
      ? `…${row.count}`
      : row.type === "same"
      ? `  ${row.left.text}`
      : `${row.left?.text ?? ""}|${row.right?.text ?? ""}`
  );

Deno.test("a line stands beside the one that came in its place", () => {
  assert.deepEqual(shown(diffRows("a\nb\nc\nd\n", "a\nB\nc\nd\ne\n")), ["  a", "b|B", "  c", "  d", "|e"]);
  assert.deepEqual(shown(diffRows("a\nb\n", "c\n")), ["a|c", "b|"]);
  assert.deepEqual(shown(diffRows("", "a\n")), ["|a"]);
  assert.deepEqual(shown(diffRows("a\n", "a\n")), ["  a"]);
});

Deno.test("one under the other, what was removed comes first, block by block", () => {
  const rows = unifiedRows(diffRows("a\nb\nc\nd\n", "A\nB\nc\nD\n"));
  assert.deepEqual(shown(rows), ["a|", "b|", "|A", "|B", "  c", "d|", "|D"]);
  assert.deepEqual(changeStarts(rows), [0, 5]);
});

Deno.test("long equal parts are folded, three lines stay around each change", () => {
  const before = `${numbers(10)}x\n${numbers(10)}y\n${numbers(2)}`;
  const rows = foldRows(diffRows(before, before.replace("x", "X").replace("y", "Y")));
  assert.deepEqual(shown(rows), [
    "…7",
    ...["  line 7", "  line 8", "  line 9", "x|X", "  line 0", "  line 1", "  line 2"],
    "…4",
    ...["  line 7", "  line 8", "  line 9", "y|Y", "  line 0", "  line 1"],
  ]);
});

Deno.test("no line is lost or made up, whatever is folded", () => {
  const before = `${numbers(30)}x\n${numbers(30)}`;
  const rows = diffRows(before, before.replace("x", "z\nz"));
  const folded = foldRows(rows).reduce((sum, row) => sum + (row.type === "fold" ? row.count : 1), 0);
  assert.equal(folded, rows.length);
  assert.equal(rows.filter((row) => row.type !== "fold" && row.left).length, 61);
  assert.equal(rows.filter((row) => row.type !== "fold" && row.right).length, 62);
});
