import assert from "node:assert/strict";
import { SyncPace } from "./wal_sync.ts";

Deno.test("one hiccup of a fast disk keeps syncs on the thread, a slow disk's leave it", () => {
  const pace = new SyncPace();
  for (let i = 0; i < 50; i++) pace.note(0.15);
  pace.note(40);
  assert.equal(pace.isSlow, false);
  for (let i = 0; i < 10; i++) pace.note(1.5);
  assert.equal(pace.isSlow, true);
  for (let i = 0; i < 30; i++) pace.note(0.15);
  assert.equal(pace.isSlow, false);
});
