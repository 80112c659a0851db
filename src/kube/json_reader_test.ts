import assert from "node:assert/strict";
import { parseJson, writeJson, writeYaml } from "./mod.ts";

const EXACT: readonly string[] = [
  "9007199254740993",
  "-9007199254740993",
  "9223372036854775807",
  "-9223372036854775808",
  "1234567890123456",
];

for (const digits of EXACT) {
  Deno.test(`${digits} is written as it was read`, () => {
    const read = parseJson(`{"spec":{"size":${digits},"list":[${digits}]}}`);
    assert.equal(
      writeJson(read, { indent: 0 }).replaceAll(/\s/g, ""),
      `{"spec":{"list":[${digits}],"size":${digits}}}`,
    );
    assert.equal(writeYaml(read), `spec:\n  list:\n  - ${digits}\n  size: ${digits}\n`);
  });
}

Deno.test("what JSON.parse reads well is read by JSON.parse", () => {
  const text =
    '{"a":1,"b":"1234567890123456789","c":1.5,"d":12345678901234567890.5,"e":1e300,"f":9223372036854775808}';
  assert.deepEqual(parseJson(text), JSON.parse(text));
});
