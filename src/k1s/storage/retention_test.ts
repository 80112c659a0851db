import assert from "node:assert/strict";
import { compactionTarget, type Retention } from "./retention.ts";

const POLICY: Retention = { keepMs: 100, minRevisions: 2, maxRevisions: 50, maxChars: 1_000 };

function target(times: readonly number[], nowMs: number, policy: Partial<Retention> = {}, chars = 1): number {
  return compactionTarget(
    {
      compacted: 0,
      last: times.length,
      writtenAt: (revision) => times[revision - 1],
      charsThrough: (revision) => revision * chars,
    },
    { ...POLICY, ...policy },
    nowMs,
  );
}

Deno.test("compaction's target by age, number and text, and what always stays", () => {
  const times = Array.from({ length: 10 }, (_, i) => i * 10);
  const cases: [string, number, number][] = [
    ["nothing old enough", target(times, 99), 0],
    ["written up to 100 ms ago", target(times, 130), 4],
    ["the newest stay whatever their age", target(times, 10_000), 8],
    ["more than the most", target(times, 0, { maxRevisions: 3 }), 7],
    ["more text than the most", target(times, 0, { maxChars: 300 }, 100), 7],
    ["an empty log", target([], 1_000), 0],
    ["times from the future", target([5_000, 5_010, 5_020, 5_030], 100), 0],
  ];
  for (const [what, got, wanted] of cases) assert.equal(got, wanted, what);
});
