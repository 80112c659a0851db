/**
 * A Fetch before a server that does what servers and the ways to them do on bad days: refuses, stalls, cuts
 * streams, damages objects, or speaks as an older server does. It keeps a log of what was asked.
 *
 *     const front = new Front(server.handler);
 *     front.faults.refuse({ path: "/pods" });
 *     const client = createClient({ fetch: front.fetch });
 */
import { type Clock, systemClock } from "../../src/base/mod.ts";
import type { Fetch } from "../../src/client/mod.ts";
import { Faults, statusBody, statusResponse } from "./faults.ts";

export interface FrontOptions {
  /** Delays go by it. */
  readonly clock?: Clock;
  /** False: no Tables, as some aggregated servers; lists come as objects. */
  readonly tables?: boolean;
  /** Which aggregated discovery is spoken: v2 unless given, null for none. */
  readonly aggregated?: "v2" | "v2beta1" | null;
}

export interface LoggedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Headers;
}

export interface FrontListenOptions {
  /** Only this token is let in; all else is 401. */
  readonly token?: string;
  /** TLS: PEM of the server's certificate and key. */
  readonly cert?: string;
  readonly key?: string;
  /** A free one unless given. */
  readonly port?: number;
}

export class Front {
  readonly faults: Faults;
  /** Every request that came, faults included. */
  readonly requests: LoggedRequest[] = [];
  readonly #server: Fetch;
  readonly #options: FrontOptions;
  readonly #watches = new Set<HeldWatch>();
  readonly #damaged = new Map<string, string>();
  readonly #broken = new Set<string>();
  #isSilent = false;

  constructor(server: Fetch, options: FrontOptions = {}) {
    this.#server = server;
    this.#options = options;
    this.faults = new Faults(options.clock ?? systemClock);
  }

