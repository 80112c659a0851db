import assert from "node:assert/strict";
import type { JsonObject } from "../patch/mod.ts";
import { DEDUCED, isMap } from "./atom.ts";
import { structuralType } from "./structural_type.ts";

Deno.test("a structural schema gives its types: lists, maps, unknown fields, embedded resources", () => {
  const schema: JsonObject = {
    type: "object",
    properties: {
      spec: {
        type: "object",
        properties: {
          port: { "x-kubernetes-int-or-string": true },
          list: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
          open: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
          inner: { type: "object", "x-kubernetes-embedded-resource": true, properties: {} },
        },
      },
    },
  };
  const { map } = structuralType(schema, DEDUCED)();
  assert.deepEqual([...map!.fields.keys()].sort(), ["apiVersion", "kind", "metadata", "spec"]);
  const spec = map!.fields.get("spec")!.type().map!;
  assert.equal(spec.element, undefined, "no unknown fields");
  assert.equal(spec.fields.get("port")!.type().scalar, "untyped");
  assert.equal(spec.fields.get("list")!.type().list!.relationship, "associative");
  assert.equal(spec.fields.get("open")!.type().map!.element, DEDUCED);
  assert.ok(spec.fields.get("inner")!.type().map!.fields.has("metadata"));
  assert.equal(structuralType(undefined, DEDUCED), DEDUCED);
  assert.ok(isMap(schema));
});
