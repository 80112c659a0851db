/**
 * The embedded server answers as the real one: recorded sequences on every machine, fresh ones where a real cluster
 * is and ORKA_TEST_SEED names the first seed. A failure names its own seed.
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

const seed = Deno.env.get("ORKA_TEST_SEED");
const fresh = "answers fresh sequences as the real server";

clusterTest(seed ? fresh : `${fresh} (skipped: ORKA_TEST_SEED names no seed)`, async (cluster) => {
  if (!seed) return;
  const endMs = performance.now() + FRESH_MS;
  await using real = await RealTarget.open(cluster.kubeconfig);
  for (let next = Number(seed); performance.now() < endMs; next++) {
    const { name, steps } = sequenceOf(next);
    const answers = await play(real, steps);
    await real.clean(steps);
    await check({ name, steps, answers });
  }
});
