import { Cancelled, type Clock, fromWire, systemClock, toWire, type WireError } from "../base/mod.ts";
import type {
  Client,
  Discovered,
  Engine,
  FeedStatus,
  Metrics,
  ObjectRef,
  ObjectUpdate,
  Row,
  SearchOptions,
  SearchUpdate,
  SearchView,
  ServerStatus,
  Target,
  View,
  ViewSpec,
  WindowSpec,
  WindowUpdate,
} from "./protocol.ts";
import { type AskOptions, RemoteClient } from "./remote_client.ts";
import type { FromWorker, Port, Question, ToWorker } from "./wire.ts";

interface Call {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** The other side has this long to close in order, ms. */
const CLOSE_MS = 2500;

interface OpenedView {
  readonly onUpdate: (update: WindowUpdate) => void;
  generation: number;
}

export interface RemoteEngineOptions {
  /** Ends the other side once it has closed, or at once when it crashed. */
  readonly terminate: () => void;
  /** The system's own unless given. */
  readonly clock?: Clock | undefined;
  /** One line of the log, newline included. */
  readonly log?: ((line: string) => void) | undefined;
  /** The other side is gone for good. Views and calls are told too. */
  readonly onCrash?: ((error: Error) => void) | undefined;
}

/**
 * The Engine that talks to another one over a port.
 *
 * 1. After a crash every open view is told once, as failed with the error, and every call rejects with it.
 * 2. After dispose nothing is delivered any more.
 */
export class RemoteEngine<Connect> implements Engine {
  readonly #port: Port<FromWorker, ToWorker<Connect>>;
  readonly #options: RemoteEngineOptions;
  readonly #views = new Map<number, OpenedView>();
  readonly #objects = new Map<number, (update: ObjectUpdate) => void>();
  readonly #searches = new Map<number, (update: SearchUpdate) => void>();
  readonly #calls = new Map<number, Call>();
  readonly #statusListeners = new Set<(status: ServerStatus) => void>();
  readonly #discoveredListeners = new Set<(discovered: Discovered) => void>();
  readonly #ready = Promise.withResolvers<Target>();
  readonly #gone = Promise.withResolvers<void>();
  #target: Target | null = null;
  #status: ServerStatus | null = null;
  #discovered: Discovered | null = null;
  readonly #over = new AbortController();
  #client: RemoteClient | null = null;
  #ids = 0;
  #crash: Error | null = null;
  #closed = false;

