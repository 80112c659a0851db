import assert from "node:assert/strict";
import { ManualClock } from "../../base/mod.ts";
import { stallWatch } from "./stall_watch.ts";

/** A copy of which a test says what tar said, and how far it is; a second at a time. */
function rig() {
  const clock = new ManualClock();
  const counts = { files: 0, bytes: 0 };
  const state = { words: "", failure: null as unknown };
  const watch = stallWatch(clock, { counts, said: () => state.words });
  watch.stalled.catch((error) => state.failure = error);
  const pass = async (seconds: number, bytesPerSecond: number) => {
    for (let i = 0; i < seconds; i++) {
      counts.bytes += bytesPerSecond;
      await clock.advance(1_000);
    }
  };
  return { state, pass, [Symbol.dispose]: () => watch[Symbol.dispose]() };
}

Deno.test("a tar that spoke and takes nothing any more is given up with its words", async () => {
  using copy = rig();
  await copy.pass(5, 1_000);
  copy.state.words = "tar: no space left on device";
  await copy.pass(1, 1_000);
  await copy.pass(7, 0);
  assert.match(String(copy.state.failure), /no space left/);
});

Deno.test("a warning, after which it goes on, gives a slow disk a minute", async () => {
  using copy = rig();
  copy.state.words = "tar: ignoring an unknown header";
  await copy.pass(12, 1_000);
  await copy.pass(55, 0);
  assert.equal(copy.state.failure, null);
  await copy.pass(3, 1_000);
  await copy.pass(55, 0);
  assert.equal(copy.state.failure, null, "each pause counts for itself");
  await copy.pass(10, 0);
  assert.match(String(copy.state.failure), /ignoring/);
});

Deno.test("its last words after warnings count, and silence alone is no failure", async () => {
  using copy = rig();
  await copy.pass(300, 0);
  assert.equal(copy.state.failure, null);
  copy.state.words = "tar: warning";
  await copy.pass(12, 1_000);
  copy.state.words += "\ntar: write error";
  await copy.pass(9, 0);
  assert.match(String(copy.state.failure), /write error/);
});
