/** The embedded API server with a client of it, for tests of what changes things. */
import { type Clock, systemClock } from "../../src/base/mod.ts";
import { type Client, createClient, WriteGate } from "../../src/client/mod.ts";
import { ApiServer, createMemoryStore } from "../../src/k1s/mod.ts";
import { type KubeObject, resourcePath } from "../../src/kube/mod.ts";
import { resource } from "./resources.ts";

export interface Embedded extends AsyncDisposable {
  readonly server: ApiServer;
  /** Allowed to change things. */
  readonly client: Client;
  readonly writes: WriteGate;
  /** Of a kind that resources.ts knows; `default` unless the object says another namespace. */
  create(object: KubeObject): Promise<void>;
}

export async function openEmbedded(
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<Embedded> {
  const store = createMemoryStore({ clock, upkeepMs: 0 });
  const server = await ApiServer.open({ storage: store.tenant("default"), clock });
  const writes = new WriteGate({ isOpen: true });
  const client = createClient({ fetch: server.handler, clock, writes });
  return {
    server,
    client,
    writes,
    async create(object) {
      const namespace = object.metadata.namespace ?? "default";
      const path = resourcePath(resource(object.kind), { namespace });
      const headers = { "content-type": "application/json" };
      await client.json(path, { method: "POST", body: JSON.stringify(object), headers });
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await server.close();
      await store.close();
    },
  };
}
