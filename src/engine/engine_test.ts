import assert from "node:assert/strict";
import { discover, listTable } from "../client/mod.ts";
import { groupResource, type KubeObject, type Resource } from "../kube/mod.ts";
import { EngineRig, EVERYTHING } from "../../tests/support/engine_rig.ts";
import { definitionOf } from "../../tests/support/test_kinds.ts";
import { onEmbedded, onServers, type TestServer } from "../../tests/support/two_servers.ts";
import type { ObjectUpdate, ServerStatus } from "./protocol.ts";

onServers("a view lists, then follows", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pod("web-0");
  await rig.pod("web-1");
  const held = await rig.live();
  assert.deepEqual(held.names, ["web-0", "web-1"]);
  assert.deepEqual(held.columns.slice(0, 3).map((c) => c.name), ["Name", "Ready", "Status"]);
  await rig.pod("web-2");
  await rig.pod("web-0", { phase: "Failed" });
  await rig.removePod("web-1");
  await rig.until(() => held.names.join() === "web-0,web-2", "the changes");
  assert.equal(held.rows[0]!.cells[2], "Failed");
  assert.equal(held.rows[0]!.createdMs % 1000, 0);
});

onServers("pages show as they come, with a count of what is to come", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pods(Array.from({ length: 520 }, (_, i) => `p-${String(i).padStart(4, "0")}`));
  const gate = server.faults.delay(1000, { path: "continue=" });
  const held = rig.open({}, { ...EVERYTHING, to: 10 });
  await rig.until(() => held.total >= 500, "the first page");
  assert.deepEqual([held.phase, held.status!.expected], ["listing", 520]);
  assert.equal(held.rows.length, 10);
  await rig.until(() => held.phase === "live", "live");
  assert.equal(held.total, 520);
  gate[Symbol.dispose]();
});

onServers("one feed serves all its views, stays warm, and is released", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pod("web-0");
  const lists = () => server.requests.filter((r) => !r.path.includes("watch=")).length;
  const a = rig.open();
  const b = rig.open();
  await rig.until(() => a.phase === "live" && b.phase === "live", "live");
  assert.equal(lists(), 1);
  a.view.close();
  b.view.close();
  await rig.clock.advance(30_000);
  const c = rig.open();
  await rig.until(() => c.phase === "live" && c.total === 1, "warm again");
  assert.equal(lists(), 1);
  c.view.close();
  assert.equal(server.watches, 1);
  await rig.clock.advance(60_000);
  await rig.until(() => server.watches === 0, "released");
  await rig.live();
  assert.equal(lists(), 2);
});

onServers("an idle engine has no work: no timer but the next verification, no update", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pod("web-0");
  const held = await rig.live();
  for (let i = 0; i < 20; i++) await rig.clock.advance(50);
  const before = held.updates.length;
  const timers = rig.clock.pending;
  await rig.clock.advance(60_000);
  assert.equal(held.updates.length, before);
  assert.equal(rig.clock.pending, timers);
  // The embedded server goes by the same clock, and its watch has timers of its own.
  if (server.isReal) assert.ok(timers <= 2, `${timers} timers: verification and the watch's idle limit`);
});

onServers("a moved window is answered with its generation", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pods(Array.from({ length: 50 }, (_, i) => `p-${String(i).padStart(2, "0")}`));
  const held = await rig.live({}, { ...EVERYTHING, to: 5 });
  const generation = held.view.setWindow({ from: 10, to: 13, sort: null, filter: null });
  await rig.until(() => held.generation === generation, "the answer");
  assert.deepEqual(held.names, ["p-10", "p-11", "p-12"]);
  const same = held.view.setWindow({ from: 10, to: 13, sort: null, filter: null });
  await rig.until(() => held.generation === same, "an answer to the same again");
  assert.deepEqual(held.updates.at(-1)!.changed, []);
  const filter = { type: "regex", pattern: "p-4", inverse: false } as const;
  held.view.setWindow({ from: 0, to: 99, sort: { column: "Name", descending: true }, filter });
  await rig.until(() => held.matched === 10, "the filter");
  assert.equal(held.names[0], "p-49");
  assert.equal((await held.view.rows({ limit: 3 })).length, 3);
});

