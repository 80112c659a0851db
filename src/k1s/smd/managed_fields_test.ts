import assert from "node:assert/strict";
import type { Json } from "../patch/mod.ts";
import { decodeManagedFields, encodeManagedFields, ManagedFieldsError } from "./managed_fields.ts";

Deno.test("entries are read, or refused", () => {
  const entry = {
    manager: "m",
    operation: "Update",
    apiVersion: "v1",
    fieldsType: "FieldsV1",
    fieldsV1: { "f:a": {} },
  };
  const bad: Json[] = [
    { ...entry, operation: "Patch" },
    { ...entry, apiVersion: "" },
    { ...entry, fieldsType: "" },
    { ...entry, fieldsType: "FieldsV2" },
    { ...entry, fieldsV1: { x: {} } },
    1,
  ];
  for (const one of bad) {
    assert.throws(() => decodeManagedFields([one]), ManagedFieldsError, JSON.stringify(one));
  }
  const timed = { ...entry, time: "2026-01-01T00:00:00Z", subresource: "status" };
  assert.deepEqual(encodeManagedFields(decodeManagedFields([timed])), [timed]);
});
