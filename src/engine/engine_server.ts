import { OrkaError, systemClock, toWire } from "../base/mod.ts";
import { joinedChunks } from "./joined_chunks.ts";
import type { Engine, SearchUpdate, SearchView, View } from "./protocol.ts";
import { serveSocket } from "./remote_socket.ts";
import type { FromWorker, PlainResponse, Port, Question, ToWorker } from "./wire.ts";

/**
 * Serves one engine over a port: the Worker's side of host.ts.
 *
 * 1. The first message is `connect`; it is answered by `ready` or `refused`.
 * 2. Messages are handled in order; what comes before `ready` waits for it.
 * 3. `shutdown` closes the engine and is answered by `closed`, after which nothing is posted.
 */
export function serveEngine<Connect>(
  port: Port<ToWorker<Connect>, FromWorker>,
  connect: (options: Connect) => Promise<Engine>,
): void {
  let engine: Promise<EngineServer> | null = null;
  port.listen((message) => {
    if (message.type === "connect") {
      engine = connect(message.options).then((made) => new EngineServer(port, made));
      engine.catch((error) => port.post({ type: "refused", error: toWire(error) }));
      return;
    }
    // Chained on one promise, so that order holds. A refused connection has been told.
    engine?.then((server) => server.handle(message), () => {
      if (message.type === "shutdown") port.post({ type: "closed" });
    });
  });
}

type Request = Exclude<ToWorker<unknown>, { type: "connect" }>;

class EngineServer {
  readonly #port: Pick<Port<never, FromWorker>, "post">;
  readonly #engine: Engine;
  readonly #views = new Map<number, View>();
  readonly #objects = new Map<number, Disposable>();
  readonly #searches = new Map<number, SearchView>();
  readonly #calls = new Map<number, AbortController>();
  #closed = false;

  constructor(port: Pick<Port<never, FromWorker>, "post">, engine: Engine) {
    this.#port = port;
    this.#engine = engine;
    this.#post({ type: "ready", target: engine.target });
    engine.onServerStatus((status) => this.#post({ type: "status", status }));
    engine.onDiscovered((discovered) => this.#post({ type: "discovered", discovered }));
  }

  handle(message: Request): void {
    if (this.#closed) return;
    switch (message.type) {
      case "view":
        return this.#openView(message);
      case "window":
        return void this.#views.get(message.id)?.setWindow(message.window);
      case "refresh":
        return this.#views.get(message.id)?.refresh();
      case "close":
        return this.#close(message.id);
      case "object":
        return this.#openObject(message);
      case "search":
        return this.#openSearch(message);
      case "query":
        return void this.#searches.get(message.id)?.setQuery(message.query);
      case "ask":
        return void this.#answer(message.call, message.question);
      case "abort":
        return this.#calls.get(message.call)?.abort();
      case "writes":
        return this.#engine.allowWrites(message.isAllowed);
      case "shutdown":
        return void this.#shutdown();
    }
  }

  #post(message: FromWorker): void {
    if (!this.#closed) this.#port.post(message);
  }

  #openView({ id, spec, window }: Extract<Request, { type: "view" }>): void {
    const view = this.#engine.openView(spec, window, (update) => this.#post({ type: "update", id, update }));
    this.#views.set(id, view);
  }

  #openObject({ id, ref, events }: Extract<Request, { type: "object" }>): void {
    const open = this.#engine.openObject(
      ref,
      { events },
      (update) => this.#post({ type: "object", id, update }),
    );
    this.#objects.set(id, open);
  }

  #openSearch({ id, query, options }: Extract<Request, { type: "search" }>): void {
    const post = (update: SearchUpdate) => this.#post({ type: "found", id, update });
    this.#searches.set(id, this.#engine.openSearch(query, options, post));
  }

  #close(id: number): void {
    this.#searches.get(id)?.close();
    this.#searches.delete(id);
    this.#views.get(id)?.close();
    this.#views.delete(id);
    this.#objects.get(id)?.[Symbol.dispose]();
    this.#objects.delete(id);
  }

  async #answer(call: number, question: Question): Promise<void> {
    const abort = new AbortController();
    this.#calls.set(call, abort);
    try {
      const { value, transfer } = await this.#ask(question, abort.signal);
      if (!this.#closed) this.#port.post({ type: "answer", call, value }, transfer);
    } catch (error) {
      this.#post({ type: "error", call, error: toWire(error) });
    } finally {
      this.#calls.delete(call);
    }
  }

  async #ask(question: Question, signal: AbortSignal): Promise<Answer> {
    switch (question.type) {
      case "rows": {
        const view = this.#views.get(question.id);
        if (!view) throw new OrkaError("protocol", "the view is closed");
        return { value: await view.rows(question.limit === null ? {} : { limit: question.limit }) };
      }
      case "read":
        return { value: await this.#engine.client.json(question.path, { ...question.options, signal }) };
      case "request":
        return await this.#request(question, signal);
      case "open":
        return { value: await this.#open(question, signal) };
      case "discover":
        return { value: await this.#engine.discover({ refresh: question.refresh }) };
      case "metrics":
        return { value: await this.#engine.metrics() };
    }
  }

  async #request(
    { path, options }: Extract<Question, { type: "request" }>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const response = await this.#engine.client.request(path, { ...options, signal });
    const body = response.body as PlainResponse["body"];
    const isEndless = options.lane === "watch" && body !== null;
    return plainAnswer(response, isEndless ? joinedChunks(body, systemClock) : body);
  }

  async #open(
    { path, options, port }: Extract<Question, { type: "open" }>,
    signal: AbortSignal,
  ): Promise<string> {
    try {
      const socket = await this.#engine.client.open(path, { ...options, signal });
      serveSocket(socket, port);
      return socket.protocol;
    } catch (error) {
      port.close();
      throw error;
    }
  }

  async #shutdown(): Promise<void> {
    await this.#engine[Symbol.asyncDispose]();
    this.#post({ type: "closed" });
    this.#closed = true;
  }
}

interface Answer {
  readonly value: unknown;
  readonly transfer?: Transferable[];
}

function plainAnswer({ status, headers }: Response, body: PlainResponse["body"]): Answer {
  const value: PlainResponse = { status, headers: [...headers], body };
  return body === null ? { value } : { value, transfer: [body as unknown as Transferable] };
}
