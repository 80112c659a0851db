import assert from "node:assert/strict";
import { seededRandom } from "../../base/mod.ts";
import { type AddLinesOptions, LineBuffer } from "./line_buffer.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const BLOCK =
  "2026-08-01T10:00:00.5Z one\n2026-08-01T10:00:01Z \nno time\n2026-08-01T10:00:02.000000001Z ü 2\r\n2026-08-01T10:00:03Z end";

function added(lines: string, options: AddLinesOptions): string {
  const buffer = new LineBuffer();
  buffer.addLines(encode(lines), options);
  return decode(buffer.bytes);
}

Deno.test("times are taken off lines, and nothing else", () => {
  assert.equal(added(BLOCK, { hasStamps: false }), "one\n\nno time\nü 2\r\nend");
  assert.equal(added("", { hasStamps: false }), "");
  assert.equal(added(BLOCK, { hasStamps: true }), BLOCK);
});

Deno.test("a prefix stands before each line, but not in one that goes on", () => {
  const prefix = encode("[a] ");
  assert.equal(
    added(BLOCK, { prefix, hasStamps: false }),
    "[a] one\n[a] \n[a] no time\n[a] ü 2\r\n[a] end",
  );
  assert.equal(
    added(BLOCK, { prefix, hasStamps: true }),
    BLOCK.split("\n").map((line) => `[a] ${line}`).join("\n"),
  );
  assert.equal(added("x\ny\n", { prefix, isContinued: true, hasStamps: true }), "x\n[a] y\n");
  assert.equal(added("", { prefix, hasStamps: true }), "");
});

Deno.test("any bytes in lines of any length, at any place of a buffer that grows, come out as they are", () => {
  const random = seededRandom(11);
  const whole = (below: number) => Math.floor(random() * below);
  const buffer = new LineBuffer();
  for (let round = 0; round < 20; round++) {
    buffer.clear();
    const expected: number[] = [];
    const prefix = Uint8Array.from({ length: whole(6) }, () => 60);
    for (let block = 0; block < 40; block++) {
      const lines = Array.from({ length: whole(30) }, () =>
        // Bytes near the line break, and with their top bit, are those that a look at whole words may mistake.
        Uint8Array.from(
          { length: whole(random() < 0.05 ? 5_000 : 20) },
          () => [9, 11, 0, 138, 255, 65][whole(6)]!,
        ));
      const bytes = new Uint8Array(lines.reduce((sum, line) => sum + line.length + 1, 3));
      let at = 3;
      for (const line of lines) {
        bytes.set(line, at);
        bytes[(at += line.length + 1) - 1] = 10;
        expected.push(...prefix, ...line, 10);
      }
      buffer.addLines(bytes.subarray(3), { prefix, hasStamps: round % 2 === 0 });
    }
    assert.deepEqual(buffer.bytes, Uint8Array.from(expected));
  }
});
