import assert from "node:assert/strict";
import { CoalescingQueue } from "./coalescing_queue.ts";
import { seededRandom } from "./random.ts";

Deno.test("newest item wins and keeps the key's place", () => {
  const queue = new CoalescingQueue<number>(4);
  assert.equal(queue.push("a", 1), "queued");
  assert.equal(queue.push("b", 2), "queued");
  assert.equal(queue.push("a", 3), "merged");
  assert.deepEqual(queue.drain(), [3, 2]);
  assert.equal(queue.merged, 1);
  assert.equal(queue.length, 0);
});

Deno.test("overflow drops the oldest, counts it and tells its owner", () => {
  const told: string[] = [];
  const queue = new CoalescingQueue<number>(2, (key, item) => told.push(`${key}=${item}`));
  queue.push("a", 1);
  queue.push("b", 2);
  assert.equal(queue.push("c", 3), "overflowed");
  assert.deepEqual([told, queue.dropped, queue.drain()], [["a=1"], 1, [2, 3]]);
});

Deno.test("a capacity below one is a bug", () => {
  assert.throws(() => new CoalescingQueue(0), RangeError);
});

/** The plain model: an array of pairs. */
class Model {
  items: [string, number][] = [];
  dropped: string[] = [];
  constructor(readonly capacity: number) {}
  push(key: string, item: number): void {
    const at = this.items.findIndex(([k]) => k === key);
    if (at >= 0) this.items[at] = [key, item];
    else {
      if (this.items.length === this.capacity) this.dropped.push(this.items.shift()![0]);
      this.items.push([key, item]);
    }
  }
}

Deno.test("property: behaves as an array of pairs would", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = seededRandom(seed);
    const model = new Model(1 + Math.floor(random() * 12));
    const dropped: string[] = [];
    const queue = new CoalescingQueue<number>(model.capacity, (key) => dropped.push(key));
    for (let step = 0; step < 400; step++) {
      if (random() < 0.05) {
        assert.deepEqual(queue.drain(), model.items.map(([, item]) => item), `seed ${seed} step ${step}`);
        model.items = [];
      } else {
        const key = `k${Math.floor(random() * 20)}`;
        queue.push(key, step);
        model.push(key, step);
      }
      assert.equal(queue.length, model.items.length, `seed ${seed} step ${step}`);
    }
    assert.deepEqual(dropped, model.dropped, `seed ${seed}`);
    assert.equal(queue.dropped, dropped.length, `seed ${seed}`);
  }
});
