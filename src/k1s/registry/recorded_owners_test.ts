import assert from "node:assert/strict";
import type { StoredDefinition } from "../builtin/mod.ts";
import type { JsonObject } from "../patch/mod.ts";
import { builtinTypes, structuralType, type TypeRef } from "../smd/mod.ts";
import { ownersDifference, type RecordedKind, type RecordedWrite } from "./recorded_owners.ts";

interface Recording {
  readonly kind: RecordedKind;
  /** A built-in kind's definition, or a custom one's schema. */
  readonly definition?: string;
  readonly schema?: JsonObject;
  readonly writes: readonly RecordedWrite[];
}

Deno.test("managedFields are kept as a real API server kept them, conflicts included", async () => {
  const read = (path: string) => Deno.readTextFile(new URL(path, import.meta.url));
  const types = builtinTypes(
    JSON.parse(await read("../builtin/types.json")) as Record<string, StoredDefinition>,
  );
  const typeOf = ({ definition, schema }: Recording): TypeRef =>
    definition
      ? types(definition)
      : structuralType(schema, types("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"));
  let [writes, conflicts] = [0, 0];
  for (const line of (await read("../../../fixtures/k1s/field_owners.jsonl")).trim().split("\n")) {
    const recording = JSON.parse(line) as Recording;
    for (const [at, write] of recording.writes.entries()) {
      const difference = ownersDifference(write, recording.kind, typeOf(recording));
      assert.equal(difference, undefined, `${recording.kind.kind}, write ${at}, ${write.op}: ${difference}`);
      writes++;
      if (write.conflicts) conflicts++;
    }
  }
  assert.ok(writes > 150 && conflicts > 20, `${writes} writes, ${conflicts} conflicts`);
});
