/** What can go wrong with a test server, when a test says so. */
import { type Clock, systemClock } from "../../src/base/mod.ts";
import type { Status } from "../../src/kube/mod.ts";

/** Which requests a fault hits: `path` as a part of the path with its query, or a pattern. All when empty. */
export interface FaultMatch {
  readonly path?: string | RegExp;
  /** True: only watches. False: only others. */
  readonly watch?: boolean;
  /** How many requests; 1 unless given, Infinity for all. */
  readonly times?: number;
}

export interface FailFault extends FaultMatch {
  /** 500 unless given. */
  readonly status?: number;
  /** Fields of the Status that is sent, or a body that is none. */
  readonly body?: Partial<Status> | string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Effect =
  | {
    readonly type: "fail";
    readonly status: number;
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
  }
  | { readonly type: "delay"; readonly ms: number }
  | { readonly type: "stall" }
  | { readonly type: "refuse" };

interface Fault {
  readonly match: FaultMatch;
  readonly effect: Effect;
  left: number;
}

export class Faults implements Disposable {
  readonly #clock: Clock;
  #faults: Fault[] = [];

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Answers with a Status (or any body) in place of the real answer. */
  fail({ status = 500, body = {}, headers = {}, ...match }: FailFault): Disposable {
    const text = typeof body === "string" ? body : JSON.stringify(statusBody(status, body));
    return this.#add(match, { type: "fail", status, body: text, headers });
  }

  /** 403 for everything that matches, until disposed. */
  forbid(path: string | RegExp, message = "forbidden by the test"): Disposable {
    return this.fail({ path, status: 403, times: Infinity, body: { reason: "Forbidden", message } });
  }

  /** Answers later, by the clock; another fault made after it may be the answer. */
  delay(ms: number, match: FaultMatch = {}): Disposable {
    return this.#add(match, { type: "delay", ms });
  }

  /** Never answers; only the caller's signal ends it. */
  stall(match: FaultMatch = {}): Disposable {
    return this.#add(match, { type: "stall" });
  }

  /** Throws as fetch does when nothing listens. */
  refuse(match: FaultMatch = {}): Disposable {
    return this.#add(match, { type: "refuse" });
  }

  clear(): void {
    this.#faults = [];
  }

  [Symbol.dispose](): void {
    this.clear();
  }

  /** The answer that a fault puts in place of the real one, or null. Rejects for refused and aborted ones. */
  async before(request: Request, path: string, watch: boolean, from = 0): Promise<Response | null> {
    const fault = this.#faults.find((f, at) => at >= from && f.left > 0 && matches(f.match, path, watch));
    if (!fault) return null;
    const next = this.#faults.indexOf(fault) + 1;
    fault.left--;
    const { effect } = fault;
    switch (effect.type) {
      case "fail": {
        const headers = { "content-type": "application/json", ...effect.headers };
        return new Response(effect.body, { status: effect.status, headers });
      }
      case "delay":
        await this.#clock.sleep(effect.ms, { signal: request.signal });
        return await this.before(request, path, watch, next);
      case "stall":
        return await aborted(request.signal);
      case "refuse":
        throw new TypeError(
          `error sending request for url (${request.url}): client error (Connect): tcp connect error: Connection refused (os error 111)`,
        );
    }
  }

  #add(match: FaultMatch, effect: Effect): Disposable {
    const fault: Fault = { match, effect, left: match.times ?? 1 };
    this.#faults.push(fault);
    return { [Symbol.dispose]: () => this.#faults = this.#faults.filter((f) => f !== fault) };
  }
}

function matches(match: FaultMatch, path: string, watch: boolean): boolean {
  if (match.watch !== undefined && match.watch !== watch) return false;
  if (match.path === undefined) return true;
  return typeof match.path === "string" ? path.includes(match.path) : match.path.test(path);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

const REASONS: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  406: "NotAcceptable",
  409: "Conflict",
  410: "Expired",
  422: "Invalid",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};

/** A Status of failure as an API server sends it. */
export function statusBody(code: number, fields: Partial<Status> = {}): Status & Record<string, unknown> {
  const reason = REASONS[code];
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: fields.reason ?? reason ?? `status ${code}`,
    ...(reason === undefined ? {} : { reason }),
    ...fields,
    code,
  };
}

export function statusResponse(code: number, fields: Partial<Status> = {}): Response {
  return Response.json(statusBody(code, fields), { status: code });
}
