import assert from "node:assert/strict";
import { MetricSet } from "./metrics.ts";

Deno.test("counters add, gauges replace, timings summarise", () => {
  const metrics = new MetricSet();
  metrics.count("relist_total");
  metrics.count("relist_total", 2);
  metrics.gauge("raw_bytes", 5);
  metrics.gauge("raw_bytes", 7);
  for (let i = 1; i <= 100; i++) metrics.observe("snapshot_swap_ms", i);
  assert.deepEqual(metrics.snapshot(), {
    raw_bytes: 7,
    relist_total: 3,
    snapshot_swap_ms: 100,
    snapshot_swap_ms_count: 100,
    snapshot_swap_ms_sum: 5050,
    'snapshot_swap_ms{quantile="0.5"}': 51,
    'snapshot_swap_ms{quantile="0.99"}': 100,
  });
});

Deno.test("labels stay inside one pair of braces", () => {
  const metrics = new MetricSet();
  metrics.observe('shard_build_ms{shard="0"}', 3);
  assert.deepEqual(Object.keys(metrics.snapshot()), [
    'shard_build_ms_count{shard="0"}',
    'shard_build_ms_sum{shard="0"}',
    'shard_build_ms{shard="0",quantile="0.5"}',
    'shard_build_ms{shard="0",quantile="0.99"}',
    'shard_build_ms{shard="0"}',
  ]);
});