onServers("a refused list says so, retries slowly and heals", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pod("web-0");
  const refusal = server.faults.forbid("/pods");
  const held = rig.open();
  await rig.until(() => held.phase === "denied", "denied");
  assert.equal(held.status!.error!.code, "forbidden");
  assert.ok(held.status!.retryMs! > rig.clock.now());
  refusal[Symbol.dispose]();
  await rig.until(() => held.phase === "live", "healed", { stepMs: 500 });
  assert.deepEqual(held.names, ["web-0"]);
  assert.equal(held.status!.error, null);
});

onServers("an expired credential keeps the view, and heals", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pod("web-0");
  const held = await rig.live();
  const refusal = server.faults.fail({ status: 401, times: Infinity });
  await rig.until(() => server.watches > 0, "a watch to cut");
  server.cutWatches();
  await rig.until(() => held.phase === "unauthorized", "unauthorized", { stepMs: 100 });
  assert.deepEqual(held.names, ["web-0"]);
  refusal[Symbol.dispose]();
  await rig.pod("web-1");
  await rig.until(() => held.phase === "live" && held.total === 2, "healed", { stepMs: 500 });
});

onServers("a cut watch is taken up where it was", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pod("web-0");
  const held = await rig.live();
  await rig.until(() => server.watches > 0, "a watch to cut");
  server.cutWatches({ reset: true });
  await rig.pod("web-1");
  await rig.until(() => held.total === 2, "what was missed", { stepMs: 50 });
  const lists = server.requests.filter((r) => !r.path.includes("watch="));
  assert.equal(lists.length, 1, "no new list");
  assert.equal(rig.metrics.get("watch_restarts_total"), 1);
});

// What lets a version expire on the real server is not ours to command.
onEmbedded("an expired version lists anew; the old view stays whole until the new one is", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pods(Array.from({ length: 520 }, (_, i) => `p-${String(i).padStart(4, "0")}`));
  const held = rig.open();
  await rig.until(() => held.phase === "live" && held.total === 520, "live");
  // What follows is said by no watch: the list has to bring it.
  server.faults.refuse({ watch: true });
  await rig.until(() => server.watches > 0, "a watch to cut");
  server.cutWatches();
  await rig.removePod("p-0001");
  await rig.pod("p-0000", { phase: "Failed" });
  await rig.pod("p-9999");
  await server.compact();
  server.faults.delay(2000, { path: "continue=" });
  await rig.until(() => held.phase === "stale", "stale", { stepMs: 20 });
  await rig.until(() => server.requests.at(-1)!.path.includes("continue="), "its second page", {
    stepMs: 50,
  });
  await rig.clock.advance(500);
  assert.deepEqual([held.phase, held.total, held.rows[0]!.cells[2], held.rows[1]!.name], [
    "stale",
    520,
    "Pending",
    "p-0001",
  ]);
  await rig.until(() => held.phase === "live", "the new list", { stepMs: 100 });
  assert.deepEqual([held.total, held.rows[0]!.cells[2], held.rows[1]!.name, held.names.at(-1)], [
    520,
    "Failed",
    "p-0002",
    "p-9999",
  ]);
  assert.equal(rig.metrics.get("relist_total"), 1);
});

onServers("changes that overflow the queue are fetched anew", async (server) => {
  await using rig = new EngineRig(server, { queueCap: 5 });
  await rig.pod("seed");
  const held = await rig.live();
  await rig.pods(Array.from({ length: 40 }, (_, i) => `burst-${i}`));
  await rig.until(() => held.phase === "live" && held.total === 41, "all of it", { stepMs: 20 });
  assert.ok(held.status!.dropped > 0);
  assert.equal(rig.metrics.snapshot()['coalescer_dropped_total{shard="0"}'], held.status!.dropped);
});

