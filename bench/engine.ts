/**
 * The engine alone: generated pods listed and watched over plain HTTP through client, store and view in one thread. Every case runs
 * in a process of its own, the server of the pods in another; `deno run -A bench/engine.ts 100000 rows` runs one.
 */
import { createClient } from "../src/client/mod.ts";
import {
  type Engine,
  openLocalEngine,
  type View,
  type WindowSpec,
  type WindowUpdate,
} from "../src/engine/mod.ts";
import { defaultKnobs, seededRandom } from "../src/base/mod.ts";
import { resourceOf } from "../tests/support/resources.ts";
import { childServer } from "./child_server.ts";
import { memory } from "./process_meter.ts";
import { type Line, mb, ms, print, table } from "./report.ts";

/** What one size measured, all in ms and bytes. */
interface Result {
  readonly count: number;
  readonly firstMs: number;
  readonly liveMs: number;
  readonly rss: number;
  readonly peak: number;
  readonly churned: number;
  readonly printMs: number;
  readonly swap: Percentiles;
  readonly apply: Percentiles;
  readonly diff: Percentiles;
  readonly seen: Percentiles;
  readonly regex: Percentiles;
  readonly fuzzy: Percentiles;
  readonly snapshotBytes: number;
  readonly rawBytes: number;
}

interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const PODS = resourceOf("Pod", { shortNames: ["po"], categories: ["all"] });

const TARGET = { server: "", context: "", cluster: "", user: "", namespace: "default", contexts: [] };

const WINDOW: WindowSpec = { from: 0, to: 50, sort: null, filter: null };
const ROUNDS = 300;
const CHANGES = 100;

/** Lines of the report for each size, each measured in its own process. */
export async function engineBench(): Promise<
  readonly { readonly title: string; readonly lines: readonly Line[] }[]
> {
  const tables = [];
  for (
    const [count, raw] of [[5000, "raw"], [20_000, "rows"], [100_000, "rows"], [100_000, "raw"]] as const
  ) {
    const { stdout, success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", decodeURIComponent(new URL(import.meta.url).pathname), String(count), raw],
      stdout: "piped",
      stderr: "inherit",
    }).output();
    if (!success) throw new Error(`${count} pods: the measuring process failed`);
    const result = JSON.parse(new TextDecoder().decode(stdout)) as Result;
    tables.push({
      title: `engine: ${count} pods, ${raw === "raw" ? "bodies kept" : "rows only"}`,
      lines: linesOf(result),
    });
  }
  return tables;
}

function linesOf(r: Result): Line[] {
  const both = ({ p50, p99 }: Percentiles) => `${p50.toFixed(2)} / ${p99.toFixed(2)} ms`;
  const keys = ({ p50, p95 }: Percentiles) => `${p50.toFixed(1)} / ${p95.toFixed(1)} ms`;
  const small = r.count <= 5000;
  return [
    { what: "first rows", value: ms(r.firstMs) },
    { what: "live", value: ms(r.liveMs) },
    { what: "ingest", value: `${Math.round(r.count / r.liveMs * 1000)} objects/s` },
    { what: "resident, peak", value: `${mb(r.rss)}, ${mb(r.peak)}`, target: small ? "200 MB" : "250 MB" },
    { what: `resident after ${ROUNDS * CHANGES} changes at full speed`, value: mb(r.churned) },
    { what: "columns and strings; bodies", value: `${mb(r.snapshotBytes)}; ${mb(r.rawBytes)}` },
    { what: "all rows as text", value: ms(r.printMs), ...(small ? { target: "30 ms" } : {}) },
    { what: `${CHANGES} changes taken in, p50 / p99`, value: both(r.apply) },
    { what: "snapshot swap, p50 / p99", value: both(r.swap), target: "4 ms p99" },
    { what: "window diff, p50 / p99", value: both(r.diff) },
    { what: "changes asked for to window told, p50 / p99", value: both(r.seen) },
    {
      what: "regex keystroke, p50 / p95",
      value: keys(r.regex),
      ...(r.count === 20_000 ? { target: "16 ms" } : {}),
    },
    {
      what: "fuzzy keystroke, p50 / p95",
      value: keys(r.fuzzy),
      ...(r.count === 20_000 ? { target: "16 ms" } : {}),
    },
  ];
}

/** One view on a generated server, with the last update at hand. */
class Rig {
  readonly url: string;
  readonly engine: Engine;
  readonly view: View;
  readonly startMs = performance.now();
  firstMs = 0;
  #waiting: { readonly until: (update: WindowUpdate) => boolean; readonly done: () => void } | null = null;

  constructor(url: string, keepRaw: boolean) {
    this.url = url;
    const client = createClient({ fetch: (request) => fetch(request), target: { ...TARGET, server: url } });
    this.engine = openLocalEngine(client, {
      discovery: { cached: () => Promise.resolve(null), fetch: () => Promise.reject(new Error("not asked")) },
      keepRaw,
      // The question here is what all bodies cost, not whether they would be fetched.
      knobs: { ...defaultKnobs(), maxRawBytes: 2 ** 31, relistSecs: 0 },
    });
    this.view = this.engine.openView(
      { resource: PODS, namespace: null },
      WINDOW,
      (update) => this.#take(update),
    );
  }

