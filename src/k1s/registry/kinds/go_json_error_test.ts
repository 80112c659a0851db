import assert from "node:assert/strict";
import { parseProblem } from "./go_json_error.ts";

/** As Go 1.24's json.Unmarshal into a map[string]any says them. */
const SAID: readonly (readonly [string, string | null])[] = [
  ["{}", null],
  ["null", null],
  ["", "unexpected end of JSON input"],
  ["{", "unexpected end of JSON input"],
  ['{"a":', "unexpected end of JSON input"],
  ['"abc', "unexpected end of JSON input"],
  ["[1,", "unexpected end of JSON input"],
  ["[]", "json: cannot unmarshal array into Go value of type map[string]interface {}"],
  ["true", "json: cannot unmarshal bool into Go value of type map[string]interface {}"],
  ["x", "invalid character 'x' looking for beginning of value"],
  ["[1,]", "invalid character ']' looking for beginning of value"],
  ["{} x", "invalid character 'x' after top-level value"],
  ["01", "invalid character '1' after top-level value"],
  ["not", "invalid character 'o' in literal null (expecting 'u')"],
  ["tru", "invalid character ' ' in literal true (expecting 'e')"],
  ["{a:1}", "invalid character 'a' looking for beginning of object key string"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
  ["[1 2]", "invalid character '2' after array element"],
  ['{"a":[{"b":1}]]', "invalid character ']' after object key:value pair"],
  ['"a\nb"', "invalid character '\\n' in string literal"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['"\\u00g0"', "invalid character 'g' in \\u hexadecimal character escape"],
  ["-x", "invalid character 'x' in numeric literal"],
  ["-", "invalid character ' ' in numeric literal"],
  ["1.x", "invalid character 'x' after decimal point in numeric literal"],
  ["1ex", "invalid character 'x' in exponent of numeric literal"],
];

Deno.test("texts that are no JSON object are told of in Go's words", () => {
  for (const [text, said] of SAID) assert.equal(parseProblem(text), said, text);
});

Deno.test("a text that nests without end is told of, not followed", () => {
  assert.equal(parseProblem("[".repeat(20_000)), "exceeded max depth");
});
