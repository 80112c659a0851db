/** Integers beyond 2^53 stay what they are, through every way an object takes. */
import assert from "node:assert/strict";
import { createMemoryStore } from "../storage/mod.ts";
import { ApiServer } from "./handler.ts";

const DEFINITION = {
  metadata: { name: "gauges.big.dev" },
  spec: {
    group: "big.dev",
    scope: "Cluster",
    names: { plural: "gauges", kind: "Gauge" },
    versions: [{
      name: "v1",
      served: true,
      storage: true,
      schema: {
        openAPIV3Schema: {
          type: "object",
          properties: { spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
        },
      },
    }],
  },
};
const BIG = "9007199254740993";
const GAUGES = "/apis/big.dev/v1/gauges";

Deno.test("integers beyond 2^53 are kept to the digit, or refused where they do not fit", async () => {
  const store = createMemoryStore({ upkeepMs: 0 });
  const server = await ApiServer.open({ storage: store.tenant("t") });
  const send = async (method: string, path: string, body?: string, type = "application/json") => {
    const init = { method, body: body ?? null, headers: { "content-type": type } };
    const response = await server.handler(new Request(`http://k1s${path}`, init));
    return { status: response.status, text: await response.text() };
  };
  await send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", JSON.stringify(DEFINITION));
  const body =
    `{"apiVersion":"big.dev/v1","kind":"Gauge","metadata":{"name":"a"},"spec":{"n":${BIG},"m":[-${BIG}]}}`;
  const shows = ({ text }: { text: string }) => assert.ok(text.includes(`"n":${BIG},"m":[-${BIG}]`), text);
  shows(await send("POST", GAUGES, body));
  shows(await send("GET", `${GAUGES}/a`));
  shows(await send("GET", GAUGES));
  shows(
    await send("PATCH", `${GAUGES}/a`, '{"metadata":{"labels":{"x":"y"}}}', "application/merge-patch+json"),
  );
  const added = await send("PATCH", `${GAUGES}/a`, `{"spec":{"o":${BIG}}}`, "application/merge-patch+json");
  assert.ok(added.text.includes(`"o":${BIG}`));
  assert.ok((await send("GET", `${GAUGES}/a?pretty=1`)).text.includes(`"o": ${BIG}`));
  JSON.parse((await send("GET", GAUGES)).text);
  const infinite = await send("POST", GAUGES, body.replace('"a"', '"b"').replace(BIG, "1e400"));
  assert.equal(infinite.status, 400);
  const lease = `{"metadata":{"name":"l"},"spec":{"leaseDurationSeconds":${BIG}}}`;
  const refused = await send("POST", "/apis/coordination.k8s.io/v1/namespaces/default/leases", lease);
  assert.equal(refused.status, 400);
  assert.ok(refused.text.includes(`cannot unmarshal number ${BIG} into Go struct field`));
  await server.close();
  await store.close();
});
