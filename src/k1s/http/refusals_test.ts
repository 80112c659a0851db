/** What the server refuses or warns of, in the real one's words. */
import assert from "node:assert/strict";
import { DEFINITIONS, map, MAPS, withServer } from "../../../tests/support/api_rig.ts";
import { WIDGETS_DEFINITION } from "../../../tests/support/widgets.ts";

const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

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
    { ...WIDGETS_DEFINITION, metadata: { name: "x.y" } },
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
      assert.equal(reply.at("kind"), "Status");
      if (typeof message === "string") assert.equal(reply.message, message);
      else assert.match(reply.message, message);
    }));
}

Deno.test("unknown and double fields are dropped, warned of, or refused", () =>
  withServer(async ({ send }) => {
    const body = '{"metadata":{"name":"a","q":1},"data":{"b":"x","b":"y"},"zz":1}';
    const warned = await send(`POST ${MAPS}`, body);
    assert.equal(warned.status, 201);
    assert.deepEqual(warned.at("data"), { b: "y" });
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
      strict.message,
      /strict decoding error: unknown field "metadata.q", duplicate field "data.b", unknown field "zz"/,
    );
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
      (await send(`GET ${MAPS}/y`, undefined, { accept: "application/yaml" })).text,
      /^apiVersion: v1\ndata:\n {2}a: b\n/,
    );
    assert.equal((await send(`GET ${MAPS}/y`, undefined, { accept: "text/html" })).status, 406);
  }));
