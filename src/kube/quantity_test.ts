import assert from "node:assert/strict";
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  milliValue,
  parseQuantity,
  quantityValue,
} from "./quantity.ts";

Deno.test("quantities print in the server's canonical form", () => {
  const table: [string, string][] = [
    ["0", "0"],
    ["1", "1"],
    ["1000m", "1"],
    ["0.5", "500m"],
    ["1.5Gi", "1536Mi"],
    ["1024", "1024"],
    ["1024Ki", "1Mi"],
    ["512Ki", "512Ki"],
    ["1000", "1k"],
    ["1500k", "1500k"],
    ["1e3", "1e3"],
    ["100000000", "100M"],
    ["0.1n", "1n"],
    ["-2.5", "-2500m"],
    ["0.5Ki", "512"],
    [".5", "500m"],
    ["5.", "5"],
    ["12E", "12E"],
  ];
  for (const [text, canonical] of table) assert.equal(formatQuantity(parseQuantity(text)!), canonical, text);
});

Deno.test("what is no quantity is null", () => {
  for (const text of ["", "x", "1x", "1 Gi", "Gi", "1ki", "1e", "--1", "1.2.3", "1e999"]) {
    assert.equal(parseQuantity(text), null, text);
  }
});

Deno.test("quantities compare and add by value", () => {
  assert.ok(compareQuantities("1Gi", "1G") > 0);
  assert.equal(compareQuantities("1", "1000m"), 0);
  assert.ok(compareQuantities("9m", "10m") < 0);
  assert.ok(compareQuantities("<unset>", "0") < 0);
  assert.equal(formatQuantity(addQuantities(parseQuantity("100m")!, parseQuantity("1900m")!)), "2");
  assert.equal(formatQuantity(addQuantities(parseQuantity("0")!, parseQuantity("70Mi")!)), "70Mi");
  assert.equal(milliValue(parseQuantity("1500u")!), 2);
  assert.equal(quantityValue(parseQuantity("2Ki")!), 2048);
});