onServers("the periodic list runs beside the watch and disturbs nothing", async (server) => {
  await using rig = new EngineRig(server, { relistSecs: 60 });
  await rig.pod("web-0");
  await rig.pod("web-1");
  const held = await rig.live();
  const phases = new Set<string>();
  const before = held.updates.length;
  await rig.until(() => rig.metrics.get("relist_total") === 1, "the verification", { stepMs: 500 });
  await rig.clock.advance(100);
  for (const update of held.updates.slice(before)) if (update.status) phases.add(update.status.phase);
  assert.deepEqual([...phases].filter((p) => p !== "live"), []);
  assert.equal(held.updates.length, before, "nothing differed, nothing was sent");
});

onServers("malformed objects are rows that say so", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pod("good");
  await rig.pod("bad");
  server.damage("bad", '{"metadata":7}');
  const held = await rig.live();
  assert.equal(held.total, 2);
  const bad = held.rows.filter((row) => row.malformed !== undefined);
  assert.equal(bad.length, 1);
});

for (const status of [405, 403]) {
  onServers(`what may be listed but not watched (${status}) is listed every so often`, async (server) => {
    await using rig = new EngineRig(server);
    await rig.pod("web-0");
    server.faults.fail({ watch: true, status, times: Infinity });
    const held = rig.open();
    await rig.until(() => held.names.includes("web-0"), "the first list");
    await rig.pod("web-1");
    await rig.until(() => held.names.includes("web-1"), "the next list", { stepMs: 5000 });
  });
}

/** Until the table of a kind has this column: a real server takes its time over a changed definition. */
async function hasColumn(server: TestServer, resource: Resource, name: string): Promise<void> {
  for (let left = 200; left > 0; left--) {
    const columns: string[] = [];
    await listTable(server.admin, resource, {
      onPage: (page) => columns.push(...(page.columns ?? []).map((column) => column.name)),
      onRow() {},
    });
    if (columns.includes(name)) return;
    await server.clock.advance(20);
  }
  assert.fail(`no column ${name}`);
}

onServers("changed printer columns come with every row's cells, never with blank ones", async (server) => {
  await using rig = new EngineRig(server);
  const widgets = await server.serve("Widget", { columns: { Size: ".spec.size" } });
  const widget = (name: string) => ({
    apiVersion: `${widgets.group}/v1`,
    kind: "Widget",
    metadata: { name },
    spec: { size: "small", color: "red" },
  });
  await server.putAll(["a", "b", "c"].map(widget));
  const held = await rig.live({ resource: widgets });
  assert.deepEqual(held.rows.map((row) => row.cells.slice(1)), [["small"], ["small"], ["small"]]);
  await server.serve("Widget", { columns: { Color: ".spec.color", Size: ".spec.size" } });
  await hasColumn(server, widgets, "Color");
  server.endWatches();
  await server.put(widget("d"));
  await rig.until(() => held.rows.length === 4, "the new row", { stepMs: 100 });
  for (const row of held.rows) assert.deepEqual(row.cells.slice(1), ["red", "small"], row.name);
});

onServers("an object is followed with its events, and told gone", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pod("web-0");
  const updates: ObjectUpdate[] = [];
  const ref = { resource: server.resource("pods"), namespace: server.namespace, name: "web-0" };
  const open = rig.engine.openObject(ref, { events: true }, (update) => updates.push(update));
  await rig.until(() => updates.at(-1)?.object?.metadata.name === "web-0", "the object");
  const typed = ({ apiVersion, kind }: KubeObject) => `${apiVersion} ${kind}`;
  assert.equal(typed(updates.at(-1)!.object!), "v1 Pod", "a list's items do not say what they are");
  await rig.pod("web-0", { phase: "Failed" });
  await server.put({
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "web-0.1" },
    involvedObject: { kind: "Pod", name: "web-0" },
    lastTimestamp: "2026-01-01T00:00:00Z",
  });
  await rig.until(() => updates.at(-1)!.events.length === 1, "the event");
  assert.equal(typed(updates.at(-1)!.events[0]!), "v1 Event");
  const { phase } = updates.at(-1)!.object!["status"] as { phase: string };
  assert.equal(phase, "Failed");
  await rig.removePod("web-0");
  await rig.until(() => updates.at(-1)!.deleted, "the deletion");
  assert.equal(updates.at(-1)!.object!.metadata.name, "web-0");
  open[Symbol.dispose]();
});

