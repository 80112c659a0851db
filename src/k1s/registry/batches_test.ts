import assert from "node:assert/strict";
import { inBatches } from "./batches.ts";

const items = Array.from({ length: 200 }, (_, i) => i);

Deno.test("a batch runs at once, and others get a turn between batches", async () => {
  let running = 0;
  let most = 0;
  let turns = 0;
  const done: number[] = [];
  let over = false;
  const other = (async () => {
    while (!over) {
      await new Promise((resolve) => setImmediate(resolve));
      turns++;
    }
  })();
  await inBatches(items, async (item) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    done.push(item);
  });
  over = true;
  await other;
  assert.deepEqual(done, items);
  assert.equal(most, 64);
  assert.ok(turns >= 3, `${turns} turns of somebody else`);
});

Deno.test("a failure is thrown when its batch is over, and later items are left", async () => {
  const done: number[] = [];
  const work = (item: number) => {
    if (item === 70) return Promise.reject(new Error("item 70"));
    done.push(item);
    return Promise.resolve();
  };
  await assert.rejects(inBatches(items, work), /item 70/);
  assert.deepEqual(done, items.slice(0, 128).filter((item) => item !== 70));
});
