import assert from "node:assert/strict";
import type { JsonObject } from "../patch/mod.ts";
import { fromScaleFields, toScaleFields } from "./scale_fields.ts";

Deno.test("replicas written through scale are owned on the object by their writer", () => {
  const paths = { "apps/v1": ["f:spec", "f:replicas"], "old/v1": null };
  const entry = (manager: string, fieldsV1: JsonObject, subresource?: string) => ({
    manager,
    operation: "Update",
    apiVersion: "apps/v1",
    fieldsType: "FieldsV1",
    fieldsV1,
    ...(subresource === undefined ? {} : { subresource }),
  });
  const parent = [
    entry("a", { "f:spec": { "f:paused": {}, "f:replicas": {} } }),
    entry("b", { "f:spec": { "f:replicas": {} } }),
  ];
  const shown = toScaleFields(parent, paths);
  assert.deepEqual(shown.map((e) => `${e.manager} ${e.apiVersion}`), [
    "a autoscaling/v1",
    "b autoscaling/v1",
  ]);
  const scale = [{
    ...entry("c", { "f:spec": { "f:replicas": {} } }, "scale"),
    apiVersion: "autoscaling/v1",
  }];
  const written = fromScaleFields({ parent, scale, paths, apiVersion: "apps/v1" });
  assert.deepEqual(written, [
    entry("a", { "f:spec": { "f:paused": {} } }),
    entry("c", { "f:spec": { "f:replicas": {} } }, "scale"),
  ]);
});
