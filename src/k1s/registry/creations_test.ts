/** Objects of many kinds as created by the real server, recorded: ours are the same, but for what is listed here. */
import assert from "node:assert/strict";
import recorded from "../../../fixtures/k1s/creations.json" with { type: "json" };
import { withServer } from "../../../tests/support/api_rig.ts";
import { equal } from "../patch/mod.ts";
import type { JsonObject } from "./object.ts";
import { comparable } from "./recorded_validation.ts";

interface Creation {
  readonly path: string;
  readonly body: JsonObject;
  readonly status: number;
  readonly answer: JsonObject;
}

for (const [index, { path, body, status, answer }] of (recorded as unknown as Creation[]).entries()) {
  Deno.test(`created as by the real server: ${path} ${index}`, async () => {
    await withServer(async ({ send }) => {
      await send("POST /api/v1/namespaces", { metadata: { name: "registry" } });
      const ours = await send(`POST ${path}?dryRun=All`, body);
      assert.equal(ours.status, status, ours.text);
      const [mine, real] = [comparable(ours.body as JsonObject), comparable(answer)];
      if (!equal(mine, real)) assert.deepEqual(mine, real);
    });
  });
}
