/** docs/logs.md shows what the program prints. */
import assert from "node:assert/strict";
import { ManualClock } from "../../src/base/mod.ts";
import { cliOnEmbedded, settled } from "../cli/harness.ts";
import type { Embedded } from "../support/embedded.ts";
import { LogCluster } from "../support/log_cluster.ts";
import { withRunExamples } from "./console_examples.ts";

const PAGE = new URL("../../docs/logs.md", import.meta.url);
const START = Date.UTC(2026, 7, 1, 10);

Deno.test("the examples of docs/logs.md run as they stand there", async () => {
  const clock = new ManualClock(START + 60_000);
  await using cluster = await LogCluster.open({ clock });
  const labels = { app: "web" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "main", image: "web:1" }] } };
  await cluster.client.json("/apis/apps/v1/namespaces/default/deployments", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      metadata: { name: "web" },
      spec: { selector: { matchLabels: labels }, template },
    }),
  });
  for (const name of ["web-1", "web-2"]) {
    await cluster.run(name, { labels });
    cluster.log(name).add(
      { ms: START, text: '{"level":"info","msg":"request","path":"/products/17","status":200}' },
      { ms: START + 100, text: 'level=error msg="cart is gone" path=/cart status=502' },
      { ms: START + 200, text: "listening on 8080" },
    );
  }
  const { server, client } = cluster;
  const orka = cliOnEmbedded({ server, client } as Embedded, { clock });
  const page = await Deno.readTextFile(PAGE);
  const run = await withRunExamples(page, (...args) => settled(clock, orka(...args)));
  if (Deno.env.get("ORKA_UPDATE_DOCS") === "1") return await Deno.writeTextFile(PAGE, run);
  assert.equal(page, run);
});
