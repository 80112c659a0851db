import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import {
  dataHead,
  endFrame,
  goAwayFrame,
  pingFrame,
  resetFrame,
  SpdyDecoder,
  SpdyEncoder,
  type SpdyEvent,
} from "./spdy_frame.ts";

const joined = (...parts: Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]));

/** A SYN_REPLY, whose headers nobody reads, a WINDOW_UPDATE and SETTINGS, which mean nothing here. */
const REPLY = Uint8Array.of(0x80, 3, 0, 2, 0, 0, 0, 6, 0, 0, 0, 3, 1, 2);
const WINDOW = Uint8Array.of(0x80, 3, 0, 9, 0, 0, 0, 8, 0, 0, 0, 3, 0, 1, 0, 0);
const SETTINGS = Uint8Array.of(0x80, 3, 0, 4, 0, 0, 0, 4, 0, 0, 0, 0);

/** Data that came in pieces as one. */
function merged(events: readonly SpdyEvent[]): unknown[] {
  const found: { type: string; stream?: number; bytes?: number[] }[] = [];
  for (const event of events) {
    const last = found.at(-1);
    if (event.type === "data" && last?.type === "data" && last.stream === event.stream) {
      last.bytes!.push(...event.bytes);
    } else found.push(event.type === "data" ? { ...event, bytes: [...event.bytes] } : { ...event });
  }
  return found;
}

Deno.test("frames cut at any point are the same frames", () => {
  const bytes = joined(
    REPLY,
    WINDOW,
    SETTINGS,
    dataHead(3, 5),
    Uint8Array.of(1, 2, 3, 4, 5),
    pingFrame(2),
    resetFrame(7),
    dataHead(3, 0),
    endFrame(3),
    goAwayFrame(3),
  );
  const expected = [
    { type: "data", stream: 3, bytes: [1, 2, 3, 4, 5] },
    { type: "ping", id: 2 },
    { type: "reset", stream: 7, status: 5 },
    { type: "end", stream: 3 },
    { type: "goAway" },
  ];
  for (let cut = 0; cut <= bytes.length; cut++) {
    const decoder = new SpdyDecoder();
    const events = [...decoder.push(bytes.slice(0, cut)), ...decoder.push(bytes.slice(cut))];
    assert.deepEqual(merged(events), expected, `cut at ${cut}`);
  }
  const single = new SpdyDecoder();
  assert.deepEqual(merged([...bytes].flatMap((byte) => single.push(Uint8Array.of(byte)))), expected);
});

Deno.test("streams that the other side opens are told with their headers, and with their end where they have none", () => {
  const encoder = new SpdyEncoder();
  const first = encoder.open({ stream: 1, headers: [["a", "b"]], isEnded: true });
  const bytes = joined(first, encoder.reply(1));
  for (let cut = 0; cut <= bytes.length; cut++) {
    const decoder = new SpdyDecoder();
    const events = [...decoder.push(bytes.slice(0, cut)), ...decoder.push(bytes.slice(cut))];
    assert.deepEqual(
      events,
      [{ type: "open", stream: 1, block: first.slice(18) }, { type: "end", stream: 1 }],
      `cut at ${cut}`,
    );
  }
});

Deno.test("what is not SPDY/3, or too long a control frame, is refused", () => {
  assert.throws(() => new SpdyDecoder().push(new TextEncoder().encode("\x80HTTP/1.1 500")));
  assert.throws(() => new SpdyDecoder().push(Uint8Array.of(0x80, 3, 0, 2, 0, 0xff, 0xff, 0xff)));
});

Deno.test("what came whole ahead of a fault is given back, and the fault stays", () => {
  const decoder = new SpdyDecoder();
  const garbage = new TextEncoder().encode("\u0080HTTP/1.1 500");
  assert.deepEqual(decoder.push(joined(pingFrame(2), garbage)), [{ type: "ping", id: 2 }]);
  for (const again of [() => decoder.check(), () => decoder.push(pingFrame(4))]) assert.throws(again, /SPDY/);
});

Deno.test("header blocks of a connection are one zlib stream that any inflater reads", () => {
  const encoder = new SpdyEncoder();
  const first = encoder.open({ stream: 1, headers: [["streamtype", "error"]], isEnded: true });
  const second = encoder.open({ stream: 3, headers: [["streamtype", "data"], ["port", "80"]] });
  assert.deepEqual([first[3], first[4], second[4]], [1, 1, 0], "SYN_STREAM; the first one is ended");
  assert.equal(new DataView(second.buffer).getUint32(8), 3);
  // The stream has no end of its own: it is flushed after each block.
  const blocks = inflateSync(joined(first.slice(18), second.slice(18)), { finishFlush: 2 });
  const words = new TextDecoder().decode(blocks).replace(/\p{Cc}+/gu, " ").trim();
  assert.equal(words, "streamtype error streamtype data port 80");
});
