/** A recorded sequence of applies and other writes: every answer is the real server's, managedFields included. */
import assert from "node:assert/strict";
import recorded from "../../../fixtures/k1s/applies.json" with { type: "json" };
import { ApiServer } from "../http/handler.ts";
import { equal } from "../patch/mod.ts";
import { createMemoryStore } from "../storage/mod.ts";
import { isObject, type JsonObject, listOf, mapOf, metaOf } from "./object.ts";

interface Step {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body?: JsonObject;
  readonly status: number;
  readonly answer: JsonObject;
}

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

function comparable(answer: JsonObject): JsonObject {
  const object = structuredClone(answer);
  const meta = metaOf(object);
  for (const field of ["uid", "resourceVersion", "creationTimestamp"]) delete meta[field];
  for (const entry of listOf(meta, "managedFields").filter(isObject)) delete entry.time;
  delete mapOf(object, "details")?.uid;
  return object;
}

Deno.test("applies, updates and conflicts are answered as by the real server", async () => {
  const store = createMemoryStore({ upkeepMs: 0 });
  const server = await ApiServer.open({ storage: store.tenant("t") });
  const send = (method: string, path: string, { type, body }: { type: string; body: unknown }) =>
    server.handler(
      new Request(`http://k1s${path}`, {
        method,
        headers: { "content-type": type, "user-agent": "mytool/1" },
        body: body === undefined ? null : JSON.stringify(body),
      }),
    );
  const namespace = { type: "application/json", body: { metadata: { name: "registry" } } };
  await (await send("POST", "/api/v1/namespaces", namespace)).body?.cancel();
  try {
    for (const { method, path, type, body, status, answer } of recorded as unknown as Step[]) {
      const response = await send(method, path, { type, body });
      const [ours, real] = [comparable(await response.json()), comparable(answer)];
      assert.equal(response.status, status, `${method} ${path}: ${JSON.stringify(ours)}`);
      if (!equal(ours, real)) assert.deepEqual(ours, real, `${method} ${path}`);
    }
  } finally {
    await server.close();
    await store.close();
  }
});

Deno.test("a missing object is created by an apply, once; times move only with a change", async () => {
  const store = createMemoryStore({ upkeepMs: 0 });
  const server = await ApiServer.open({ storage: store.tenant("t") });
  const apply = async () => {
    const response = await server.handler(
      new Request("http://k1s/api/v1/namespaces/default/configmaps/a?fieldManager=me", {
        method: "PATCH",
        headers: { "content-type": "application/apply-patch+yaml" },
        body: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n",
      }),
    );
    return { status: response.status, body: await response.json() };
  };
  const [first, second] = [await apply(), await apply()];
  await server.close();
  await store.close();
  assert.deepEqual([first.status, second.status], [201, 200]);
  assert.deepEqual(second.body, first.body);
});

Deno.test("an apply that takes over defaulted fields wants nothing new", async () => {
  const store = createMemoryStore({ upkeepMs: 0 });
  const server = await ApiServer.open({ storage: store.tenant("t") });
  const path = "/apis/apps/v1/namespaces/default/deployments";
  const send = async (method: string, at: string, { type, body }: { type: string; body: unknown }) => {
    const headers = { "content-type": type };
    const response = await server.handler(
      new Request(`http://k1s${at}`, { method, headers, body: JSON.stringify(body) }),
    );
    return await response.json();
  };
  const web = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      selector: { matchLabels: { a: "b" } },
      template: { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "nginx:1" }] } },
    },
  };
  const noted = { ...web, metadata: { name: "web", annotations: { [LAST_APPLIED]: "{}" } } };
  const full = await send("POST", `${path}?fieldManager=kubectl`, { type: "application/json", body: noted });
  const { managedFields: _managed, uid: _uid, resourceVersion: _version, ...metadata } = full.metadata;
  const type = "application/apply-patch+yaml";
  await send("PATCH", `${path}/web?fieldManager=me&force=true`, { type, body: { ...full, metadata } });
  const again = await send("PATCH", `${path}/web?fieldManager=me&force=true`, { type, body: noted });
  const byKubectl = await send("PATCH", `${path}/web?fieldManager=kubectl&force=true`, { type, body: web });
  await server.close();
  await store.close();
  assert.equal(again.metadata.generation, 1);
  assert.deepEqual(again.spec, full.spec);
  // kubectl's note follows what it applies, and a deployment's annotations count as wanted
  assert.match(
    byKubectl.metadata.annotations[LAST_APPLIED],
    /^\{"apiVersion":"apps\/v1","kind":"Deployment",.*\}\n$/,
  );
  assert.equal(byKubectl.metadata.generation, 2);
});