  private constructor(port: Port<FromWorker, ToWorker<Connect>>, options: RemoteEngineOptions) {
    this.#port = port;
    this.#options = options;
    port.listen((message) => this.#take(message));
  }

  /** Resolves when the other side has a connection to work with (not: when the server answered). */
  static async open<Connect>(
    port: Port<FromWorker, ToWorker<Connect>>,
    connect: Connect,
    options: RemoteEngineOptions & { readonly onMade?: (engine: RemoteEngine<Connect>) => void },
  ): Promise<RemoteEngine<Connect>> {
    const engine = new RemoteEngine(port, options);
    options.onMade?.(engine);
    port.post({ type: "connect", options: connect });
    try {
      engine.#target = await engine.#ready.promise;
      return engine;
    } catch (error) {
      options.terminate();
      throw error;
    }
  }

  get target(): Target {
    if (this.#target === null) throw new Error("the engine is not open yet");
    return this.#target;
  }

  get client(): Client {
    const ask = (question: Question, options: AskOptions) => this.#ask(question, options);
    return this.#client ??= new RemoteClient(this.target, { ask, over: this.#over.signal });
  }

  allowWrites(isAllowed: boolean): void {
    this.#post({ type: "writes", isAllowed });
  }

  onServerStatus(listener: (status: ServerStatus) => void): Disposable {
    this.#statusListeners.add(listener);
    if (this.#status !== null) listener(this.#status);
    return { [Symbol.dispose]: () => this.#statusListeners.delete(listener) };
  }

  onDiscovered(listener: (discovered: Discovered) => void): Disposable {
    this.#discoveredListeners.add(listener);
    if (this.#discovered !== null) listener(this.#discovered);
    return { [Symbol.dispose]: () => this.#discoveredListeners.delete(listener) };
  }

  async discover({ refresh = false }: { readonly refresh?: boolean } = {}): Promise<Discovered> {
    return await this.#ask({ type: "discover", refresh }) as Discovered;
  }

  openView(spec: ViewSpec, window: WindowSpec, onUpdate: (update: WindowUpdate) => void): View {
    const id = ++this.#ids;
    const opened: OpenedView = { onUpdate, generation: 0 };
    this.#views.set(id, opened);
    this.#post({ type: "view", id, spec, window });
    if (this.#crash !== null) queueMicrotask(() => this.#tellCrashed(id));
    return {
      setWindow: (next) => {
        this.#post({ type: "window", id, window: next });
        return ++opened.generation;
      },
      rows: async ({ limit } = {}) =>
        await this.#ask({ type: "rows", id, limit: limit ?? null }) as readonly Row[],
      refresh: () => this.#post({ type: "refresh", id }),
      close: () => {
        if (this.#views.delete(id)) this.#post({ type: "close", id });
      },
    };
  }

  openObject(
    ref: ObjectRef,
    { events }: { readonly events: boolean },
    onUpdate: (update: ObjectUpdate) => void,
  ): Disposable {
    const id = ++this.#ids;
    this.#objects.set(id, onUpdate);
    this.#post({ type: "object", id, ref, events });
    return {
      [Symbol.dispose]: () => {
        if (this.#objects.delete(id)) this.#post({ type: "close", id });
      },
    };
  }

  openSearch(
    query: string,
    options: SearchOptions,
    onUpdate: (update: SearchUpdate) => void,
  ): SearchView {
    const id = ++this.#ids;
    let generation = 0;
    this.#searches.set(id, onUpdate);
    this.#post({ type: "search", id, query, options });
    return {
      setQuery: (next) => {
        this.#post({ type: "query", id, query: next });
        return ++generation;
      },
      close: () => {
        if (this.#searches.delete(id)) this.#post({ type: "close", id });
      },
    };
  }

  read(path: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<unknown> {
    return this.#ask({ type: "read", path }, { signal });
  }

  async metrics(): Promise<Metrics> {
    return await this.#ask({ type: "metrics" }) as Metrics;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#over.abort(new Cancelled("the engine was closed"));
    for (const call of this.#calls.values()) call.reject(new Cancelled("the engine was closed"));
    this.#calls.clear();
    this.#views.clear();
    this.#objects.clear();
    this.#searches.clear();
    if (this.#crash === null) {
      this.#port.post({ type: "shutdown" });
      using _limit = (this.#options.clock ?? systemClock).timer(CLOSE_MS, () => this.#gone.resolve());
      await this.#gone.promise;
    }
    this.#options.terminate();
  }

  /** The other side died: tells everyone who waits. */
  crashed(error: Error): void {
    if (this.#crash !== null) return;
    this.#crash = error;
    this.#over.abort(error);
    this.#gone.resolve();
    this.#ready.reject(error);
    this.#ready.promise.catch(() => {});
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
    for (const id of this.#views.keys()) this.#tellCrashed(id);
    const status = crashStatus(toWire(error));
    for (const tell of this.#searches.values()) tell(crashedSearch(error));
    for (const tell of this.#objects.values()) tell({ object: null, deleted: false, events: [], status });
    if (!this.#closed) this.#options.onCrash?.(error);
  }

  #post(message: ToWorker<Connect>): void {
    if (!this.#closed && this.#crash === null) this.#port.post(message);
  }

  #ask(question: Question, { signal, transfer }: AskOptions = {}): Promise<unknown> {
    if (this.#crash !== null) return Promise.reject(this.#crash);
    if (this.#closed) return Promise.reject(new Cancelled("the engine was closed"));
    if (signal?.aborted) return Promise.reject(signal.reason);
    const call = ++this.#ids;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const onAbort = () => {
      this.#calls.delete(call);
      this.#post({ type: "abort", call });
      reject(signal!.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#calls.set(call, { resolve, reject });
    this.#port.post({ type: "ask", call, question }, transfer);
    return promise.finally(() => signal?.removeEventListener("abort", onAbort));
  }

  #take(message: FromWorker): void {
    if (this.#closed && !["closed", "crashed", "log"].includes(message.type)) return;
    switch (message.type) {
      case "ready":
        return this.#ready.resolve(message.target);
      case "refused":
        return this.#ready.reject(fromWire(message.error));
      case "update":
        return this.#views.get(message.id)?.onUpdate(message.update);
      case "object":
        return this.#objects.get(message.id)?.(message.update);
      case "found":
        return this.#searches.get(message.id)?.(message.update);
      case "status":
        this.#status = message.status;
        return this.#statusListeners.forEach((listener) => listener(message.status));
      case "discovered":
        this.#discovered = message.discovered;
        return this.#discoveredListeners.forEach((listener) => listener(message.discovered));
      case "answer":
        return this.#settle(message.call)?.resolve(message.value);
      case "error":
        return this.#settle(message.call)?.reject(fromWire(message.error));
      case "log":
        return this.#options.log?.(message.line);
      case "crashed":
        return this.crashed(crashError(fromWire(message.error)));
      case "closed":
        return this.#gone.resolve();
    }
  }

  #settle(call: number): Call | undefined {
    const found = this.#calls.get(call);
    this.#calls.delete(call);
    return found;
  }

  #tellCrashed(id: number): void {
    const view = this.#views.get(id);
    view?.onUpdate({
      epoch: Number.MAX_SAFE_INTEGER,
      generation: view.generation,
      from: 0,
      length: 0,
      total: 0,
      matched: 0,
      changed: [],
      status: crashStatus(toWire(this.#crash)),
    });
  }
}

function crashError(cause: Error): Error {
  const error = new Error(`The engine's Worker crashed: ${cause.message}`, { cause });
  if (cause.stack !== undefined) error.stack = cause.stack;
  return error;
}

function crashedSearch(error: Error): SearchUpdate {
  return {
    generation: Number.MAX_SAFE_INTEGER,
    hits: [],
    matched: 0,
    atLeast: false,
    indexed: 0,
    kinds: [],
    problem: null,
    notes: [error.message],
    tookMs: 0,
  };
}

function crashStatus(error: WireError): FeedStatus {
  return { phase: "failed", loaded: 0, expected: null, freshMs: 0, retryMs: null, error, dropped: 0 };
}
