/** Watchers that do not read, and those that read in parts. */
import assert from "node:assert/strict";
import { type Cases, pod, PODS, put, refused, take } from "./fixture.ts";

export const SLOW_WATCH_CASES: Cases = {
  "a watcher that doesn't read is bounded, and reads on from the log": async ({ storage }) => {
    await using watcher = storage.watch(PODS, { from: "now", maxQueued: 10 });
    for (let i = 1; i <= 50; i++) await put(storage, pod(`p${i}`), "v");
    assert.ok(watcher.queued <= 10, `${watcher.queued} queued`);
    const seen: number[] = [];
    while (seen.length < 50) for (const event of (await watcher.next())!) seen.push(event.revision);
    assert.deepEqual(seen, Array.from({ length: 50 }, (_, i) => i + 1));
    await put(storage, pod("last"), "v");
    assert.equal((await take(watcher, 1))[0]!.revision, 51);
  },

  "watchers that don't read hold a kind's newest events at most": async ({ storage }) => {
    const watchers = Array.from({ length: 1_000 }, () => storage.watch(PODS, { from: "now", maxQueued: 10 }));
    for (let i = 1; i <= 25; i++) await put(storage, pod(`p${i}`), "v");
    for (const { queued } of watchers) assert.ok(queued <= 5, `${queued} queued`);
    for (const watcher of watchers) watcher.close();
  },

  "next gives large events in parts": async ({ storage }) => {
    await using watcher = storage.watch(PODS, { from: "now" });
    for (let i = 1; i <= 5; i++) await put(storage, pod(`p${i}`), "v".repeat(20_000));
    const sizes: number[] = [];
    while (watcher.queued > 0) sizes.push((await watcher.next())!.length);
    assert.deepEqual(sizes, [2, 2, 1]);
  },

  "a watcher too far behind is closed with an error": async ({ storage }) => {
    await using watcher = storage.watch(PODS, { from: "now", maxQueued: 10, maxLag: 20 });
    for (let i = 1; i <= 50; i++) await put(storage, pod(`p${i}`), "v");
    await refused(watcher.next(), "slow-watcher");
    assert.equal(await watcher.next(), undefined);
  },

  "a watcher behind compaction is closed with expired": async ({ storage, store }) => {
    await using watcher = storage.watch(PODS, { from: "now", maxQueued: 2 });
    for (let i = 1; i <= 5; i++) await put(storage, pod(`p${i}`), "v");
    await store.compact(4);
    await refused(watcher.next(), "expired");
  },
};
