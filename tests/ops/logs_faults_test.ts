/** Followed logs over a network that breaks: no line is lost, none comes twice. */
import assert from "node:assert/strict";
import { ManualClock, seededRandom } from "../../src/base/mod.ts";
import type { ServedLine } from "../../src/cli/embedded/serve_log.ts";
import { type LogMark, type LogOptions, type LogSpec, openLogs } from "../../src/ops/mod.ts";
import { type Fault, hasCode, LogCluster } from "../support/log_cluster.ts";

const START = 1_700_000_000_000;

const lines = (count: number, from = 0): ServedLine[] =>
  Array.from({ length: count }, (_, at) => ({ ms: START + (from + at) * 100, text: `line ${from + at}` }));

/** A stream read in the background on a clock that runs as long as something is waited for. */
class Reading {
  readonly texts: string[] = [];
  readonly marks: LogMark[] = [];
  error: unknown = null;
  isOver = false;
  readonly #stream;

  constructor(
    readonly cluster: LogCluster,
    readonly clock: ManualClock,
    spec: Partial<LogSpec>,
    more: LogOptions = {},
  ) {
    const target = { type: "pods" as const, pods: [{ namespace: "default", name: "web" }] };
    this.#stream = openLogs(cluster.client, { target, follow: true, ...spec }, {
      clock,
      random: () => 0.5,
      ...more,
    });
    void this.#read();
  }

  async #read() {
    try {
      for await (const batch of this.#stream) {
        for (const entry of batch) {
          if (entry.type === "mark") this.marks.push(entry);
          else this.texts.push(entry.text);
        }
      }
    } catch (error) {
      this.error = error;
    }
    this.isOver = true;
  }

  close(): void {
    this.#stream.close();
  }

  /** Lets time go on until it is so; ten minutes at most. */
  async until(isSo: () => boolean, stepMs = 250): Promise<void> {
    for (let ms = 0; ms < 600_000 && !isSo(); ms += stepMs) await this.clock.advance(stepMs);
    assert.ok(
      isSo(),
      `never: ${isSo}\n${this.texts.length} lines, ${this.marks.map(({ kind, text }) => `${kind} ${text}`)}`,
    );
  }

  async end(): Promise<void> {
    await this.until(() => this.isOver);
    if (this.error !== null) throw this.error;
  }
}

async function withCluster(use: (cluster: LogCluster, clock: ManualClock) => Promise<void>): Promise<void> {
  const clock = new ManualClock(START + 3_600_000);
  await using cluster = await LogCluster.open({ clock });
  await use(cluster, clock);
}

async function finish(cluster: LogCluster): Promise<void> {
  cluster.log("web").end();
  await cluster.set("web", { state: { terminated: { exitCode: 0 } }, phase: "Succeeded" });
}

/** Gives each log request the next fault, and none when they are used up. */
function inTurn(cluster: LogCluster, ...faults: (Fault | null)[]): void {
  cluster.fault = (url) => url.searchParams.get("tailLines") === "1" ? null : faults.shift() ?? null;
}

const FAULTS: Readonly<Record<string, readonly Fault[]>> = {
  "cut in a stamp": [{ type: "cut", bytes: 10 }],
  "cut in a line": [{ type: "cut", bytes: 60 }],
  "ended too early": [{ type: "truncate", bytes: 75 }],
  "cut in its first handshakes": [{ type: "handshake" }, { type: "handshake" }],
  "refused with 500": [{ type: "status", status: 500 }],
  "refused with 429 and told when to come back": [{ type: "status", status: 429, retryAfter: 3 }],
  "slow, in pieces of three bytes": [{ type: "slow", bytes: 3 }],
  "broken time and again": [
    { type: "cut", bytes: 100 },
    { type: "status", status: 503 },
    { type: "truncate", bytes: 130 },
    { type: "cut", bytes: 0 },
    { type: "status", status: 429 },
  ],
};

for (const [name, faults] of Object.entries(FAULTS)) {
  Deno.test(`a followed log loses and doubles nothing: ${name}`, () =>
    withCluster(async (cluster, clock) => {
      await cluster.run("web");
      cluster.log("web").add(...lines(20));
      inTurn(cluster, ...faults);
      const reading = new Reading(cluster, clock, {});
      await reading.until(() => reading.texts.length >= 20);
      cluster.log("web").add(...lines(5, 20));
      await reading.until(() => reading.texts.length >= 25);
      await finish(cluster);
      await reading.end();
      assert.deepEqual(reading.texts, lines(25).map(({ text }) => text));
      assert.ok(
        faults[0]!.type === "slow" || cluster.requests.length > faults.length,
        "the faults came about",
      );
    }));
}

