import assert from "node:assert/strict";
import { OrderedRecords } from "./ordered_records.ts";

Deno.test("ordered records do what a sorted array does", () => {
  const records = new OrderedRecords<{ key: string; value: number }>();
  const model = new Map<string, number>();
  let seed = 7;
  const below = (n: number) => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % 65_536 % n;
  for (let step = 0; step < 20_000; step++) {
    const key = `k${below(3_000)}`;
    if (below(step < 12_000 ? 4 : 2) === 0) assert.equal(records.delete(key), model.delete(key));
    else {
      records.set({ key, value: step });
      model.set(key, step);
    }
    assert.equal(records.size, model.size);
    if (step % 500 !== 0) continue;
    const [from, to] = [`k${below(3_000)}`, `k${below(3_000)}`].sort() as [string, string];
    const wanted = [...model].filter(([k]) => k >= from && k < to).sort(([a], [b]) => a < b ? -1 : 1);
    assert.deepEqual([...records.range(from, to)].map((r) => [r.key, r.value]), wanted);
    assert.equal(records.count(from, to), wanted.length);
    assert.equal(records.get(key)?.value, model.get(key));
  }
});
