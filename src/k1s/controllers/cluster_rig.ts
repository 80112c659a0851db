/** For tests: API servers on one store, as processes of their own would be, and requests in one line each. */
import { ManualClock } from "../../base/mod.ts";
import { ApiServer } from "../http/handler.ts";
import type { Policy } from "./policy_index.ts";
import { createMemoryStore, openSqliteStore, type Store } from "../storage/mod.ts";

// deno-lint-ignore no-explicit-any -- tests look into answers of every shape
export type Body = any;

export interface Reply {
  readonly status: number;
  readonly body: Body;
}

export class Server {
  constructor(readonly api: ApiServer, readonly store: Store) {}

  /** `send("POST /api/v1/namespaces", body)`. */
  async send(line: string, body?: unknown, contentType = "application/json"): Promise<Reply> {
    const [method = "", path = ""] = line.split(" ");
    const response = await this.api.handler(
      new Request(`http://k1s${path}`, {
        method,
        headers: body === undefined ? {} : { "content-type": contentType },
        body: body === undefined ? null : JSON.stringify(body),
      }),
    );
    return { status: response.status, body: JSON.parse(await response.text() || "null") };
  }

  /** Sends what must succeed; its body. */
  async ok(line: string, body?: unknown, contentType?: string): Promise<Body> {
    const reply = await this.send(line, body, contentType);
    if (reply.status >= 300) throw new Error(`${line}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  /** Resolves once it has heard of another process's quota, limit range or budget. */
  async knows(policy: Policy, namespace: string): Promise<void> {
    while (!this.api.registry.policies.mayHave(policy, namespace)) {
      await this.store.tenant("t").requestProgress(); // the poll is the manual clock's
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Names in a collection. */
  async names(path: string): Promise<string[]> {
    return (await this.ok(`GET ${path}`)).items.map((item: Body) => item.metadata.name);
  }

  async close(): Promise<void> {
    await this.api.close();
    await this.store.close();
  }
}

export interface Rig {
  readonly clock: ManualClock;
  readonly servers: readonly Server[];
  /** One more on the same store. */
  readonly another: () => Promise<Server>;
}

/** On memory. */
export async function withServer(run: (server: Server, clock: ManualClock) => Promise<void>): Promise<void> {
  const clock = new ManualClock();
  const store = createMemoryStore({ clock, upkeepMs: 0 });
  const api = await ApiServer.open({ storage: store.tenant("t"), clock, caCertificate: "PEM" });
  const server = new Server(api, store);
  try {
    await run(server, clock);
  } finally {
    await server.close();
  }
}

/** Several on one SQLite store, each with connections of its own. */
export async function withServers(count: number, run: (rig: Rig) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "orka-controllers-" });
  const clock = new ManualClock();
  const servers: Server[] = [];
  const another = async () => {
    const store = await openSqliteStore(directory, { clock, upkeepMs: 0, durability: "process" });
    const api = await ApiServer.open({ storage: store.tenant("t"), clock, caCertificate: "PEM" });
    const server = new Server(api, store);
    servers.push(server);
    return server;
  };
  try {
    for (let i = 0; i < count; i++) await another();
    await run({ clock, servers, another });
  } finally {
    for (const server of servers) await server.close();
    await Deno.remove(directory, { recursive: true });
  }
}