Deno.test("a connection that has gone silently is found out by the line that it missed", () =>
  withCluster(async (cluster, clock) => {
    await cluster.run("web");
    cluster.log("web").add(...lines(3));
    inTurn(cluster, { type: "stall", bytes: 3 * 32 });
    const reading = new Reading(cluster, clock, {});
    await reading.until(() => reading.texts.length > 0);
    cluster.log("web").add(...lines(4, 3));
    await reading.until(() => reading.texts.length >= 7, 1_000);
    await finish(cluster);
    await reading.end();
    assert.deepEqual(reading.texts, lines(7).map(({ text }) => text));
  }));

Deno.test("a quiet log is left alone", () =>
  withCluster(async (cluster, clock) => {
    await cluster.run("web");
    cluster.log("web").add(...lines(2));
    const reading = new Reading(cluster, clock, {});
    await reading.until(() => reading.texts.length === 2);
    await clock.advance(200_000);
    const follows = cluster.requests.filter(({ searchParams }) => searchParams.has("follow"));
    assert.equal(follows.length, 1);
    assert.equal(cluster.requests.length, 3, "it looked at the newest line after 30 s and 90 s");
    reading.close();
    await reading.end();
  }));

Deno.test("tail 0 gives what comes from now on, also when the connection goes before the first line", () =>
  withCluster(async (cluster, clock) => {
    await cluster.run("web");
    cluster.log("web").add(...lines(10));
    inTurn(cluster, { type: "cut", bytes: 32 });
    const reading = new Reading(cluster, clock, { tailLines: 0 });
    await reading.until(() => cluster.requests.length >= 2);
    cluster.log("web").add(...lines(2, 10));
    await reading.until(() => reading.texts.length >= 2);
    await finish(cluster);
    await reading.end();
    assert.deepEqual(reading.texts, ["line 10", "line 11"]);
  }));

Deno.test("a restart is stitched with a mark, and what the dead instance wrote last is not lost", () =>
  withCluster(async (cluster, clock) => {
    await cluster.run("web");
    cluster.log("web").add(...lines(5));
    // The connection ends in order although two lines are still to come; then the container is another one.
    inTurn(cluster, { type: "truncate", bytes: 3 * 29 });
    const reading = new Reading(cluster, clock, {});
    cluster.log("web", { restarts: 1 }).add(...lines(2, 100));
    cluster.log("web").end();
    await cluster.restart("web", { restarts: 1, exitCode: 3 });
    await reading.until(() => reading.texts.includes("line 101"));
    reading.close();
    await reading.end();
    assert.deepEqual(reading.texts, [...lines(5), ...lines(2, 100)].map(({ text }) => text));
    const restarted = reading.marks.find(({ kind }) => kind === "restarted");
    assert.equal(restarted?.text, "exit code 3 (Error)");
  }));

for (const [name, bytes] of [["three lines", 3 * 29], ["nothing", 0]] as const) {
  Deno.test(`a node that serves the next instance before the pod tells of it, after ${name} of the one before`, () =>
    withCluster(async (cluster, clock) => {
      await cluster.run("web");
      cluster.log("web").add(...lines(5));
      cluster.log("web").end();
      cluster.log("web", { restarts: 1 }).add(...lines(2, 100));
      cluster.fault = () => {
        if (cluster.requests.length === 1) return { type: "truncate", bytes };
        cluster.ahead.set("web", 1);
        return null;
      };
      const reading = new Reading(cluster, clock, {});
      await reading.until(() => cluster.requests.length > 1);
      await clock.advance(1_000);
      await cluster.restart("web", { restarts: 1, exitCode: 3 });
      await reading.until(() => reading.texts.includes("line 101"));
      await clock.advance(10_000);
      reading.close();
      await reading.end();
      assert.deepEqual(reading.texts, [...lines(5), ...lines(2, 100)].map(({ text }) => text));
      assert.deepEqual(reading.marks.map(({ kind }) => kind), ["joined", "restarted"]);
    }));
}

