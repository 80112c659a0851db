import type { KubeObject, Resource } from "../kube/mod.ts";
import assert from "node:assert/strict";
import { EngineRig, EVERYTHING } from "../../tests/support/engine_rig.ts";
import type { ObjectUpdate, ServerStatus } from "./protocol.ts";

Deno.test("a view lists, then follows", async () => {
  await using rig = new EngineRig();
  rig.pod("web-0");
  rig.pod("web-1", { namespace: "prod" });
  const held = rig.open();
  await rig.until(() => held.phase === "live", "live");
  assert.deepEqual(held.names, ["web-0", "web-1"]);
  assert.deepEqual(held.columns.slice(0, 3).map((c) => c.name), ["Name", "Ready", "Status"]);
  rig.pod("web-2");
  rig.pod("web-0", { phase: "Failed" });
  rig.api.remove({ apiVersion: "v1", kind: "Pod", namespace: "prod", name: "web-1" });
  await rig.until(() => held.names.join() === "web-0,web-2", "the changes");
  assert.equal(held.rows[0]!.cells[2], "Failed");
  assert.equal(held.rows[0]!.createdMs % 1000, 0);
});

Deno.test("pages show as they come, with a count of what is to come", async () => {
  await using rig = new EngineRig();
  for (let i = 0; i < 1200; i++) rig.pod(`p-${String(i).padStart(4, "0")}`);
  const gate = rig.api.faults.delay(1000, { path: "continue=" });
  const held = rig.open({}, { ...EVERYTHING, to: 10 });
  await rig.until(() => held.total >= 500, "the first page");
  assert.deepEqual([held.phase, held.status!.expected], ["listing", 1200]);
  assert.equal(held.rows.length, 10);
  await rig.until(() => held.phase === "live", "live");
  assert.equal(held.total, 1200);
  gate[Symbol.dispose]();
});

Deno.test("one feed serves all its views, stays warm, and is released", async () => {
  await using rig = new EngineRig();
  rig.pod("web-0");
  const lists = () => rig.api.requests.filter((r) => !r.path.includes("watch=")).length;
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
  assert.equal(rig.api.watches, 1);
  await rig.clock.advance(60_000);
  await rig.until(() => rig.api.watches === 0, "released");
  const d = rig.open();
  await rig.until(() => d.phase === "live", "listed anew");
  assert.equal(lists(), 2);
});

Deno.test("an idle engine has no work: no timer but the next verification, no update", async () => {
  await using rig = new EngineRig();
  rig.pod("web-0");
  const held = rig.open();
  await rig.until(() => held.phase === "live", "live");
  await rig.clock.advance(100);
  const before = held.updates.length;
  const timers = rig.clock.pending;
  await rig.clock.advance(60_000);
  assert.equal(held.updates.length, before);
  assert.ok(timers <= 2, `${timers} timers: verification and the watch's own`);
});

