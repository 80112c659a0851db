/** The embedded API server on memory for tests, and requests in one line each. */
import { ManualClock } from "../../src/base/mod.ts";
import { at, textAt } from "../../src/k1s/codec/cells/read.ts";
import { ApiServer, type ApiServerOptions } from "../../src/k1s/http/handler.ts";
import { createMemoryStore } from "../../src/k1s/storage/mod.ts";
import type { KubeObject } from "../../src/kube/mod.ts";

export const MAPS = "/api/v1/namespaces/default/configmaps";
export const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
export const MERGE = { "content-type": "application/merge-patch+json" };

export const map = (name: string, data: Readonly<Record<string, string>> = { a: "1" }) => ({
  metadata: { name },
  data,
});

/** What a server answered, read to its end. */
export class Reply {
  #body: unknown;

  constructor(readonly status: number, readonly headers: Headers, readonly text: string) {}

  /** Of answers in JSON; undefined for plain text and for a watch's frames. */
  get body(): unknown {
    const isDocument = this.text.startsWith("{") && !this.text.includes("}\n{");
    return this.#body ??= isDocument ? JSON.parse(this.text) : undefined;
  }

  /** The body as the object that the test asked for. */
  get object(): KubeObject {
    return this.body as KubeObject;
  }

  /** Of a list. */
  get items(): readonly KubeObject[] {
    return this.at("items") as readonly KubeObject[];
  }

  /** Of a list's objects. */
  get names(): string[] {
    return this.items.map((item) => item.metadata.name);
  }

  /** Of a Status. */
  get message(): string {
    return this.textAt("message");
  }

  /**
   * The value in the body at a dotted path, or at a path of keys that may have dots themselves; undefined where there
   * is none. Numbers are places in lists.
   */
  at(path: string | readonly string[]): unknown {
    if (typeof path === "string") return at(this.body, path);
    return path.reduce(
      (value: unknown, key) => (value as Record<string, unknown> | undefined)?.[key],
      this.body,
    );
  }

  /** The same where a text is expected; empty for anything else. */
  textAt(path: string): string {
    return textAt(this.body, path);
  }

  /** The same where a list of objects is expected. */
  listAt(path: string | readonly string[]): readonly Readonly<Record<string, unknown>>[] {
    return this.at(path) as readonly Readonly<Record<string, unknown>>[];
  }
}

/** `requestOf("POST /api/v1/namespaces", body)`: text goes as it is, anything else as JSON. */
export function requestOf(
  line: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Request {
  const [method = "", path = ""] = line.split(" ");
  return new Request(`http://k1s${path}`, {
    method,
    headers: { ...body === undefined ? {} : { "content-type": "application/json" }, ...headers },
    body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** Sends to a server, as its administrator, what `requestOf` makes of the line. */
export async function sendTo(server: ApiServer, ...request: Parameters<typeof requestOf>): Promise<Reply> {
  const response = await server.handler(requestOf(...request));
  return new Reply(response.status, response.headers, await response.text());
}

export type Send = (...request: Parameters<typeof requestOf>) => Promise<Reply>;

export interface ApiRig {
  readonly send: Send;
  readonly server: ApiServer;
  readonly clock: ManualClock;
}

/** Runs a test on a server of its own. */
export async function withServer(
  run: (rig: ApiRig) => Promise<void>,
  options: Partial<ApiServerOptions> = {},
): Promise<void> {
  const clock = new ManualClock();
  const store = createMemoryStore({ clock, upkeepMs: 0 });
  const server = await ApiServer.open({
    storage: store.tenant("t"),
    clock,
    caCertificate: "PEM",
    ...options,
  });
  try {
    await run({ send: (...request) => sendTo(server, ...request), server, clock });
  } finally {
    await server.close();
    await store.close();
  }
}
