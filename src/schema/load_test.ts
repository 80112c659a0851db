import assert from "node:assert/strict";
import { resourceOf } from "../../tests/support/resources.ts";
import { OrkaError } from "../base/mod.ts";
import { findField, loadSchema, nodeAt, type SchemaServer, type SchemaStore, typeText } from "./mod.ts";

const META = {
  "io.k8s.Tree": {
    type: "object",
    properties: {
      name: { type: "string" },
      left: { $ref: "#/components/schemas/io.k8s.Tree" },
      size: { $ref: "#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity" },
    },
  },
  "io.k8s.apimachinery.pkg.api.resource.Quantity": { oneOf: [{ type: "string" }, { type: "number" }] },
  "io.k8s.Unused": { type: "nonsense" },
};

const ROOT = {
  type: "object",
  "x-kubernetes-group-version-kind": [{ group: "apps", version: "v1", kind: "Plant" }],
  properties: {
    spec: { description: "Wanted.", default: {}, allOf: [{ $ref: "#/components/schemas/io.k8s.Tree" }] },
  },
};

/** A server of fixed answers; a path that it has none for is not found. */
function serverOf(answers: Record<string, unknown>): SchemaServer & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    target: { server: "https://one" },
    json(path, { accept = "" } = {}) {
      asked.push(accept.includes("PartialObjectMetadata") ? `${path} metadata` : path);
      const found = answers[path];
      if (found !== undefined) return Promise.resolve(structuredClone(found));
      return Promise.reject(new OrkaError("not-found", `${path} is not there`));
    },
  };
}

function storeOf(): SchemaStore {
  const kept = new Map<string, { etag: string; text: string }>();
  return {
    get: (key) => kept.get(JSON.stringify(key)) ?? null,
    put: (key, schema) => void kept.set(JSON.stringify(key), schema),
  };
}

function builtIn(schemas: Record<string, unknown> = { Plant: ROOT, ...META }, hash = "A") {
  const url = `/openapi/v3/apis/apps/v1?hash=${hash}`;
  const index = { paths: { "apis/apps/v1": { serverRelativeURL: url } } };
  return serverOf({ "/openapi/v3": index, [url]: { components: { schemas } } });
}

const PLANT = resourceOf("Plant", { group: "apps" });

Deno.test("a built-in kind is read from OpenAPI with what it refers to, however deep it holds itself", async () => {
  const schema = await loadSchema(builtIn(), PLANT);
  const { node, raw } = findField(schema, "spec.left.left.left.size");
  assert.equal(node.type, "quantity");
  assert.equal(typeText(schema, raw), "Quantity");
  const spec = findField(schema, "spec");
  assert.deepEqual([spec.node.doc, typeText(schema, spec.raw), spec.node.default], [
    "Wanted.",
    "Tree",
    undefined,
  ]);
  assert.deepEqual(schema.flags.recursive, ["io.k8s.Tree"]);
  assert.equal(Object.hasOwn(schema.types, "io.k8s.Unused"), false);
  assert.equal(nodeAt(schema, ["spec", "left", "nope"]), null);
});

Deno.test("a reference to nothing is an error that names the kind", async () => {
  await assert.rejects(loadSchema(builtIn({ Plant: ROOT }), PLANT), (error: OrkaError) => {
    assert.equal(error.code, "protocol");
    assert.match(error.message, /Plant\.apps\/v1.*io\.k8s\.Tree/);
    return true;
  });
  await assert.rejects(loadSchema(serverOf({ "/openapi/v3": {} }), PLANT), { code: "not-found" });
});

Deno.test("what is cached is checked in one request, and read anew when the hash is another", async () => {
  const cache = storeOf();
  const first = await loadSchema(builtIn(), PLANT, { cache });
  const again = builtIn();
  const second = await loadSchema(again, PLANT, { cache });
  assert.deepEqual(again.asked, ["/openapi/v3"]);
  assert.deepEqual(JSON.parse(JSON.stringify(second)), JSON.parse(JSON.stringify(first)));
  const changed = builtIn(undefined, "B");
  await loadSchema(changed, PLANT, { cache });
  assert.equal(changed.asked.length, 2);
});

const WIDGET = resourceOf("Widget", { group: "example.com" });
const CRD_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com";

function crdOf(resourceVersion: string): unknown {
  const spec = { type: "object", properties: { size: { type: "integer" } } };
  const schema = { openAPIV3Schema: { type: "object", properties: { spec } } };
  const additionalPrinterColumns = [{ name: "Size", type: "integer", jsonPath: ".spec.size" }];
  return {
    metadata: { name: "widgets.example.com", resourceVersion },
    spec: {
      group: "example.com",
      scope: "Cluster",
      names: { kind: "Widget", plural: "widgets" },
      versions: [{ name: "v1", served: true, schema, additionalPrinterColumns }],
    },
  };
}

Deno.test("a custom kind is read from its CRD, and again when its resourceVersion is another", async () => {
  const cache = storeOf();
  const schema = await loadSchema(serverOf({ [CRD_PATH]: crdOf("1") }), WIDGET, { cache });
  assert.deepEqual([schema.source, schema.etag, schema.resource.namespaced], ["crd", "1", false]);
  assert.deepEqual(schema.columns.map(({ name, jsonPath }) => [name, jsonPath]), [["Size", ".spec.size"]]);
  assert.equal(findField(schema, "metadata.ownerReferences.uid").required, true);
  const again = serverOf({ [CRD_PATH]: crdOf("1") });
  await loadSchema(again, WIDGET, { cache });
  assert.deepEqual(again.asked, [`${CRD_PATH} metadata`]);
  const changed = serverOf({ [CRD_PATH]: crdOf("2") });
  assert.equal((await loadSchema(changed, WIDGET, { cache })).etag, "2");
});

Deno.test("who may not read CRDs gets the schema from OpenAPI, and the columns from the server's table", async () => {
  const url = "/openapi/v3/apis/example.com/v1?hash=A";
  const root = {
    ...ROOT,
    "x-kubernetes-group-version-kind": [{ group: "example.com", version: "v1", kind: "Widget" }],
  };
  const server = serverOf({
    "/openapi/v3": { paths: { "apis/example.com/v1": { serverRelativeURL: url } } },
    [url]: { components: { schemas: { Widget: root, ...META } } },
    "/apis/example.com/v1/widgets?limit=1": {
      columnDefinitions: [{ name: "Size", type: "integer", priority: 1 }],
    },
  });
  const schema = await loadSchema(server, WIDGET, { columns: true });
  assert.equal(schema.source, "openapi");
  assert.deepEqual(schema.columns, [{ name: "Size", type: "integer", priority: 1, jsonPath: "" }]);
});
