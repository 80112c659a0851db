import assert from "node:assert/strict";
import { blockLines } from "./block_lines.ts";
import { logSource } from "./log_entry.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const source = logSource({ namespace: "n", pod: "p", container: "c", role: "container", containers: ["c"] });

const BLOCK =
  "2026-08-01T10:00:00.5Z one\n2026-08-01T10:00:01Z \nno time\n2026-08-01T10:00:02.000000001Z ü 2\r\n2026-08-01T10:00:03Z end";

Deno.test("lines have their times, texts and ends; a line without a time has the one before it", () => {
  const lines = blockLines({ type: "block", source, bytes: encode(BLOCK), isWhole: false }, 7);
  const start = Date.UTC(2026, 7, 1, 10);
  assert.deepEqual(lines.map(({ ms, stamp, text, isWhole }) => [ms - start, stamp, text, isWhole]), [
    [500, "2026-08-01T10:00:00.5Z", "one", true],
    [1000, "2026-08-01T10:00:01Z", "", true],
    [1000, "", "no time", true],
    [2000, "2026-08-01T10:00:02.000000001Z", "ü 2", true],
    [3000, "2026-08-01T10:00:03Z", "end", false],
  ]);
  assert.equal(blockLines({ type: "block", source, bytes: encode("x\n"), isWhole: true }, 7)[0]!.ms, 7);
});
