/** What writes make of an object: stamps, generations, conflicts, dry runs, and what subresources alone may write. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../kube/mod.ts";
import { map, MAPS, MERGE, withServer } from "../../../tests/support/api_rig.ts";

const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

const deployment = {
  metadata: { name: "web" },
  spec: {
    selector: { matchLabels: { a: "b" } },
    template: { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "nginx" }] } },
  },
};

Deno.test("what is created is stamped, and an unchanged write keeps its revision", () =>
  withServer(async ({ send }) => {
    const created = await send(`POST ${MAPS}`, map("a"));
    assert.equal(created.status, 201);
    const { metadata } = created.object;
    assert.match(metadata.uid!, /^[0-9a-f-]{36}$/);
    assert.equal(metadata.creationTimestamp, "2023-11-14T22:13:20Z");
    const again = await send(`PUT ${MAPS}/a`, { data: { a: "1" }, metadata: { name: "a" } });
    assert.equal(again.at("metadata.resourceVersion"), metadata.resourceVersion);
    const changed = await send(`PUT ${MAPS}/a`, map("a", { a: "2" }));
    assert.equal(Number(changed.at("metadata.resourceVersion")), Number(metadata.resourceVersion) + 1);
    assert.equal(changed.at("metadata.uid"), metadata.uid);
  }));

Deno.test("a dry run goes through everything but the store", () =>
  withServer(async ({ send }) => {
    assert.equal((await send(`POST ${MAPS}?dryRun=All`, map("dry"))).status, 201);
    assert.equal((await send(`GET ${MAPS}/dry`)).status, 404);
    await send(`POST ${MAPS}`, map("a"));
    assert.deepEqual((await send(`PUT ${MAPS}/a?dryRun=All`, map("a", { a: "9" }))).at("data"), { a: "9" });
    assert.deepEqual((await send(`GET ${MAPS}/a`)).at("data"), { a: "1" });
    assert.equal((await send(`DELETE ${MAPS}/a?dryRun=All`)).status, 200);
    assert.equal((await send(`GET ${MAPS}/a`)).status, 200);
  }));

Deno.test("a stale resourceVersion conflicts, in updates, patches and deletions", () =>
  withServer(async ({ send }) => {
    await send(`POST ${MAPS}`, map("a"));
    const stale = await send(`PUT ${MAPS}/a`, { metadata: { name: "a", resourceVersion: "1" } });
    assert.equal(stale.status, 409);
    assert.match(stale.message, /the object has been modified; please apply/);
    assert.equal((await send(`PATCH ${MAPS}/a`, { metadata: { resourceVersion: "1" } }, MERGE)).status, 409);
    const deletion = await send(`DELETE ${MAPS}/a`, { preconditions: { resourceVersion: "1" } });
    assert.equal(deletion.status, 409);
    assert.match(deletion.message, /the ResourceVersion in the precondition \(1\) does not match/);
    assert.equal((await send(`DELETE ${MAPS}/a`, { preconditions: { uid: "x" } })).status, 409);
  }));

Deno.test("generation counts changes of what is wanted; status is written on its own", () =>
  withServer(async ({ send }) => {
    const created = await send(`POST ${DEPLOYMENTS}`, { ...deployment, status: { replicas: 7 } });
    assert.deepEqual(created.at("status"), {});
    assert.equal(created.at("metadata.generation"), 1);
    assert.equal(created.at("spec.template.spec.containers.0.imagePullPolicy"), "Always");
    const labelled = await send(`PATCH ${DEPLOYMENTS}/web`, { metadata: { labels: { x: "y" } } }, MERGE);
    assert.equal(labelled.at("metadata.generation"), 1);
    const scaled = await send(`PATCH ${DEPLOYMENTS}/web/scale`, { spec: { replicas: 4 } }, MERGE);
    assert.deepEqual(scaled.at("spec"), { replicas: 4 });
    assert.equal((await send(`GET ${DEPLOYMENTS}/web`)).at("metadata.generation"), 2);
    const status = await send(
      `PATCH ${DEPLOYMENTS}/web/status`,
      { spec: { replicas: 9 }, status: { replicas: 3 } },
      MERGE,
    );
    assert.equal(status.at("spec.replicas"), 4);
    assert.equal(status.at("status.replicas"), 3);
    assert.equal(status.at("metadata.generation"), 2);
    const selector = { spec: { selector: { matchLabels: { a: "c" } } } };
    assert.equal((await send(`PATCH ${DEPLOYMENTS}/web`, selector, MERGE)).status, 422);
  }));

Deno.test("a pod is bound once, evicted, and ends with grace where it has a node", () =>
  withServer(async ({ send }) => {
    const pods = "/api/v1/namespaces/default/pods";
    const pod = { metadata: { name: "p" }, spec: { containers: [{ name: "c", image: "nginx" }] } };
    await send(`POST ${pods}`, pod);
    const binding = { metadata: { name: "p" }, target: { kind: "Node", name: "n" } };
    assert.equal((await send(`POST ${pods}/p/binding`, binding)).status, 201);
    const bound = await send(`GET ${pods}/p`);
    assert.equal(bound.at("spec.nodeName"), "n");
    assert.equal(bound.at("status.conditions.0.type"), "PodScheduled");
    assert.equal((await send("POST /api/v1/namespaces/default/bindings", binding)).status, 409);
    assert.equal((await send(`POST ${pods}/p/eviction`, { metadata: { name: "p" } })).status, 201);
    assert.equal((await send(`GET ${pods}/p`)).at("metadata.deletionGracePeriodSeconds"), 30);
    await send(`DELETE ${pods}/p`, { gracePeriodSeconds: 0 });
    assert.equal((await send(`GET ${pods}/p`)).status, 404);
  }));

Deno.test("an approval writes a request's conditions, and an update of it doesn't", () =>
  withServer(async ({ send }) => {
    const path = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    const request = btoa("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n");
    const spec = { request, signerName: "x.y/z", usages: ["digital signature"] };
    await send(`POST ${path}`, { metadata: { name: "r" }, spec });
    const status = { conditions: [{ type: "Approved", status: "True", reason: "R" }] };
    assert.deepEqual((await send(`PATCH ${path}/r`, { status }, MERGE)).at("status"), {});
    const approved = await send(`PATCH ${path}/r/approval`, { status }, MERGE);
    assert.equal(approved.at("status.conditions.0.type"), "Approved");
  }));

Deno.test("one empty entry strips an object of its owners, entries that are none change nothing", () =>
  withServer(async ({ send }) => {
    const managers = (object: KubeObject) =>
      (object.metadata.managedFields ?? []).map((entry) => (entry as { manager: string }).manager);
    const patch = (managedFields: unknown, manager: string) =>
      send(
        `PATCH ${MAPS}/a?fieldManager=${manager}`,
        { metadata: { managedFields }, data: { a: manager } },
        MERGE,
      );
    await send(`POST ${MAPS}?fieldManager=maker`, map("a"));
    assert.deepEqual(managers((await patch([{ operation: "X" }], "one")).object), ["maker", "one"]);
    assert.deepEqual(managers((await patch([{}], "two")).object), []);
  }));
