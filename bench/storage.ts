/**
 * The embedded cluster's storage: writes by backend and writers, watch latency in and across processes, fan-out,
 * replay, a long list. `deno run -A bench/storage.ts [--short]`; prints a table with the targets.
 */
import { type Line, percentile, print, table } from "./report.ts";
import { createMemoryStore, openSqliteStore, type Storage, type Store } from "../src/k1s/storage/mod.ts";

const PODS = { resource: "pods" };
/** About what a small pod takes as JSON. */
const BODY = JSON.stringify({ kind: "Pod", spec: { text: "x".repeat(780) }, status: { phase: "Running" } });
const SHORT = Deno.args.includes("--short");
const LISTED = SHORT ? 2_000 : 20_000;

const lines: Line[] = [];

function row(what: string, value: string, target = ""): void {
  lines.push({ what, value, target });
}

function pod(name: string | number) {
  return {
    resource: "pods",
    namespace: `ns${Number(String(name).replace(/\D/g, "")) % 50}`,
    name: `pod-${name}`,
  };
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function quantiles(values: readonly number[]): string {
  const at = (p: number) => percentile(values, p).toFixed(2);
  return `p50 ${at(50)} p99 ${at(99)} max ${at(100)} ms`;
}

/** Runs `count` calls of `one` by so many workers at once; calls a second. */
async function rate(
  count: number,
  workers: number,
  one: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const began = performance.now();
  await Promise.all(Array.from({ length: workers }, async () => {
    while (next < count) await one(next++);
  }));
  return Math.round(count / (performance.now() - began) * 1_000);
}

async function writes(
  name: string,
  open: () => Promise<Store>,
  targets: readonly [string, string],
): Promise<void> {
  for (const [index, workers] of [1, 16].entries()) {
    const store = await open();
    const storage = store.tenant("t");
    const count = (name === "memory" ? 100_000 : workers === 1 ? 3_000 : 20_000) / (SHORT ? 10 : 1);
    const label = `${name}, ${workers} writer${workers > 1 ? "s" : ""}`;
    const creates = await rate(
      count,
      workers,
      (i) => storage.create(pod(i), { value: BODY, uid: `uid-${i}` }),
    );
    row(`create/s, ${label}`, String(creates), targets[index]);
    const updates = await rate(
      count,
      workers,
      (i) => storage.guaranteedUpdate(pod(i), (o) => ({ value: `${o!.value} ` })),
    );
    row(`update/s, ${label}`, String(updates));
    await store.close();
  }
}

async function watchInProcess(name: string, store: Store): Promise<void> {
  const storage = store.tenant("t");
  await using watcher = storage.watch(PODS, { from: "now" });
  const delays: number[] = [];
  const count = SHORT ? 200 : 2_000;
  const reading = (async () => {
    while (delays.length < count) {
      for (const event of (await watcher.next())!) {
        if (event.type !== "bookmark") delays.push(nowMs() - Number(event.value));
      }
    }
  })();
  for (let i = 0; i < count; i++) await storage.create(pod(`w${i}`), { value: String(nowMs()), uid: "u" });
  await reading;
  row(`watch in process, from the call of create, ${name}`, quantiles(delays), "p99 < 5 ms");
}

async function watchAcross(directory: string): Promise<void> {
  const store = await openSqliteStore(directory);
  const storage = store.tenant("t");
  await using watcher = storage.watch(PODS, { from: "now" });
  const count = SHORT ? 100 : 1_000;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--no-check",
      new URL(import.meta.url).pathname,
      "--tick",
      directory,
      String(count),
    ],
  }).spawn();
  const delays: number[] = [];
  while (delays.length < count) {
    for (const event of (await watcher.next())!) {
      if (event.type !== "bookmark") delays.push(nowMs() - Number(event.value));
    }
  }
  await child.status;
  row("watch across processes, from the call of create", quantiles(delays), "p99 < 25 ms");
  await store.close();
}

async function tick(directory: string, count: number): Promise<void> {
  const store = await openSqliteStore(directory);
  const storage = store.tenant("t");
  for (let i = 0; i < count; i++) {
    await storage.create(pod(`t${i}`), { value: String(nowMs()), uid: "u" });
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  await store.close();
}

async function fanOut(name: string, store: Store): Promise<void> {
  const storage = store.tenant("t");
  const watchers = Array.from({ length: 1_000 }, () => storage.watch(PODS, { from: "now" }));
  const count = 50;
  const began = performance.now();
  const reading = watchers.map(async (watcher) => {
    for (let seen = 0; seen < count;) seen += (await watcher.next())!.length;
  });
  for (let i = 0; i < count; i++) await storage.create(pod(`f${i}`), { value: BODY, uid: "u" });
  await Promise.all(reading);
  const ms = performance.now() - began;
  row(
    `${count} writes to 1,000 watchers, ${name}`,
    `${ms.toFixed(0)} ms, ${Math.round(count * 1e6 / ms)} events/s`,
  );
  for (const watcher of watchers) watcher.close();
}

async function reads(name: string, storage: Storage): Promise<void> {
  await rate(LISTED, 64, (i) => storage.create(pod(`r${i}`), { value: BODY, uid: "u" }));
  const newest = await storage.currentRevision();
  const timed = async (what: string, target: string, run: () => Promise<unknown>) => {
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const began = performance.now();
      await run();
      times.push(performance.now() - began);
    }
    row(`${what}, ${name}`, quantiles(times), target);
  };
  await timed("replay of 1,000 events", "< 20 ms", async () => {
    await using watcher = storage.watch(PODS, { from: newest - 1_000 });
    for (let seen = 0; seen < 1_000;) seen += (await watcher.next())!.length;
  });
  await timed(`list of ${LISTED}`, "", () => storage.list(PODS));
  await timed(`list of ${LISTED} in pages of 500`, "", async () => {
    let token: string | undefined;
    do token = (await storage.list(PODS, { limit: 500, continue: token })).continue; while (token);
  });
  await timed(
    "exact list 1,000 revisions back, page of 500",
    "",
    () => storage.list(PODS, { resourceVersion: newest - 1_000, limit: 500 }),
  );
  row(`get/s, ${name}`, String(await rate(20_000, 1, (i) => storage.get(pod(`r${i % LISTED}`)))));
}

async function bench(): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "orka-bench-" });
  let directories = 0;
  const open = (durability: "full" | "process") => () =>
    openSqliteStore(`${root}/${directories++}`, { durability });
  try {
    await writes("memory", () => Promise.resolve(createMemoryStore()), ["10,000, aim 50,000", ""]);
    await writes("sqlite durable", open("full"), ["3,000", "20,000"]);
    await writes("sqlite process", open("process"), ["", ""]);
    const stores = [["memory", createMemoryStore()], ["sqlite", await open("full")()]] as const;
    for (const [name, store] of stores) {
      await watchInProcess(name, store);
      await fanOut(name, store);
      await reads(name, store.tenant("t"));
      await store.close();
    }
    await watchAcross(`${root}/across`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
  print(table("storage", lines));
}

if (Deno.args[0] === "--tick") await tick(Deno.args[1]!, Number(Deno.args[2]));
else await bench();
