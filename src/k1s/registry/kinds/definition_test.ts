import assert from "node:assert/strict";
import type { JsonObject } from "../object.ts";
import { depthOf, MAX_DEPTH } from "./definition_schema.ts";
import { loadPatterns } from "../../crd/mod.ts";
import { createErrors } from "./table.ts";

await loadPatterns();

function definition(schema: JsonObject): JsonObject {
  return {
    metadata: { name: "xs.x.dev" },
    spec: {
      group: "x.dev",
      scope: "Cluster",
      names: { plural: "xs", singular: "x", kind: "X", listKind: "XList" },
      conversion: { strategy: "None" },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
    status: { storedVersions: ["v1"] },
  };
}

function check(schema: JsonObject) {
  return createErrors("apiextensions.k8s.io/customresourcedefinitions", definition(schema));
}

Deno.test("a schema without end is refused before anything walks it", () => {
  let deep: JsonObject = { type: "string" };
  for (let level = 0; level < 20_000; level++) deep = { type: "object", properties: { a: deep } };
  assert.ok(depthOf(deep) > MAX_DEPTH);
  const errors = check(deep);
  assert.equal(errors.length, 1);
  assert.equal(errors[0]!.field, "spec.versions[0].schema.openAPIV3Schema");
});

Deno.test("a good definition has no problems, a default that does not fit one", () => {
  const size: JsonObject = { type: "integer", maximum: 10, default: 3 };
  const schema = (property: JsonObject): JsonObject => ({ type: "object", properties: { size: property } });
  assert.deepEqual(check(schema(size)), []);
  const [error, ...more] = check(schema({ ...size, default: 30 }));
  assert.equal(error!.field, "spec.versions[0].schema.openAPIV3Schema.properties[size].default");
  assert.equal(more.length, 0);
});