  /** Asks the server for a change of each of the pods; false when it has no watch yet. */
  async modify(pods: readonly number[]): Promise<boolean> {
    const answer = await fetch(`${this.url}/modify`, { method: "POST", body: JSON.stringify(pods) });
    return await answer.json() as boolean;
  }

  /** Resolves with the next update that satisfies. */
  next(until: (update: WindowUpdate) => boolean): Promise<void> {
    return new Promise((done) => this.#waiting = { until, done });
  }

  #take(update: WindowUpdate): void {
    if (this.firstMs === 0 && update.length > 0) this.firstMs = performance.now() - this.startMs;
    const waiting = this.#waiting;
    if (waiting === null || !waiting.until(update)) return;
    this.#waiting = null;
    waiting.done();
  }
}

async function measure(count: number, keepRaw: boolean): Promise<Result> {
  await using server = await childServer("pod_server.ts", count);
  return await measureOn(new Rig(`http://127.0.0.1:${server.port}`, keepRaw), count);
}

async function measureOn(rig: Rig, count: number): Promise<Result> {
  await rig.next((update) => update.status?.phase === "live");
  const liveMs = performance.now() - rig.startMs;
  const listed = memory(Deno.pid)!;
  const seen = await churn(rig, count);
  const churned = memory(Deno.pid)!;
  const regex = await keystrokes(rig, "regex");
  const fuzzy = await keystrokes(rig, "fuzzy");
  const metrics = await rig.engine.metrics();
  const of = (name: string): Percentiles => {
    const at = (q: string) =>
      metrics[name.endsWith("}") ? `${name.slice(0, -1)},quantile="${q}"}` : `${name}{quantile="${q}"}`]!;
    return { p50: at("0.5"), p95: NaN, p99: at("0.99") };
  };

  const printMs = await printAll(rig.view);
  await rig.engine[Symbol.asyncDispose]();
  return {
    count,
    firstMs: rig.firstMs,
    liveMs,
    rss: listed.now,
    peak: listed.peak,
    churned: churned.now,
    printMs,
    swap: of("snapshot_swap_ms"),
    apply: of(`shard_build_ms{shard="0"}`),
    diff: of("window_diff_ms"),
    seen,
    regex,
    fuzzy,
    snapshotBytes: metrics["snapshot_bytes"]!,
    rawBytes: metrics["raw_bytes"]!,
  };
}

/** All rows as lines of text, as `ls` prints them. */
async function printAll(view: View): Promise<number> {
  const started = performance.now();
  const rows = await view.rows();
  let text = "";
  for (const row of rows) text += `${row.namespace.padEnd(12)}${row.cells.join("   ")}\n`;
  if (text.length === 0) throw new Error("no rows");
  return performance.now() - started;
}

async function churn(rig: Rig, count: number): Promise<Percentiles> {
  const random = seededRandom(1);
  const took: number[] = [];
  while (!await rig.modify([])) await new Promise((resolve) => setTimeout(resolve, 5));
  // The first row is in the window, so that every round shows.
  const first = Number(
    (await rig.view.rows({ limit: 1 }))[0]!.cells[5]!.toString().split(".").slice(1)
      .reduce((sum, part) => sum * 256 + Number(part), 0),
  );
  for (let round = 0; round < ROUNDS; round++) {
    const pods = [first, ...Array.from({ length: CHANGES - 1 }, () => Math.floor(random() * count))];
    const started = performance.now();
    const told = rig.next((update) => update.changed.length > 0);
    await rig.modify(pods);
    await told;
    took.push(performance.now() - started);
  }
  return percentiles(took);
}

/** From setWindow to the update, over words typed letter by letter, some typed before for warmth. */
async function keystrokes(rig: Rig, type: "regex" | "fuzzy"): Promise<Percentiles> {
  const took: number[] = [];
  for (const word of ["app-1", "crash", "load-31", "app-39", "pending", "node-1", "load-4", "app-2"]) {
    for (let n = 1; n <= word.length; n++) {
      const pattern = word.slice(0, n);
      const filter = type === "regex"
        ? { type, pattern, inverse: false } as const
        : { type, pattern } as const;
      const started = performance.now();
      const generation = rig.view.setWindow({ ...WINDOW, filter });
      await rig.next((update) => update.generation === generation);
      took.push(performance.now() - started);
    }
  }
  const generation = rig.view.setWindow(WINDOW);
  await rig.next((update) => update.generation === generation);
  return percentiles(took);
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

if (import.meta.main) {
  const [count, raw] = Deno.args;
  if (count === undefined) {
    for (const { title, lines } of await engineBench()) print(table(title, lines));
  } else {
    print(`${JSON.stringify(await measure(Number(count), raw !== "rows"))}\n`);
  }
}
