import assert from "node:assert/strict";
import type { KubeObject } from "../../kube/mod.ts";
import { MAPS, MERGE } from "../../../tests/support/api_rig.ts";
import { type Server, withServer, withServers } from "../../../tests/support/cluster_rig.ts";

const SECRETS = "/api/v1/namespaces/default/secrets";

function ownerOf(object: KubeObject, options: object = {}) {
  return {
    apiVersion: "v1",
    kind: object.kind,
    name: object.metadata.name,
    uid: object.metadata.uid,
    ...options,
  };
}

function make(server: Server, path: string, name: string, owners: object[] = [], meta: object = {}) {
  return server.ok(`POST ${path}`, { metadata: { name, ownerReferences: owners, ...meta } });
}

const gone = async (server: Server, path: string) => (await server.send(`GET ${path}`)).status === 404;

Deno.test("what another process made goes with its owner, whoever deletes that", () =>
  withServers(2, async ({ servers: [one, two] }) => {
    const owner = await make(one!, MAPS, "owner");
    const middle = await make(two!, SECRETS, "middle", [ownerOf(owner)]);
    await make(two!, MAPS, "leaf", [ownerOf(middle)]);
    await one!.ok(`DELETE ${MAPS}/owner`);
    assert.ok(await gone(one!, `${SECRETS}/middle`));
    assert.ok(await gone(two!, `${MAPS}/leaf`));
  }));

Deno.test("an object whose owner was never there goes, one whose owner's kind nobody serves stays", () =>
  withServer(async (server) => {
    const nobody = { apiVersion: "v1", kind: "ConfigMap", name: "nobody", uid: "u" };
    await make(server, SECRETS, "absent", [nobody]);
    await make(server, SECRETS, "unserved", [{ ...nobody, apiVersion: "no.such/v1" }]);
    await server.ok("POST /apis/rbac.authorization.k8s.io/v1/clusterroles", {
      metadata: { name: "wide", ownerReferences: [nobody] },
      rules: [],
    });
    assert.deepEqual(await server.names(SECRETS), ["unserved"]);
    assert.equal((await server.send("GET /apis/rbac.authorization.k8s.io/v1/clusterroles/wide")).status, 200);
  }));

Deno.test("an owner in another namespace owns nothing, and an Event tells of it", () =>
  withServer(async (server) => {
    await server.ok("POST /api/v1/namespaces", { metadata: { name: "other" } });
    const owner = await make(server, "/api/v1/namespaces/other/configmaps", "far");
    await make(server, SECRETS, "crossed", [ownerOf(owner)]);
    assert.deepEqual(await server.names(SECRETS), []);
    const [event] = (await server.send("GET /api/v1/namespaces/default/events")).items;
    assert.equal(event?.reason, "OwnerRefInvalidNamespace");
    assert.equal(
      event?.message,
      `ownerRef [v1/ConfigMap, namespace: default, name: far, uid: ${owner.metadata.uid}] does not exist in namespace "default"`,
    );
  }));

Deno.test("orphaned dependents lose the reference, those of other processes too", () =>
  withServers(2, async ({ servers: [one, two] }) => {
    const owner = await make(one!, MAPS, "owner");
    await make(two!, SECRETS, "left", [ownerOf(owner)]);
    await one!.ok(`DELETE ${MAPS}/owner`, { propagationPolicy: "Orphan" });
    assert.ok(await gone(two!, `${MAPS}/owner`));
    assert.equal((await two!.ok(`GET ${SECRETS}/left`)).metadata.ownerReferences, undefined);
  }));

Deno.test("a foreground owner waits for what blocks it, wherever that is let go", () =>
  withServers(2, async ({ servers: [one, two] }) => {
    const owner = await make(one!, MAPS, "owner");
    const blocking = [ownerOf(owner, { blockOwnerDeletion: true })];
    await make(two!, SECRETS, "held", blocking, { finalizers: ["ex.dev/held"] });
    await make(two!, SECRETS, "free", [ownerOf(owner)], { finalizers: ["ex.dev/held"] });
    const answer = await one!.ok(`DELETE ${MAPS}/owner`, { propagationPolicy: "Foreground" });
    assert.deepEqual(answer.metadata.finalizers, ["foregroundDeletion"]);
    assert.ok((await two!.ok(`GET ${SECRETS}/held`)).metadata.deletionTimestamp);
    await two!.ok(
      `PATCH ${SECRETS}/held`,
      { metadata: { finalizers: null } },
      MERGE,
    );
    assert.ok(await gone(one!, `${MAPS}/owner`), "free doesn't block");
    assert.equal((await two!.send(`GET ${SECRETS}/free`)).status, 200);
  }));

Deno.test("a dependent of two owners loses the one that goes", () =>
  withServer(async (server) => {
    const [a, b] = [await make(server, MAPS, "a"), await make(server, MAPS, "b")];
    await make(server, SECRETS, "shared", [ownerOf(a, { blockOwnerDeletion: true }), ownerOf(b)]);
    await server.ok(`DELETE ${MAPS}/a`, { propagationPolicy: "Foreground" });
    assert.ok(await gone(server, `${MAPS}/a`));
    const shared = await server.ok(`GET ${SECRETS}/shared`);
    assert.deepEqual(shared.metadata.ownerReferences, [ownerOf(b)]);
    await server.ok(`DELETE ${MAPS}/b`);
    assert.ok(await gone(server, `${SECRETS}/shared`));
  }));

Deno.test("objects that own each other go, in the foreground too", () =>
  withServer(async (server) => {
    const a = await make(server, MAPS, "a");
    const b = await make(server, MAPS, "b", [ownerOf(a, { blockOwnerDeletion: true })]);
    const circle = { metadata: { ownerReferences: [ownerOf(b, { blockOwnerDeletion: true })] } };
    await server.ok(`PATCH ${MAPS}/a`, circle, MERGE);
    await server.ok(`DELETE ${MAPS}/a`, { propagationPolicy: "Foreground" });
    assert.deepEqual(await server.names(MAPS), ["kube-root-ca.crt"]);
  }));

Deno.test("what a killed process left half done, the next one and the ones that live finish", () =>
  withServers(1, async ({ servers: [one], another }) => {
    const storage = one!.store.tenant("t");
    const owner = await make(one!, MAPS, "owner");
    await make(one!, SECRETS, "owned", [ownerOf(owner)]);
    // the store's write happened, what follows from it did not
    await storage.delete({ resource: "configmaps", namespace: "default", name: "owner" });
    assert.deepEqual(await one!.names(SECRETS), ["owned"]);
    const two = await another();
    assert.deepEqual(await two.names(SECRETS), []);

    const second = await make(one!, MAPS, "second");
    await make(one!, SECRETS, "owned", [ownerOf(second)]);
    await storage.delete({ resource: "configmaps", namespace: "default", name: "second" });
    await two.api.registry.sweep();
    assert.deepEqual(await one!.names(SECRETS), []);
  }));

Deno.test("a log that was compacted meanwhile is made up for", () =>
  withServers(2, async ({ servers: [one, two] }) => {
    const owner = await make(one!, MAPS, "owner");
    await make(two!, SECRETS, "owned", [ownerOf(owner)]);
    await two!.store.compact(await two!.store.currentRevision());
    await one!.ok(`DELETE ${MAPS}/owner`);
    assert.deepEqual(await two!.names(SECRETS), []);
  }));