onServers("the server's health and version are told, and told again when they change", async (server) => {
  await using rig = new EngineRig(server);
  const told: ServerStatus[] = [];
  rig.engine.onServerStatus((status) => told.push(status));
  await rig.until(() => told.at(-1)?.version?.startsWith("v1.36.3") ?? false, "the version");
  const held = await rig.live();
  const refusal = server.faults.refuse({ times: Infinity });
  await rig.until(() => server.watches > 0, "a watch to cut");
  server.cutWatches({ reset: true });
  await rig.until(() => told.at(-1)!.reachable === false, "unreachable", { stepMs: 500 });
  assert.equal(held.phase, "stale");
  refusal[Symbol.dispose]();
  await rig.until(() => told.at(-1)!.reachable, "back", { stepMs: 500 });
});

onServers("metrics carry the names that dashboards know", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pod("web-0", { labels: { app: "web" } });
  const held = await rig.live();
  await rig.pod("web-1", { labels: { app: "web" } });
  await rig.until(() => held.total === 2, "the change");
  const metrics = await rig.engine.metrics();
  for (
    const name of [
      "watch_restarts_total",
      "relist_total",
      'coalescer_len{shard="0"}',
      'coalescer_dropped_total{shard="0"}',
      'ingest_batch_size{shard="0"}',
      'shard_build_ms{shard="0"}',
      "shard_merge_ms",
      "ingest_epoch",
      "snapshot_items",
      "index_docs",
      "index_bytes",
      "index_postings_truncated_keys",
      "index_over_cap",
      "annotations_left_out",
      "search_candidates",
      "docs_total",
      "snapshot_bytes",
      "raw_bytes",
      "labels_cardinality",
      "snapshot_swap_ms",
      "ingest_lag_ms",
    ]
  ) {
    assert.ok(name in metrics, name);
  }
  assert.deepEqual([metrics["docs_total"], metrics["labels_cardinality"]], [2, 1]);
});

onServers("a server without Tables gives names and ages", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pod("web-0");
  const held = await rig.live();
  assert.deepEqual(held.columns.map((column) => [column.name, column.cell]), [["Name", "text"], [
    "Age",
    "time",
  ]]);
  await rig.pod("web-1");
  await rig.until(() => held.total === 2, "the change");
  assert.deepEqual(held.rows.map((row) => row.cells), held.rows.map((row) => [row.name, row.createdMs]));
}, { tables: false });

onServers("what is in a Secret is never asked for", async (server) => {
  await using rig = new EngineRig(server);
  await server.put({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s" },
    data: { k: "eA==" },
  });
  const held = rig.open({ resource: server.resource("secrets") });
  await rig.until(() => held.phase === "live" && held.total === 1, "live");
  const asked = server.requests.filter((r) => r.path.includes("/secrets")).map((r) => r.path);
  assert.ok(asked.length >= 2, "list and watch");
  for (const path of asked) assert.ok(path.includes("includeObject=Metadata"), path);
});

onServers("a kind that comes is discovered", async (server) => {
  await using rig = new EngineRig(server, {}, {
    followDiscovery: true,
    discovery: {
      cached: () => Promise.resolve(null),
      fetch: () => discover(server.client(), { cacheDir: null, refresh: true }),
    },
  });
  let told: readonly Resource[] = [];
  rig.engine.onDiscovered(({ resources }) => told = resources);
  await rig.engine.discover();
  await rig.until(() => server.watches === 1, "the watch of CRDs");
  const name = groupResource(await server.serve("Widget"));
  await rig.until(() => told.some((kind) => groupResource(kind) === name), "the new kind", { stepMs: 100 });
});

const WIDGETS = definitionOf("Widget", "example.com", {});

