/** Client over anything Fetch-shaped: headers, credentials, time limits and the mapping of errors. */
import { parseJson } from "../kube/mod.ts";
import { AbortScope, Cancelled, type Clock, OrkaError, systemClock } from "../base/mod.ts";
import { holdWhileOpen, readText } from "./byte_stream.ts";
import type { Client, Lane, OpenOptions, RequestOptions, Target } from "./client.ts";
import type { Fetch } from "./fetch.ts";
import { type Asked, networkError, responseError } from "./http_error.ts";
import type { MessageSocket } from "./websocket/message_socket.ts";
import { WriteGate } from "./write_gate.ts";

/** What gets a request to the server; lanes are its own business. */
export interface Transport {
  send(request: Request, lane: Lane): Promise<Response>;
  /** Upgrades to a message socket; `signal` ends it at any time. */
  open?(upgrade: Upgrade): Promise<MessageSocket>;
  close(): void;
}

/** A request for a message socket. */
export interface Upgrade {
  readonly url: URL;
  readonly headers: Headers;
  /** Those of `headers` that repeat. */
  readonly repeated: readonly (readonly [string, string])[];
  readonly protocols: readonly string[];
  /** Flags that say who asks, as `Asked.who`. */
  readonly who: readonly string[];
  /** Called before another method than GET is tried; throws OrkaError `read-only`. */
  readonly check: (method: string) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What proves who asks. */
export interface Credentials {
  /** Headers for the next request, e.g. `authorization`; may run an exec plugin. */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** The server answered 401: forget what is cached. False when asking again would change nothing. */
  refresh(): Promise<boolean>;
  /** The client was closed: what still runs is to end. */
  close?(): void;
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
  /** Closed unless given. */
  readonly writes?: WriteGate | undefined;
}

/** As long as kubectl waits for a connection (Go's dialer). */
const DEFAULT_TIMEOUT_MS = 30_000;

/** Milliseconds without a byte after which a body counts as lost; as a list's page. */
const BODY_IDLE_MS = 60_000;

/** An error's body is small, and the error tells enough without its end. */
const ERROR_IDLE_MS = 5_000;
const ERROR_BODY_BYTES = 64 * 1024;

interface Exchange {
  readonly response: Response;
  readonly scope: AbortScope;
}

export class HttpClient implements Client {
  readonly target: Target;
  readonly #options: HttpClientOptions;
  readonly #origin: string;
  readonly #writes: WriteGate;
  readonly #closing = new AbortController();

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#writes = options.writes ?? new WriteGate({ isOpen: false });
    this.target = options.target;
    this.#origin = options.target.server.replace(/\/+$/, "");
  }

  async request(path: string, options: RequestOptions = {}): Promise<Response> {
    const { response, scope } = await this.#exchange(path, options);
    holdWhileOpen(response, scope);
    return response;
  }

  async json(path: string, options: RequestOptions = {}): Promise<unknown> {
    const { response, scope } = await this.#exchange(path, options);
    using _scope = scope;
    const { clock } = this.#options;
    const text = await readText(response, { signal: scope.signal, idleMs: BODY_IDLE_MS, clock });
    try {
      return parseJson(text);
    } catch (cause) {
      throw new OrkaError("protocol", `the server's answer to ${path} is not JSON`, { cause });
    }
  }

