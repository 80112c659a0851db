/** What stands around the verbs: reviews, tokens, warnings, health, metrics, the index, bounds. */
import assert from "node:assert/strict";
import { requestOf, withServer } from "../../../tests/support/api_rig.ts";
import { ADMIN, ANONYMOUS } from "../auth/mod.ts";
import { createMemoryStore } from "../storage/mod.ts";
import { compareVersions } from "../registry/version_priority.ts";
import { ApiServer } from "./handler.ts";
import { InFlight } from "./in_flight.ts";

const TOKEN = "/api/v1/namespaces/default/serviceaccounts/default/token";
const REVIEW = "/apis/authentication.k8s.io/v1/tokenreviews";
const WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

Deno.test("a requested token opens the server, reviews say whose it is, and it ends with what it is bound to", () =>
  withServer(async ({ server, send }) => {
    await send("POST /api/v1/namespaces/default/secrets", { metadata: { name: "s" } });
    const bound = { kind: "Secret", apiVersion: "v1", name: "s" };
    const issued = await send(`POST ${TOKEN}`, { spec: { boundObjectRef: bound, expirationSeconds: 700 } });
    assert.equal(issued.status, 201);
    assert.equal(issued.at("spec.expirationSeconds"), 700);
    const token = issued.textAt("status.token");
    const authorization = `Bearer ${token}`;
    const who = await server.answer(requestOf(`POST ${WHO}`, {}), { authorization });
    const { username } = (await who.json()).status.userInfo;
    assert.equal(username, "system:serviceaccount:default:default");
    const review = await send(`POST ${REVIEW}`, { spec: { token } });
    assert.equal(review.at("status.authenticated"), true);
    const elsewhere = await send(`POST ${REVIEW}`, { spec: { token, audiences: ["vault"] } });
    assert.match(elsewhere.textAt("status.error"), /invalid for the target audiences \["vault"\]/);
    await send("DELETE /api/v1/namespaces/default/secrets/s");
    const refused = await server.answer(requestOf("GET /api"), { authorization });
    assert.equal(refused.status, 401);
    assert.equal((await refused.json()).reason, "Unauthorized");
  }));

Deno.test("a token for a pod tells the pod and its node", () =>
  withServer(async ({ send }) => {
    const containers = [{ name: "a", image: "i" }];
    await send("POST /api/v1/namespaces/default/pods", {
      metadata: { name: "web" },
      spec: { nodeName: "gone", containers },
    });
    const bound = { kind: "Pod", apiVersion: "v1", name: "web" };
    const issued = await send(`POST ${TOKEN}`, { spec: { boundObjectRef: bound } });
    const review = await send(`POST ${REVIEW}`, { spec: { token: issued.at("status.token") } });
    const extra = (key: string) =>
      review.at(["status", "user", "extra", `authentication.kubernetes.io/${key}`]);
    assert.deepEqual(extra("pod-name"), ["web"]);
    assert.deepEqual(extra("node-name"), ["gone"]);
  }));

Deno.test("access reviews tell what the authorizer would; anonymous clients may ask for health alone", () =>
  withServer(async ({ server, send }) => {
    const path = "POST /apis/authorization.k8s.io/v1/subjectaccessreviews";
    const attributes = { resourceAttributes: { verb: "get", resource: "pods" } };
    assert.equal((await send(path, { spec: { ...attributes, user: "bob" } })).at("status.allowed"), true);
    const nobody = { ...attributes, user: "system:anonymous", groups: ["system:unauthenticated"] };
    assert.equal((await send(path, { spec: nobody })).at("status.allowed"), false);
    assert.equal((await server.handle(requestOf("GET /livez"), ANONYMOUS)).status, 200);
    const refused = await server.handle(requestOf("GET /api/v1/namespaces/default/pods/x/log"), ANONYMOUS);
    assert.equal(
      (await refused.json()).message,
      'pods "x" is forbidden: User "system:anonymous" cannot get resource "pods/log" in API group "" ' +
        'in the namespace "default"',
    );
    const asBob = await send(`POST ${WHO}`, {}, { "impersonate-user": "bob", "impersonate-group": "dev" });
    assert.deepEqual(asBob.at("status.userInfo"), {
      username: "bob",
      groups: ["dev", "system:authenticated"],
    });
    const impersonator = await server.handle(
      requestOf("GET /api", undefined, { "impersonate-user": "a" }),
      ANONYMOUS,
    );
    assert.equal(impersonator.status, 403);
  }));

