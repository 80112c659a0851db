/** What a deletion takes along, and what holds it up. */
import assert from "node:assert/strict";
import { map, MAPS, MERGE, withServer } from "../../../tests/support/api_rig.ts";

Deno.test("a finalizer holds an object until it is taken off", () =>
  withServer(async ({ send }) => {
    await send(`POST ${MAPS}`, { metadata: { name: "a", finalizers: ["ex.dev/hold"] } });
    const ending = await send(`DELETE ${MAPS}/a`);
    assert.ok(ending.at("metadata.deletionTimestamp"));
    assert.equal(ending.at("kind"), "ConfigMap");
    const more = { metadata: { finalizers: ["ex.dev/hold", "ex.dev/other"] } };
    assert.equal((await send(`PATCH ${MAPS}/a`, more, MERGE)).status, 422);
    assert.equal((await send(`PATCH ${MAPS}/a`, { metadata: { finalizers: null } }, MERGE)).status, 200);
    assert.equal((await send(`GET ${MAPS}/a`)).status, 404);
  }));

Deno.test("deleting a namespace deletes what is in it, and nothing new comes in meanwhile", () =>
  withServer(async ({ send }) => {
    await send("POST /api/v1/namespaces", { metadata: { name: "demo" } });
    await send("POST /api/v1/namespaces/demo/configmaps", {
      metadata: { name: "held", finalizers: ["ex.dev/hold"] },
    });
    await send("POST /api/v1/namespaces/demo/configmaps", map("free"));
    assert.equal((await send("DELETE /api/v1/namespaces/demo")).at("status.phase"), "Terminating");
    assert.equal((await send("GET /api/v1/namespaces/demo/configmaps/free")).status, 404);
    const late = await send("POST /api/v1/namespaces/demo/configmaps", map("late"));
    assert.equal(late.status, 403);
    assert.equal(late.at("details.causes.0.reason"), "NamespaceTerminating");
    await send("PATCH /api/v1/namespaces/demo/configmaps/held", { metadata: { finalizers: null } }, MERGE);
    assert.equal((await send("GET /api/v1/namespaces/demo")).status, 404);
  }));

Deno.test("owned objects go with their owner, stay as orphans, or go first", () =>
  withServer(async ({ send }) => {
    const owned = async (name: string, owner: string) => {
      const { uid } = (await send(`POST ${MAPS}`, map(owner))).object.metadata;
      const reference = { apiVersion: "v1", kind: "ConfigMap", name: owner, uid, blockOwnerDeletion: true };
      await send(`POST ${MAPS}`, { metadata: { name, ownerReferences: [reference] } });
    };
    await owned("c1", "o1");
    await send(`DELETE ${MAPS}/o1`);
    assert.equal((await send(`GET ${MAPS}/c1`)).status, 404);
    await owned("c2", "o2");
    await send(`DELETE ${MAPS}/o2?propagationPolicy=Orphan`);
    assert.equal((await send(`GET ${MAPS}/o2`)).status, 404);
    assert.equal((await send(`GET ${MAPS}/c2`)).at("metadata.ownerReferences"), undefined);
    await owned("c3", "o3");
    await send(`PATCH ${MAPS}/c3`, { metadata: { finalizers: ["ex.dev/hold"] } }, MERGE);
    await send(`DELETE ${MAPS}/o3?propagationPolicy=Foreground`);
    assert.equal((await send(`GET ${MAPS}/o3`)).status, 200);
    await send(`PATCH ${MAPS}/c3`, { metadata: { finalizers: null } }, MERGE);
    assert.equal((await send(`GET ${MAPS}/o3`)).status, 404);
  }));
