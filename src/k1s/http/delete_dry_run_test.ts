import assert from "node:assert/strict";
import { openEmbedded } from "../../../tests/support/embedded.ts";

const PATH = "/api/v1/namespaces/default/configmaps/c";
const OPTIONS = { apiVersion: "v1", kind: "DeleteOptions" };

/** Whether the object is still there after a DELETE with `?dryRun=All` and this body. */
async function survives(body: object | undefined): Promise<boolean> {
  await using cluster = await openEmbedded();
  await cluster.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } });
  await cluster.client.json(`${PATH}?dryRun=All`, {
    method: "DELETE",
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return await cluster.client.json(PATH).then(() => true, () => false);
}

Deno.test("the query's dryRun counts only where a deletion has no body, as on the real server", async () => {
  assert.ok(await survives(undefined));
  assert.ok(await survives({ ...OPTIONS, dryRun: ["All"] }));
  assert.ok(!await survives(OPTIONS));
});
