import assert from "node:assert/strict";
import { OrkaError } from "../base/mod.ts";
import { createClient } from "./mod.ts";
import { changesCluster, WriteGate } from "./write_gate.ts";

const POD = "/api/v1/namespaces/shop/pods/web-0";

const CASES: readonly (readonly [boolean, string, string])[] = [
  [false, "GET", POD],
  [false, "get", `${POD}/log?follow=true`],
  [false, "HEAD", POD],
  [true, "POST", "/api/v1/namespaces/shop/pods"],
  [true, "PUT", POD],
  [true, "PATCH", `${POD}?fieldManager=orka`],
  [true, "DELETE", POD],
  [true, "patch", POD],
  [false, "PATCH", `${POD}?fieldManager=orka&dryRun=All`],
  [false, "DELETE", `${POD}?dryRun=All`],
  [true, "PATCH", `${POD}?dryRun=`],
  [true, "PATCH", `${POD}?dryRun=All&dryRun=None`],
  [true, "POST", `${POD}/proxy/reset?dryRun=All`],
  [true, "DELETE", "/api/v1/nodes/n/proxy/x?dryRun=All"],
  [false, "GET", "/api/v1/namespaces/shop/services/web/proxy/status"],
  [true, "POST", `${POD}/eviction`],
  [true, "GET", `${POD}/exec?command=rm`],
  [true, "POST", `${POD}/attach`],
  [true, "POST", `${POD}/exec?command=rm&dryRun=All`],
  [false, "GET", `${POD}/portforward?ports=80`],
  [false, "POST", `${POD}/portforward`],
  [false, "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"],
  [false, "POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"],
  [false, "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews"],
  [false, "POST", "/apis/authorization.k8s.io/v1/namespaces/a/localsubjectaccessreviews"],
  [false, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews"],
  // A group that only looks like the reviews' may keep what is posted.
  [true, "POST", "/apis/authorization.k8s.io.evil/v1/selfsubjectaccessreviews"],
  [true, "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews/x"],
  [true, "POST", "/api/v1/namespaces/shop/serviceaccounts/default/token"],
];

Deno.test("what changes a cluster, and what only asks it", () => {
  for (const [expected, method, path] of CASES) {
    assert.equal(changesCluster({ method, path }), expected, `${method} ${path}`);
  }
});

Deno.test("a DELETE with options in its body is a dry run only if they say so: the server ignores the query then", () => {
  const path = `${POD}?dryRun=All`;
  const changes = (body: string) => changesCluster({ method: "DELETE", path, body });
  assert.ok(changes('{"kind":"DeleteOptions"}'));
  assert.ok(changes('{"dryRun":[]}'));
  assert.ok(changes("garbage"));
  assert.ok(!changes('{"dryRun":["All"]}'));
  assert.ok(
    !changesCluster({ method: "DELETE", path, body: new TextEncoder().encode('{"dryRun":["All"]}') }),
  );
  assert.ok(changesCluster({ method: "DELETE", path: POD, body: '{"dryRun":["All"]}' }));
});

Deno.test("a client is read-only unless its maker opened the gate, and nothing is sent", async () => {
  const sent: string[] = [];
  const fetch = (request: Request) => {
    sent.push(request.method);
    return Promise.resolve(Response.json({}));
  };
  const client = createClient({ fetch });
  for (
    const ask of [() => client.request(POD, { method: "DELETE" }), () => client.json(POD, { method: "PUT" })]
  ) {
    await assert.rejects(ask, (error) => error instanceof OrkaError && error.code === "read-only");
  }
  assert.deepEqual(sent, []);
  await client.json(`${POD}?dryRun=All`, { method: "DELETE" });
  assert.deepEqual(sent, ["DELETE"]);
});

Deno.test("a gate opens and closes under the client that holds it", async () => {
  const writes = new WriteGate({ isOpen: false });
  const client = createClient({ fetch: () => Promise.resolve(Response.json({ ok: true })), writes });
  const change = () => client.json(POD, { method: "DELETE" });
  await assert.rejects(change);
  writes.open();
  assert.deepEqual(await change(), { ok: true });
  writes.close();
  await assert.rejects(change);
});
