import assert from "node:assert/strict";
import { readRow } from "./row_input.ts";

Deno.test("a sound object gives its identity", () => {
  const row = readRow({
    metadata: {
      uid: "u1",
      name: "web",
      namespace: "default",
      resourceVersion: "7",
      creationTimestamp: "2023-11-14T22:13:20Z",
      deletionTimestamp: "2023-11-14T22:14:20Z",
      labels: { app: "web" },
    },
  }, ["web", 1]);
  assert.deepEqual(row, {
    uid: "u1",
    namespace: "default",
    name: "web",
    resourceVersion: "7",
    createdMs: 1_700_000_000_000,
    deleting: true,
    labels: { app: "web" },
    malformed: "",
    cells: ["web", 1],
  });
});

Deno.test("an object without a uid is known by its name", () => {
  assert.equal(readRow({ metadata: { name: "node-1" } }, []).uid, "name:/node-1");
});

Deno.test("a malformed object becomes a row that says what is wrong", () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [null, "not an object"],
    [[], "not an object"],
    ["pod", "not an object"],
    [{}, "no metadata"],
    [{ metadata: [] }, "no metadata"],
    [{ metadata: { namespace: "x" } }, "no name"],
    [{ metadata: { name: 5 } }, "no name"],
    [{ metadata: { name: "a", labels: [] } }, "labels are no map"],
    [{ metadata: { name: "a", labels: { x: 1 } } }, "label x is no string"],
    [{ metadata: { name: "a", creationTimestamp: "soon" } }, "creationTimestamp is no time"],
    [{ metadata: { name: "a", creationTimestamp: 7 } }, "creationTimestamp is no time"],
  ];
  for (const [object, malformed] of cases) {
    const row = readRow(object, undefined);
    assert.equal(row.malformed, malformed, JSON.stringify(object));
    assert.equal(row.uid, readRow(structuredClone(object), undefined).uid, "the same row in the next list");
    assert.notEqual(row.uid, "");
  }
});

Deno.test("rows without an object are told apart by their cells", () => {
  assert.notEqual(readRow(null, ["a"]).uid, readRow(null, ["b"]).uid);
  assert.equal(readRow(null, ["a"]).uid, readRow(null, ["a"]).uid);
});

Deno.test("integers past 2^53 are no obstacle", () => {
  const big = 12345678901234567890n;
  assert.match(readRow({ metadata: { generation: big } }, [big]).uid, /^content:/);
  assert.equal(readRow({ metadata: { name: "a", labels: { n: [big] } } }, []).labels["n"], `[${big}]`);
});
