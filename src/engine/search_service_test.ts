import assert from "node:assert/strict";
import { EngineRig } from "../../tests/support/engine_rig.ts";
import { onEmbedded, type TestServer } from "../../tests/support/two_servers.ts";
import { createLogger } from "../base/mod.ts";
import type { SearchOptions, SearchUpdate, SearchView } from "./protocol.ts";

/** A reader of a search. */
class Found {
  readonly updates: SearchUpdate[] = [];
  readonly view: SearchView;

  constructor(rig: EngineRig, query: string, options: Partial<SearchOptions> = {}) {
    this.view = rig.engine.openSearch(
      query,
      { limit: 50, ...options },
      (update) => this.updates.push(update),
    );
  }

  get last(): SearchUpdate | undefined {
    return this.updates.at(-1);
  }

  /** `Pod shop/web-0`, best first. */
  get names(): string {
    return (this.last?.hits ?? []).map(({ resource, namespace, name }) =>
      `${resource.kind} ${namespace === "" ? "" : `${namespace}/`}${name}`
    ).join(", ");
  }

  get isLive(): boolean {
    return this.last !== undefined && this.last.kinds.every(({ status }) => status.phase === "live");
  }
}

/** An engine on pods, a Deployment, a Secret and a Node in three namespaces. */
async function shop(server: TestServer): Promise<EngineRig> {
  const rig = new EngineRig(server);
  await server.namespaces("shop", "data");
  await rig.pod("web-0", { namespace: "shop", labels: { app: "web" } });
  await rig.pod("web-1", { namespace: "shop", labels: { app: "web" }, phase: "Failed" });
  await rig.pod("db-0", { namespace: "data" });
  await server.put({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "shop" },
  });
  await server.put({
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: "web-tls",
      namespace: "shop",
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": "aHVudGVyMg" },
    },
    data: { password: "aHVudGVyMg==" },
  });
  await server.put({ apiVersion: "v1", kind: "Node", metadata: { name: "web-node" } });
  return rig;
}

onEmbedded("everyday kinds are searched, best first, with the letters that matched", async (server) => {
  await using rig = await shop(server);
  const found = new Found(rig, "web");
  await rig.until(() => found.isLive && found.last!.hits.length === 5, "all of them");
  assert.equal(
    found.names,
    "Node web-node, Pod shop/web-0, Pod shop/web-1, Deployment shop/web, Secret shop/web-tls",
  );
  const [node] = found.last!.hits;
  assert.deepEqual(node!.marks, { kind: [], namespace: [], name: [0, 1, 2] });
  assert.equal(found.last!.matched, 5);
  assert.ok(found.last!.indexed >= 6, "what every cluster has is there too");
});

onEmbedded("a query's own kinds are listed for it, and typed terms look at rows", async (server) => {
  await using rig = await shop(server);
  const found = new Found(rig, "k:po -label:app=web");
  await rig.until(() => found.isLive, "live");
  assert.equal(found.names, "Pod data/db-0");
  assert.deepEqual(found.last!.kinds.map(({ resource }) => resource.plural), ["pods"]);
  const generation = found.view.setQuery("k:pods status=failed ns:sh*");
  await rig.until(() => found.last!.generation === generation, "the answer");
  assert.equal(found.names, "Pod shop/web-1");
  found.view.setQuery("k:pods field:spec.nodeName=n1,n2");
  await server.put({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "placed", namespace: "shop" },
    spec: { nodeName: "n2" },
  });
  await rig.until(() => found.names === "Pod shop/placed", "a value inside the object");
});

onEmbedded("what comes, changes and goes changes the answer", async (server) => {
  await using rig = await shop(server);
  const found = new Found(rig, "k:pod web");
  await rig.until(() => found.isLive && found.last!.hits.length === 2, "live");
  await rig.pod("web-2", { namespace: "shop" });
  await server.remove({ apiVersion: "v1", kind: "Pod", namespace: "shop", name: "web-0" });
  await rig.until(() => found.names === "Pod shop/web-1, Pod shop/web-2", "the changes");
  const before = found.updates.length;
  await rig.pod("db-0", { namespace: "data", phase: "Failed" });
  await rig.clock.advance(1000);
  assert.equal(found.updates.length, before, "nothing in the answer changed");
});

onEmbedded("a query that does not parse says where, and the next one is answered", async (server) => {
  await using rig = await shop(server);
  const found = new Found(rig, "web ns:");
  await rig.until(() => found.last?.problem !== undefined, "the problem");
  assert.deepEqual(found.last!.problem, { message: "namespace is missing", column: 7, length: 1 });
  assert.deepEqual(found.last!.hits, []);
  const generation = found.view.setQuery("web ns:shop k:deploy");
  await rig.until(() => found.last!.generation === generation && found.isLive, "the answer");
  assert.equal(found.names, "Deployment shop/web");
});

