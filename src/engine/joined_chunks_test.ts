import assert from "node:assert/strict";
import { ManualClock } from "../base/mod.ts";
import { joinedChunks } from "./joined_chunks.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function source() {
  let controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({ start: (one) => void (controller = one) });
  return { body, push: (text: string) => controller.enqueue(encoder.encode(text)), controller };
}

/** Reads on and on; what came so far, a `|` between chunks. */
function collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const seen = { chunks: [] as string[], end: "" };
  (async () => {
    for await (const chunk of stream) seen.chunks.push(decoder.decode(chunk));
    seen.end = "closed";
  })().catch((error) => seen.end = error.message);
  return seen;
}

Deno.test("a chunk after a pause goes at once, those close behind it go as one", async () => {
  const clock = new ManualClock();
  const { body, push, controller } = source();
  const seen = collect(joinedChunks(body, clock));
  push("a");
  await clock.advance(0);
  assert.deepEqual(seen.chunks, ["a"]);
  push("b");
  push("c");
  await clock.advance(29);
  push("d");
  await clock.advance(0);
  assert.deepEqual(seen.chunks, ["a"]);
  await clock.advance(1);
  assert.deepEqual(seen.chunks, ["a", "bcd"]);
  await clock.advance(1000);
  push("e");
  await clock.advance(0);
  assert.deepEqual(seen.chunks, ["a", "bcd", "e"]);
  push("f");
  controller.close();
  await clock.advance(30);
  assert.deepEqual(seen, { chunks: ["a", "bcd", "e", "f"], end: "closed" });
  assert.equal(clock.pending, 0);
});

Deno.test("much goes at once, and a failure comes behind what came before it", async () => {
  const clock = new ManualClock();
  const { body, push, controller } = source();
  const seen = collect(joinedChunks(body, clock));
  push("a");
  await clock.advance(0);
  push("b".repeat(40_000));
  push("c".repeat(40_000));
  await clock.advance(0);
  assert.deepEqual(seen.chunks.map((chunk) => chunk.length), [1, 80_000]);
  push("d");
  await clock.advance(0);
  controller.error(new Error("cut"));
  await clock.advance(30);
  assert.equal(seen.end, "cut");
});

Deno.test("whoever gives up ends the source", async () => {
  const clock = new ManualClock();
  let cancelled = "";
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    cancel: (reason) => void (cancelled = String(reason)),
  });
  await joinedChunks(body, clock).cancel("enough");
  assert.equal(cancelled, "enough");
});
