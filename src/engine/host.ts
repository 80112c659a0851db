/**
 * What panes and verbs hold of the engine: the same `Engine`, running in a Worker of its own so that lists, sorts and
 * filters never hold up a frame. Importing this loads neither the client nor the store.
 */
import type { ConnectOptions } from "../client/mod.ts";
import type { Engine } from "./protocol.ts";
import { RemoteEngine } from "./remote_engine.ts";
import type { FromWorker, Port, ToWorker } from "./wire.ts";

export interface WorkerEngineOptions {
  /** One line of the log (`ORKA_LOG`), newline included; never to be written on the session's screen. */
  readonly log?: (line: string) => void;
  /**
   * The Worker died of a bug. Open views have been told (`failed`, with the error) and calls reject with it; the
   * engine is of no more use, and another can be opened.
   */
  readonly onCrash?: (error: Error) => void;
}

/**
 * Starts an engine in a Worker. Resolves when kubeconfig has been read, before the server has answered; throws
 * OrkaError `kubeconfig`, `no-context` or `usage`. Dispose it to end the Worker: its reflectors stop first.
 */
export async function createWorkerEngine(
  connect: ConnectOptions,
  options: WorkerEngineOptions = {},
): Promise<Engine> {
  // `deno compile` finds a Worker only by this very form.
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "orka-engine" });
  const port: Port<FromWorker, ToWorker<ConnectOptions>> = {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    listen: (listener) => worker.onmessage = ({ data }) => listener(data),
  };
  let engine: RemoteEngine<ConnectOptions> | null = null;
  worker.onerror = (event) => {
    // Unhandled, it would take the whole program down with the terminal still in its hands.
    event.preventDefault();
    worker.terminate();
    engine?.crashed(new Error(`The engine's Worker crashed: ${event.message}`));
  };
  return await RemoteEngine.open(port, connect, {
    ...options,
    terminate: () => worker.terminate(),
    onMade: (made) => engine = made,
  });
}

export type { ConnectOptions } from "../client/mod.ts";
export { type ContextEntry, listContexts } from "./contexts.ts";
