/** `/metrics` of a session in the Prometheus text format, where ORKA_METRICS_ADDR asks for it. */
import { MetricSet, OrkaError } from "../base/mod.ts";
import type { Engine } from "../engine/mod.ts";

const STALE_EDITS = "apply_stale_blocked_total";

export interface MetricsAddress {
  readonly hostname: string;
  readonly port: number;
}

/** `host:port`, `[::1]:9090`, or `:9090` for this machine alone. Throws `usage` for what is none. */
export function metricsAddress(text: string): MetricsAddress {
  const [, bracketed, plain, digits] = /^(?:\[([\da-f:]+)\]|([^:[\]\s]*)):(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits ?? NaN);
  if (!(port <= 65_535)) {
    throw new OrkaError("usage", `ORKA_METRICS_ADDR must be host:port, not ${JSON.stringify(text)}`);
  }
  return { hostname: bracketed ?? (plain || "127.0.0.1"), port };
}

/** `http://127.0.0.1:9090/metrics`. */
export function metricsUrl({ hostname, port }: MetricsAddress): string {
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}/metrics`;
}

export class MetricsServer implements AsyncDisposable {
  /** Whose metrics are served: a session's engine changes with its context. */
  engine: Pick<Engine, "metrics"> | null = null;
  /** What the session counts beside its engine. */
  readonly #own = new MetricSet();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #end = new AbortController();

  /** Listens. Throws OrkaError `usage` for an address that is none, `io` for one that is taken. */
  constructor(address: string) {
    const { hostname, port } = metricsAddress(address);
    this.#own.count(STALE_EDITS, 0); // there from the start, so that a rate can be told
    try {
      const { signal } = this.#end;
      const options = { hostname, port, signal, onListen: () => {} };
      this.#server = Deno.serve(options, (request) => this.#answer(request));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new OrkaError("io", `ORKA_METRICS_ADDR=${address} can't be listened on: ${why}`);
    }
  }

  /** Port 0 in the address is a free one here. */
  get address(): MetricsAddress {
    const { hostname, port } = this.#server.addr;
    return { hostname, port };
  }

  /** An edit was not sent as it was agreed to, because its object had changed meanwhile. */
  countStaleEdit(): void {
    this.#own.count(STALE_EDITS);
  }

  async #answer(request: Request): Promise<Response> {
    if (new URL(request.url).pathname !== "/metrics") return new Response("see /metrics\n", { status: 404 });
    const values = {
      ...await this.engine?.metrics(),
      ...this.#own.snapshot(),
      process_resident_memory_bytes: Deno.memoryUsage().rss,
    };
    const lines = Object.entries(values).map(([name, value]) => `${name} ${value}\n`);
    return new Response(lines.join(""), { headers: { "content-type": "text/plain; version=0.0.4" } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort(); // at once: a scraper keeps its connection
    await this.#server.finished;
  }
}
