import assert from "node:assert/strict";
import { replay } from "./recorded_validation.ts";

Deno.test("broken objects and broken changes are refused in the real server's words", async () => {
  const results = await replay();
  const differing = results.filter(({ same }) => !same);
  assert.ok(results.length > 4_000);
  assert.ok(differing.length < 1_200, `${differing.length} of ${results.length} answers differ`);
});