Deno.test("an instance that went by unseen is a gap, and no line of the next one comes twice", () =>
  withCluster(async (cluster, clock) => {
    await cluster.run("web");
    cluster.log("web").add(...lines(3));
    const reading = new Reading(cluster, clock, {});
    await reading.until(() => reading.texts.length === 3);
    cluster.log("web", { restarts: 2 }).add(...lines(2, 100));
    await cluster.restart("web", { restarts: 2 });
    cluster.log("web").end();
    await reading.until(() => reading.texts.includes("line 101"));
    await clock.advance(10_000);
    reading.close();
    await reading.end();
    assert.deepEqual(reading.texts, [...lines(3), ...lines(2, 100)].map(({ text }) => text));
    assert.match(reading.marks.find(({ kind }) => kind === "gap")?.text ?? "", /^1 more restart/);
  }));

Deno.test("an evicted pod's follower ends, and says why", () =>
  withCluster(async (cluster, clock) => {
    await cluster.run("web");
    cluster.log("web").add(...lines(2));
    const reading = new Reading(cluster, clock, {});
    await reading.until(() => reading.texts.length === 2);
    cluster.log("web").end();
    const message = "The node was low on resource: memory.";
    await cluster.set("web", {
      state: { terminated: { exitCode: 137 } },
      phase: "Failed",
      reason: "Evicted",
      message,
    });
    await reading.end();
    assert.equal(reading.marks.at(-1)?.kind, "left");
    assert.equal(reading.marks.at(-1)?.text, `Evicted: ${message}`);
  }));

Deno.test("pods of a selection join and leave a follower", () =>
  withCluster(async (cluster, clock) => {
    const labels = { app: "web" };
    await cluster.run("web", { labels });
    cluster.log("web").add(...lines(1));
    const target = { type: "selector" as const, namespace: "default", labelSelector: "app=web" };
    const reading = new Reading(cluster, clock, { target });
    await reading.until(() => reading.texts.length === 1);
    await cluster.create("web-2", { labels });
    await reading.until(() => reading.marks.some(({ kind }) => kind === "waiting"));
    cluster.log("web-2").add(...lines(1, 50));
    await cluster.set("web-2", { state: { running: {} } });
    await reading.until(() => reading.texts.length === 2);
    cluster.log("web").end();
    await cluster.remove("web");
    await reading.until(() => reading.marks.some(({ kind }) => kind === "left"));
    assert.deepEqual(reading.texts, ["line 0", "line 50"]);
    assert.equal(reading.isOver, false);
    reading.close();
    await reading.end();
  }));

Deno.test("a slow reader gets every line from memory and disk", () =>
  withCluster(async (cluster, clock) => {
    await cluster.run("web");
    cluster.log("web").add(...lines(4_000));
    const target = { type: "pods" as const, pods: [{ namespace: "default", name: "web" }] };
    const stream = openLogs(cluster.client, { target, follow: true }, { clock, memoryBytes: 1_000 });
    const texts: string[] = [];
    for await (const batch of stream) {
      if (texts.length === 0) await clock.advance(1_000); // everything has come meanwhile
      for (const entry of batch) if (entry.type === "line") texts.push(entry.text);
      if (texts.length === 4_000) break;
    }
    assert.deepEqual(texts, lines(4_000).map(({ text }) => text));
  }));

Deno.test("a log that is not followed waits for its reader, and nothing of it is dropped", () =>
  withCluster(async (cluster, clock) => {
    await cluster.run("web");
    const log = cluster.log("web");
    log.add(...lines(20_000));
    let served = 0;
    log.line = (at) => log.lines[served = at]!;
    const target = { type: "pods" as const, pods: [{ namespace: "default", name: "web" }] };
    const stream = openLogs(cluster.client, { target }, { clock, memoryBytes: 1_000, diskBytes: 0 });
    const texts: string[] = [];
    for await (const batch of stream) {
      if (texts.length === 0) {
        await clock.advance(1_000);
        assert.ok(served < 10_000, `${served} lines were read ahead`);
      }
      for (const entry of batch) texts.push(entry.type === "line" ? entry.text : entry.kind);
    }
    assert.deepEqual(texts, lines(20_000).map(({ text }) => text));
  }));

