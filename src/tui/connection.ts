/**
 * The session's hold on a cluster: connects, notices what the engine tells, tries again by itself.
 *
 * 1. At most one engine is open; the one before is disposed before its successor is announced.
 * 2. A failure to connect (a broken kubeconfig, an unknown context) is a state, never an exception, and is tried
 *    again every `RETRY_MS`; a context that the kubeconfig does not have only when a person asks. What the network does is the engine's own business and shows in `server`.
 * 3. `onChange` comes after every change of what the getters say.
 */
import { type Clock, toWire, type WireError } from "../base/mod.ts";
import type { Discovered, Engine, ServerStatus } from "../engine/protocol.ts";
import type { SessionOptions } from "./session_options.ts";

export type ConnectionState =
  | { readonly type: "idle" }
  | { readonly type: "connecting"; readonly context: string | undefined }
  | { readonly type: "open"; readonly engine: Engine }
  | {
    readonly type: "failed";
    readonly context: string | undefined;
    readonly error: WireError;
    readonly sinceMs: number;
    /** Epoch ms of the next try; null: none by itself. */
    readonly retryMs: number | null;
  };

export interface ConnectionOptions {
  readonly clock: Clock;
  /** Opens an engine on a context; undefined: the current one. Throws OrkaError. */
  readonly connect: SessionOptions["connect"];
  readonly onChange: () => void;
}

const RETRY_MS = 10_000;

export class Connection {
  readonly #options: ConnectionOptions;
  #state: ConnectionState = { type: "idle" };
  #server: ServerStatus | null = null;
  #discovered: Discovered | null = null;
  #listeners: Disposable[] = [];
  #timer: Disposable | null = null;
  /** Counts `open` and `close`: an answer to an earlier one is thrown away. */
  #turn = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get engine(): Engine | null {
    return this.#state.type === "open" ? this.#state.engine : null;
  }

  get server(): ServerStatus | null {
    return this.#server;
  }

  get discovered(): Discovered | null {
    return this.#discovered;
  }

  /** The context being used or tried; undefined: the kubeconfig's current one. */
  get context(): string | undefined {
    if (this.#state.type === "open") return this.#state.engine.target.context || undefined;
    return this.#state.type === "idle" ? undefined : this.#state.context;
  }

  async open(context: string | undefined): Promise<void> {
    const turn = ++this.#turn;
    const before = this.#release();
    this.#set({ type: "connecting", context });
    try {
      await before;
      const onCrash = (error: Error) => void this.#crashed(turn, error);
      const engine = await this.#options.connect(context, { onCrash });
      if (turn !== this.#turn) return void await engine[Symbol.asyncDispose]();
      this.#attach(engine);
    } catch (error) {
      if (turn === this.#turn) this.#failed(context, error);
    }
  }

  /** Tries again at once, if it failed. */
  retry(): void {
    if (this.#state.type === "failed") void this.open(this.#state.context);
  }

  /** Asks the server anew what it serves. Throws what the server's answer was instead. */
  async rediscover(): Promise<void> {
    const { engine } = this;
    if (engine !== null) this.#learn(engine, await engine.discover({ refresh: true }));
  }

  async close(): Promise<void> {
    this.#turn++;
    await this.#release();
    this.#state = { type: "idle" };
  }

  /** A bug ended the engine: its context is connected to anew, with what it died of in sight meanwhile. */
  async #crashed(turn: number, error: Error): Promise<void> {
    if (turn !== this.#turn) return;
    const { context } = this;
    await this.#release();
    if (turn === this.#turn) this.#failed(context, error);
  }

  #attach(engine: Engine): void {
    this.#state = { type: "open", engine };
    this.#listeners = [
      engine.onServerStatus((status) => {
        this.#server = status;
        this.#options.onChange();
      }),
      engine.onDiscovered((discovered) => this.#learn(engine, discovered)),
    ];
    engine.discover().then((discovered) => this.#learn(engine, discovered), () => {
      // the server's status tells; discovery is tried again by the engine and then announced
    });
    this.#options.onChange();
  }

  #learn(engine: Engine, discovered: Discovered): void {
    if (this.engine !== engine) return;
    this.#discovered = discovered;
    this.#options.onChange();
  }

  #failed(context: string | undefined, error: unknown): void {
    const { clock } = this.#options;
    const nowMs = clock.now();
    const wire = toWire(error);
    const retryMs = wire.code === "no-context" ? null : nowMs + RETRY_MS;
    if (retryMs !== null) this.#timer = clock.timer(RETRY_MS, () => this.retry());
    this.#set({ type: "failed", context, error: wire, sinceMs: nowMs, retryMs });
  }

  #set(state: ConnectionState): void {
    this.#state = state;
    this.#options.onChange();
  }

  async #release(): Promise<void> {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    for (const listener of this.#listeners) listener[Symbol.dispose]();
    this.#listeners = [];
    const { engine } = this;
    this.#server = null;
    this.#discovered = null;
    if (engine !== null) await engine[Symbol.asyncDispose]();
  }
}