/** An engine whose discovery lags behind its CRDs: `serve` says when a kind shows. */
function lagging(server: TestServer) {
  let asked = 0;
  let served: readonly Resource[] = [];
  const rig = new EngineRig(server, {}, {
    followDiscovery: true,
    discovery: {
      cached: () => Promise.resolve(null),
      fetch: () => {
        asked++;
        return Promise.resolve({ resources: served, broken: [], cached: false });
      },
    },
  });
  const widget = { ...server.resource("pods"), group: "example.com", kind: "Widget", plural: "widgets" };
  return {
    rig,
    asked: () => asked,
    serve: (isServed: boolean) => served = isServed ? [widget] : [],
  };
}

onEmbedded(
  "discovery that lags behind a CRD is asked again until it shows, and then no more",
  async (server) => {
    const { rig, asked, serve } = lagging(server);
    await using _closing = rig;
    const told: number[] = [];
    rig.engine.onDiscovered(({ resources }) => told.push(resources.length));
    await rig.engine.discover();
    await rig.until(() => server.watches === 1, "the watch of CRDs");
    await server.put(WIDGETS);
    await rig.clock.advance(2500);
    assert.deepEqual([asked(), told.at(-1)], [3, 0], "at first, after 0.7 s and 1 s more");
    serve(true);
    await rig.until(() => told.at(-1) === 1, "the new kind", { stepMs: 100 });
    const shown = asked();
    await rig.clock.advance(60_000);
    assert.equal(asked(), shown);
    await server.remove({ ...WIDGETS, name: WIDGETS.metadata.name });
    await rig.clock.advance(2500);
    serve(false);
    await rig.until(() => told.at(-1) === 0, "the kind's end", { stepMs: 100 });
  },
);

onEmbedded(
  "a CRD that is never served is not asked for without end; a person may ask at any time",
  async (server) => {
    const { rig, asked, serve } = lagging(server);
    await using _closing = rig;
    await rig.engine.discover();
    await rig.until(() => server.watches === 1, "the watch of CRDs");
    await server.put(WIDGETS);
    for (let second = 0; second < 120; second++) await rig.clock.advance(1000);
    assert.equal(asked(), 7, "one at the start and six looks");
    serve(true);
    assert.equal((await rig.engine.discover()).resources.length, 0, "what is known");
    assert.equal((await rig.engine.discover({ refresh: true })).resources.length, 1);
  },
);

onServers("an object that a view holds is shown while the server does not answer", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pod("web-0");
  await rig.live();
  const heldMs = rig.clock.now();
  using gone = server.faults.refuse();
  const updates: ObjectUpdate[] = [];
  const ref = { resource: server.resource("pods"), namespace: server.namespace, name: "web-0" };
  const open = (name: string) =>
    rig.engine.openObject({ ...ref, name }, { events: false }, (update) => updates.push(update));
  {
    using _following = open("web-0");
    await rig.until(() => updates.at(-1)?.object?.metadata.name === "web-0", "the object held");
    const { status, object } = updates.at(-1)!;
    assert.deepEqual([status.phase, object!.kind], ["stale", "Pod"]);
    assert.ok(status.error !== null && status.freshMs > 0 && status.freshMs <= heldMs);
    gone[Symbol.dispose]();
    await rig.until(() => updates.at(-1)!.status.phase === "live", "live", { stepMs: 500 });
  }
  using _again = server.faults.refuse();
  updates.length = 0;
  using _following = open("not-there");
  await rig.until(() => updates.at(-1)?.status.phase === "failed", "a refusal");
  assert.equal(updates.at(-1)!.object, null);
});

onServers("watches that say one thing and end are not asked for in a circle", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pod("web-0");
  await rig.live();
  const watches = () => server.requests.filter((r) => r.path.includes("watch=")).length;
  const before = watches();
  const version = await server.resourceVersion();
  for (let i = 0; i < 200; i++) {
    await rig.clock.advance(50);
    server.bookmark(version);
    await rig.clock.advance(0);
    server.endWatches();
  }
  assert.ok(watches() - before < 12, `${watches() - before} watches in 10 s`);
});