Deno.test("reviews allow; who asks is told", () =>
  withServer(async ({ send }) => {
    const review = { spec: { resourceAttributes: { verb: "list", resource: "pods" } } };
    const allowed = await send("POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review);
    assert.deepEqual(allowed.at("status"), { allowed: true });
    const self = await send("POST /apis/authentication.k8s.io/v1/selfsubjectreviews", {});
    assert.equal(self.at("status.userInfo.username"), "kubernetes-admin");
  }));

Deno.test("an authorizer decides before anything is looked up", () =>
  withServer(async ({ server }) => {
    const answer = await server.handle(requestOf("GET /api/v1/namespaces/none"), ADMIN);
    assert.equal(answer.status, 403);
  }, {
    authorizer: {
      authorize: () => ({ allowed: false }),
      rules: () => ({ resourceRules: [], nonResourceRules: [], incomplete: false }),
    },
  }));

Deno.test("deprecated versions warn", () =>
  withServer(async ({ send }) => {
    const { headers } = await send("GET /api/v1/namespaces/default/endpoints");
    assert.equal(
      headers.get("warning"),
      '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"',
    );
    const schema = { openAPIV3Schema: { type: "object" } };
    const version = (name: string, deprecated: boolean) => ({
      name,
      deprecated,
      served: true,
      storage: !deprecated,
      schema,
    });
    await send("POST /apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
      metadata: { name: "things.ex.dev" },
      spec: {
        group: "ex.dev",
        scope: "Cluster",
        names: { plural: "things", kind: "Thing" },
        versions: [version("v1beta1", true), version("v1", false)],
      },
    });
    const old = await send("GET /apis/ex.dev/v1beta1/things");
    assert.equal(
      old.headers.get("warning"),
      '299 - "ex.dev/v1beta1 Thing is deprecated; use ex.dev/v1 Thing"',
    );
    assert.equal((await send("GET /apis/ex.dev/v1/things")).headers.get("warning"), null);
  }));

Deno.test("a warning beyond ASCII goes as UTF-8", () =>
  withServer(async ({ send }) => {
    const path = "POST /api/v1/namespaces/default/configmaps?fieldValidation=Warn";
    const { status, headers } = await send(path, { metadata: { name: "a" }, "größe": 1 });
    assert.equal(status, 201);
    const bytes = Uint8Array.from(headers.get("warning")!, (char) => char.charCodeAt(0));
    assert.equal(new TextDecoder().decode(bytes), '299 - "unknown field \\"größe\\""');
  }));

Deno.test("versions in order of preference", () => {
  const sorted = ["foo", "v1alpha1", "v10", "v2beta1", "v1", "v11beta2", "v2", "bar"].sort(compareVersions);
  assert.deepEqual(sorted, ["v10", "v2", "v1", "v11beta2", "v2beta1", "v1alpha1", "bar", "foo"]);
});

Deno.test("health by name, with and without its parts", () =>
  withServer(async ({ send }) => {
    assert.equal((await send("GET /readyz")).text, "ok");
    const verbose = await send("GET /readyz?verbose&exclude=etcd");
    assert.match(verbose.text, /^\[\+\]ping ok\n[^]*\[\+\]etcd excluded: ok\n[^]*readyz check passed\n$/);
    assert.equal((await send("GET /livez/ping")).text, "ok");
    assert.equal((await send("GET /livez/nope")).status, 404);
  }));

Deno.test("a store that does not answer is not well", async () => {
  const store = createMemoryStore({ upkeepMs: 0 });
  const storage = store.tenant("t");
  const server = await ApiServer.open({ storage });
  storage.currentRevision = () => Promise.reject(new Error("gone"));
  const answer = await server.handler(requestOf("GET /healthz"));
  assert.equal(answer.status, 500);
  assert.match(await answer.text(), /\[-\]etcd failed: reason withheld\n[^]*healthz check failed/);
  await server.close();
  await store.close();
});

