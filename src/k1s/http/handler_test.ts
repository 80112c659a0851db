import assert from "node:assert/strict";
import { ManualClock } from "../../base/mod.ts";
import { createMemoryStore } from "../storage/mod.ts";
import { ApiServer } from "./handler.ts";

type Json = Record<string, unknown>;

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any -- tests look into answers of every shape
  readonly body: any;
}

/** A server on memory, and requests in one line each: `send("POST /api/v1/namespaces", body)`. */
async function withServer(
  run: (at: {
    send: (line: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;
    server: ApiServer;
    clock: ManualClock;
  }) => Promise<void>,
): Promise<void> {
  const clock = new ManualClock();
  const store = createMemoryStore({ clock, upkeepMs: 0 });
  const server = await ApiServer.open({ storage: store.tenant("t"), clock, caCertificate: "PEM" });
  const send = async (line: string, body?: unknown, headers: Record<string, string> = {}) => {
    const [method = "", path = ""] = line.split(" ");
    const response = await server.handler(
      new Request(`http://k1s${path}`, {
        method,
        headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
        body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
      }),
    );
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
    const parse = isJson && text !== "" && !text.includes("}\n{");
    return { status: response.status, headers: response.headers, body: parse ? JSON.parse(text) : text };
  };
  try {
    await run({ send, server, clock });
  } finally {
    await server.close();
    await store.close();
  }
}

const MAPS = "/api/v1/namespaces/default/configmaps";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const TABLE = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };
const MERGE = { "content-type": "application/merge-patch+json" };

const map = (name: string, data: Json = { a: "1" }): Json => ({ metadata: { name }, data });

const deployment: Json = {
  metadata: { name: "web" },
  spec: {
    selector: { matchLabels: { a: "b" } },
    template: { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "nginx" }] } },
  },
};

const widgets: Json = {
  metadata: { name: "widgets.ex.dev" },
  spec: {
    group: "ex.dev",
    scope: "Namespaced",
    names: { plural: "widgets", kind: "Widget", shortNames: ["wd"] },
    versions: [{
      name: "v1",
      served: true,
      storage: true,
      schema: {
        openAPIV3Schema: {
          type: "object",
          properties: {
            spec: { type: "object", properties: { size: { type: "integer", minimum: 1, default: 2 } } },
            status: { type: "object", properties: { replicas: { type: "integer" } } },
          },
        },
      },
      subresources: {
        status: {},
        scale: { specReplicasPath: ".spec.size", statusReplicasPath: ".status.replicas" },
      },
      additionalPrinterColumns: [{ name: "Size", type: "integer", jsonPath: ".spec.size" }],
    }],
  },
};

Deno.test("a new cluster has its namespaces, their content, and the service", () =>
  withServer(async ({ send }) => {
    const names = (await send("GET /api/v1/namespaces")).body.items.map((item: Json) =>
      (item.metadata as Json).name
    );
    assert.deepEqual(names, ["default", "kube-node-lease", "kube-public", "kube-system"]);
    assert.equal((await send("GET /api/v1/namespaces/kube-public/serviceaccounts/default")).status, 200);
    assert.deepEqual((await send(`GET ${MAPS}/kube-root-ca.crt`)).body.data, { "ca.crt": "PEM" });
    assert.equal(
      (await send("GET /api/v1/namespaces/default/services/kubernetes")).body.spec.clusterIP,
      "10.96.0.1",
    );
  }));

Deno.test("what is created is stamped, and an unchanged write keeps its revision", () =>
  withServer(async ({ send }) => {
    const created = await send(`POST ${MAPS}`, map("a"));
    assert.equal(created.status, 201);
    const { metadata } = created.body;
    assert.match(metadata.uid, /^[0-9a-f-]{36}$/);
    assert.equal(metadata.creationTimestamp, "2023-11-14T22:13:20Z");
    const again = await send(`PUT ${MAPS}/a`, { data: { a: "1" }, metadata: { name: "a" } });
    assert.equal(again.body.metadata.resourceVersion, metadata.resourceVersion);
    const changed = await send(`PUT ${MAPS}/a`, map("a", { a: "2" }));
    assert.equal(Number(changed.body.metadata.resourceVersion), Number(metadata.resourceVersion) + 1);
    assert.equal(changed.body.metadata.uid, metadata.uid);
  }));

