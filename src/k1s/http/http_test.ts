import assert from "node:assert/strict";
import { ApiError, applyConflict, forbidden, invalid, notFound } from "./api_error.ts";
import { negotiate } from "./negotiate.ts";
import { requestInfo } from "./request_info.ts";

/** method, path: verb, group/version, resource, namespace, name, subresource. */
const REQUESTS: readonly [string, string, string][] = [
  ["GET", "/api/v1/pods", "list /v1 pods - - -"],
  ["GET", "/api/v1/pods?watch=true", "watch /v1 pods - - -"],
  ["GET", "/api/v1/pods?watch=0", "list /v1 pods - - -"],
  ["GET", "/api/v1/watch/namespaces/a/pods", "watch /v1 pods a - -"],
  ["GET", "/api/v1/namespaces", "list /v1 namespaces - - -"],
  ["GET", "/api/v1/namespaces/a", "get /v1 namespaces a a -"],
  ["PUT", "/api/v1/namespaces/a/finalize", "update /v1 namespaces a a finalize"],
  ["PATCH", "/api/v1/namespaces/a/status", "patch /v1 namespaces a a status"],
  ["GET", "/api/v1/namespaces/a/pods", "list /v1 pods a - -"],
  ["POST", "/api/v1/namespaces/a/pods", "create /v1 pods a - -"],
  ["DELETE", "/api/v1/namespaces/a/pods", "deletecollection /v1 pods a - -"],
  ["DELETE", "/api/v1/namespaces/a/pods/x", "delete /v1 pods a x -"],
  ["GET", "/api/v1/namespaces/a/pods/x/log", "get /v1 pods a x log"],
  ["POST", "/api/v1/namespaces/a/pods/x/exec?command=sh", "connect /v1 pods a x exec"],
  ["GET", "/api/v1/namespaces/a/services/x/proxy/some/path", "connect /v1 services a x proxy"],
  ["GET", "/apis/apps/v1/namespaces/a/deployments/web/scale", "get apps/v1 deployments a web scale"],
  ["GET", "/apis/apps/v1/deployments", "list apps/v1 deployments - - -"],
  ["GET", "/api/v1/nodes/n%2Fstatus", "get /v1 nodes - n status"],
];

for (const [method, path, expected] of REQUESTS) {
  Deno.test(`request ${method} ${path}`, () => {
    const info = requestInfo(method, new URL(path, "https://server"));
    assert.equal(info.type, "resource");
    if (info.type !== "resource") return;
    const parts = [
      info.verb,
      `${info.group}/${info.version}`,
      info.resource,
      info.namespace,
      info.name,
      info.subresource,
    ];
    assert.equal(parts.map((part) => part || "-").join(" "), expected);
  });
}

for (
  const path of [
    "/",
    "/api",
    "/api/v1",
    "/apis",
    "/apis/apps",
    "/apis/apps/v1",
    "/version",
    "/openapi/v3/apis/apps/v1",
  ]
) {
  Deno.test(`path ${path} is no resource`, () => {
    assert.deepEqual(requestInfo("GET", new URL(path, "https://server")), { type: "path", path });
  });
}

const table = "application/json;as=Table;v=v1;g=meta.k8s.io";
const FORMS: readonly [string | null, string][] = [
  [null, "json object v1"],
  ["*/*", "json object v1"],
  ["application/json", "json object v1"],
  ["application/yaml", "yaml object v1"],
  ["application/vnd.kubernetes.protobuf,application/json", "json object v1"],
  ["application/vnd.kubernetes.protobuf, */*", "json object v1"],
  [`${table},application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json`, "json table v1"],
  ["application/json;as=Table;v=v1beta1;g=meta.k8s.io", "json table v1beta1"],
  ["application/json;as=Table;v=v9;g=meta.k8s.io,application/json", "json object v1"],
  ["application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io", "json partial v1"],
  ["text/html, application/json;q=0.5, application/yaml;q=0.9", "yaml object v1"],
];

for (const [accept, expected] of FORMS) {
  Deno.test(`accept ${accept}`, () => {
    const { format, as, metaVersion } = negotiate(accept);
    assert.equal(`${format} ${as} ${metaVersion}`, expected);
  });
}

Deno.test("what cannot be served is 406 in the real server's words", () => {
  for (
    const accept of ["text/html", "application/vnd.kubernetes.protobuf", "application/json;as=Table;v=v1"]
  ) {
    assert.throws(() => negotiate(accept), (error) => error instanceof ApiError && error.status === 406);
  }
});

Deno.test("statuses are the real server's", () => {
  assert.deepEqual(notFound({ group: "", plural: "namespaces" }, "nope").toStatus(), {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: 'namespaces "nope" not found',
    reason: "NotFound",
    details: { name: "nope", kind: "namespaces" },
    code: 404,
  });
  const options = invalid({ group: "meta.k8s.io", kind: "ListOptions" }, "", [{
    type: "forbidden",
    field: "resourceVersionMatch",
    detail: "resourceVersionMatch is forbidden unless resourceVersion is provided",
  }]).toStatus();
  assert.equal(
    options.message,
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
  );
  assert.deepEqual(options.details, {
    group: "meta.k8s.io",
    kind: "ListOptions",
    causes: [{
      reason: "FieldValueForbidden",
      message: "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided",
      field: "resourceVersionMatch",
    }],
  });
  const denied = forbidden({
    user: "bob",
    verb: "list",
    resource: { group: "", plural: "secrets" },
    namespace: "default",
  });
  assert.equal(
    denied.message,
    'secrets is forbidden: User "bob" cannot list resource "secrets" in API group "" in the namespace "default"',
  );
  const applied = applyConflict([{ manager: '"a"', field: ".data.k" }]).toStatus();
  assert.equal(applied.message, 'Apply failed with 1 conflict: conflict with "a": .data.k');
  assert.deepEqual(applied.details?.causes, [{
    reason: "FieldManagerConflict",
    message: 'conflict with "a"',
    field: ".data.k",
  }]);
});
