import assert from "node:assert/strict";
import { TabWriter } from "./tab_writer.ts";

const layout = (...lines: string[][]) => new TabWriter().layout(lines);

Deno.test("columns are 6 wide at least, 3 apart, the last one is not padded", () => {
  assert.equal(
    layout(["A", "B", "C"], ["x", "longer-cell", "y"]),
    "A     B             C\nx     longer-cell   y\n",
  );
});

Deno.test("an empty last cell leaves the padding of the one before", () => {
  assert.equal(layout(["A", "B"], ["x", ""]), "A     B\nx     \n");
});

Deno.test("widths count code points, as Go does", () => {
  assert.equal(
    layout(["ünï", "x"], ["世界世界", "y"], ["\u{1f600}abcdef", "z"]),
    "ünï       x\n世界世界      y\n\u{1f600}abcdef   z\n",
  );
});

Deno.test("a line with fewer cells ends the column, as in text/tabwriter", () => {
  assert.equal(layout(["aaaaaaaa", "b"], ["only"], ["c", "d"]), "aaaaaaaa   b\nonly\nc          d\n");
});

Deno.test("a tab starts a cell, a newline a line", () => {
  assert.equal(layout(["a\tb", "c"], ["1", "2\n3", "4"]), "a     b     c\n1     2\n3     4\n");
});

Deno.test("later blocks are never narrower than earlier ones", () => {
  const writer = new TabWriter();
  assert.equal(
    writer.layout([["NAME", "AGE"], ["long-name-1", "1s"]]),
    "NAME          AGE\nlong-name-1   1s\n",
  );
  assert.equal(writer.layout([["x", "2s"]]), "x             2s\n");
  assert.equal(writer.layout([["longer-name-2", "3s"]]), "longer-name-2   3s\n");
  assert.equal(writer.layout([["y", "4s"]]), "y               4s\n");
});