Deno.test("a reader too slow for memory and disk hears how many lines it lost, where they were", () =>
  withCluster(async (cluster, clock) => {
    await cluster.run("web");
    cluster.log("web").add(...lines(4_000));
    const reading = { lines: 0, lost: 0, last: "" };
    const target = { type: "pods" as const, pods: [{ namespace: "default", name: "web" }] };
    const options = { clock, memoryBytes: 40_000, diskBytes: 40_000 };
    const stream = openLogs(cluster.client, { target, follow: true }, options);
    for await (const batch of stream) {
      if (reading.lines === 0) await clock.advance(1_000);
      for (const entry of batch) {
        if (entry.type === "line") reading.lines++;
        else if (entry.kind === "dropped") reading.lost += entry.count!;
        reading.last = entry.type === "line" ? entry.text : entry.kind;
      }
      if (reading.lines + reading.lost >= 4_000) break;
    }
    assert.ok(reading.lost > 0);
    assert.equal(reading.lines + reading.lost, 4_000);
    assert.equal(reading.last, "dropped");
  }));

Deno.test("a refusal is thrown; an abort ends everything with its reason", () =>
  withCluster(async (cluster, clock) => {
    await cluster.run("web");
    cluster.log("web").add(...lines(1));
    cluster.fault = () => ({ type: "status", status: 403 });
    await assert.rejects(() => new Reading(cluster, clock, {}).end(), hasCode("forbidden"));
    cluster.fault = () => null;
    const controller = new AbortController();
    const reading = new Reading(cluster, clock, {}, { signal: controller.signal });
    await reading.until(() => reading.texts.length === 1);
    controller.abort(new Error("Ctrl-C"));
    await assert.rejects(() => reading.end(), { message: "Ctrl-C" });
    assert.equal(clock.pending, 0, "no timer is left");
  }));

/** Texts and stamps as odd as containers write them: equal, empty, out of order, in many scripts. */
function oddLines(random: () => number, count: number): ServedLine[] {
  let ms = START;
  return Array.from({ length: count }, (_, at) => {
    ms += Math.floor(random() * 3) * Math.floor(random() * 600);
    const backMs = random() < 0.1 ? Math.floor(random() * 300) : 0;
    const text = random() < 0.2
      ? "same"
      : random() < 0.1
      ? ""
      : `${at} ${"grün 🚀 ".repeat(Math.floor(random() * 4))}`;
    return { ms: ms - backMs, nanos: random() < 0.5 ? 0 : Math.floor(random() * 1e6), text };
  });
}

function oddFault(random: () => number): Fault | null {
  const bytes = Math.floor(random() * 1_500);
  const type = (["cut", "truncate", "slow", "status", "stall", "none"] as const)[Math.floor(random() * 6)]!;
  if (type === "none") return null;
  if (type === "status") return { type, status: random() < 0.5 ? 500 : 429 };
  return { type, bytes: type === "slow" ? 1 + bytes % 40 : bytes };
}

Deno.test("seeded: any faults at any byte lose and double nothing", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    await withCluster(async (cluster, clock) => {
      const random = seededRandom(seed);
      const all = oddLines(random, 30 + Math.floor(random() * 150));
      const before = Math.floor(random() * all.length);
      const tailLines = random() < 0.3 ? 1 + Math.floor(random() * 20) : undefined;
      const expected = tailLines === undefined ? all : all.slice(Math.max(0, before - tailLines));
      await cluster.run("web");
      const log = cluster.log("web");
      log.add(...all.slice(0, before));
      let left = 12;
      let isFirst = true;
      cluster.fault = (url) => {
        const isProbe = url.searchParams.get("tailLines") === "1" && !url.searchParams.has("follow");
        // Where a tail begins is decided by the first request that is answered.
        const isSafe = isProbe || (isFirst && tailLines !== undefined) || left-- <= 0;
        isFirst = false;
        return isSafe ? null : oddFault(random);
      };
      const reading = new Reading(cluster, clock, { tailLines });
      await reading.until(() => reading.texts.length > 0 || before === 0, 500);
      for (let at = before; at < all.length;) {
        const size = 1 + Math.floor(random() * 20);
        log.add(...all.slice(at, at + size));
        at += size;
        await clock.advance(Math.floor(random() * 2_000));
      }
      await reading.until(() => reading.texts.length >= expected.length, 2_000);
      await finish(cluster);
      await reading.end();
      assert.deepEqual(reading.texts, expected.map(({ text }) => text), `seed ${seed}`);
    });
  }
});
