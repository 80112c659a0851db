/**
 * A cluster inside this process: no socket, no other process, gone with it unless it has a directory.
 *
 * 1. `close` ends every watch, then the demo, then the store; it may be called more than once.
 * 2. A cluster without a session has no timers of its own: what is asked is answered, and nothing else runs.
 */
import { type Clock, systemClock } from "../../base/mod.ts";
import { type Client, createClient, type Fetch, type WriteGate } from "../../client/mod.ts";
import { ApiServer, createMemoryStore, openSqliteStore, type Store } from "../../k1s/mod.ts";
import { BackdatedClock } from "./backdated_clock.ts";
import { loadDemo, runDemo } from "./demo.ts";
import { DemoRuntime } from "./demo_runtime.ts";
import { DEMO_NAMESPACE, EMBEDDED } from "./names.ts";
import { inProcessOpen } from "./port_socket.ts";

/** Between looks at what other processes on the store left half done. */
const SWEEP_MS = 5_000;

export interface EmbeddedOptions {
  /** A store's directory; null: in memory, with the demo's objects. */
  readonly directory: string | null;
  readonly clock?: Clock | undefined;
  /** Upkeep of the store, and changes in the demo, until it is closed: for sessions. */
  readonly lives?: boolean | undefined;
}

export interface EmbeddedClientOptions {
  readonly requestTimeoutMs?: number | undefined;
  /** Closed unless given. */
  readonly writes?: WriteGate | undefined;
}

export class EmbeddedCluster implements AsyncDisposable {
  readonly #server: ApiServer;
  readonly #store: Store;
  readonly #demo: { stop(): Promise<void> } | null;
  readonly #namespace: string;
  readonly #clock: Clock;
  #closed: Promise<void> | undefined;

  /** Opens it. Errors: those of the store (`corrupt`, `newer-schema`, `busy`, `unavailable`, …). */
  static async open(options: EmbeddedOptions): Promise<EmbeddedCluster> {
    const { directory, clock = systemClock, lives = false } = options;
    const backdate = new BackdatedClock(clock);
    const storeOptions = { clock, ...(lives ? {} : { upkeepMs: 0 }) };
    const store = directory === null
      ? createMemoryStore(storeOptions)
      : await openSqliteStore(directory, storeOptions);
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => store.close());
    const sweepMs = lives ? SWEEP_MS : 0;
    const server = await ApiServer.open({
      storage: store.tenant("default"),
      clock: backdate,
      sweepMs,
      pods: directory === null ? new DemoRuntime(clock) : undefined,
    });
    if (directory === null) await loadDemo(server.handler, { clock, backdate });
    cleanup.move();
    const demo = directory === null && lives ? runDemo(server.handler, { clock }) : null;
    return new EmbeddedCluster({ server, store, demo, clock, isDemo: directory === null });
  }

  private constructor(parts: {
    readonly server: ApiServer;
    readonly store: Store;
    readonly demo: { stop(): Promise<void> } | null;
    readonly clock: Clock;
    readonly isDemo: boolean;
  }) {
    this.#server = parts.server;
    this.#store = parts.store;
    this.#demo = parts.demo;
    this.#clock = parts.clock;
    this.#namespace = parts.isDemo ? DEMO_NAMESPACE : "default";
  }

  get handler(): Fetch {
    return this.#server.handler;
  }

  /** A client of it; closing that leaves the cluster. */
  client({ requestTimeoutMs, writes }: EmbeddedClientOptions = {}): Client {
    return createClient({
      fetch: this.handler,
      open: inProcessOpen(this.#server),
      clock: this.#clock,
      timeoutMs: requestTimeoutMs,
      writes,
      target: {
        context: EMBEDDED,
        cluster: EMBEDDED,
        user: EMBEDDED,
        namespace: this.#namespace,
        contexts: [EMBEDDED],
      },
    });
  }

  close(): Promise<void> {
    return this.#closed ??= this.#shut();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #shut(): Promise<void> {
    await this.#demo?.stop();
    await this.#server.close();
    await this.#store.close();
  }
}
