import assert from "node:assert/strict";
import { seededRandom } from "./random.ts";
import { encodeFrame, FrameDecoder, OPCODE, WebSocketFault, type WebSocketFrame } from "./websocket_frame.ts";

const MASK = Uint8Array.of(0x12, 0x34, 0x56, 0x78);

function bytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const random = seededRandom(seed);
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

function decoded(chunks: readonly Uint8Array[]): WebSocketFrame[] {
  const decoder = new FrameDecoder({ maxBytes: 1 << 20 });
  return chunks.flatMap((chunk) => decoder.push(chunk));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("the examples of RFC 6455, section 5.7", () => {
  const hello = new TextEncoder().encode("Hello");
  assert.deepEqual([...encodeFrame(OPCODE.text, [hello])], [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]);
  const mask = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);
  const masked = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
  assert.deepEqual([...encodeFrame(OPCODE.text, [hello], { mask })], masked);
  assert.deepEqual(decoded([Uint8Array.from(masked)]), [{ opcode: 1, isFinal: true, payload: hello }]);
});

Deno.test("frames of every kind of length come through, cut at any point", () => {
  const payloads = [bytes(0), bytes(1), bytes(125), bytes(126), bytes(300), bytes(65535), bytes(65536)];
  for (const mask of [undefined, MASK]) {
    for (const payload of payloads) {
      const stream = joined([
        encodeFrame(OPCODE.binary, [payload.subarray(0, 3), payload.subarray(3)], { mask }),
        encodeFrame(OPCODE.ping, [Uint8Array.of(9)], { mask }),
      ]);
      const cuts = stream.length < 400 ? stream.length : 20;
      for (let cut = 0; cut <= cuts; cut++) {
        const [first, second, ...rest] = decoded([stream.subarray(0, cut), stream.subarray(cut)]);
        assert.deepEqual(rest, []);
        assert.equal(first!.opcode, OPCODE.binary);
        assert.ok(Uint8Array.from(first!.payload).every((byte, at) => byte === payload[at]), `cut at ${cut}`);
        assert.equal(first!.payload.length, payload.length);
        assert.deepEqual(second, { opcode: OPCODE.ping, isFinal: true, payload: Uint8Array.of(9) });
      }
    }
  }
});

Deno.test("byte by byte is as good as at once", () => {
  const stream = joined(
    [1, 2, 3, 130].map((length, at) => encodeFrame(OPCODE.binary, [bytes(length, at)], { mask: MASK })),
  );
  const whole = decoded([stream]);
  assert.equal(whole.length, 4);
  assert.deepEqual(decoded([...stream].map((byte) => Uint8Array.of(byte))), whole);
});

Deno.test("a message in parts says so", () => {
  const [first, last] = decoded([
    encodeFrame(OPCODE.binary, [bytes(2)], { hasMore: true }),
    encodeFrame(OPCODE.continuation, [bytes(1)]),
  ]);
  assert.deepEqual([first!.isFinal, last!.isFinal, last!.opcode], [false, true, 0]);
});

Deno.test("a frame's payload is its own: the reader's buffer may be used again", () => {
  const chunk = encodeFrame(OPCODE.binary, [Uint8Array.of(1, 2, 3)]);
  const [frame] = decoded([chunk]);
  chunk.fill(0);
  assert.deepEqual([...frame!.payload], [1, 2, 3]);
});

Deno.test("what is no WebSocket is a fault, and what is too big another", () => {
  const faults: readonly (readonly [number, readonly number[]])[] = [
    [1002, [0xc1, 0x00]], // an extension's bit
    [1002, [0x83, 0x00]], // an opcode that is not taken
    [1002, [0x8b, 0x00]],
    [1002, [0x09, 0x00]], // a ping in parts
    [1002, [0x89, 0x7e, 0x00, 0x80]], // a ping of 128 bytes
    [1009, [0x82, 0x7f, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]],
    [1009, [0x82, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ];
  for (const [code, stream] of faults) {
    assert.throws(() => decoded([Uint8Array.from(stream)]), (error) => {
      assert.ok(error instanceof WebSocketFault, String(error));
      assert.equal(error.code, code);
      return true;
    });
  }
});

Deno.test("who demands masked frames, or unmasked ones, takes no others", () => {
  const [masked, plain] = [MASK, undefined].map((mask) => encodeFrame(OPCODE.text, [bytes(3)], { mask }));
  for (const [isMasked, taken, refused] of [[true, masked!, plain!], [false, plain!, masked!]] as const) {
    const decoder = () => new FrameDecoder({ maxBytes: 100, isMasked });
    assert.deepEqual(decoder().push(taken).map(({ payload }) => [...payload]), [[...bytes(3)]]);
    assert.throws(
      () => decoder().push(refused),
      (error) => error instanceof WebSocketFault && error.code === 1002,
    );
  }
});

Deno.test("what came whole ahead of a fault is given back, and the fault stays", () => {
  const decoder = new FrameDecoder({ maxBytes: 100 });
  const whole = encodeFrame(OPCODE.text, [bytes(3)]);
  assert.equal(decoder.push(Uint8Array.from([...whole, 0xc1, 0x00])).length, 1);
  for (const again of [() => decoder.check(), () => decoder.push(whole)]) {
    assert.throws(again, WebSocketFault);
  }
});

Deno.test("in parts, data comes as it came, wherever frames were cut; control frames come whole", () => {
  const payloads = [bytes(0), bytes(1), bytes(125), bytes(300)];
  const stream = joined([
    ...payloads.flatMap((payload) => [
      encodeFrame(OPCODE.binary, [payload], { hasMore: payload.length === 125 }),
      encodeFrame(OPCODE.ping, [Uint8Array.of(9, 8)]),
    ]),
  ]);
  for (let cut = 0; cut <= stream.length; cut++) {
    const decoder = new FrameDecoder({ maxBytes: 1 << 20 });
    decoder.giveParts();
    const chunks = [stream.subarray(0, cut), stream.subarray(cut)];
    const frames = chunks.flatMap((chunk) => decoder.push(chunk));
    const data = frames.filter(({ opcode }) => opcode === OPCODE.binary);
    assert.deepEqual(joined(data.map(({ payload }) => payload)), joined(payloads), `cut at ${cut}`);
    assert.equal(data.filter(({ isFinal }) => isFinal).length, 3);
    assert.ok(
      data.every(({ payload }) =>
        payload.length === 0 || chunks.some(({ buffer }) => buffer === payload.buffer)
      ),
    );
    const pings = frames.filter(({ opcode }) => opcode === OPCODE.ping);
    assert.deepEqual(pings.map(({ payload }) => [...payload]), payloads.map(() => [9, 8]));
  }
});

Deno.test("in parts, what is masked or too big is treated as ever", () => {
  const decoder = new FrameDecoder({ maxBytes: 100 });
  decoder.giveParts();
  const masked = encodeFrame(OPCODE.binary, [bytes(50)], { mask: MASK });
  assert.deepEqual(decoder.push(masked.subarray(0, 20)), []);
  const big = encodeFrame(OPCODE.binary, [bytes(101)]);
  const frames = decoder.push(joined([masked.subarray(20), big]));
  assert.deepEqual(frames, [{ opcode: OPCODE.binary, isFinal: true, payload: bytes(50) }]);
  assert.throws(() => decoder.check(), WebSocketFault);
});
