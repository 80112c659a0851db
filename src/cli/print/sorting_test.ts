import assert from "node:assert/strict";
import { SortedItems } from "./sorting.ts";

function sortByPath<T>(items: readonly T[], path: string, objectOf: (item: T) => unknown): T[] {
  const sorting = new SortedItems<T>(path);
  for (const item of items) sorting.add(item, objectOf(item));
  return sorting.sorted();
}

function sorted(path: string, ...values: unknown[]): unknown[] {
  const items = values.map((v, index) => v === undefined ? { index } : { v, index });
  return sortByPath(items, path, (item) => item).map((item) => item.v ?? null);
}

Deno.test("numbers by value, strings by character, quantities by amount, missing first", () => {
  assert.deepEqual(sorted(".v", 10, 9, 100), [9, 10, 100]);
  assert.deepEqual(sorted("{.v}", "node-10", "node-2", "node-1"), ["node-1", "node-10", "node-2"]);
  assert.deepEqual(sorted("v", "1Gi", "500Mi", "2G"), ["500Mi", "1Gi", "2G"]);
  assert.deepEqual(sorted(".v", "b", undefined, "a"), [null, "a", "b"]);
  assert.deepEqual(sorted(".v", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"), [
    "2026-01-01T00:00:00Z",
    "2026-01-02T00:00:00Z",
  ]);
});

Deno.test("equal keys keep their order", () => {
  const items = ["c", "a", "b"].map((name) => ({ name, k: 1 }));
  assert.deepEqual(sortByPath(items, ".k", (item) => item).map(({ name }) => name), ["c", "a", "b"]);
});

Deno.test("a field that no object has, or that is no single value, is a usage error", () => {
  assert.throws(() => sorted(".nope", 1), { code: "usage" });
  assert.throws(() => sorted(".v", { a: 1 }), { code: "usage" });
  assert.deepEqual(sortByPath([], ".nope", (item) => item), []);
});
