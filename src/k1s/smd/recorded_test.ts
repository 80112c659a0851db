import assert from "node:assert/strict";
import { firstDifference, type RecordedStep } from "./recorded_sequences.ts";
import type { SampleSequence } from "./sample_sequences.ts";

Deno.test("sequences end as structured-merge-diff v6.3.3 ended them", async () => {
  const file = new URL("../../../fixtures/k1s/structured_merge.jsonl", import.meta.url);
  const lines = (await Deno.readTextFile(file)).trim().split("\n");
  assert.ok(lines.length >= 200);
  for (const [index, line] of lines.entries()) {
    const { sequence, steps } = JSON.parse(line) as { sequence: SampleSequence; steps: RecordedStep[] };
    const difference = firstDifference(sequence, steps);
    assert.equal(difference, undefined, `sequence ${index}: ${JSON.stringify(difference)}`);
  }
});
