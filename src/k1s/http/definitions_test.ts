/** Custom kinds: served from their definitions at once, by every server on the store, and told of in OpenAPI. */
import assert from "node:assert/strict";
import { DEFINITIONS, map, MAPS, MERGE, sendTo, withServer } from "../../../tests/support/api_rig.ts";
import { WIDGETS_DEFINITION } from "../../../tests/support/widgets.ts";
import { createMemoryStore } from "../storage/mod.ts";
import { ApiServer } from "./handler.ts";

const TABLE = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };

Deno.test("a definition is served at once, with its rules, and takes its objects along", () =>
  withServer(async ({ send }) => {
    const path = "/apis/ex.dev/v1/namespaces/default/widgets";
    assert.equal((await send(`GET ${path}`)).status, 404);
    const aggregated = { accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList" };
    const before = (await send("GET /apis", undefined, aggregated)).headers.get("etag")!;
    assert.equal(
      (await send("GET /apis", undefined, { ...aggregated, "if-none-match": before })).status,
      304,
    );
    await send(`POST ${DEFINITIONS}`, WIDGETS_DEFINITION);
    assert.notEqual((await send("GET /apis", undefined, aggregated)).headers.get("etag"), before);
    const conditions = (await send(`GET ${DEFINITIONS}/widgets.ex.dev`)).listAt("status.conditions");
    assert.deepEqual(conditions.map(({ type, status }) => `${type} ${status}`), [
      "NamesAccepted True",
      "Established True",
    ]);
    const typed = { apiVersion: "ex.dev/v1", kind: "Widget" };
    const created = await send(`POST ${path}`, { ...typed, metadata: { name: "w" }, spec: { junk: 1 } });
    assert.deepEqual(created.at("spec"), { size: 2 });
    assert.match(created.headers.get("warning")!, /spec\.junk/);
    assert.match(
      (await send(`POST ${path}`, { ...typed, metadata: { name: "x" }, spec: { size: 0 } })).message,
      /greater than or equal to 1/,
    );
    await send(`PATCH ${path}/w/scale`, { spec: { replicas: 5 } }, MERGE);
    assert.deepEqual((await send(`GET ${path}`, undefined, TABLE)).at("rows.0.cells"), ["w", 5]);
    await send(`DELETE ${DEFINITIONS}/widgets.ex.dev`);
    assert.equal((await send(`GET ${DEFINITIONS}/widgets.ex.dev`)).status, 404);
    assert.equal((await send(`GET ${path}`)).status, 404);
    await send(`POST ${DEFINITIONS}`, WIDGETS_DEFINITION);
    assert.deepEqual((await send(`GET ${path}`)).at("items"), []);
  }));

Deno.test("OpenAPI tells of built-in and custom kinds", () =>
  withServer(async ({ send }) => {
    await send(`POST ${DEFINITIONS}`, WIDGETS_DEFINITION);
    const index = await send("GET /openapi/v3");
    assert.match(
      String(index.at(["paths", "apis/apps/v1", "serverRelativeURL"])),
      /^\/openapi\/v3\/apis\/apps\/v1\?hash=/,
    );
    const own = await send("GET /openapi/v3/apis/ex.dev/v1");
    const size = ["dev.ex.v1.Widget", "properties", "spec", "properties", "size"];
    assert.equal(own.at(["components", "schemas", ...size, "default"]), 2);
    const apps = await send("GET /openapi/v3/apis/apps/v1");
    const replicas = ["io.k8s.api.apps.v1.DeploymentSpec", "properties", "replicas"];
    assert.match(
      String(apps.at(["components", "schemas", ...replicas, "description"])),
      /Number of desired pods/,
    );
    const one = ["paths", "/apis/apps/v1/namespaces/{namespace}/deployments/{name}"];
    const parameters = apps.listAt([...one, "patch", "parameters"]);
    assert.ok(parameters.some(({ name }) => name === "fieldValidation"));
  }));

Deno.test("two servers on one store serve each other's definitions, and lose no update", async () => {
  const store = createMemoryStore({ upkeepMs: 0 });
  const one = await ApiServer.open({ storage: store.tenant("t") });
  const other = await ApiServer.open({ storage: store.tenant("t") });
  try {
    await sendTo(one, `POST ${DEFINITIONS}`, WIDGETS_DEFINITION);
    await new Promise((resolve) => setTimeout(resolve, 0)); // the other reads its watch
    const widget = { apiVersion: "ex.dev/v1", kind: "Widget", metadata: { name: "w" } };
    const created = await sendTo(other, "POST /apis/ex.dev/v1/namespaces/default/widgets", widget);
    assert.equal(created.status, 201, created.text);
    await sendTo(one, `POST ${MAPS}`, map("shared", {}));
    const writes = Array.from(
      { length: 40 },
      (_, i) => sendTo(i % 2 ? one : other, `PATCH ${MAPS}/shared`, { data: { [`k${i}`]: "v" } }, MERGE),
    );
    for (const reply of await Promise.all(writes)) assert.equal(reply.status, 200, reply.text);
    const { data } = (await sendTo(one, `GET ${MAPS}/shared`)).object;
    assert.equal(Object.keys(data as object).length, 40);
  } finally {
    await one.close();
    await other.close();
    await store.close();
  }
});
