/** What services are given by creations and updates, and give back. */
import assert from "node:assert/strict";
import { ApiServer } from "../http/handler.ts";
import type { JsonObject } from "../registry/object.ts";
import { createMemoryStore } from "../storage/mod.ts";

const SERVICES = "/api/v1/namespaces/default/services";

interface Port {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly nodePort?: number;
}

interface Service {
  readonly kind: string;
  readonly message?: string;
  readonly spec: {
    readonly clusterIP?: string;
    readonly sessionAffinityConfig?: JsonObject;
    readonly ports: readonly Port[];
  };
}

class Rig {
  private constructor(readonly server: ApiServer, readonly close: () => Promise<void>) {}

  static async open(): Promise<Rig> {
    const store = createMemoryStore({ upkeepMs: 0 });
    const server = await ApiServer.open({ storage: store.tenant("t") });
    return new Rig(server, async () => {
      await server.close();
      await store.close();
    });
  }

  async send(method: string, path: string, body: unknown = {}): Promise<Service> {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const init = { method, headers: { "content-type": type }, body: JSON.stringify(body) };
    return await (await this.server.handler(new Request(`http://k1s${SERVICES}${path}`, init))).json();
  }

  create(name: string, spec: JsonObject): Promise<Service> {
    return this.send("POST", "", { metadata: { name }, spec });
  }

  change(name: string, spec: JsonObject, query = ""): Promise<Service> {
    return this.send("PATCH", `/${name}${query}`, { spec });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function numbers({ spec, message = "" }: Service): number[] {
  assert.ok(spec, String(message));
  return spec.ports.map((port) => port.nodePort ?? 0);
}

const isGiven = (port: number | undefined) => port !== undefined && port >= 30_000 && port <= 32_767;

Deno.test("a port that an update adds gets its node port, and the others keep theirs", async () => {
  await using rig = await Rig.open();
  const made = await rig.create("web", { type: "NodePort", ports: [{ name: "a", port: 80 }] });
  const ports = [{ name: "a", port: 80 }, { name: "b", port: 81 }];
  const changed = numbers(await rig.change("web", { ports }));
  assert.equal(changed[0], numbers(made)[0]);
  assert.ok(isGiven(changed[1]) && changed[1] !== changed[0], String(changed));
});

Deno.test("a changed type takes an address and node ports, and gives them back", async () => {
  await using rig = await Rig.open();
  await rig.create("web", { type: "ExternalName", externalName: "x.example", ports: [{ port: 80 }] });
  const opened = await rig.change("web", {
    type: "NodePort",
    externalName: null,
    ports: [{ port: 80, nodePort: 30_123 }],
  });
  assert.match(String(opened.spec.clusterIP), /^10\.96\./);
  assert.deepEqual(numbers(opened), [30_123]);
  const taken = await rig.create("other", { type: "NodePort", ports: [{ port: 80, nodePort: 30_123 }] });
  assert.match(String(taken.message), /spec\.ports\[0\]\.nodePort: .*: provided port is already allocated$/);
  assert.deepEqual(numbers(await rig.change("web", { type: "ClusterIP" })), [0]);
  assert.deepEqual(
    numbers(await rig.create("other", { type: "NodePort", ports: [{ port: 80, nodePort: 30_123 }] })),
    [
      30_123,
    ],
  );
});

Deno.test("an update that is refused, or a dry run, takes nothing", async () => {
  await using rig = await Rig.open();
  await rig.create("web", { type: "NodePort", ports: [{ name: "a", port: 80 }] });
  const ports = [{ name: "a", port: 80 }, { name: "b", port: 81, nodePort: 30_124 }];
  const refused = await rig.change("web", { ports, sessionAffinity: "Never" });
  assert.match(String(refused.message), /spec\.sessionAffinity: Unsupported value/);
  assert.equal((await rig.change("web", { ports }, "?dryRun=All")).kind, "Service");
  assert.deepEqual(
    numbers(await rig.create("other", { type: "NodePort", ports: [{ port: 80, nodePort: 30_124 }] })),
    [
      30_124,
    ],
  );
});

Deno.test("two protocols of a new service's port have one node port", async () => {
  await using rig = await Rig.open();
  const ports = [{ name: "t", port: 53 }, { name: "u", port: 53, protocol: "UDP" }];
  const [first, second] = numbers(await rig.create("dns", { type: "NodePort", ports }));
  assert.ok(isGiven(first));
  assert.equal(first, second);
});

Deno.test("a node port outside the range is refused, and one of an address outside the network", async () => {
  await using rig = await Rig.open();
  const low = await rig.create("web", { type: "NodePort", ports: [{ port: 80, nodePort: 80 }] });
  assert.match(
    String(low.message),
    /provided port is not in the valid range\. The range of valid ports is 30000-32767$/,
  );
  const far = await rig.create("web", { clusterIP: "1.2.3.4", ports: [{ port: 80 }] });
  assert.match(String(far.message), /the provided network does not match the current range$/);
});

Deno.test("session affinity of none takes its settings with it", async () => {
  await using rig = await Rig.open();
  const made = await rig.create("web", { sessionAffinity: "ClientIP", ports: [{ port: 80 }] });
  assert.deepEqual(made.spec.sessionAffinityConfig, { clientIP: { timeoutSeconds: 10_800 } });
  assert.equal((await rig.change("web", { sessionAffinity: "None" })).spec.sessionAffinityConfig, undefined);
});
