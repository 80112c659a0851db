import assert from "node:assert/strict";
import { editDistance, nearMiss } from "./near_miss.ts";

Deno.test("distance counts inserts, deletes, changes and swaps", () => {
  assert.equal(editDistance("", "abc"), 3);
  assert.equal(editDistance("pods", "pods"), 0);
  assert.equal(editDistance("pdos", "pods"), 1);
  assert.equal(editDistance("pod", "pods"), 1);
  assert.equal(editDistance("kitten", "sitting"), 3);
  assert.equal(editDistance("kitten", "sitting", 1), 2);
});

Deno.test("the nearest candidate is offered, and none when all are far", () => {
  const words = ["pods", "services", "deployments", "get", "describe"];
  assert.equal(nearMiss("pdos", words), "pods");
  assert.equal(nearMiss("deploymnets", words), "deployments");
  assert.equal(nearMiss("descr", words), "describe");
  assert.equal(nearMiss("gte", words), "get");
  assert.equal(nearMiss("xyzzy", words), undefined);
});
