import assert from "node:assert/strict";
import { constants, deflateSync } from "node:zlib";
import { SpdyEncoder } from "../../base/mod.ts";
import { DICTIONARY, HeaderReader } from "./spdy_headers.ts";

/** A header block as it is in the clear. */
function plain(pairs: readonly (readonly [string, string])[]): Uint8Array {
  const bytes: number[] = [0, 0, 0, pairs.length];
  for (const word of pairs.flat()) bytes.push(0, 0, 0, word.length, ...new TextEncoder().encode(word));
  return Uint8Array.from(bytes);
}

Deno.test("the dictionary is the protocol's, by its checksum", () => {
  const [low, high] = DICTIONARY.reduce(([a, b], byte) => [(a + byte) % 65521, (a + byte + b) % 65521], [
    1,
    0,
  ]);
  assert.deepEqual([DICTIONARY.length, high * 65536 + low], [1423, 0xe3c6a7c2]);
});

Deno.test("header blocks are one zlib stream, with the dictionary or without it", async () => {
  const first = [["streamtype", "error"], ["port", "8080"], ["requestid", "0"]] as const;
  const second = [["streamtype", "data"], ["port", "8080"], ["requestid", "0"]] as const;
  // What is flushed behind the first block is where the second one begins.
  const options = { dictionary: DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH };
  const whole = deflateSync(new Uint8Array([...plain(first), ...plain(second)]), options);
  const begun = deflateSync(plain(first), options);
  const compressed = new HeaderReader();
  assert.deepEqual(Object.fromEntries(await compressed.read(begun)), Object.fromEntries(first));
  compressed.close();
  const both = new HeaderReader();
  assert.deepEqual((await both.read(whole)).get("streamtype"), "error");
  both.close();

  const encoder = new SpdyEncoder();
  const stored = new HeaderReader();
  for (const [stream, headers] of [[1, first], [3, second]] as const) {
    const block = encoder.open({ stream, headers }).subarray(18);
    assert.deepEqual(Object.fromEntries(await stored.read(block)), Object.fromEntries(headers));
  }
  stored.close();
});

Deno.test("what is no header block is an error", async () => {
  for (const block of [Uint8Array.of(1, 2, 3, 4), deflateSync(Uint8Array.of(0, 0, 0, 9))]) {
    const reader = new HeaderReader();
    await assert.rejects(reader.read(block));
    reader.close();
  }
});
