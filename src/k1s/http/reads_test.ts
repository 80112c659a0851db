/** Lists and watches: pages, selectors, forms, revisions; what a new cluster holds. */
import assert from "node:assert/strict";
import { map, MAPS, MERGE, withServer } from "../../../tests/support/api_rig.ts";
import { type ApiServer } from "./handler.ts";

const TABLE = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };

Deno.test("a new cluster has its namespaces, their content, and the service", () =>
  withServer(async ({ send }) => {
    const names = (await send("GET /api/v1/namespaces")).names;
    assert.deepEqual(names, ["default", "kube-node-lease", "kube-public", "kube-system"]);
    assert.equal((await send("GET /api/v1/namespaces/kube-public/serviceaccounts/default")).status, 200);
    assert.deepEqual((await send(`GET ${MAPS}/kube-root-ca.crt`)).at("data"), { "ca.crt": "PEM" });
    assert.equal(
      (await send("GET /api/v1/namespaces/default/services/kubernetes")).at("spec.clusterIP"),
      "10.96.0.1",
    );
  }));

Deno.test("lists come in pages, by selectors, as Tables and as metadata", () =>
  withServer(async ({ send }) => {
    for (const name of ["a", "b", "c"]) {
      await send(`POST ${MAPS}`, { metadata: { name, labels: { app: name } } });
    }
    const first = await send(`GET ${MAPS}?limit=2`);
    assert.equal(first.at("metadata.remainingItemCount"), 2);
    await send(`DELETE ${MAPS}/c`);
    const second = await send(`GET ${MAPS}?limit=2&continue=${first.at("metadata.continue")}`);
    assert.deepEqual(second.names, ["c", "kube-root-ca.crt"]);
    assert.equal(second.at("metadata.resourceVersion"), first.at("metadata.resourceVersion"));
    const names = async (query: string) => (await send(`GET ${MAPS}?${query}`)).names;
    assert.deepEqual(await names("labelSelector=app+in+(a,b),app!%3Da"), ["b"]);
    assert.deepEqual(await names("fieldSelector=metadata.name%3Da"), ["a"]);
    const table = await send(`GET ${MAPS}/a`, undefined, TABLE);
    assert.deepEqual(table.at("rows.0.cells"), ["a", 0, "0s"]);
    assert.equal(table.at("rows.0.object.kind"), "PartialObjectMetadata");
    const partial = { accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io" };
    const list = await send(`GET ${MAPS}`, undefined, partial);
    assert.deepEqual(Object.keys(list.items[0]!), ["kind", "apiVersion", "metadata"]);
  }));

/** Frames of a watch, read until as many have come. */
async function frames(
  server: ApiServer,
  path: string,
  count: number,
  act?: () => Promise<unknown>,
): Promise<string[]> {
  const abort = new AbortController();
  const response = await server.handler(new Request(`http://k1s${path}`, { signal: abort.signal }));
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const acting = act?.();
  let text = "";
  while (text.split("\n").length <= count) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  await acting;
  await reader.cancel();
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const { type, object } = JSON.parse(line);
    return `${type} ${
      object.metadata?.name ?? object.metadata?.annotations?.["k8s.io/initial-events-end"] ?? object.message
    }`;
  });
}

Deno.test("an empty Table of a kind without columns of its own has null for rows", () =>
  withServer(async ({ send }) => {
    const rows = async (path: string) =>
      (await send(`GET ${path}?labelSelector=a%3Dnone`, undefined, TABLE)).at("rows");
    assert.equal(await rows("/apis/rbac.authorization.k8s.io/v1/clusterroles"), null);
    assert.deepEqual(await rows(MAPS), []);
  }));

Deno.test("a streaming list tells its end, and a selector's watch what comes and goes", () =>
  withServer(async ({ send, server }) => {
    await send(`POST ${MAPS}`, { metadata: { name: "a", labels: { on: "yes" } } });
    const query =
      "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
    const seen = await frames(server, `${MAPS}?${query}&labelSelector=on%3Dyes`, 5, async () => {
      await send(`POST ${MAPS}`, map("b"));
      await send(`PATCH ${MAPS}/b`, { metadata: { labels: { on: "yes" } } }, MERGE);
      await send(`PATCH ${MAPS}/b`, { data: { a: "2" } }, MERGE);
      await send(`PATCH ${MAPS}/b`, { metadata: { labels: { on: "no" } } }, MERGE);
    });
    assert.deepEqual(seen, ["ADDED a", "BOOKMARK true", "ADDED b", "MODIFIED b", "DELETED b"]);
  }));

Deno.test("a watch ends at its timeout with everything it was due", () =>
  withServer(async ({ send, server, clock }) => {
    const response = await server.handler(new Request(`http://k1s${MAPS}?watch=true&timeoutSeconds=5`));
    const text = response.text();
    await send(`POST ${MAPS}`, map("a"));
    await clock.advance(5_000);
    assert.deepEqual((await text).split("\n").filter(Boolean).map((line) => JSON.parse(line).type), [
      "ADDED",
      "ADDED",
    ]);
  }));

Deno.test("a watch of a future revision waits; a list of one times out", () =>
  withServer(async ({ server, clock }) => {
    const listed = server.handler(
      new Request(`http://k1s${MAPS}?resourceVersion=999&resourceVersionMatch=NotOlderThan`),
    );
    await clock.advance(4_000);
    const body = await (await listed).json();
    assert.equal(body.code, 504);
    assert.match(body.message, /^Timeout: Too large resource version: 999, current: \d+$/);
    assert.equal(body.details.causes[0].reason, "ResourceVersionTooLarge");
  }));

Deno.test("events are one storage with two views", () =>
  withServer(async ({ send }) => {
    await send("POST /api/v1/namespaces/default/events", {
      metadata: { name: "e" },
      involvedObject: { kind: "Pod", name: "x", namespace: "default" },
      reason: "R",
      message: "hello",
    });
    const view = await send("GET /apis/events.k8s.io/v1/namespaces/default/events/e");
    assert.equal(view.at("apiVersion"), "events.k8s.io/v1");
    assert.equal(view.at("note"), "hello");
    assert.deepEqual(view.at("regarding"), { kind: "Pod", namespace: "default", name: "x" });
    const refused = await send(
      "PATCH /apis/events.k8s.io/v1/namespaces/default/events/e",
      { note: "x" },
      MERGE,
    );
    assert.equal(refused.status, 422, "what a new event says is said");
    await send("PATCH /api/v1/namespaces/default/events/e", { message: "changed" }, MERGE);
    assert.equal(
      (await send("GET /apis/events.k8s.io/v1/namespaces/default/events/e")).at("note"),
      "changed",
    );
    const query = "fieldSelector=involvedObject.name%3Dx,involvedObject.kind%3DPod";
    assert.equal((await send(`GET /api/v1/namespaces/default/events?${query}`)).items.length, 1);
  }));

Deno.test("large answers are compressed for those who take it", () =>
  withServer(async ({ send, server }) => {
    await send(`POST ${MAPS}`, map("big", { a: "x".repeat(200_000) }));
    const request = new Request(`http://k1s${MAPS}/big`, { headers: { "accept-encoding": "gzip" } });
    const response = await server.handler(request);
    assert.equal(response.headers.get("content-encoding"), "gzip");
    const text = await new Response(response.body!.pipeThrough(new DecompressionStream("gzip"))).json();
    assert.equal(text.data.a.length, 200_000);
  }));
