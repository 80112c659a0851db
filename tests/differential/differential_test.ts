/**
 * The embedded server answers as the real one: recorded sequences on every machine, and where a real cluster is, more of
 * them played to both. ORKA_TEST_SEED names another first seed. A failure names its own seed.
 */
import assert from "node:assert/strict";
import { clusterTest } from "../support/real_cluster.ts";
import { differences, told } from "./compare.ts";
import { CASES, CORPUS, readCases, readCorpus } from "./fixtures.ts";
import { sequenceOf } from "./generate.ts";
import { play } from "./player.ts";
import type { Recorded } from "./step.ts";
import { EmbeddedTarget, RealTarget } from "./targets.ts";

/** How long fresh seeds are played, ms. */
const FRESH_MS = 20_000;

async function check({ name, steps, answers }: Recorded): Promise<void> {
  await using target = await EmbeddedTarget.open();
  const found = differences(steps, answers, await play(target, steps));
  assert.ok(
    found.length === 0,
    `${name}: ${found.length} differences\n${found.slice(0, 3).map(told).join("\n")}`,
  );
}

const cases = await readCases(CASES);
for (const [index, recorded] of cases.entries()) {
  Deno.test(`answers a kept sequence as the real server: ${index} ${recorded.name}`, () => check(recorded));
}

Deno.test("answers thousands of recorded requests as the real server", async () => {
  for (const recorded of await readCorpus(CORPUS)) await check(recorded);
});

const FIRST_SEED = Number(Deno.env.get("ORKA_TEST_SEED") ?? 5001);

clusterTest("answers sequences played to both as the real server", async (cluster) => {
  const endMs = performance.now() + FRESH_MS;
  await using real = await RealTarget.open(cluster.kubeconfig);
  for (let next = FIRST_SEED; performance.now() < endMs; next++) {
    const { name, steps } = sequenceOf(next);
    const answers = await play(real, steps);
    await real.clean(steps);
    await check({ name, steps, answers });
  }
});
