import assert from "node:assert/strict";
import { countLines, LineCutter, LONGEST_LINE_BYTES } from "./line_cutter.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Pushes `bytes` cut at every place in `cuts`; every chunk's memory is spoiled after it was lent. */
function cut(bytes: Uint8Array, cuts: readonly number[]) {
  const cutter = new LineCutter();
  const blocks: Uint8Array[] = [];
  const edges = [0, ...cuts, bytes.length];
  for (let i = 1; i < edges.length; i++) {
    const chunk = bytes.slice(edges[i - 1], edges[i]);
    const block = cutter.push(chunk);
    chunk.fill(0);
    if (block !== null) blocks.push(block.bytes);
  }
  return { blocks: blocks.map(decode), rest: decode(cutter.rest()?.bytes ?? new Uint8Array(0)) };
}

Deno.test("lines survive every cut, within letters and at line breaks", () => {
  const text = "erste Zeile\n\nzweite: grün 🚀\r\ndritte\nohne Ende ü";
  const bytes = encode(text);
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second++) {
      const { blocks, rest } = cut(bytes, [first, second]);
      assert.equal(blocks.join("") + rest, text, `cut at ${first} and ${second}`);
      assert.ok(blocks.every((block) => block.endsWith("\n")), `cut at ${first} and ${second}`);
      assert.equal(rest, "ohne Ende ü");
    }
  }
});

Deno.test("a line without end comes in pieces", () => {
  const cutter = new LineCutter();
  const chunk = new Uint8Array(1024 * 1024).fill(120);
  let bytes = 0;
  for (let i = 0; i < 9; i++) {
    const block = cutter.push(chunk);
    if (block === null) continue;
    assert.equal(block.isWhole, false);
    bytes += block.bytes.length;
  }
  assert.equal(bytes, 2 * LONGEST_LINE_BYTES);
  assert.equal(cutter.rest()?.bytes.length, 1024 * 1024);
});

Deno.test("lines are counted, the last one without its break too", () => {
  for (const [text, count] of [["", 0], ["a\n", 1], ["a\nb", 2], ["\n\n", 2]] as const) {
    assert.equal(countLines(encode(text)), count, JSON.stringify(text));
  }
});