/** Request, body, then status and message, as recorded from kube-apiserver 1.36.3. */
const REFUSALS: readonly [string, unknown, number, string | RegExp][] = [
  [`POST ${MAPS}`, map("kube-root-ca.crt"), 409, 'configmaps "kube-root-ca.crt" already exists'],
  [
    `POST ${MAPS}`,
    { metadata: {} },
    422,
    'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  ],
  [
    `POST ${MAPS}`,
    { metadata: { name: "a", namespace: "other" } },
    400,
    "the namespace of the provided object does not match the namespace sent on the request",
  ],
  [`POST ${MAPS}`, { metadata: { name: "a", resourceVersion: "5" } }, 500, /should not be set on objects/],
  [
    `POST ${MAPS}`,
    { metadata: { name: "a" }, data: { x: 1 } },
    400,
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
  ],
  [
    `POST ${MAPS}`,
    '{"metadata":{"name":"a"},"data":{"x":"1"}',
    400,
    `the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input ({"metadata":{"name":"a"},"data ...)`,
  ],
  [
    `POST ${MAPS}`,
    { apiVersion: "v1", kind: "Secret", metadata: { name: "a" } },
    400,
    'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
  ],
  [
    `POST ${MAPS}?fieldValidation=Foo`,
    map("a"),
    422,
    'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Foo": supported values: "", "Ignore", "Strict", "Warn"',
  ],
  [
    `POST ${MAPS}?dryRun=Foo`,
    map("a"),
    422,
    'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Foo"]: supported values: "All"',
  ],
  [`POST /api/v1/namespaces/nope/configmaps`, map("a"), 404, 'namespaces "nope" not found'],
  [`PUT ${MAPS}/foo`, map("a"), 400, "the name of the object (a) does not match the name on the URL (foo)"],
  [`PUT ${MAPS}/foo`, map("foo"), 404, 'configmaps "foo" not found'],
  [`PUT ${MAPS}`, map("foo"), 405, "the server does not allow this method on the requested resource"],
  [`DELETE ${MAPS}/nope`, undefined, 404, 'configmaps "nope" not found'],
  [`DELETE /api/v1/namespaces/default`, undefined, 403, /may not be deleted/],
  [
    `GET ${MAPS}?resourceVersion=5&resourceVersionMatch=Foo`,
    undefined,
    422,
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "Foo": supported values: "Exact", "NotOlderThan", ""',
  ],
  [`GET ${MAPS}?limit=abc`, undefined, 400, 'strconv.ParseInt: parsing "abc": invalid syntax'],
  [
    `GET ${MAPS}?labelSelector=a%3D%3D%3D`,
    undefined,
    400,
    "unable to parse requirement: found '=', expected: identifier",
  ],
  [
    `GET ${MAPS}?labelSelector=a+b`,
    undefined,
    400,
    "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
  ],
  [`GET ${MAPS}?fieldSelector=foo`, undefined, 400, "invalid selector: 'foo'; can't understand 'foo'"],
  [`GET /api/v1/pods?fieldSelector=foo%3Dx`, undefined, 400, "field label not supported: foo"],
  [
    `GET ${MAPS}?fieldSelector=foo%3Dx`,
    undefined,
    400,
    '"foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
  ],
  [
    `POST ${DEFINITIONS}`,
    { ...widgets, metadata: { name: "x.y" } },
    422,
    'CustomResourceDefinition.apiextensions.k8s.io "x.y" is invalid: metadata.name: Invalid value: "x.y": must be spec.names.plural+"."+spec.group',
  ],
  [
    `POST ${DEFINITIONS}`,
    { metadata: { name: "as.regx.dev" }, spec: {} },
    422,
    /spec\.group: Required value, spec\.scope: Required value, .*spec\.names\.listKind: Required value/,
  ],
  [`GET ${MAPS}/x/status`, undefined, 404, "the server could not find the requested resource"],
  [`GET /api/v1/foos`, undefined, 404, "the server could not find the requested resource"],
  [
    `POST ${DEPLOYMENTS}`,
    { metadata: { name: "a" }, spec: { replicas: "x" } },
    400,
    /DeploymentSpec\.spec\.replicas of type int32$/,
  ],
  [
    `POST ${DEPLOYMENTS}`,
    { metadata: { name: "a" } },
    422,
    'Deployment.apps "a" is invalid: [spec.selector: Required value, spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`, spec.template.spec.containers: Required value]',
  ],
];

for (const [line, body, status, message] of REFUSALS) {
  Deno.test(`refused as by the real server: ${line} ${JSON.stringify(body)?.slice(0, 60) ?? ""}`, () =>
    withServer(async ({ send }) => {
      const reply = await send(line, body);
      assert.equal(reply.status, status, JSON.stringify(reply.body));
      assert.equal(reply.body.kind, "Status");
      if (typeof message === "string") assert.equal(reply.body.message, message);
      else assert.match(reply.body.message, message);
    }));
}

Deno.test("unknown and double fields are dropped, warned of, or refused", () =>
  withServer(async ({ send }) => {
    const body = '{"metadata":{"name":"a","q":1},"data":{"b":"x","b":"y"},"zz":1}';
    const warned = await send(`POST ${MAPS}`, body);
    assert.equal(warned.status, 201);
    assert.deepEqual(warned.body.data, { b: "y" });
    assert.match(
      warned.headers.get("warning")!,
      /299 - "unknown field \\"metadata.q\\"".*duplicate field \\"data.b\\"/,
    );
    assert.equal(
      (await send(`POST ${MAPS}?fieldValidation=Ignore&dryRun=All`, body.replace('"a"', '"c"'))).headers.get(
        "warning",
      ),
      null,
    );
    const strict = await send(`POST ${MAPS}?fieldValidation=Strict`, body);
    assert.equal(strict.status, 400);
    assert.match(
      strict.body.message,
      /strict decoding error: unknown field "metadata.q", duplicate field "data.b", unknown field "zz"/,
    );
  }));

Deno.test("a dry run goes through everything but the store", () =>
  withServer(async ({ send }) => {
    assert.equal((await send(`POST ${MAPS}?dryRun=All`, map("dry"))).status, 201);
    assert.equal((await send(`GET ${MAPS}/dry`)).status, 404);
    await send(`POST ${MAPS}`, map("a"));
    assert.deepEqual((await send(`PUT ${MAPS}/a?dryRun=All`, map("a", { a: "9" }))).body.data, { a: "9" });
    assert.deepEqual((await send(`GET ${MAPS}/a`)).body.data, { a: "1" });
    assert.equal((await send(`DELETE ${MAPS}/a?dryRun=All`)).status, 200);
    assert.equal((await send(`GET ${MAPS}/a`)).status, 200);
  }));

Deno.test("a stale resourceVersion conflicts, in updates, patches and deletions", () =>
  withServer(async ({ send }) => {
    await send(`POST ${MAPS}`, map("a"));
    const stale = await send(`PUT ${MAPS}/a`, { metadata: { name: "a", resourceVersion: "1" } });
    assert.equal(stale.status, 409);
    assert.match(stale.body.message, /the object has been modified; please apply/);
    assert.equal((await send(`PATCH ${MAPS}/a`, { metadata: { resourceVersion: "1" } }, MERGE)).status, 409);
    const deletion = await send(`DELETE ${MAPS}/a`, { preconditions: { resourceVersion: "1" } });
    assert.equal(deletion.status, 409);
    assert.match(deletion.body.message, /the ResourceVersion in the precondition \(1\) does not match/);
    assert.equal((await send(`DELETE ${MAPS}/a`, { preconditions: { uid: "x" } })).status, 409);
  }));

Deno.test("generation counts changes of what is wanted; status is written on its own", () =>
  withServer(async ({ send }) => {
    const created = await send(`POST ${DEPLOYMENTS}`, { ...deployment, status: { replicas: 7 } });
    assert.deepEqual(created.body.status, {});
    assert.equal(created.body.metadata.generation, 1);
    assert.equal(created.body.spec.template.spec.containers[0].imagePullPolicy, "Always");
    const labelled = await send(`PATCH ${DEPLOYMENTS}/web`, { metadata: { labels: { x: "y" } } }, MERGE);
    assert.equal(labelled.body.metadata.generation, 1);
    const scaled = await send(`PATCH ${DEPLOYMENTS}/web/scale`, { spec: { replicas: 4 } }, MERGE);
    assert.deepEqual(scaled.body.spec, { replicas: 4 });
    assert.equal((await send(`GET ${DEPLOYMENTS}/web`)).body.metadata.generation, 2);
    const status = await send(
      `PATCH ${DEPLOYMENTS}/web/status`,
      { spec: { replicas: 9 }, status: { replicas: 3 } },
      MERGE,
    );
    assert.equal(status.body.spec.replicas, 4);
    assert.equal(status.body.status.replicas, 3);
    assert.equal(status.body.metadata.generation, 2);
    const selector = { spec: { selector: { matchLabels: { a: "c" } } } };
    assert.equal((await send(`PATCH ${DEPLOYMENTS}/web`, selector, MERGE)).status, 422);
  }));

Deno.test("a finalizer holds an object until it is taken off", () =>
  withServer(async ({ send }) => {
    await send(`POST ${MAPS}`, { metadata: { name: "a", finalizers: ["ex.dev/hold"] } });
    const ending = await send(`DELETE ${MAPS}/a`);
    assert.ok(ending.body.metadata.deletionTimestamp);
    assert.equal(ending.body.kind, "ConfigMap");
    const more = { metadata: { finalizers: ["ex.dev/hold", "ex.dev/other"] } };
    assert.equal((await send(`PATCH ${MAPS}/a`, more, MERGE)).status, 422);
    assert.equal((await send(`PATCH ${MAPS}/a`, { metadata: { finalizers: null } }, MERGE)).status, 200);
    assert.equal((await send(`GET ${MAPS}/a`)).status, 404);
  }));

Deno.test("deleting a namespace deletes what is in it, and nothing new comes in meanwhile", () =>
  withServer(async ({ send }) => {
    await send("POST /api/v1/namespaces", { metadata: { name: "demo" } });
    await send("POST /api/v1/namespaces/demo/configmaps", {
      metadata: { name: "held", finalizers: ["ex.dev/hold"] },
    });
    await send("POST /api/v1/namespaces/demo/configmaps", map("free"));
    assert.equal((await send("DELETE /api/v1/namespaces/demo")).body.status.phase, "Terminating");
    assert.equal((await send("GET /api/v1/namespaces/demo/configmaps/free")).status, 404);
    const late = await send("POST /api/v1/namespaces/demo/configmaps", map("late"));
    assert.equal(late.status, 403);
    assert.equal(late.body.details.causes[0].reason, "NamespaceTerminating");
    await send("PATCH /api/v1/namespaces/demo/configmaps/held", { metadata: { finalizers: null } }, MERGE);
    assert.equal((await send("GET /api/v1/namespaces/demo")).status, 404);
  }));

Deno.test("owned objects go with their owner, stay as orphans, or go first", () =>
  withServer(async ({ send }) => {
    const owned = async (name: string, owner: string) => {
      const { uid } = (await send(`POST ${MAPS}`, map(owner))).body.metadata;
      const reference = { apiVersion: "v1", kind: "ConfigMap", name: owner, uid, blockOwnerDeletion: true };
      await send(`POST ${MAPS}`, { metadata: { name, ownerReferences: [reference] } });
    };
    await owned("c1", "o1");
    await send(`DELETE ${MAPS}/o1`);
    assert.equal((await send(`GET ${MAPS}/c1`)).status, 404);
    await owned("c2", "o2");
    await send(`DELETE ${MAPS}/o2?propagationPolicy=Orphan`);
    assert.equal((await send(`GET ${MAPS}/o2`)).status, 404);
    assert.equal((await send(`GET ${MAPS}/c2`)).body.metadata.ownerReferences, undefined);
    await owned("c3", "o3");
    await send(`PATCH ${MAPS}/c3`, { metadata: { finalizers: ["ex.dev/hold"] } }, MERGE);
    await send(`DELETE ${MAPS}/o3?propagationPolicy=Foreground`);
    assert.equal((await send(`GET ${MAPS}/o3`)).status, 200);
    await send(`PATCH ${MAPS}/c3`, { metadata: { finalizers: null } }, MERGE);
    assert.equal((await send(`GET ${MAPS}/o3`)).status, 404);
  }));

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
    await send(`POST ${DEFINITIONS}`, widgets);
    assert.notEqual((await send("GET /apis", undefined, aggregated)).headers.get("etag"), before);
    const { conditions } = (await send(`GET ${DEFINITIONS}/widgets.ex.dev`)).body.status;
    assert.deepEqual(conditions.map((c: Json) => `${c.type} ${c.status}`), [
      "NamesAccepted True",
      "Established True",
    ]);
    const typed = { apiVersion: "ex.dev/v1", kind: "Widget" };
    const created = await send(`POST ${path}`, { ...typed, metadata: { name: "w" }, spec: { junk: 1 } });
    assert.deepEqual(created.body.spec, { size: 2 });
    assert.match(created.headers.get("warning")!, /spec\.junk/);
    assert.match(
      (await send(`POST ${path}`, { ...typed, metadata: { name: "x" }, spec: { size: 0 } })).body.message,
      /greater than or equal to 1/,
    );
    await send(`PATCH ${path}/w/scale`, { spec: { replicas: 5 } }, MERGE);
    const table = (await send(`GET ${path}`, undefined, TABLE)).body;
    assert.deepEqual(table.rows[0].cells, ["w", 5]);
    await send(`DELETE ${DEFINITIONS}/widgets.ex.dev`);
    assert.equal((await send(`GET ${DEFINITIONS}/widgets.ex.dev`)).status, 404);
    assert.equal((await send(`GET ${path}`)).status, 404);
    await send(`POST ${DEFINITIONS}`, widgets);
    assert.deepEqual((await send(`GET ${path}`)).body.items, []);
  }));

