/** API servers on one store, as processes of their own would be, and requests in one line each. */
import { ManualClock } from "../../src/base/mod.ts";
import type { Policy } from "../../src/k1s/controllers/policy_index.ts";
import { ApiServer } from "../../src/k1s/http/handler.ts";
import { createMemoryStore, openSqliteStore, type Store } from "../../src/k1s/storage/mod.ts";
import type { KubeObject } from "../../src/kube/mod.ts";
import { type Send, sendTo } from "./api_rig.ts";

export class Server {
  constructor(readonly api: ApiServer, readonly store: Store) {}

  readonly send: Send = (...request) => sendTo(this.api, ...request);

  /** Sends what must succeed; the object, or list, that it answers. */
  async ok(...request: Parameters<Send>): Promise<KubeObject> {
    const reply = await this.send(...request);
    if (reply.status >= 300) throw new Error(`${request[0]}: ${reply.status} ${reply.text}`);
    return reply.object;
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
    return (await this.send(`GET ${path}`)).names;
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
