/**
 * What keeps Orka from changing a cluster unasked. A client holds one gate, closed unless its maker opened it, and asks
 * it before every request: no verb and no pane can get past it by another path.
 */
import { OrkaError } from "../base/mod.ts";

/** What a request is, as far as the gate looks. */
export interface Asking {
  readonly method?: string | undefined;
  /** With its query. */
  readonly path: string;
  readonly body?: string | Uint8Array | undefined;
}

export class WriteGate {
  #isOpen: boolean;
  readonly #hint: string;

  /** `hint`: what a person does to open it. */
  constructor({ isOpen, hint = "--write allows changes" }: { isOpen: boolean; hint?: string | undefined }) {
    this.#isOpen = isOpen;
    this.#hint = hint;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): void {
    this.#isOpen = true;
  }

  close(): void {
    this.#isOpen = false;
  }

  /** Throws OrkaError `read-only` for a request that changes something while the gate is closed. */
  check(asking: Asking): void {
    if (this.#isOpen || !changesCluster(asking)) return;
    const method = (asking.method ?? "GET").toUpperCase();
    throw new OrkaError("read-only", `refused as read-only, and not sent: ${method} ${asking.path}`, {
      hint: this.#hint,
    });
  }
}

/** Questions that are asked by POST: they are answered, and nothing is kept. */
const REVIEWS =
  /^\/apis\/(authorization\.k8s\.io\/[^/]+\/(namespaces\/[^/]+\/)?(selfsubject|localsubject|subject)(access|rules)reviews|authentication\.k8s\.io\/[^/]+\/(selfsubject|token)reviews)$/;

/** Commands that run in a container: a GET by HTTP's word only. */
const COMMANDS = /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/(exec|attach)$/;

/**
 * Whether a request may change what the cluster holds or runs. Dry runs and access reviews do not. A forwarded port does
 * not either: what is sent through it is its user's own.
 */
export function changesCluster({ method = "GET", path, body }: Asking): boolean {
  const { pathname, searchParams } = new URL(path, "http://server");
  switch (method.toUpperCase()) {
    case "GET":
    case "HEAD":
    case "OPTIONS":
      return COMMANDS.test(pathname);
  }
  if (/^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/portforward$/.test(pathname)) return false;
  if (REVIEWS.test(pathname)) return false;
  if (COMMANDS.test(pathname) || PROXIES.test(pathname)) return true;
  if (searchParams.getAll("dryRun").join() !== "All") return true;
  // A server that finds options in the body of a DELETE does not look at the query.
  return method.toUpperCase() === "DELETE" && body !== undefined && body.length > 0 && !saysDryRun(body);
}

/** What a dry run means behind a proxy is not for the API server to say; a command knows none either. */
const PROXIES = /^\/api\/v1\/(namespaces\/[^/]+\/(pods|services)|nodes)\/[^/]+\/proxy(\/|$)/;

function saysDryRun(body: string | Uint8Array): boolean {
  try {
    const options = JSON.parse(typeof body === "string" ? body : new TextDecoder().decode(body));
    return Array.isArray(options?.dryRun) && options.dryRun.join() === "All";
  } catch {
    return false;
  }
}
