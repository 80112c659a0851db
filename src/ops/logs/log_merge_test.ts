import assert from "node:assert/strict";
import { seededRandom } from "../../base/mod.ts";
import { blockLines } from "./block_lines.ts";
import { type LogSource, logSource } from "./log_entry.ts";
import { mergeLogs } from "./log_merge.ts";
import { SpillQueue } from "./spill_queue.ts";

const sourceOf = (pod: string) =>
  logSource({ namespace: "n", pod, container: "c", role: "container", containers: ["c"] });

const stamped = (second: number, text: string) =>
  `2026-08-01T10:00:${String(second).padStart(2, "0")}Z ${text}\n`;

function queueOf(source: LogSource, blocks: readonly (string | "mark")[]): SpillQueue {
  const queue = new SpillQueue({ memoryBytes: 1e6, diskBytes: 0, waits: true });
  for (const block of blocks) {
    if (block === "mark") {
      queue.push({ type: "mark", mark: { type: "mark", kind: "gap", source, ms: 0, text: "gap" } });
    } else {
      const bytes = new TextEncoder().encode(block);
      queue.push({ type: "block", source, bytes, isWhole: block.endsWith("\n") });
    }
  }
  queue.end();
  return queue;
}

async function merged(queues: readonly SpillQueue[]): Promise<string[]> {
  const texts: string[] = [];
  for await (const batch of mergeLogs(queues)) {
    for (const entry of batch) {
      if (entry.type === "mark") texts.push(`${entry.source?.pod}: ${entry.kind}`);
      else {
        for (const line of blockLines(entry, 0)) {
          texts.push(`${line.pod}: ${line.text}${line.isWhole ? "" : " (open)"}`);
        }
      }
    }
  }
  return texts;
}

Deno.test("runs of lines go out in the order of their times, equal ones in the order of the logs, marks where they stand", async () => {
  const [a, b] = [sourceOf("a"), sourceOf("b")];
  const texts = await merged([
    queueOf(a, [
      stamped(1, "1") + stamped(2, "2") + "without a time\n" + stamped(5, "5"),
      "mark",
      stamped(7, "7"),
    ]),
    queueOf(b, [stamped(2, "2"), stamped(3, "3") + stamped(6, "6").slice(0, -1)]),
  ]);
  assert.deepEqual(texts, [
    "a: 1",
    "a: 2",
    "a: without a time",
    "b: 2",
    "b: 3",
    "a: 5",
    "a: gap",
    "b: 6 (open)",
    "a: 7",
  ]);
});

Deno.test("however logs are cut into blocks, every line comes once and in order", async () => {
  const random = seededRandom(5);
  for (let round = 0; round < 50; round++) {
    const all: { readonly second: number; readonly pod: string; readonly text: string }[] = [];
    const queues = ["a", "b", "c"].map((pod) => {
      const blocks: string[] = [];
      let second = 0;
      for (let n = 0; n < 30; n++) {
        second = Math.min(59, second + Math.floor(random() * 4));
        all.push({ second, pod, text: String(n) });
        const line = stamped(second, String(n));
        if (random() < 0.4 || blocks.length === 0) blocks.push(line);
        else blocks[blocks.length - 1] += line;
      }
      return queueOf(sourceOf(pod), blocks);
    });
    const expected = all.map((line, at) => ({ ...line, at })).sort((x, y) =>
      x.second - y.second || x.at - y.at
    );
    assert.deepEqual(await merged(queues), expected.map(({ pod, text }) => `${pod}: ${text}`));
  }
});
