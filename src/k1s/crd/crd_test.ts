import assert from "node:assert/strict";
import recorded from "../../../fixtures/k1s/custom_resources.json" with { type: "json" };
import { invalid } from "../http/api_error.ts";
import type { Json, JsonObject } from "../patch/mod.ts";
import {
  applyDefaults,
  dropNulls,
  type FieldError,
  loadPatterns,
  prune,
  type Schema,
  validate,
} from "./mod.ts";

await loadPatterns();

const { schema, accepted, refused } = recorded as unknown as {
  schema: Schema;
  accepted: { object: JsonObject; result: Json }[];
  refused: { object: JsonObject; causes: string[] }[];
};

/** What creating an object does with it before it is stored. */
function admit(object: JsonObject): { object: JsonObject; errors: FieldError[] } {
  const admitted = structuredClone(object);
  prune(admitted, schema);
  dropNulls(admitted, schema);
  applyDefaults(admitted, schema);
  return { object: admitted, errors: validate(admitted, schema) };
}

Deno.test("what the real server accepted is accepted, pruned and defaulted alike", () => {
  assert.ok(accepted.length >= 30);
  for (const { object, result } of accepted) {
    const admitted = admit(object);
    assert.deepEqual(admitted.errors, [], JSON.stringify(object.spec));
    assert.deepEqual(admitted.object.spec, result, JSON.stringify(object.spec));
  }
});

Deno.test("what the real server refused is refused with the same causes", () => {
  assert.ok(refused.length >= 50);
  for (const { object, causes } of refused) {
    const status = invalid({ group: "crdcheck.example", kind: "Rand" }, "r", admit(object).errors).toStatus();
    const ours = new Set(
      status.details!.causes!.map((cause) => `${cause.field}|${cause.reason}|${cause.message}`),
    );
    assert.deepEqual([...ours].sort(), causes, JSON.stringify(object.spec));
  }
});

Deno.test("pruning names what it dropped, and keeps what is preserved", () => {
  const object: JsonObject = {
    apiVersion: "crdcheck.example/v1",
    kind: "Rand",
    metadata: { name: "r" },
    bogus: 1,
    spec: {
      name: "abc",
      typo: 1,
      free: { known: 1, other: { deep: 1 } },
      list: [{ k: "a" }, { k: "b", z: 1 }],
    },
  };
  assert.deepEqual(prune(object, schema), ["bogus", "spec.typo", "spec.list[1].z"]);
  assert.deepEqual(object.spec, {
    name: "abc",
    free: { known: 1, other: { deep: 1 } },
    list: [{ k: "a" }, { k: "b" }],
  });
});

Deno.test("a pattern that would hang a backtracking engine answers", () => {
  const hostile: Schema = { type: "string", pattern: "^(a+)+$" };
  assert.equal(validate("a".repeat(5000) + "!", hostile, "spec.x").length, 1);
  assert.equal(validate("a".repeat(5000), hostile, "spec.x").length, 0);
});

const FORMATS: readonly [string, string, boolean][] = [
  ["date-time", "2026-01-02T03:04:05.678+02:00", true],
  ["date-time", "2026-01-02 03:04", false],
  ["date", "2026-02-29", false],
  ["date", "2028-02-29", true],
  ["ipv4", "01.2.3.4", false],
  ["ipv6", "::1", true],
  ["ipv6", "1.2.3.4", false],
  ["cidr", "10.0.0.0/8", true],
  ["cidr", "10.0.0.0/33", false],
  ["uuid4", "9f0b6cd0-6d4c-4b9e-8f5d-0c6d4b9e8f5d", true],
  ["hostname", "a-b.example", true],
  ["hostname", "-a", false],
  ["isbn10", "0-306-40615-2", true],
  ["isbn13", "978-0-306-40615-7", true],
  ["creditcard", "4111 1111 1111 1111", true],
  ["creditcard", "4111 1111 1111 1112", false],
  ["byte", "aGk=", true],
  ["byte", "aGk", false],
  ["duration", "1h30m", true],
  ["duration", "soon", false],
  ["no-such-format", "anything", true],
];

for (const [format, text, good] of FORMATS) {
  Deno.test(`format ${format}: ${text}`, () => {
    assert.equal(validate(text, { type: "string", format }, "x").length === 0, good);
  });
}
