/** `/scale` as the real server answers it: applied, patched, refused, as a Table, and who owns replicas then. */
import assert from "node:assert/strict";
import { isObject, type JsonObject, mapOf, metaOf } from "../registry/mod.ts";
import { createMemoryStore } from "../storage/mod.ts";
import { ApiServer } from "./handler.ts";

const SETS = "/apis/apps/v1/namespaces/default/replicasets";
const APPLY = "application/apply-patch+yaml";
const MERGE = "application/merge-patch+json";
const SET: JsonObject = {
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: { name: "one" },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "a" } },
    template: { metadata: { labels: { app: "a" } }, spec: { containers: [{ name: "a", image: "x" }] } },
  },
};

function scale(replicas: unknown, name = "one"): JsonObject {
  return {
    apiVersion: "autoscaling/v1",
    kind: "Scale",
    metadata: { name },
    spec: { replicas },
  } as JsonObject;
}

interface Sent {
  readonly type?: string;
  readonly body?: unknown;
  readonly accept?: string;
}

async function cluster() {
  const store = createMemoryStore({ upkeepMs: 0 });
  const server = await ApiServer.open({ storage: store.tenant("t") });
  const send = async (
    method: string,
    path: string,
    { type = "application/json", body, accept }: Sent = {},
  ) => {
    const headers = { "content-type": type, accept: accept ?? "application/json", "user-agent": "tool/1" };
    const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
    const response = await server.handler(new Request(`http://k1s${path}`, init));
    return { status: response.status, body: await response.json() as JsonObject };
  };
  const created = await send("PATCH", `${SETS}/one?fieldManager=al`, { type: APPLY, body: SET });
  assert.equal(created.status, 201);
  return {
    send,
    async [Symbol.asyncDispose]() {
      await server.close();
      await store.close();
    },
  };
}

function owners(object: JsonObject): string[] {
  const entries = metaOf(object).managedFields as JsonObject[];
  return entries.filter((entry) => isObject(mapOf(mapOf(entry, "fieldsV1"), "f:spec")?.["f:replicas"]))
    .map(({ manager, operation, apiVersion, subresource = "", time }) =>
      [manager, operation, apiVersion, subresource, time === undefined ? "no time" : "time"].join(" ").trim()
    );
}

Deno.test("an applied scale takes replicas over by force alone, and owns them as the scale's", async () => {
  await using at = await cluster();
  const path = `${SETS}/one/scale?fieldManager=bob`;
  const refused = await at.send("PATCH", path, { type: APPLY, body: scale(3) });
  assert.equal(refused.body.message, 'Apply failed with 1 conflict: conflict with "al": .spec.replicas');
  const forced = await at.send("PATCH", `${path}&force=true`, { type: APPLY, body: scale(3) });
  assert.deepEqual(forced.body.spec, { replicas: 3 });
  const { body } = await at.send("GET", `${SETS}/one`);
  assert.deepEqual(owners(body), ["bob Apply apps/v1 scale no time"]);
  const patched = await at.send("PATCH", `${SETS}/one/scale`, {
    type: MERGE,
    body: { spec: { replicas: 4 } },
  });
  assert.deepEqual(patched.body.spec, { replicas: 4 });
  assert.deepEqual(owners((await at.send("GET", `${SETS}/one`)).body), ["tool Update apps/v1 scale no time"]);
});

const REFUSED: readonly (readonly [string, string, string, Sent, number, RegExp])[] = [
  [
    "a name of another object",
    "PATCH",
    "?fieldManager=b",
    { type: APPLY, body: scale(2, "two") },
    400,
    /\(two\)/,
  ],
  [
    "an apply of another kind",
    "PATCH",
    "?fieldManager=b",
    { type: APPLY, body: SET },
    400,
    /invalid object type/,
  ],
  [
    "replicas of another type",
    "PUT",
    "",
    { body: scale("x") },
    400,
    /cannot unmarshal string .* of type int32/,
  ],
  ["fewer than none", "PUT", "", { body: scale(-1) }, 422, /greater than or equal to 0/],
  ["another kind", "PUT", "", { body: SET }, 400, /converting \(v1.ReplicaSet\) to \(autoscaling.Scale\)/],
  [
    "an unknown field where that is strict",
    "PUT",
    "?fieldValidation=Strict",
    { body: { ...scale(1), odd: 1 } },
    400,
    /unknown field "odd"/,
  ],
];

for (const [name, method, query, sent, status, message] of REFUSED) {
  Deno.test(`a scale is refused with ${name}`, async () => {
    await using at = await cluster();
    const answer = await at.send(method, `${SETS}/one/scale${query}`, sent);
    assert.equal(answer.status, status);
    assert.match(String(answer.body.message), message);
  });
}

Deno.test("a scale is a row of a Table with columns of its own", async () => {
  await using at = await cluster();
  const accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
  const { body } = await at.send("GET", `${SETS}/one/scale`, { accept });
  const [columns, rows] = [body.columnDefinitions, body.rows] as [JsonObject[], JsonObject[]];
  assert.deepEqual(columns.map(({ name }) => name), ["Name", "Desired", "Available", "Age"]);
  assert.deepEqual((rows[0]!.cells as unknown[]).slice(0, 3), ["one", 2, 0]);
});

Deno.test("a scale without its object is the object that is missing", async () => {
  await using at = await cluster();
  const answer = await at.send("PATCH", `${SETS}/two/scale?fieldManager=b`, {
    type: APPLY,
    body: scale(2, "two"),
  });
  assert.equal(answer.body.message, 'replicasets.apps "two" not found');
});