Deno.test("lists come in pages, by selectors, as Tables and as metadata", () =>
  withServer(async ({ send }) => {
    for (const name of ["a", "b", "c"]) {
      await send(`POST ${MAPS}`, { metadata: { name, labels: { app: name } } });
    }
    const first = (await send(`GET ${MAPS}?limit=2`)).body;
    assert.equal(first.metadata.remainingItemCount, 2);
    await send(`DELETE ${MAPS}/c`);
    const second = (await send(`GET ${MAPS}?limit=2&continue=${first.metadata.continue}`)).body;
    assert.deepEqual(second.items.map((item: Json) => (item.metadata as Json).name), [
      "c",
      "kube-root-ca.crt",
    ]);
    assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
    const names = async (query: string) =>
      (await send(`GET ${MAPS}?${query}`)).body.items.map((item: Json) => (item.metadata as Json).name);
    assert.deepEqual(await names("labelSelector=app+in+(a,b),app!%3Da"), ["b"]);
    assert.deepEqual(await names("fieldSelector=metadata.name%3Da"), ["a"]);
    const table = (await send(`GET ${MAPS}/a`, undefined, TABLE)).body;
    assert.deepEqual(table.rows[0].cells, ["a", 0, "0s"]);
    assert.equal(table.rows[0].object.kind, "PartialObjectMetadata");
    const partial = { accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io" };
    const list = (await send(`GET ${MAPS}`, undefined, partial)).body;
    assert.deepEqual(Object.keys(list.items[0]), ["kind", "apiVersion", "metadata"]);
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
    const view = (await send("GET /apis/events.k8s.io/v1/namespaces/default/events/e")).body;
    assert.equal(view.apiVersion, "events.k8s.io/v1");
    assert.equal(view.note, "hello");
    assert.deepEqual(view.regarding, { kind: "Pod", namespace: "default", name: "x" });
    const refused = await send(
      "PATCH /apis/events.k8s.io/v1/namespaces/default/events/e",
      { note: "x" },
      MERGE,
    );
    assert.equal(refused.status, 422, "what a new event says is said");
    await send("PATCH /api/v1/namespaces/default/events/e", { message: "changed" }, MERGE);
    assert.equal((await send("GET /apis/events.k8s.io/v1/namespaces/default/events/e")).body.note, "changed");
    const query = "fieldSelector=involvedObject.name%3Dx,involvedObject.kind%3DPod";
    assert.equal((await send(`GET /api/v1/namespaces/default/events?${query}`)).body.items.length, 1);
  }));

Deno.test("reviews allow; who asks is told", () =>
  withServer(async ({ send }) => {
    const review = { spec: { resourceAttributes: { verb: "list", resource: "pods" } } };
    const allowed = await send("POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review);
    assert.deepEqual(allowed.body.status, { allowed: true });
    const self = await send("POST /apis/authentication.k8s.io/v1/selfsubjectreviews", {});
    assert.equal(self.body.status.userInfo.username, "kubernetes-admin");
  }));

Deno.test("oversized, unknown and apply bodies are told apart", () =>
  withServer(async ({ send }) => {
    assert.equal((await send(`POST ${MAPS}`, map("a", { a: "x".repeat(3 * 1024 * 1024) }))).status, 413);
    assert.equal((await send(`POST ${MAPS}`, "x", { "content-type": "text/plain" })).status, 415);
    const yaml = await send(`POST ${MAPS}`, "metadata: {name: y}\ndata: {a: b}\n", {
      "content-type": "application/yaml",
    });
    assert.equal(yaml.status, 201);
    assert.match(
      (await send(`GET ${MAPS}/y`, undefined, { accept: "application/yaml" })).body,
      /^apiVersion: v1\ndata:\n {2}a: b\n/,
    );
    assert.equal((await send(`GET ${MAPS}/y`, undefined, { accept: "text/html" })).status, 406);
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

Deno.test("OpenAPI tells of built-in and custom kinds", () =>
  withServer(async ({ send }) => {
    await send(`POST ${DEFINITIONS}`, widgets);
    const { paths } = JSON.parse((await send("GET /openapi/v3")).body);
    assert.ok(paths["apis/apps/v1"].serverRelativeURL.startsWith("/openapi/v3/apis/apps/v1?hash="));
    const own = (await send("GET /openapi/v3/apis/ex.dev/v1")).body;
    assert.equal(own.components.schemas["dev.ex.v1.Widget"].properties.spec.properties.size.default, 2);
    const apps = (await send("GET /openapi/v3/apis/apps/v1")).body;
    const schema = apps.components.schemas["io.k8s.api.apps.v1.DeploymentSpec"];
    assert.match(schema.properties.replicas.description, /Number of desired pods/);
    const patch = apps.paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"].patch;
    assert.ok(patch.parameters.some((parameter: Json) => parameter.name === "fieldValidation"));
  }));

Deno.test("two servers on one store serve each other's definitions, and lose no update", async () => {
  const store = createMemoryStore({ upkeepMs: 0 });
  const one = await ApiServer.open({ storage: store.tenant("t") });
  const other = await ApiServer.open({ storage: store.tenant("t") });
  const send = (server: ApiServer, line: string, body: unknown, type = "application/json") => {
    const [method = "", path = ""] = line.split(" ");
    const headers = { "content-type": type };
    return server.handler(new Request(`http://k1s${path}`, { method, headers, body: JSON.stringify(body) }));
  };
  try {
    await (await send(one, `POST ${DEFINITIONS}`, widgets)).body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 0)); // the other reads its watch
    const created = await send(other, "POST /apis/ex.dev/v1/namespaces/default/widgets", {
      apiVersion: "ex.dev/v1",
      kind: "Widget",
      metadata: { name: "w" },
    });
    assert.equal(created.status, 201, await created.text());
    await (await send(one, `POST ${MAPS}`, map("shared", {}))).body?.cancel();
    const writes = Array.from(
      { length: 40 },
      (_, index) =>
        send(
          index % 2 ? one : other,
          `PATCH ${MAPS}/shared`,
          { data: { [`k${index}`]: "v" } },
          "application/merge-patch+json",
        ),
    );
    for (const reply of await Promise.all(writes)) assert.equal(reply.status, 200, await reply.text());
    const { data } = await (await one.handler(new Request(`http://k1s${MAPS}/shared`))).json();
    assert.equal(Object.keys(data).length, 40);
  } finally {
    await one.close();
    await other.close();
    await store.close();
  }
});

Deno.test("a pod is bound once, evicted, and ends with grace where it has a node", () =>
  withServer(async ({ send }) => {
    const pods = "/api/v1/namespaces/default/pods";
    const pod = { metadata: { name: "p" }, spec: { containers: [{ name: "c", image: "nginx" }] } };
    await send(`POST ${pods}`, pod);
    const binding = { metadata: { name: "p" }, target: { kind: "Node", name: "n" } };
    assert.equal((await send(`POST ${pods}/p/binding`, binding)).status, 201);
    const bound = (await send(`GET ${pods}/p`)).body;
    assert.equal(bound.spec.nodeName, "n");
    assert.equal(bound.status.conditions[0].type, "PodScheduled");
    assert.equal((await send("POST /api/v1/namespaces/default/bindings", binding)).status, 409);
    assert.equal((await send(`POST ${pods}/p/eviction`, { metadata: { name: "p" } })).status, 201);
    assert.equal((await send(`GET ${pods}/p`)).body.metadata.deletionGracePeriodSeconds, 30);
    await send(`DELETE ${pods}/p`, { gracePeriodSeconds: 0 });
    assert.equal((await send(`GET ${pods}/p`)).status, 404);
  }));

Deno.test("an approval writes a request's conditions, and an update of it doesn't", () =>
  withServer(async ({ send }) => {
    const path = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    const request = btoa("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n");
    const spec = { request, signerName: "x.y/z", usages: ["digital signature"] };
    await send(`POST ${path}`, { metadata: { name: "r" }, spec });
    const status = { conditions: [{ type: "Approved", status: "True", reason: "R" }] };
    assert.deepEqual((await send(`PATCH ${path}/r`, { status }, MERGE)).body.status, {});
    const approved = await send(`PATCH ${path}/r/approval`, { status }, MERGE);
    assert.equal(approved.body.status.conditions[0].type, "Approved");
  }));
