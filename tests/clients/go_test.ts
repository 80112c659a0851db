/** Programs of client-go and controller-runtime, unmodified, on the embedded server. */
import assert from "node:assert/strict";
import type { K1sServer } from "../support/k1s_server.ts";
import { LineProgram, programTest, Requests } from "./client_programs.ts";

const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
const CUPS = "/apis/clients.orka.dev/v1/namespaces/default/cups";

const configMap = (name: string) => ({ metadata: { name }, data: { a: "1" } });

interface Held {
  readonly typed: Record<string, string>;
  readonly partial: Record<string, string>;
  readonly typedCounts: Record<string, number>;
  readonly partialCounts: Record<string, number>;
}

/** What the server has, by name to resourceVersion. */
async function served(requests: Requests): Promise<Record<string, string>> {
  const { items } = await requests.get(CONFIG_MAPS) as unknown as {
    items: { metadata: { name: string; resourceVersion: string } }[];
  };
  return Object.fromEntries(items.map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
}

const watches = ({ requests }: K1sServer) =>
  requests.filter(({ target }) => /configmaps\?.*watch=true/.test(target));

programTest(
  "client-go's informers, typed and metadata-only, follow, resync, and go on after a cut connection",
  "informers",
  async (path, server) => {
    const requests = new Requests(server);
    await requests.post(CONFIG_MAPS, configMap("before"));
    await using program = new LineProgram(path, [server.kubeconfig, "default"]);
    const held = async (command = "") => {
      if (command !== "") await program.say(command);
      const state: Held = JSON.parse(await program.next());
      assert.deepEqual(state.typed, await served(requests));
      assert.deepEqual(state.partial, state.typed);
      return state;
    };
    assert.deepEqual((await held()).typedCounts, { added: 2, updated: 0, resynced: 0, deleted: 0 });
    assert.ok(
      watches(server).every(({ target }) => target.includes("sendInitialEvents=true")),
      "lists by watching",
    );
    await requests.post(CONFIG_MAPS, configMap("after"));
    await held("until 3");
    await requests.patch(`${CONFIG_MAPS}/after`, { data: { a: "2" } });
    await held("value after a 2");
    await held("resynced");
    const before = watches(server).length;
    await server.reconnect();
    await requests.post(CONFIG_MAPS, configMap("cut"));
    await requests.delete(`${CONFIG_MAPS}/before`);
    await requests.post(CONFIG_MAPS, configMap("more"));
    const { typedCounts } = await held("until 4");
    assert.deepEqual([typedCounts.added, typedCounts.deleted], [5, 1]);
    const again = watches(server).slice(before);
    assert.ok(again.length >= 2, "both watch again");
    assert.ok(again.every(({ target }) => /resourceVersion=[1-9]/.test(target)), "from where they were");
  },
);

/** Waits for a line; lines before it are passed over. */
async function prints(program: LineProgram, wanted: string): Promise<void> {
  while (await program.next() !== wanted);
}

programTest(
  "a controller-runtime manager leads, reconciles a custom kind and its ConfigMap, finalizes, and hands over",
  "manager",
  async (path, server) => {
    const requests = new Requests(server);
    await requests.installCups();
    await using program = new LineProgram(path, [server.kubeconfig, "default"]);
    await prints(program, "leading");
    const leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases/cups";
    assert.ok((await requests.get(leases)).spec.holderIdentity);
    const writes = server.requests.filter(({ method, target }) => method === "POST" && /leases/.test(target));
    assert.equal(writes[0]?.contentType, "application/vnd.kubernetes.protobuf");
    const cup = {
      apiVersion: "clients.orka.dev/v1",
      kind: "Cup",
      metadata: { name: "red" },
      spec: { size: 2 },
    };
    await requests.post(CUPS, cup);
    await prints(program, "reconciled red 2");
    await requests.patch(`${CUPS}/red`, { spec: { size: 3 } });
    await prints(program, "reconciled red 3");
    const made = await requests.get(`${CONFIG_MAPS}/red`);
    assert.deepEqual([made.data, made.metadata.ownerReferences?.[0]?.kind], [{ size: "3" }, "Cup"]);
    const seen = await requests.get(`${CUPS}/red`);
    assert.deepEqual([seen.status, seen.metadata.finalizers], [{ size: 3 }, ["clients.orka.dev/tidy"]]);
    await requests.delete(`${CUPS}/red`);
    await prints(program, "finalized red");
    assert.equal((await requests.get(`${CUPS}/red`)).code, 404);
    assert.equal((await requests.get(`${CONFIG_MAPS}/red`)).code, 404, "its owner is gone");
    const events = await requests.get("/apis/events.k8s.io/v1/namespaces/default/events");
    assert.ok(events.items.some(({ reason }) => reason === "Filled"));
    assert.equal(await program.stop(), 0);
    assert.equal((await requests.get(leases)).spec.holderIdentity, "", "the lease is given back");
  },
);
