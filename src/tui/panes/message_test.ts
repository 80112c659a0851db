import assert from "node:assert/strict";
import { Screen } from "../term/mod.ts";
import { drawBar, drawMessage, messageHeight } from "./message.ts";

function drawn(
  cols: number,
  rows: number,
  draw: (screen: ReturnType<Screen["begin"]>) => void,
): readonly string[] {
  const screen = new Screen(cols, rows);
  draw(screen.begin());
  return screen.lines().map((line) => line.trimEnd());
}

Deno.test("a message breaks between words and keeps every one of them", () => {
  const lines = ["The connection was refused by averyveryverylongserver", "", "try again"];
  const rows = drawn(20, 8, (canvas) => drawMessage(canvas, { tone: "error", lines }));
  assert.deepEqual(rows.slice(0, 5), [
    "✗ The connection was",
    "refused by",
    "averyveryverylongser",
    "ver",
    "try again",
  ]);
});

Deno.test("a bar is as high as its lines need", () => {
  const lines = ["one two three", "four"];
  assert.equal(messageHeight(lines, 80), 2);
  assert.equal(messageHeight(lines, 12), 3);
  const rows = drawn(12, 3, (canvas) => drawBar(canvas, { tone: "warn", lines }));
  assert.deepEqual(rows, [" ! one two", " three", " four"]);
});