onEmbedded("no value of a Secret is found, by any way", async (server) => {
  await using rig = await shop(server);
  for (
    const query of [
      "k:secret aHVudGVyMg",
      "k:secret field:data.password=*",
      "k:secret field:data.password",
      "k:secret anno:kubectl.kubernetes.io/last-applied-configuration=*",
    ]
  ) {
    const found = new Found(rig, query);
    await rig.until(() => found.isLive, query);
    assert.equal(found.names, "", query);
    found.view.close();
  }
});

onEmbedded("who may not list all namespaces searches their own", async (server) => {
  await using rig = await shop(server);
  await rig.pod("mine", { namespace: "default" });
  const denied = server.faults.forbid("/api/v1/pods");
  const found = new Found(rig, "k:pods");
  await rig.until(() => found.names === "Pod default/mine", "the own namespace");
  assert.deepEqual(
    found.last!.kinds.map(({ namespace, status }) => [namespace, status.phase]),
    [["default", "live"]],
  );
  denied[Symbol.dispose]();
});

onEmbedded("one question lists no more than the namespace that it names", async (server) => {
  await using rig = await shop(server);
  const found = new Found(rig, "k:pods,deploy ns:shop", { once: true });
  await rig.until(() => found.isLive && found.last!.hits.length === 3, "live");
  const lists = server.requests.map(({ path }) => path.split("?")[0]!).filter((path) =>
    /pods|deployments/.test(path)
  );
  assert.ok(lists.length >= 2 && lists.every((path) => path.includes("/namespaces/shop/")), lists.join());
});

onEmbedded("a closed search lets go of its feeds and its timers", async (server) => {
  await using rig = await shop(server);
  const found = new Found(rig, "web");
  await rig.until(() => found.isLive, "live");
  found.view.close();
  const before = found.updates.length;
  await rig.pod("web-9");
  await rig.clock.advance(120_000);
  await rig.until(() => server.watches === 0, "released");
  assert.equal(found.updates.length, before);
  const again = new Found(rig, "k:pods web-9");
  await rig.until(() => again.names === `Pod ${server.namespace}/web-9`, "a new index");
});

onEmbedded("why and how much: explanations, a least score, candidates left out", async (server) => {
  await using rig = await shop(server);
  const found = new Found(rig, "k:pods web", { explain: true, maxCandidates: 1 });
  await rig.until(() => found.isLive && found.last!.hits.length > 0, "live");
  assert.deepEqual(found.last!.hits[0]!.why, [
    "k:pods: holds",
    'web: 80 for fuzzy "web" in "Pod shop/web-0"',
  ]);
  assert.deepEqual(found.last!.notes, ["1 more candidates were not scored"]);
  const strict = new Found(rig, "k:pods web", { minScore: 81 });
  await rig.until(() => strict.isLive, "live");
  assert.deepEqual(strict.last!.hits, []);
});

onEmbedded(
  "a full index takes no more objects in: the answer, the metrics and the log say so",
  async (server) => {
    const lines: string[] = [];
    const log = createLogger("engine", {
      spec: "warn",
      sink: (line) => lines.push(line),
      clock: server.clock,
    });
    await using rig = new EngineRig(server, { maxIndexBytes: 1 }, { log });
    await rig.pods(["web-0", "web-1"]);
    const found = new Found(rig, "k:pods web");
    await rig.until(() => found.isLive, "live");
    assert.deepEqual(found.last!.hits, []);
    assert.equal(found.last!.indexed, 0);
    assert.deepEqual(found.last!.notes, [
      "2 objects are not in the index, which is full (ORKA_MAX_INDEX_BYTES): results may be incomplete",
    ]);
    await rig.pod("web-2");
    await rig.until(() => found.last!.notes[0]!.startsWith("3 objects"), "one more");
    assert.equal((await rig.engine.metrics())["index_over_cap"], 1);
    assert.equal(lines.filter((line) => line.includes("search index at its cap")).length, 1);
  },
);

onEmbedded("annotations past the cap of an object are counted", async (server) => {
  await using rig = new EngineRig(server, { maxAnnosPerObj: 2 });
  const annotations = { a: "1", b: "2", c: "3", d: "4" };
  await server.put({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "many", annotations } });
  const found = new Found(rig, "k:cm name:many anno:b=2");
  await rig.until(() => found.names.endsWith("/many"), "one within the cap");
  assert.deepEqual(found.last!.notes, ["2 annotations are not looked at (ORKA_MAX_ANNOS_PER_OBJ)"]);
  assert.equal((await rig.engine.metrics())["annotations_left_out"], 2);
  found.view.setQuery("k:cm name:many anno:c");
  await rig.until(() => found.last!.hits.length === 0, "one past it");
});
