/** Watches through the API: latency in and across processes, fan-out, replay, and a thousand that stop reading. */
import { ApiServer, createMemoryStore, openSqliteStore, type Store } from "../src/k1s/mod.ts";
import { configMap, inProcess, must, rate, requestOf } from "./k1s_api.ts";
import { type Line, mb, ms, percentile } from "./report.ts";

const PATH = "/api/v1/namespaces/default/configmaps";
const WATCHERS = 1_000;

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function quantiles(values: readonly number[]): string {
  const at = (p: number) => percentile(values, p).toFixed(2);
  return `p50 ${at(50)} p99 ${at(99)} max ${at(100)} ms`;
}

async function withServer<T>(store: Store, run: (server: ApiServer) => Promise<T>): Promise<T> {
  const server = await ApiServer.open({ storage: store.tenant("default") });
  try {
    return await run(server);
  } finally {
    await server.close();
    await store.close();
  }
}

async function watch(server: ApiServer, from: string): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const response = await server.handler(requestOf("GET", `${PATH}?watch=1&resourceVersion=${from}`));
  return response.body!.getReader();
}

/** Delays of objects that carry the time of their creation in `data.text`. */
async function delays(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  count: number,
  sent: (name: string, text: string) => number,
): Promise<number[]> {
  const found: number[] = [];
  const decoder = new TextDecoder();
  while (found.length < count) {
    const frames = decoder.decode((await reader.read()).value, { stream: true });
    const at = nowMs();
    for (const [, name, text] of frames.matchAll(/"name":"(w\d+)".*?"text":"([\d.]*)/g)) {
      found.push(at - sent(name!, text!));
    }
  }
  await reader.cancel();
  return found;
}

/** From the call of create until the watcher in the same process has the event. */
export async function inProcessLatency(name: string, store: Store): Promise<Line[]> {
  return await withServer(store, async (server) => {
    const api = inProcess(server);
    const lines: Line[] = [];
    for (const workers of [1, 16]) {
      const count = 2_000;
      const sent = new Map<string, number>();
      const prefix = workers * 100_000;
      const newest = await newestVersion(server);
      const reading = delays(await watch(server, newest), count, (object) => sent.get(object)!);
      await rate(count, workers, (i) => {
        sent.set(`w${prefix + i}`, nowMs());
        return must(api, "POST", PATH, configMap(`w${prefix + i}`));
      });
      const what = `watch in process, ${name}, ${workers} writer${workers > 1 ? "s" : ""}`;
      lines.push({ what, value: quantiles(await reading), target: "p99 < 5 ms" });
    }
    return lines;
  });
}

function linesOf(chunk: Uint8Array): number {
  let lines = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
  return lines;
}

async function newestVersion(server: ApiServer): Promise<string> {
  const text = await must(inProcess(server), "GET", `${PATH}?limit=1`);
  return /"resourceVersion":"(\d+)"/.exec(text)![1]!;
}

/** One process writes through its own server, this one watches through another on the same store. */
export async function acrossLatency(directory: string): Promise<Line[]> {
  const count = 1_000;
  return await withServer(await openSqliteStore(directory), async (server) => {
    const reader = await watch(server, await newestVersion(server));
    const args = [
      "run",
      "-A",
      "-q",
      "--no-check",
      new URL(import.meta.url).pathname,
      directory,
      String(count),
    ];
    const writer = new Deno.Command(Deno.execPath(), { args }).spawn();
    const found = await delays(reader, count, (_name, text) => Number(text));
    await writer.status;
    return [{ what: "watch across processes", value: quantiles(found), target: "p99 < 25 ms" }];
  });
}

async function write(directory: string, count: number): Promise<void> {
  await withServer(await openSqliteStore(directory), async (server) => {
    const api = inProcess(server);
    for (let i = 0; i < count; i++) {
      await must(api, "POST", PATH, configMap(`w${i}`, String(nowMs())));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  });
}

export async function fanOut(name: string, store: Store): Promise<Line[]> {
  return await withServer(store, async (server) => {
    const newest = await newestVersion(server);
    const readers = await Promise.all(Array.from({ length: WATCHERS }, () => watch(server, newest)));
    const count = 50;
    const began = performance.now();
    const reading = readers.map(async (reader) => {
      let lines = 0;
      while (lines < count) lines += linesOf((await reader.read()).value!);
    });
    const api = inProcess(server);
    for (let i = 0; i < count; i++) await must(api, "POST", PATH, configMap(`w${i}`));
    await Promise.all(reading);
    const took = performance.now() - began;
    for (const reader of readers) await reader.cancel();
    const value = `${ms(took)}, ${Math.round(count * WATCHERS / took * 1000)} events/s`;
    return [{ what: `${count} writes to 1,000 watchers, ${name}`, value }];
  });
}

export async function replay(name: string, store: Store): Promise<Line[]> {
  return await withServer(store, async (server) => {
    const api = inProcess(server);
    const newest = await newestVersion(server);
    await rate(1_000, 16, (i) => must(api, "POST", PATH, configMap(`w${i}`)));
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const began = performance.now();
      const reader = await watch(server, newest);
      let lines = 0;
      while (lines < 1_000) lines += linesOf((await reader.read()).value!);
      times.push(performance.now() - began);
      await reader.cancel();
    }
    return [{ what: `replay of 1,000 events, ${name}`, value: quantiles(times), target: "< 20 ms" }];
  });
}

/** What a thousand watchers cost that read their first event and then nothing more, while 20,000 writes pass. */
export async function stalled(): Promise<Line[]> {
  const store = createMemoryStore({ upkeepMs: 0, retention: { maxRevisions: 2_000, minRevisions: 0 } });
  return await withServer(store, async (server) => {
    const api = inProcess(server);
    await must(api, "POST", PATH, configMap("w0"));
    const writes = async () => {
      const began = performance.now();
      for (let i = 0; i < 10_000; i++) {
        await must(api, "PATCH", `${PATH}/w0`, { data: { step: String(i) } }, "application/merge-patch+json");
        if (i % 1_000 === 0) await store.maintain();
      }
      return Math.round(1e7 / (performance.now() - began));
    };
    await writes();
    const [alone, before] = [await writes(), Deno.memoryUsage().rss];
    const readers = await Promise.all(Array.from({ length: WATCHERS }, () => watch(server, "0")));
    for (const reader of readers) await reader.read();
    const beside = await writes();
    const grown = Deno.memoryUsage().rss - before;
    for (const reader of readers) await reader.cancel();
    return [
      { what: "patches a second alone, beside 1,000 stalled watchers", value: `${alone}, ${beside}` },
      { what: "memory that these watchers add", value: mb(Math.max(0, grown)) },
    ];
  });
}

if (import.meta.main) await write(Deno.args[0]!, Number(Deno.args[1]));
