/** Several processes on one store: order, no lost update, wake-up; and processes killed at any moment. */
import assert from "node:assert/strict";
import type { ChangeEvent, Store } from "./interface.ts";
import { openSqliteStore } from "./sqlite_store.ts";

/** 100 kills take about 8 s; the gate asks for 1,000. */
const KILLS = Number(Deno.env.get("ORKA_TEST_KILLS") ?? "100");
const CHILDREN = 4;

const CHILD = new URL("./sqlite_child.ts", import.meta.url).pathname;
const PODS = { resource: "pods" };

/** Keeps history: these tests read all of it. */
const OPTIONS = { upkeepMs: 0 } as const;

interface Ack {
  readonly revision: number;
  readonly key: string;
  readonly value: string;
}

class Child {
  readonly #process: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(mode: string, directory: string, name: string, count = 0) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", CHILD, mode, directory, name, String(count)],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#reader = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  async ready(): Promise<void> {
    while (!this.#text.includes("ready\n")) {
      const { value, done } = await this.#reader.read();
      assert.ok(!done, "the child ended before it was ready");
      this.#text += value;
    }
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }

  /** What it acknowledged, once it has ended; a line cut off by the kill doesn't count. */
  async acks(): Promise<Ack[]> {
    const lines = (await this.output()).split("\n").slice(0, -1).filter((line) => line !== "ready");
    return lines.map((line) => {
      const [revision, key, value] = line.split(" ");
      return { revision: Number(revision), key: key!, value: value! };
    });
  }

  async output(): Promise<string> {
    for (let part = await this.#reader.read(); !part.done; part = await this.#reader.read()) {
      this.#text += part.value;
    }
    await this.#process.status;
    return this.#text;
  }
}

async function withDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "orka-storage-" });
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Every event after a revision up to the newest. */
async function history(store: Store, after: number): Promise<ChangeEvent[]> {
  const newest = await store.currentRevision();
  const events: ChangeEvent[] = [];
  await using watcher = store.tenant("t").watch(PODS, { from: after });
  while (after + events.length < newest) events.push(...(await watcher.next()) as ChangeEvent[]);
  return events;
}

Deno.test("processes killed at any moment lose nothing acknowledged and leave no lock", async () => {
  await withDirectory(async (directory) => {
    const first = await openSqliteStore(directory, OPTIONS);
    await first.tenant("t").create({ ...PODS, namespace: "ns", name: "first" }, { value: "v", uid: "u" });
    await first.close();
    let seen = 1;
    let acknowledged = 0;
    for (let killed = 0; killed < KILLS; killed += CHILDREN) {
      const acks = await killRound(directory, killed);
      acknowledged += acks.length;
      seen = await verify(directory, seen, acks);
    }
    assert.ok(acknowledged > KILLS, `the children wrote too little to tell: ${acknowledged}`);
  });
});

/** Children that write at once, each killed at a moment of its own; while opening, too. */
async function killRound(directory: string, round: number): Promise<Ack[]> {
  const children = Array.from(
    { length: CHILDREN },
    (_, i) => new Child("scribble", directory, `c${round + i}`),
  );
  const killers = children.map(async (child, index) => {
    if (index > 0) await child.ready(); // one of four is killed while it starts
    await new Promise((resolve) => setTimeout(resolve, Math.random() * (index > 0 ? 40 : 120)));
    child.kill();
    return await child.acks();
  });
  return (await Promise.all(killers)).flat();
}

async function verify(directory: string, after: number, acks: readonly Ack[]): Promise<number> {
  const store = await openSqliteStore(directory, OPTIONS);
  const events = await history(store, after);
  events.forEach((event, index) => assert.equal(event.revision, after + index + 1, "a gap in the revisions"));
  for (const { revision, key, value } of acks) {
    const event = events[revision - after - 1];
    assert.deepEqual(
      [event?.key, event?.value],
      [key, value],
      `revision ${revision} was acknowledged and is lost`,
    );
  }
  const made = await store.tenant("t").create({ ...PODS, namespace: "ns", name: `check-${after}` }, {
    value: "v",
    uid: "u",
  });
  await store.close();
  return made.revision;
}

Deno.test("processes that write at once lose no update and share one order", async () => {
  await withDirectory(async (directory) => {
    const store = await openSqliteStore(directory, OPTIONS);
    const storage = store.tenant("t");
    const counter = { ...PODS, namespace: "ns", name: "counter" };
    await storage.create(counter, { value: "0", uid: "u" });
    await using watcher = storage.watch(PODS, { from: "now" });
    const children = [0, 1, 2].map((i) => new Child("increment", directory, `c${i}`, 100));
    for (let i = 0; i < 100; i++) {
      await storage.guaranteedUpdate(counter, (o) => ({ value: String(Number(o!.value) + 1) }));
    }
    const acks = (await Promise.all(children.map((child) => child.acks()))).flat();
    assert.equal((await storage.get(counter)).value, "400");
    assert.equal(acks.length, 300);
    const newest = await store.currentRevision();
    assert.equal(newest, 1 + 400 + 300);
    const seen: number[] = [];
    while (seen.length < newest - 1) for (const event of (await watcher.next())!) seen.push(event.revision);
    assert.deepEqual(
      seen,
      Array.from({ length: newest - 1 }, (_, i) => i + 2),
      "events in order, none twice or lost",
    );
    const events = await history(store, 1);
    for (const ack of acks) assert.equal(events[ack.revision - 2]!.key, ack.key);
    await store.close();
  });
});

Deno.test("a watcher sees every write of another process, in order", async () => {
  await withDirectory(async (directory) => {
    const store = await openSqliteStore(directory, OPTIONS);
    await using watcher = store.tenant("t").watch(PODS, { from: "now" });
    const child = new Child("tick", directory, "c", 200);
    const written: number[] = [];
    while (written.length < 200) {
      for (const event of (await watcher.next())!) written.push(Number((event as ChangeEvent).value));
    }
    await child.output();
    assert.deepEqual(written, written.toSorted((a, b) => a - b));
    await store.close();
  });
});

Deno.test("writers of several processes get their share of the lock", async () => {
  await withDirectory(async (directory) => {
    const children = [0, 1, 2].map((i) => new Child("saturate", directory, `c${i}`, 1_000));
    const shares = (await Promise.all(children.map((child) => child.output()))).map((text) =>
      text.trim().split("\n").at(-1)!.split(" ").map(Number) as [number, number]
    );
    const writes = shares.map(([count]) => count);
    const told = JSON.stringify(shares);
    assert.ok(Math.min(...writes) * 4 > Math.max(...writes), `writes and longest wait, ms: ${told}`);
  });
});
