import assert from "node:assert/strict";
import { ApiServer } from "../http/handler.ts";
import { createMemoryStore } from "../storage/mod.ts";

Deno.test("no controller has the text of what concerns none of them parsed", async () => {
  await using store = Object.assign(createMemoryStore({ upkeepMs: 0 }), {
    [Symbol.asyncDispose]: () => store.close(),
  });
  await using server = await ApiServer.open({ storage: store.tenant("default") });
  const parse = JSON.parse;
  const stored: string[] = [];
  JSON.parse = (text: string, ...rest: []) => {
    if (text.includes('"creationTimestamp"')) stored.push(text);
    return parse(text, ...rest);
  };
  try {
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { a: "b" } };
    const body = JSON.stringify(object);
    const url = "http://k1s/api/v1/namespaces/default/configmaps";
    const headers = { "content-type": "application/json" };
    const response = await server.handler(new Request(url, { method: "POST", headers, body }));
    assert.equal(response.status, 201, await response.text());
  } finally {
    JSON.parse = parse;
  }
  assert.deepEqual(stored, []);
});
