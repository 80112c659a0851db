/** Objects of many kinds as created by the real server, recorded: ours are the same, but for what is listed here. */
import assert from "node:assert/strict";
import recorded from "../../../fixtures/k1s/creations.json" with { type: "json" };
import { ApiServer } from "../http/handler.ts";
import { equal } from "../patch/mod.ts";
import { createMemoryStore } from "../storage/mod.ts";
import { isObject, type JsonObject, listOf, mapOf, metaOf } from "./object.ts";

interface Creation {
  readonly path: string;
  readonly body: JsonObject;
  readonly status: number;
  readonly answer: JsonObject;
}

/** Takes away what no two creations have in common, and what is knowingly different. */
function comparable(answer: JsonObject): JsonObject {
  const object = structuredClone(answer);
  const meta = metaOf(object);
  for (const field of ["uid", "creationTimestamp"]) delete meta[field];
  for (const entry of listOf(meta, "managedFields").filter(isObject)) {
    delete entry.time;
    delete entry.manager;
  }
  if (meta.generateName !== undefined) delete meta.name;
  // protection finalizers need the controllers that take them off
  if (listOf(meta, "finalizers").some((finalizer) => /pvc?-protection$/.test(String(finalizer)))) {
    delete meta.finalizers;
  }
  delete mapOf(object, "status")?.lastPhaseTransitionTime;
  const text = JSON.stringify(object)
    .replace(/"((?:batch\.kubernetes\.io\/)?controller-uid)":"[^"]*"/g, '"$1":"UID"')
    .replace(/kube-api-access-\w{5}\b/g, "kube-api-access-X")
    .replace(/10\.96\.\d+\.\d+/g, "10.96.X")
    .replace(/"nodePort":\d+/g, '"nodePort":0');
  return JSON.parse(text);
}

for (const [index, { path, body, status, answer }] of (recorded as unknown as Creation[]).entries()) {
  Deno.test(`created as by the real server: ${path} ${index}`, async () => {
    const store = createMemoryStore({ upkeepMs: 0 });
    const server = await ApiServer.open({ storage: store.tenant("t") });
    const send = (at: string, object: unknown) =>
      server.handler(
        new Request(`http://k1s${at}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(object),
        }),
      );
    await (await send("/api/v1/namespaces", { metadata: { name: "registry" } })).body?.cancel();
    const response = await send(`${path}?dryRun=All`, body);
    const ours: JsonObject = await response.json();
    await server.close();
    await store.close();
    assert.equal(response.status, status, JSON.stringify(ours));
    const [mine, real] = [comparable(ours), comparable(answer)];
    if (!equal(mine, real)) assert.deepEqual(mine, real);
  });
}
