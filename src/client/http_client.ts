/** Client over anything Fetch-shaped: headers, credentials, time limits and the mapping of errors. */
import { parseJson } from "../kube/mod.ts";
import { Cancelled, type Clock, OrkaError, systemClock } from "../base/mod.ts";
import type { Client, Lane, RequestOptions, Target } from "./client.ts";
import type { Fetch } from "./fetch.ts";
import { networkError, responseError } from "./http_error.ts";

/** What gets a request to the server; lanes are its own business. */
export interface Transport {
  send(request: Request, lane: Lane): Promise<Response>;
  close(): void;
}

/** What proves who asks. */
export interface Credentials {
  /** Headers for the next request, e.g. `authorization`; may run an exec plugin. */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** The server answered 401: forget what is cached. False when asking again would change nothing. */
  refresh(): Promise<boolean>;
}

export interface HttpClientOptions {
  readonly target: Target;
  readonly transport: Transport;
  readonly credentials?: Credentials | null | undefined;
  /** Sent with every request, e.g. impersonation. Pairs, because Impersonate-Group repeats. */
  readonly headers?: readonly (readonly [string, string])[] | undefined;
  /** Default of `RequestOptions.timeoutMs`. */
  readonly timeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** As long as kubectl waits for a connection (Go's dialer). */
export const DEFAULT_TIMEOUT_MS = 30_000;

export class HttpClient implements Client {
  readonly target: Target;
  readonly #options: HttpClientOptions;
  readonly #origin: string;
  readonly #closing = new AbortController();

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.target = options.target;
    this.#origin = options.target.server.replace(/\/+$/, "");
  }

  async request(path: string, options: RequestOptions = {}): Promise<Response> {
    const { credentials } = this.#options;
    let response = await this.#send(path, options);
    if (response.status === 401 && credentials && await credentials.refresh()) {
      await response.body?.cancel();
      response = await this.#send(path, options);
    }
    const unchanged = response.status === 304 && options.headers?.["if-none-match"] !== undefined;
    if (response.ok || unchanged) return response;
    throw await responseError(response, { method: options.method, path });
  }

  async json(path: string, options: RequestOptions = {}): Promise<unknown> {
    const response = await this.request(path, options);
    const text = await response.text().catch((cause) => {
      options.signal?.throwIfAborted();
      throw networkError(cause, this.#origin);
    });
    try {
      return parseJson(text);
    } catch (cause) {
      throw new OrkaError("protocol", `the server's answer to ${path} is not JSON`, { cause });
    }
  }

  close(): void {
    this.#closing.abort(new Cancelled("the client was closed"));
    this.#options.transport.close();
  }

  async #send(path: string, options: RequestOptions): Promise<Response> {
    options.signal?.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    const { transport, timeoutMs: defaultMs = DEFAULT_TIMEOUT_MS, clock = systemClock } = this.#options;
    const limit = new AbortController();
    const timeoutMs = options.timeoutMs ?? defaultMs;
    using _timer = timeoutMs > 0 ? clock.timer(timeoutMs, () => limit.abort()) : null;
    const signals = [limit.signal, this.#closing.signal];
    if (options.signal) signals.push(options.signal);
    try {
      const request = new Request(this.#origin + path, {
        method: options.method ?? "GET",
        body: options.body ?? null,
        signal: AbortSignal.any(signals),
      });
      await this.#addHeaders(request.headers, options);
      return await transport.send(request, options.lane ?? "unary");
    } catch (error) {
      options.signal?.throwIfAborted();
      this.#closing.signal.throwIfAborted();
      if (limit.signal.aborted) throw this.#timeout(timeoutMs);
      throw networkError(error, this.#origin);
    }
  }

  /** Appended one by one: copied from another Headers, those that repeat would be joined into one. */
  async #addHeaders(headers: Headers, options: RequestOptions): Promise<void> {
    headers.set("accept", options.accept ?? "application/json");
    headers.set("user-agent", "orka");
    for (const [name, value] of this.#options.headers ?? []) headers.append(name, value);
    const proof = await this.#options.credentials?.headers();
    for (const [name, value] of Object.entries(proof ?? {})) headers.set(name, value);
    for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value);
  }

  #timeout(timeoutMs: number): OrkaError {
    const host = URL.parse(this.#origin)?.host ?? this.#origin;
    const message = `Unable to connect to the server ${host}: no answer within ${timeoutMs / 1000} s`;
    return new OrkaError("timeout", message, { hint: "--request-timeout sets another limit" });
  }
}

export interface CreateClientOptions {
  readonly fetch: Fetch;
  readonly target?: Partial<Target> | undefined;
  readonly timeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** A client of an in-process server: the embedded cluster, a test's fake. */
export function createClient({ fetch, target, timeoutMs, clock }: CreateClientOptions): Client {
  const whole: Target = {
    server: "http://in-process",
    context: "",
    cluster: "",
    user: "",
    namespace: "default",
    contexts: [],
    ...target,
  };
  return new HttpClient({ target: whole, transport: { send: fetch, close() {} }, timeoutMs, clock });
}
