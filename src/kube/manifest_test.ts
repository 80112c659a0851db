import assert from "node:assert/strict";
import { writeJson } from "./json_writer.ts";
import { listOf, withoutManagedFields, withoutStatus } from "./manifest.ts";

const POD = {
  kind: "Pod",
  metadata: { name: "a", managedFields: [{ manager: "x" }] },
  status: { phase: "Running" },
};

Deno.test("managed fields and status are taken out of a copy", () => {
  assert.deepEqual(withoutManagedFields(POD), {
    kind: "Pod",
    metadata: { name: "a" },
    status: { phase: "Running" },
  });
  assert.deepEqual(withoutStatus(POD), { kind: "Pod", metadata: POD.metadata });
  assert.equal(POD.metadata.managedFields.length, 1);
  const bare = { kind: "Pod", metadata: { name: "b" } };
  assert.equal(withoutManagedFields(bare), bare);
  assert.equal(withoutStatus(bare), bare);
});

Deno.test("a list loses the managed fields of its items", () => {
  assert.deepEqual(
    withoutManagedFields({ items: [POD, null] }).items,
    [withoutManagedFields(POD), null] as unknown[],
  );
  assert.equal(
    writeJson(listOf([])),
    '{\n    "apiVersion": "v1",\n    "items": [],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}',
  );
});
