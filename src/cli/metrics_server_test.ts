import assert from "node:assert/strict";
import { OrkaError } from "../base/mod.ts";
import { metricsAddress, MetricsServer, metricsUrl } from "./metrics_server.ts";

Deno.test("the address of metrics is a host and a port; without a host it is this machine's own", () => {
  const urls = ["127.0.0.1:9090", ":9090", "[::1]:9090", "metrics.local:1"].map((text) =>
    metricsUrl(metricsAddress(text))
  );
  assert.deepEqual(urls, [
    "http://127.0.0.1:9090/metrics",
    "http://127.0.0.1:9090/metrics",
    "http://[::1]:9090/metrics",
    "http://metrics.local:1/metrics",
  ]);
  for (const text of ["garbage", "a:b", "h:70000", "::1:90", "http://h:1"]) {
    assert.throws(() => metricsAddress(text), /ORKA_METRICS_ADDR must be host:port/);
  }
});

Deno.test("metrics are those of the engine that the session has now, as Prometheus reads them", async () => {
  await using server = new MetricsServer("127.0.0.1:0");
  const { port } = server.address;
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
  };
  assert.match(
    (await ask("/metrics")).text,
    /^apply_stale_blocked_total 0\nprocess_resident_memory_bytes \d+\n$/,
  );
  server.countStaleEdit();
  server.engine = {
    metrics: () => Promise.resolve({ relist_total: 2, 'coalescer_len{shard="0"}': 1.5 }),
  };
  const { status, type, text } = await ask("/metrics");
  assert.deepEqual([status, type], [200, "text/plain; version=0.0.4"]);
  assert.match(
    text,
    /^relist_total 2\ncoalescer_len\{shard="0"\} 1\.5\napply_stale_blocked_total 1\nprocess_resident_memory_bytes \d+\n$/,
  );
  assert.equal((await ask("/")).status, 404);
  assert.throws(
    () => new MetricsServer(`127.0.0.1:${port}`),
    (error) =>
      error instanceof OrkaError && error.code === "io" && /can't be listened on/.test(error.message),
  );
});
