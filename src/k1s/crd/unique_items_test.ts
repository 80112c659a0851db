import assert from "node:assert/strict";
import { duplicateItems, newErrors } from "./unique_items.ts";
import type { Schema } from "./structural.ts";
import { validate } from "./validate.ts";

const SCHEMA: Schema = {
  type: "object",
  properties: {
    tags: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
    free: { type: "array", items: { type: "string" } },
    parts: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name", "zone"],
      items: {
        type: "object",
        required: ["name"],
        properties: {
          name: { type: "string" },
          zone: { type: "string" },
          size: { type: "integer", maximum: 5 },
        },
      },
    },
  },
};

Deno.test("items of sets and maps that are there again are errors, each once", () => {
  const value = {
    tags: ["a", "b", "a", "a"],
    free: ["a", "a"],
    parts: [{ name: "x", size: 1 }, { zone: "1", name: "x" }, { name: "x", size: 2 }],
  };
  assert.deepEqual(duplicateItems(value, SCHEMA), [
    { type: "duplicate", field: "tags[2]", value: "a" },
    { type: "duplicate", field: "parts[2]", value: { name: "x", zone: null } },
  ]);
});

Deno.test("an update is refused for what it made worse alone", () => {
  const old = { parts: [{ name: "x", size: 9 }, { size: 1 }] };
  const same = { ...old, free: ["new"] };
  assert.equal(validate(same, SCHEMA).length, 2);
  assert.deepEqual(newErrors(validate(same, SCHEMA), same, old), []);
  const worse = { parts: [{ name: "x", size: 10 }, { size: 2 }] };
  assert.deepEqual(newErrors(validate(worse, SCHEMA), worse, old).map(({ field }) => field), [
    "parts[0].size",
    "parts[1].name",
  ]);
});
