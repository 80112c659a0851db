import assert from "node:assert/strict";
import { warningTexts } from "./warnings.ts";

Deno.test("the texts of a Warning header", () => {
  assert.deepEqual(warningTexts(""), []);
  assert.deepEqual(warningTexts('299 - "v1 Endpoints is deprecated in v1.33+; use x"'), [
    "v1 Endpoints is deprecated in v1.33+; use x",
  ]);
  assert.deepEqual(warningTexts('299 - "a \\"b\\", c", 299 kube "d"'), ['a "b", c', "d"]);
});