  async open(path: string, { protocols, signal, timeoutMs }: OpenOptions): Promise<MessageSocket> {
    const check = (method: string) => this.#writes.check({ method, path });
    check("GET");
    const { transport, credentials, clock = systemClock, headers: repeated = [] } = this.#options;
    if (transport.open === undefined) {
      throw new OrkaError("server", "this server runs nothing in containers and forwards no ports");
    }
    // Until it is open the scope's time limit counts; from then on its signal alone ends the socket.
    const scope = new AbortScope([signal, this.#closing.signal]);
    try {
      using _limit = this.#limit({ timeoutMs }, scope);
      const open = async () => {
        const headers = new Headers();
        await scope.race(this.#addHeaders(headers, { accept: "*/*" }));
        const url = new URL(this.#origin + path);
        const who = this.#who();
        const asked = { url, headers, repeated, protocols, who, check };
        return await transport.open!({ ...asked, clock, signal: scope.signal });
      };
      try {
        return await open();
      } catch (error) {
        const isOld = error instanceof OrkaError && error.code === "unauthorized" && credentials;
        if (!isOld || !await this.#refreshed(credentials, { timeoutMs }, scope)) throw error;
        return await open();
      }
    } catch (error) {
      scope[Symbol.dispose]();
      scope.signal.throwIfAborted();
      throw networkError(error, this.#origin);
    }
  }

  close(): void {
    this.#closing.abort(new Cancelled("the client was closed"));
    this.#options.credentials?.close?.();
    this.#options.transport.close();
  }

  /** The answer, and what its body still hangs on. */
  async #exchange(path: string, options: RequestOptions): Promise<Exchange> {
    this.#writes.check({ method: options.method, path, body: options.body });
    const { credentials } = this.#options;
    const scope = new AbortScope([options.signal, this.#closing.signal]);
    try {
      let response = await this.#send(path, options, scope);
      if (response.status === 401 && credentials && await this.#refreshed(credentials, options, scope)) {
        void response.body?.cancel().catch(() => {});
        response = await this.#send(path, options, scope);
      }
      const unchanged = response.status === 304 && options.headers?.["if-none-match"] !== undefined;
      if (response.ok || unchanged) return { response, scope };
      throw await this.#refusal(response, { path }, scope);
    } catch (error) {
      scope[Symbol.dispose]();
      throw error;
    }
  }

  async #send(path: string, options: RequestOptions, scope: AbortScope): Promise<Response> {
    scope.signal.throwIfAborted();
    using _limit = this.#limit(options, scope);
    try {
      const request = new Request(this.#origin + path, {
        method: options.method ?? "GET",
        body: options.body ?? null,
        signal: scope.signal,
      });
      await scope.race(this.#addHeaders(request.headers, options));
      const answer = this.#options.transport.send(request, options.lane ?? "unary");
      return await scope.race(answer, (late) => void late.body?.cancel().catch(() => {}));
    } catch (error) {
      scope.signal.throwIfAborted();
      throw networkError(error, this.#origin);
    }
  }

  async #refreshed(
    credentials: Credentials,
    options: RequestOptions,
    scope: AbortScope,
  ): Promise<boolean> {
    using _limit = this.#limit(options, scope);
    return await scope.race(credentials.refresh());
  }

  #limit(options: RequestOptions, scope: AbortScope): Disposable | null {
    const { timeoutMs: defaultMs = DEFAULT_TIMEOUT_MS, clock = systemClock } = this.#options;
    const timeoutMs = options.timeoutMs ?? defaultMs;
    return timeoutMs > 0 ? clock.timer(timeoutMs, () => scope.abort(this.#timeout(timeoutMs))) : null;
  }

  /** A proxy's error page may never end: what came of it in time is enough. */
  async #refusal(response: Response, asked: Asked, { signal }: AbortScope): Promise<OrkaError> {
    const text = await readText(response, {
      signal,
      clock: this.#options.clock,
      idleMs: ERROR_IDLE_MS,
      maxBytes: ERROR_BODY_BYTES,
      partial: true,
    });
    return responseError(response, text, { ...asked, who: this.#who() });
  }

  /** How a command line asks as the same user. */
  #who(): readonly string[] {
    const { context } = this.target;
    const flags: Readonly<Record<string, string>> = {
      "impersonate-user": "--as",
      "impersonate-group": "--as-group",
      "impersonate-uid": "--as-uid",
    };
    const as = (this.#options.headers ?? []).flatMap(([name, value]) => {
      const flag = flags[name.toLowerCase()];
      return flag === undefined ? [] : [`${flag} ${value}`];
    });
    return [...(context === "" ? [] : [`--context ${context}`]), ...as];
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
  /** Exec, attach and port-forward; refused unless given. */
  readonly open?: Transport["open"] | undefined;
  readonly target?: Partial<Target> | undefined;
  readonly timeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
  /** Closed unless given. */
  readonly writes?: WriteGate | undefined;
}

/** A client of an in-process server: the embedded cluster, a test's fake. */
export function createClient({ fetch, open, target, timeoutMs, clock, writes }: CreateClientOptions): Client {
  const whole: Target = {
    server: "http://in-process",
    context: "",
    cluster: "",
    user: "",
    namespace: "default",
    contexts: [],
    ...target,
  };
  const transport: Transport = { send: fetch, ...(open === undefined ? {} : { open }), close() {} };
  return new HttpClient({ target: whole, transport, timeoutMs, clock, writes });
}
