import assert from "node:assert/strict";
import { seededRandom } from "../../base/mod.ts";
import { logSource } from "./log_entry.ts";
import { type QueuedItem, SpillQueue } from "./spill_queue.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const source = (pod: string) =>
  logSource({ namespace: "n", pod, container: "c", role: "container", containers: ["c"] });
const A = source("a");
const B = source("b");

const block = (text: string, from = A): QueuedItem => ({
  type: "block",
  source: from,
  bytes: encode(text),
  isWhole: text.endsWith("\n"),
});

function shown(items: readonly QueuedItem[]): string {
  return items.map((item) => {
    if (item.type === "block") return decode(item.bytes);
    return item.type === "dropped" ? `<${item.source.pod} -${item.lines}>` : `<${item.mark.kind}>`;
  }).join("");
}

async function drained(queue: SpillQueue): Promise<string> {
  queue.end();
  let text = "";
  for (;;) {
    const items = await queue.take();
    if (items === null) return text;
    text += shown(items);
  }
}

Deno.test("what memory does not hold goes to disk and comes back in its place", async () => {
  const queue = new SpillQueue({ memoryBytes: 8, diskBytes: 1000, waits: false });
  const mark = { type: "mark" as const, kind: "restarted" as const, source: A, ms: 0, text: "" };
  for (const text of ["one\n", "two\n", "three\n", "four\n"]) queue.push(block(text));
  queue.push({ type: "mark", mark });
  queue.push(block("five\n", B));
  assert.equal(queue.spilledBytes, "three\nfour\nfive\n".length);
  assert.equal(await drained(queue), "one\ntwo\nthree\nfour\n<restarted>five\n");
  assert.equal(queue.spilledBytes, 0);
  queue.close();
});

Deno.test("what neither holds is dropped, counted, and said in its place", async () => {
  const queue = new SpillQueue({ memoryBytes: 4, diskBytes: 4, waits: false });
  for (const text of ["a\n", "b\n", "c\n", "d\n", "e\nf\n", "g\n"]) queue.push(block(text));
  queue.push(block("h\n", B));
  assert.equal(shown((await queue.take())!), "a\nb\nc\nd\n<a -3><b -1>");
  queue.push(block("i\n"));
  assert.equal(await drained(queue), "i\n");
  queue.close();
});

Deno.test("a queue that waits holds its producer up, and drops nothing", async () => {
  const queue = new SpillQueue({ memoryBytes: 4, diskBytes: 0, waits: true });
  assert.equal(queue.push(block("a\n")), undefined);
  let isFree = false;
  const waiting = queue.push(block("bcd\n"))!.then(() => isFree = true);
  await Promise.resolve();
  assert.equal(isFree, false);
  assert.equal(shown((await queue.take())!), "a\nbcd\n");
  await waiting;
  queue.close();
});

Deno.test("a queue that waits fills the disk first", async () => {
  const queue = new SpillQueue({ memoryBytes: 2, diskBytes: 4, waits: true });
  for (const text of ["a\n", "b\n", "c\n"]) assert.equal(queue.push(block(text)), undefined, text);
  const waiting = queue.push(block("d\n"));
  assert.ok(waiting instanceof Promise);
  assert.equal(shown((await queue.take())!), "a\nb\nc\nd\n");
  await waiting;
  queue.close();
});

Deno.test("an end lets what is there out first; an error comes after it", async () => {
  const queue = new SpillQueue({ memoryBytes: 100, diskBytes: 0, waits: false });
  queue.push(block("a\n"));
  queue.end(new Error("cut"));
  queue.push(block("too late\n"));
  assert.equal(shown((await queue.take())!), "a\n");
  await assert.rejects(() => queue.take(), { message: "cut" });
});

Deno.test("whoever waits for a first item gets it, or hears of the end", async () => {
  const queue = new SpillQueue({ memoryBytes: 100, diskBytes: 0, waits: false });
  const first = queue.take();
  queue.push(block("a\n"));
  assert.equal(shown((await first)!), "a\n");
  const last = queue.take();
  queue.close();
  assert.equal(await last, null);
});

Deno.test("seeded: order and every byte survive any mix of memory and disk", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = seededRandom(seed);
    const queue = new SpillQueue({
      memoryBytes: Math.floor(random() * 200),
      diskBytes: 1 << 20,
      waits: false,
    });
    let [pushed, taken] = ["", ""];
    for (let i = 0; i < 200; i++) {
      const text = `${"x".repeat(Math.floor(random() * 30))}${i}\n`;
      queue.push(block(text, random() < 0.7 ? A : B));
      pushed += text;
      if (random() < 0.1) taken += shown((await queue.take())!);
    }
    assert.equal(taken + await drained(queue), pushed, `seed ${seed}`);
    queue.close();
  }
});
