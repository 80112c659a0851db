/**
 * An embedded API server with one pod, `big`, that writes so many log lines a second, each with its number and the time it
 * was written at (Unix ms). `deno run -A bench/log_server.ts RATE` serves it on 127.0.0.1 and prints its port: in a
 * process of its own, so that its work is not counted as the session's.
 */
import { ApiServer, createMemoryStore, type PodRuntime } from "../src/k1s/mod.ts";
import { embeddedPod } from "./embedded_pod.ts";
import { print } from "./report.ts";

/** A writer's pace: what is due is handed on this often, ms. */
const TICK_MS = 10;

const rate = Number(Deno.args[0]);
const encoder = new TextEncoder();

/** Lines from `from` on up to what is due, as a program writes them and a node stamps them. */
function linesOf(from: number, to: number): Uint8Array {
  const now = Date.now();
  const stamp = new Date(now).toISOString().replace("Z", "");
  let text = "";
  for (let at = from; at < to; at++) {
    const nanos = String(at % 1_000_000).padStart(6, "0");
    text +=
      `${stamp}${nanos}Z {"level":"info","msg":"request","path":"/products/17","seq":${at},"ms":${now}}\n`;
  }
  return encoder.encode(text);
}

function endless(): ReadableStream<Uint8Array> {
  const started = performance.now();
  let written = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  return new ReadableStream({
    start(controller) {
      timer = setInterval(() => {
        const due = Math.floor((performance.now() - started) * rate / 1000);
        if (due > written) controller.enqueue(linesOf(written, due));
        written = due;
      }, TICK_MS);
    },
    cancel: () => clearInterval(timer),
  });
}

const runtime: Pick<PodRuntime, "logs"> = { logs: () => Promise.resolve(endless()) };
const server = await ApiServer.open({
  storage: createMemoryStore().tenant("default"),
  pods: runtime as PodRuntime,
});

const running = { startedAt: new Date().toISOString().replace(/\.\d+/, "") };
await embeddedPod(server, "big", { phase: "Running", state: { running } });

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => print(`${port}\n`),
}, server.handler);
