/** The engine's Worker: connects with the options that host.ts posts, and serves one engine to it. */
/// <reference lib="deno.worker" />
import { createLogger, readKnobs, systemClock, toWire } from "../base/mod.ts";
import { connect, type ConnectOptions, WriteGate } from "../client/mod.ts";
import { clientDiscovery } from "./client_discovery.ts";
import { openLocalEngine } from "./engine.ts";
import { serveEngine } from "./engine_server.ts";
import type { FromWorker, Port, ToWorker } from "./wire.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;

const port: Port<ToWorker<ConnectOptions>, FromWorker> = {
  post: (message, transfer = []) => scope.postMessage(message, transfer),
  listen: (listener) => scope.onmessage = ({ data }) => listener(data),
};

/** Told here, a bug does not print itself over the session's screen on its way out. */
function crash(event: Event, reason: unknown): void {
  event.preventDefault();
  port.post({ type: "crashed", error: toWire(reason) });
  scope.close();
}

scope.addEventListener("error", (event) => crash(event, event.error));
scope.addEventListener("unhandledrejection", (event) => crash(event, event.reason));

serveEngine<ConnectOptions>(port, async (options) => {
  const knobs = readKnobs((name) => Deno.env.get(name));
  const log = createLogger("engine", {
    spec: knobs.log,
    sink: (line) => port.post({ type: "log", line }),
    clock: systemClock,
  });
  const writes = new WriteGate({ isOpen: false, hint: ":write allows changes" });
  const client = await connect(options, {
    onPluginOutput: (text) => port.post({ type: "log", line: text }),
    writes,
  });
  const discovery = clientDiscovery(options);
  return openLocalEngine(client, { discovery, knobs, log, writes, followDiscovery: true });
});
