import assert from "node:assert/strict";
import { seededRandom } from "../../base/mod.ts";
import { naturalCompare } from "./natural_compare.ts";

Deno.test("digits go by value, letters without case", () => {
  const sorted = [
    "",
    "-1",
    "1",
    "2",
    "02",
    "10",
    "web-2",
    "Web-10",
    "web-10",
    "web-10a",
    "web-123456789",
    "web-1234567890",
    "web-x",
  ];
  const want = [
    "",
    "-1",
    "1",
    "02",
    "2",
    "10",
    "web-2",
    "Web-10",
    "web-10",
    "web-10a",
    "web-123456789",
    "web-1234567890",
    "web-x",
  ];
  assert.deepEqual([...sorted].reverse().sort(naturalCompare), want);
});

Deno.test("property: runs of digits compare as the numbers that they spell", () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const random = seededRandom(seed);
    const digits = () =>
      BigInt("1" + "0".repeat(Math.floor(random() * 30))) + BigInt(Math.floor(random() * 1e6));
    const [a, b] = [digits(), digits()];
    const want = a < b ? -1 : a > b ? 1 : 0;
    assert.equal(Math.sign(naturalCompare(`x${a}y`, `x${b}y`)), want, `seed ${seed}: ${a} and ${b}`);
  }
});
