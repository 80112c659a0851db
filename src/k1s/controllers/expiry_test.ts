import assert from "node:assert/strict";
import { MERGE } from "../../../tests/support/api_rig.ts";
import { withServer } from "../../../tests/support/cluster_rig.ts";

Deno.test("leases of API servers go when they have run out, those of others stay", () =>
  withServer(async (server, clock) => {
    const path = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
    const lease = (name: string, labels: object, renewTime?: string) => ({
      metadata: { name, labels },
      spec: { holderIdentity: name, leaseDurationSeconds: 60, ...(renewTime ? { renewTime } : {}) },
    });
    const identity = { "apiserver.kubernetes.io/identity": "kube-apiserver" };
    const renewed = new Date(clock.now()).toISOString().replace("Z", "000Z");
    await server.ok(`POST ${path}`, lease("lives", identity, renewed));
    await server.ok(`POST ${path}`, lease("never", identity));
    await server.ok(`POST ${path}`, lease("leader", {}, renewed));
    await server.api.registry.sweep();
    assert.deepEqual(await server.names(path), ["leader", "lives"]);
    await clock.advance(61_000);
    await server.api.registry.sweep();
    assert.deepEqual(await server.names(path), ["leader"]);
  }));

Deno.test("an Event goes an hour after its last write", () =>
  withServer(async (server, clock) => {
    const path = "/api/v1/namespaces/default/events";
    const event = (name: string) => ({
      metadata: { name },
      involvedObject: { kind: "Pod", name: "p", namespace: "default" },
      reason: "Seen",
      message: "m",
      type: "Normal",
    });
    await server.ok(`POST ${path}`, event("once"));
    await server.ok(`POST ${path}`, event("again"));
    await clock.advance(30 * 60_000);
    await server.ok(`PATCH ${path}/again`, { count: 2 }, MERGE);
    await server.store.maintain();
    assert.equal((await server.names(path)).length, 2);
    await clock.advance(30 * 60_000);
    await server.store.maintain();
    assert.deepEqual(await server.names(path), ["again"]);
    await clock.advance(31 * 60_000);
    await server.store.maintain();
    assert.deepEqual(await server.names(path), []);
  }));
