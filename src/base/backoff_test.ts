import assert from "node:assert/strict";
import { backoffMs, jitterMs } from "./backoff.ts";
import { seededRandom } from "./random.ts";

Deno.test("doubles up to the cap, half of it random", () => {
  const low = { baseMs: 500, maxMs: 30_000, random: () => 0 };
  const high = { ...low, random: () => 0.999_999 };
  assert.deepEqual([0, 1, 2, 6, 40].map((n) => backoffMs(n, low)), [250, 500, 1000, 15_000, 15_000]);
  assert.deepEqual([0, 1, 2, 6, 40].map((n) => backoffMs(n, high)), [500, 1000, 2000, 30_000, 30_000]);
});

Deno.test("jitter stays within its ratio", () => {
  const random = seededRandom(7);
  for (let i = 0; i < 1000; i++) {
    const ms = jitterMs(300_000, 0.1, random);
    assert.ok(ms >= 270_000 && ms <= 330_000, String(ms));
  }
});
