import assert from "node:assert/strict";
import { seededRandom } from "../../base/mod.ts";
import { WaitingBytes } from "./waiting_bytes.ts";

Deno.test("whatever comes between two takes goes out as one piece, which nothing that comes later changes", () => {
  const random = seededRandom(3);
  const waiting = new WaitingBytes();
  let next = 0;
  let last: { readonly bytes: Uint8Array; readonly copy: Uint8Array } | null = null;
  for (let round = 0; round < 300; round++) {
    const expected: number[] = [];
    for (let part = Math.floor(random() * 4); part > 0; part--) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 200) }, () => next++);
      expected.push(...bytes);
      waiting.add(bytes);
    }
    if (last !== null) assert.deepEqual(last.bytes, last.copy);
    assert.equal(waiting.length, expected.length);
    const bytes = waiting.take();
    assert.deepEqual([...bytes], expected);
    assert.equal(waiting.length, 0);
    last = { bytes, copy: bytes.slice() };
  }
});

Deno.test("what is cleared is gone, and what was lent stays", () => {
  const waiting = new WaitingBytes();
  waiting.add(Uint8Array.of(1, 2));
  const lent = waiting.take();
  waiting.add(Uint8Array.of(3));
  waiting.clear();
  waiting.add(Uint8Array.of(4, 5));
  assert.deepEqual([...lent], [1, 2]);
  assert.deepEqual([...waiting.take()], [4, 5]);
});