Deno.test("metrics count requests, objects and watches", () =>
  withServer(async ({ server, send }) => {
    await send("GET /api/v1/namespaces/default");
    await send("GET /api/v1/namespaces/none");
    const watch = await server.handler(requestOf("GET /api/v1/pods?watch=true"));
    const labels = `group="",resource="namespaces",scope="resource",subresource="",verb="GET",version="v1"`;
    const { text } = await send("GET /metrics");
    for (
      const line of [
        `apiserver_request_total{code="200",component="apiserver",dry_run="",${labels}} 1`,
        `apiserver_request_total{code="404",component="apiserver",dry_run="",${labels}} 1`,
        `apiserver_request_duration_seconds_count{component="apiserver",dry_run="",${labels}} 2`,
        `apiserver_resource_objects{group="",resource="namespaces"} 4`,
        `verb="WATCH",version="v1"} 1`,
      ]
    ) assert.ok(text.includes(line), line);
    await watch.body?.cancel();
    assert.match((await send("GET /metrics")).text, /apiserver_longrunning_requests\{.*verb="WATCH".*\} 0/);
  }));

Deno.test("the index tells what is served, and answers carry the id of their request", () =>
  withServer(async ({ send }) => {
    const index = await send("GET /", undefined, { "audit-id": "mine" });
    assert.equal(index.headers.get("audit-id"), "mine");
    const paths = new Set(index.at("paths") as string[]);
    for (const path of ["/api/v1", "/apis/apps/v1", "/metrics", "/openapi/v2", "/readyz/etcd"]) {
      assert.ok(paths.has(path), path);
    }
    assert.match((await send("GET /nope")).headers.get("audit-id")!, /^[0-9a-f-]{36}$/);
  }));

Deno.test("OpenAPI v2 has definitions' kinds, in JSON and in protobuf, and 304", () =>
  withServer(async ({ server, send }) => {
    const json = await send("GET /openapi/v2");
    const at = (kind: string, ...path: string[]) =>
      json.at(["definitions", `io.k8s.api.core.v1.${kind}`, ...path]);
    assert.equal(at("Pod", "properties", "spec", "$ref"), "#/definitions/io.k8s.api.core.v1.PodSpec");
    const kinds = [{ group: "", kind: "Pod", version: "v1" }];
    assert.deepEqual(at("Pod", "x-kubernetes-group-version-kind"), kinds);
    const protocol = at("ServicePort", "properties", "protocol") as Record<string, unknown>;
    assert.deepEqual([protocol.type, protocol.default], ["string", undefined]);
    const accept = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    const etag = json.headers.get("etag")!;
    assert.equal((await send("GET /openapi/v2", undefined, { "if-none-match": etag })).status, 304);
    const protobuf = await server.handler(requestOf("GET /openapi/v2", undefined, { accept }));
    assert.match(
      protobuf.headers.get("content-type")!,
      /^application\/com\.github\.proto-openapi\.spec\.v2\.v1\.0/,
    );
    const bytes = await protobuf.bytes();
    // field 1, "2.0"; field 2, Info
    assert.deepEqual([...bytes.subarray(0, 6)], [0x0a, 3, 0x32, 0x2e, 0x30, 0x12]);
    assert.equal((await send("GET /openapi/v2", undefined, { accept: "text/html" })).status, 406);
  }));

Deno.test("requests beyond the bound wait in order, and those beyond that are told to come again", async () => {
  const bound = new InFlight(1);
  const first = await bound.enter();
  const waiting = Array.from({ length: 5 }, () => bound.enter());
  assert.equal(await bound.enter(), null);
  first![Symbol.dispose]();
  for (const next of waiting) (await next)![Symbol.dispose]();
  assert.notEqual(await bound.enter(), null);
});

Deno.test("429 says when to come again", () =>
  withServer(async ({ server }) => {
    const trusted = { trusted: ADMIN };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => server.answer(requestOf("GET /api/v1/namespaces"), trusted)),
    );
    const refused = answers.filter(({ status }) => status === 429);
    assert.equal(refused.length, 2);
    assert.equal(refused[0]!.headers.get("retry-after"), "1");
    assert.equal(await refused[0]!.text(), "Too many requests, please try again later.\n");
    for (const { body } of answers) if (!body?.locked) await body?.cancel();
  }, { maxInFlight: 1 }));