Deno.test("a moved window is answered with its generation", async () => {
  await using rig = new EngineRig();
  for (let i = 0; i < 50; i++) rig.pod(`p-${String(i).padStart(2, "0")}`);
  const held = rig.open({}, { ...EVERYTHING, to: 5 });
  await rig.until(() => held.phase === "live", "live");
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

Deno.test("a refused list says so, retries slowly and heals", async () => {
  await using rig = new EngineRig();
  rig.pod("web-0");
  const refusal = rig.api.faults.forbid("/pods");
  const held = rig.open();
  await rig.until(() => held.phase === "denied", "denied");
  assert.equal(held.status!.error!.code, "forbidden");
  assert.ok(held.status!.retryMs! > rig.clock.now());
  refusal[Symbol.dispose]();
  await rig.until(() => held.phase === "live", "healed", { stepMs: 500 });
  assert.deepEqual(held.names, ["web-0"]);
  assert.equal(held.status!.error, null);
});

Deno.test("an expired credential keeps the view, and heals", async () => {
  await using rig = new EngineRig();
  rig.pod("web-0");
  const held = rig.open();
  await rig.until(() => held.phase === "live", "live");
  const refusal = rig.api.faults.fail({ status: 401, times: Infinity });
  rig.api.cutWatches();
  await rig.until(() => held.phase === "unauthorized", "unauthorized", { stepMs: 100 });
  assert.deepEqual(held.names, ["web-0"]);
  refusal[Symbol.dispose]();
  rig.pod("web-1");
  await rig.until(() => held.phase === "live" && held.total === 2, "healed", { stepMs: 500 });
});

Deno.test("a cut watch is taken up where it was", async () => {
  await using rig = new EngineRig();
  rig.pod("web-0");
  const held = rig.open();
  await rig.until(() => held.phase === "live", "live");
  rig.api.cutWatches({ reset: true });
  rig.pod("web-1");
  await rig.until(() => held.total === 2, "what was missed", { stepMs: 50 });
  const lists = rig.api.requests.filter((r) => !r.path.includes("watch="));
  assert.equal(lists.length, 1, "no new list");
  assert.equal(rig.metrics.get("watch_restarts_total"), 1);
});

Deno.test("an expired version lists anew; the old view stays whole until the new one is", async () => {
  await using rig = new EngineRig();
  for (let i = 0; i < 1100; i++) rig.pod(`p-${String(i).padStart(4, "0")}`);
  const held = rig.open();
  await rig.until(() => held.phase === "live" && held.total === 1100, "live");
  // What follows is said by no watch: the list has to bring it.
  rig.api.cutWatches();
  rig.api.remove({ apiVersion: "v1", kind: "Pod", namespace: "default", name: "p-0001" });
  rig.pod("p-0000", { phase: "Failed" });
  rig.pod("p-9999");
  rig.api.compact();
  rig.api.faults.delay(2000, { path: "continue=" });
  await rig.until(() => held.phase === "stale", "stale", { stepMs: 20 });
  await rig.until(() => rig.api.requests.at(-1)!.path.includes("continue="), "its second page", {
    stepMs: 50,
  });
  await rig.clock.advance(500);
  assert.deepEqual([held.phase, held.total, held.rows[0]!.cells[2], held.rows[1]!.name], [
    "stale",
    1100,
    "Running",
    "p-0001",
  ]);
  await rig.until(() => held.phase === "live", "the new list", { stepMs: 100 });
  assert.deepEqual([held.total, held.rows[0]!.cells[2], held.rows[1]!.name, held.names.at(-1)], [
    1100,
    "Failed",
    "p-0002",
    "p-9999",
  ]);
  assert.equal(rig.metrics.get("relist_total"), 1);
});

Deno.test("changes that overflow the queue are fetched anew", async () => {
  await using rig = new EngineRig({ queueCap: 5 });
  rig.pod("seed");
  const held = rig.open();
  await rig.until(() => held.phase === "live", "live");
  for (let i = 0; i < 40; i++) rig.pod(`burst-${i}`);
  await rig.until(() => held.phase === "live" && held.total === 41, "all of it", { stepMs: 20 });
  assert.ok(held.status!.dropped > 0);
  assert.equal(rig.metrics.snapshot()['coalescer_dropped_total{shard="0"}'], held.status!.dropped);
});

Deno.test("the periodic list runs beside the watch and disturbs nothing", async () => {
  await using rig = new EngineRig({ relistSecs: 60 });
  rig.pod("web-0");
  rig.pod("web-1");
  const held = rig.open();
  await rig.until(() => held.phase === "live", "live");
  const phases = new Set<string>();
  const before = held.updates.length;
  await rig.until(() => rig.metrics.get("relist_total") === 1, "the verification", { stepMs: 500 });
  await rig.clock.advance(100);
  for (const update of held.updates.slice(before)) if (update.status) phases.add(update.status.phase);
  assert.deepEqual([...phases].filter((p) => p !== "live"), []);
  assert.equal(held.updates.length, before, "nothing differed, nothing was sent");
});

Deno.test("malformed objects are rows that say so", async () => {
  await using rig = new EngineRig();
  rig.pod("good");
  rig.api.putRaw(
    { apiVersion: "v1", kind: "Pod", metadata: { name: "bad", namespace: "default" } },
    '{"metadata":7}',
  );
  const held = rig.open();
  await rig.until(() => held.phase === "live", "live");
  assert.equal(held.total, 2);
  const bad = held.rows.filter((row) => row.malformed !== undefined);
  assert.equal(bad.length, 1);
});

for (const status of [405, 403]) {
  Deno.test(`what may be listed but not watched (${status}) is listed every so often`, async () => {
    await using rig = new EngineRig();
    rig.pod("web-0");
    rig.api.faults.fail({ watch: true, status, times: Infinity });
    const held = rig.open();
    await rig.until(() => held.names.includes("web-0"), "the first list");
    rig.pod("web-1");
    await rig.until(() => held.names.includes("web-1"), "the next list", { stepMs: 5000 });
  });
}

Deno.test("changed printer columns come with every row's cells, never with blank ones", async () => {
  await using rig = new EngineRig();
  const widgets = { ...rig.api.resource("pods"), group: "x.example", kind: "Widget", plural: "widgets" };
  const column = (name: string, cell: (object: KubeObject) => string) => (
    { name, type: "string", format: "", description: "", priority: 0, cell }
  );
  const name = column("Name", ({ metadata }) => metadata.name);
  const size = column("Size", () => "small");
  rig.api.addResource(widgets, [name, size]);
  for (const name of ["a", "b", "c"]) {
    rig.api.put({ apiVersion: "x.example/v1", kind: "Widget", metadata: { name, namespace: "default" } });
  }
  const held = rig.open({ resource: widgets });
  await rig.until(() => held.phase === "live" && held.rows.length === 3, "live");
  rig.api.addResource(widgets, [name, column("Color", () => "red"), size]);
  rig.api.endWatches();
  rig.api.put({ apiVersion: "x.example/v1", kind: "Widget", metadata: { name: "d", namespace: "default" } });
  await rig.until(() => held.rows.length === 4, "the new row", { stepMs: 100 });
  for (const row of held.rows) assert.deepEqual(row.cells.slice(1), ["red", "small"], row.name);
});

Deno.test("an object is followed with its events, and told gone", async () => {
  await using rig = new EngineRig();
  rig.pod("web-0");
  const updates: ObjectUpdate[] = [];
  const ref = { resource: rig.api.resource("pods"), namespace: "default", name: "web-0" };
  const open = rig.engine.openObject(ref, { events: true }, (update) => updates.push(update));
  await rig.until(() => updates.at(-1)?.object?.metadata.name === "web-0", "the object");
  const typed = ({ apiVersion, kind }: KubeObject) => `${apiVersion} ${kind}`;
  assert.equal(typed(updates.at(-1)!.object!), "v1 Pod", "a list's items do not say what they are");
  rig.pod("web-0", { phase: "Failed" });
  rig.api.put({
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "web-0.1", namespace: "default" },
    involvedObject: { kind: "Pod", name: "web-0", namespace: "default" },
    lastTimestamp: "2026-01-01T00:00:00Z",
  });
  await rig.until(() => updates.at(-1)!.events.length === 1, "the event");
  assert.equal(typed(updates.at(-1)!.events[0]!), "v1 Event");
  assert.deepEqual(updates.at(-1)!.object!["status"], { phase: "Failed" });
  rig.api.remove({ apiVersion: "v1", kind: "Pod", namespace: "default", name: "web-0" });
  await rig.until(() => updates.at(-1)!.deleted, "the deletion");
  assert.equal(updates.at(-1)!.object!.metadata.name, "web-0");
  open[Symbol.dispose]();
});

Deno.test("the server's health and version are told, and told again when they change", async () => {
  await using rig = new EngineRig();
  const told: ServerStatus[] = [];
  rig.engine.onServerStatus((status) => told.push(status));
  await rig.until(() => told.at(-1)?.version === "v1.36.3", "the version");
  const held = rig.open();
  await rig.until(() => held.phase === "live", "live");
  const refusal = rig.api.faults.refuse({ times: Infinity });
  rig.api.cutWatches({ reset: true });
  await rig.until(() => told.at(-1)!.reachable === false, "unreachable", { stepMs: 100 });
  assert.equal(held.phase, "stale");
  refusal[Symbol.dispose]();
  await rig.until(() => told.at(-1)!.reachable, "back", { stepMs: 100 });
});

Deno.test("metrics carry the names that dashboards know", async () => {
  await using rig = new EngineRig();
  rig.pod("web-0", { labels: { app: "web" } });
  const held = rig.open();
  await rig.until(() => held.phase === "live", "live");
  rig.pod("web-1", { labels: { app: "web" } });
  await rig.until(() => held.total === 2, "the change");
  const metrics = await rig.engine.metrics();
  for (
    const name of [
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

Deno.test("a server without Tables gives names and ages", async () => {
  await using rig = new EngineRig({}, { api: { tables: false } });
  rig.pod("web-0");
  const held = rig.open();
  await rig.until(() => held.phase === "live", "live");
  assert.deepEqual(held.columns.map((column) => [column.name, column.cell]), [["Name", "text"], [
    "Age",
    "time",
  ]]);
  rig.pod("web-1");
  await rig.until(() => held.total === 2, "the change");
  assert.deepEqual(held.rows.map((row) => row.cells), held.rows.map((row) => [row.name, row.createdMs]));
});

Deno.test("what is in a Secret is never asked for", async () => {
  await using rig = new EngineRig();
  rig.api.put({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s", namespace: "default" },
    data: { k: "eA==" },
  });
  const held = rig.open({ resource: rig.api.resource("secrets") });
  await rig.until(() => held.phase === "live" && held.total === 1, "live");
  const asked = rig.api.requests.filter((r) => r.path.includes("/secrets")).map((r) => r.path);
  assert.ok(asked.length >= 2, "list and watch");
  for (const path of asked) assert.ok(path.includes("includeObject=Metadata"), path);
});

Deno.test("a kind that comes is discovered", async () => {
  const known = () => ({ resources: rig.api.resources, broken: [], cached: false });
  const rig: EngineRig = new EngineRig({}, {
    followDiscovery: true,
    discovery: { cached: () => Promise.resolve(null), fetch: () => Promise.resolve(known()) },
  });
  await using _closing = rig;
  rig.api.addResource({
    ...rig.api.resource("pods"),
    group: "apiextensions.k8s.io",
    kind: "CustomResourceDefinition",
    plural: "customresourcedefinitions",
    namespaced: false,
  });
  const told: number[] = [];
  rig.engine.onDiscovered(({ resources }) => told.push(resources.length));
  await rig.engine.discover();
  await rig.until(() => rig.api.watches === 1, "the watch of CRDs");
  const before = told.at(-1)!;
  rig.api.addResource({
    ...rig.api.resource("pods"),
    group: "example.com",
    kind: "Widget",
    plural: "widgets",
  });
  rig.api.put({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.com" },
  });
  await rig.until(() => told.at(-1) === before + 1, "the new kind", { stepMs: 100 });
});

const CRDS = {
  group: "apiextensions.k8s.io",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
};

/** An engine whose discovery lags behind its CRDs: `serve` says when a kind shows. */
function lagging() {
  let asked = 0;
  let served: readonly Resource[] = [];
  const rig = new EngineRig({}, {
    followDiscovery: true,
    discovery: {
      cached: () => Promise.resolve(null),
      fetch: () => {
        asked++;
        return Promise.resolve({ resources: served, broken: [], cached: false });
      },
    },
  });
  rig.api.addResource({ ...rig.api.resource("pods"), ...CRDS });
  const widget = { ...rig.api.resource("pods"), group: "example.com", kind: "Widget", plural: "widgets" };
  return {
    rig,
    asked: () => asked,
    serve: (isServed: boolean) => served = isServed ? [widget] : [],
    crd: {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: CRDS.kind,
      metadata: { name: "widgets.example.com" },
    },
  };
}

Deno.test("discovery that lags behind a CRD is asked again until it shows, and then no more", async () => {
  const { rig, asked, serve, crd } = lagging();
  await using _closing = rig;
  const told: number[] = [];
  rig.engine.onDiscovered(({ resources }) => told.push(resources.length));
  await rig.engine.discover();
  await rig.until(() => rig.api.watches === 1, "the watch of CRDs");
  rig.api.put(crd);
  await rig.clock.advance(2500);
  assert.deepEqual([asked(), told.at(-1)], [3, 0], "at first, after 0.7 s and 1 s more");
  serve(true);
  await rig.until(() => told.at(-1) === 1, "the new kind", { stepMs: 100 });
  const shown = asked();
  await rig.clock.advance(60_000);
  assert.equal(asked(), shown);
  rig.api.remove({ apiVersion: crd.apiVersion, kind: crd.kind, name: crd.metadata.name });
  await rig.clock.advance(2500);
  serve(false);
  await rig.until(() => told.at(-1) === 0, "the kind's end", { stepMs: 100 });
});

Deno.test("a CRD that is never served is not asked for without end; a person may ask at any time", async () => {
  const { rig, asked, serve, crd } = lagging();
  await using _closing = rig;
  await rig.engine.discover();
  await rig.until(() => rig.api.watches === 1, "the watch of CRDs");
  rig.api.put(crd);
  for (let second = 0; second < 120; second++) await rig.clock.advance(1000);
  assert.equal(asked(), 7, "one at the start and six looks");
  serve(true);
  assert.equal((await rig.engine.discover()).resources.length, 0, "what is known");
  assert.equal((await rig.engine.discover({ refresh: true })).resources.length, 1);
});

Deno.test("an object that a view holds is shown while the server does not answer", async () => {
  await using rig = new EngineRig();
  rig.pod("web-0");
  const held = rig.open();
  await rig.until(() => held.phase === "live", "live");
  const heldMs = rig.clock.now();
  using gone = rig.api.faults.refuse();
  const updates: ObjectUpdate[] = [];
  const ref = { resource: rig.api.resource("pods"), namespace: "default", name: "web-0" };
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
  using _again = rig.api.faults.refuse();
  updates.length = 0;
  using _following = open("not-there");
  await rig.until(() => updates.at(-1)?.status.phase === "failed", "a refusal");
  assert.equal(updates.at(-1)!.object, null);
});

Deno.test("watches that say one thing and end are not asked for in a circle", async () => {
  await using rig = new EngineRig();
  rig.pod("web-0");
  const held = rig.open();
  await rig.until(() => held.phase === "live", "live");
  const watches = () => rig.api.requests.filter((r) => r.path.includes("watch=")).length;
  const before = watches();
  for (let i = 0; i < 200; i++) {
    await rig.clock.advance(50);
    rig.api.bookmark();
    await rig.clock.advance(0);
    rig.api.endWatches();
  }
  assert.ok(watches() - before < 12, `${watches() - before} watches in 10 s`);
});