  readonly fetch: Fetch = async (request) => {
    const url = new URL(request.url);
    const path = url.pathname + url.search;
    this.requests.push({ method: request.method, path, headers: request.headers });
    request.signal.throwIfAborted();
    const isWatch = ["true", "1"].includes(url.searchParams.get("watch") ?? "");
    const fault = await this.faults.before(request, path, isWatch);
    if (fault !== null) return fault;
    const response = await this.#server(asOlder(request, this.#options));
    if (!response.ok || response.body === null) return response;
    if (isWatch) return this.#hold(response, request);
    if (this.#damaged.size > 0) return await rewritten(response, (text) => damage(text, this.#damaged));
    if (url.pathname === "/apis" && this.#broken.size > 0) {
      return await rewritten(response, (text) => withoutGroups(text, this.#broken));
    }
    return response;
  };

  /** Watches open now. */
  get watches(): number {
    return this.#watches.size;
  }

  /** The object of this name comes as this text: `null`, `{"metadata":7}`, `{"a":tru}`. */
  damage(name: string, json: string): void {
    this.#damaged.set(name, json);
  }

  /** The server behind this group version (`metrics.k8s.io/v1beta1`) does not answer, until mended. */
  breakGroup(groupVersion: string): Disposable {
    const fault = this.faults.fail({
      path: `/apis/${groupVersion}`,
      status: 503,
      times: Infinity,
      body: { message: "service unavailable" },
    });
    this.#broken.add(groupVersion);
    return {
      [Symbol.dispose]: () => {
        fault[Symbol.dispose]();
        this.#broken.delete(groupVersion);
      },
    };
  }

  /** Watches say nothing of themselves any more: as when the way to the server is gone without a word. */
  silence(): void {
    this.#isSilent = true;
  }

  /** A bookmark to every watch. */
  bookmark(resourceVersion: string): void {
    for (const watch of this.#watches) watch.bookmark(resourceVersion);
  }

  /** Ends every watch in order, as a server does when their time is over. */
  endWatches(): void {
    for (const watch of [...this.#watches]) watch.end();
  }

  /** Breaks every watch in the middle of a frame; `reset` errors the body instead of ending it. */
  cutWatches(options: { readonly reset?: boolean } = {}): void {
    for (const watch of [...this.#watches]) watch.cut(options.reset ?? false);
  }

  /** An ERROR frame to every watch: 410 unless given. */
  failWatches(code = 410, message = "too old resource version"): void {
    for (const watch of [...this.#watches]) watch.fail(code, message);
  }

  /** Any text as a line of every watch. */
  writeWatches(line: string): void {
    for (const watch of this.#watches) watch.line(line);
  }

  /** Serves on 127.0.0.1. */
  async listen(options: FrontListenOptions = {}): Promise<{ url: string; close(): Promise<void> }> {
    const { cert, key, token, port = 0 } = options;
    const closing = new AbortController();
    const handler = (request: Request): Promise<Response> | Response =>
      token === undefined || request.headers.get("authorization") === `Bearer ${token}`
        ? this.#overSocket(request, closing.signal)
        : statusResponse(401, { message: "Unauthorized" });
    const base = { hostname: "127.0.0.1", port, onListen() {} };
    const isTls = cert !== undefined && key !== undefined;
    const server = isTls ? Deno.serve({ ...base, cert, key }, handler) : Deno.serve(base, handler);
    const { port: bound } = server.addr as Deno.NetAddr;
    const close = async () => {
      this.endWatches();
      closing.abort();
      await server.shutdown();
    };
    return await Promise.resolve({ url: `${isTls ? "https" : "http"}://127.0.0.1:${bound}`, close });
  }

  /**
   * A refused connection cannot be told over one: the socket's client sees a 503. The request's own signal is left
   * alone, as Deno.serve aborts it after every good answer too.
   */
  async #overSocket(request: Request, signal: AbortSignal): Promise<Response> {
    const { url, method, headers } = request;
    const body = request.body === null ? null : await request.arrayBuffer();
    try {
      return await this.fetch(new Request(url, { method, headers, signal, body }));
    } catch (error) {
      return statusResponse(503, { message: error instanceof Error ? error.message : String(error) });
    }
  }

  #hold(response: Response, request: Request): Response {
    const watch = new HeldWatch(response.body!, {
      asTable: request.headers.get("accept")?.includes("as=Table") ?? false,
      change: (text) => this.#isSilent ? "" : this.#damaged.size > 0 ? damage(text, this.#damaged) : text,
      onEnd: () => void this.#watches.delete(watch),
    });
    this.#watches.add(watch);
    return new Response(watch.body, { headers: response.headers });
  }
}

interface HeldWatchOptions {
  readonly asTable: boolean;
  /** A line as it came to what is passed on; "" for nothing. */
  readonly change: (line: string) => string;
  readonly onEnd: () => void;
}

/** An open watch of the server: its lines go on to the client until something ends it. */
class HeldWatch {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #options: HeldWatchOptions;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null = null;
  #rest = "";

  constructor(source: ReadableStream<Uint8Array<ArrayBuffer>>, options: HeldWatchOptions) {
    this.#options = options;
    this.#lines = source.pipeThrough(new TextDecoderStream()).getReader();
    this.body = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      cancel: () => this.#release(),
    });
    void this.#pass();
  }

  bookmark(resourceVersion: string): void {
    const object = { metadata: { resourceVersion, creationTimestamp: null } };
    const table = { kind: "Table", apiVersion: "meta.k8s.io/v1", metadata: {}, columnDefinitions: null };
    const shown = this.#options.asTable ? { ...table, rows: [{ cells: [], object }] } : object;
    this.line(JSON.stringify({ type: "BOOKMARK", object: shown }));
  }

  /** An ERROR frame, after which a server ends the watch. */
  fail(code: number, message: string): void {
    this.line(JSON.stringify({ type: "ERROR", object: statusBody(code, { message }) }));
    this.end();
  }

  line(text: string): void {
    this.#write(`${text}\n`);
  }

  end(): void {
    this.#controller?.close();
    this.#release();
  }

  /** Half a frame, then the end; `reset` breaks the body instead of ending it. */
  cut(reset: boolean): void {
    this.#write('{"type":"MODIFIED","object":{"kind":"Pod","apiVe');
    if (!reset) return this.end();
    this.#error(new TypeError("error reading a body from connection"));
  }

  async #pass(): Promise<void> {
    try {
      for (;;) {
        const { value, done } = await this.#lines.read();
        if (this.#controller === null) return;
        if (done) return this.end();
        const lines = (this.#rest + value).split("\n");
        this.#rest = lines.pop()!;
        this.#write(
          lines.map(this.#options.change).filter((line) => line !== "").map((line) => `${line}\n`).join(""),
        );
      }
    } catch (error) {
      this.#error(error);
    }
  }

  #write(text: string): void {
    if (text !== "") this.#controller?.enqueue(this.#encoder.encode(text));
  }

  #error(error: unknown): void {
    this.#controller?.error(error);
    this.#release();
  }

  #release(): void {
    this.#controller = null;
    this.#lines.cancel().catch(() => {});
    this.#options.onEnd();
  }
}

/** What an older server would have understood of the request. */
function asOlder(request: Request, { tables = true, aggregated = "v2" }: FrontOptions): Request {
  if (tables && aggregated === "v2") return request;
  const understood = (media: string) =>
    media.includes("as=Table")
      ? tables
      : media.includes("as=APIGroupDiscoveryList")
      ? aggregated !== null && media.includes(`v=${aggregated};`)
      : true;
  const headers = new Headers(request.headers);
  const accept = (headers.get("accept") ?? "").split(",").filter(understood).join(",");
  headers.set("accept", accept || "application/json");
  return new Request(request, { headers });
}

async function rewritten(response: Response, rewrite: (text: string) => string): Promise<Response> {
  return new Response(rewrite(await response.text()), { headers: response.headers });
}

interface GroupVersions {
  readonly metadata: { readonly name?: string };
  readonly versions: readonly { readonly version: string }[];
}

/** Aggregated discovery as it is while the servers of these group versions don't answer. */
function withoutGroups(text: string, broken: ReadonlySet<string>): string {
  const document = JSON.parse(text);
  if (document.kind !== "APIGroupDiscoveryList") return text;
  const items = (document.items as GroupVersions[]).map((group) => ({
    ...group,
    versions: group.versions.map((found) =>
      broken.has(`${group.metadata.name}/${found.version}`)
        ? { version: found.version, resources: [], freshness: "Stale" }
        : found
    ),
  }));
  return JSON.stringify({ ...document, items });
}

/** The JSON text with the objects of these names as other texts. */
function damage(text: string, damaged: ReadonlyMap<string, string>): string {
  const value = JSON.parse(text, (_key, value) => {
    const name = value?.metadata?.name;
    return damaged.has(name) ? `@damaged ${name}@` : value;
  });
  return JSON.stringify(value).replace(/"@damaged (.*?)@"/g, (_, name) => damaged.get(name)!);
}
