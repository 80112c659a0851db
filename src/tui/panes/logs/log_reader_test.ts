import assert from "node:assert/strict";
import type { Client } from "../../../engine/protocol.ts";
import { logLine, sourceOf } from "../../../../tests/support/log_lines.ts";
import type { LogBatch, LogSpec, LogStream } from "../../../ops/mod.ts";
import { LogReader } from "./log_reader.ts";

const client = {} as Client;
const spec: LogSpec = { target: { type: "pods", pods: [{ namespace: "n", name: "p" }] } };

const line = (stamp: string, text: string) => logLine(text, { stamp });

/** A stream of these batches; ends after them unless `error`. */
function streamOf(batches: readonly LogBatch[], error?: Error): LogStream {
  return {
    sources: [sourceOf()],
    older: () => Promise.resolve([]),
    blocks: () => assert.fail(),
    close: () => {},
    async *[Symbol.asyncIterator]() {
      yield* batches;
      if (error) throw error;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function read(reader: LogReader, batches: readonly LogBatch[], error?: Error) {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const seen: string[] = [];
  reader.open([spec], {
    client,
    ops: { openLogs: () => streamOf(batches, error) },
    onBatch: (batch) => seen.push(...batch.map((entry) => entry.type === "line" ? entry.text : entry.kind)),
    onEnd: resolve,
  });
  return { seen, end: await promise };
}

Deno.test("shown again, a log goes on where it stopped: equal times are counted, short fractions compared", async () => {
  const reader = new LogReader();
  const first = [
    line("2026-08-01T10:00:00.1Z", "a"),
    line("2026-08-01T10:00:00.25Z", "b"),
    line("2026-08-01T10:00:00.25Z", "c"),
  ];
  assert.deepEqual((await read(reader, [first])).seen, ["a", "b", "c"]);
  assert.equal(reader.lastStamp, "2026-08-01T10:00:00.25Z");
  const again = [...first, line("2026-08-01T10:00:00.25Z", "d"), line("2026-08-01T10:00:00.250001Z", "e")];
  const { seen, end } = await read(reader, [again.slice(0, 2), again.slice(2)]);
  assert.deepEqual(seen, ["d", "e"]);
  assert.equal(end, null);
});

Deno.test("a reader that forgets begins anew, and a failure is its end", async () => {
  const reader = new LogReader();
  const batch = [line("2026-08-01T10:00:00Z", "a")];
  await read(reader, [batch]);
  reader.forget();
  assert.equal(reader.lastStamp, null);
  const { seen, end } = await read(reader, [batch], new Error("gone"));
  assert.deepEqual(seen, ["a"]);
  assert.equal((end as Error).message, "gone");
  assert.equal(reader.isOpen, false);
});
