import assert from "node:assert/strict";
import { systemClock } from "./clock.ts";

Deno.test("a wait longer than setTimeout can is not over at once", async () => {
  let fired = false;
  const timer = systemClock.timer(3e12, () => fired = true);
  const stop = new AbortController();
  const slept = systemClock.sleep(3e12, { signal: stop.signal }).then(() => "over", () => "aborted");
  await systemClock.sleep(20);
  timer[Symbol.dispose]();
  stop.abort();
  assert.deepEqual([fired, await slept], [false, "aborted"]);
});
