import assert from "node:assert/strict";
import { ManualClock } from "../../src/base/mod.ts";
import {
  createClient,
  listObjects,
  listTable,
  type TableRow,
  watchObjects,
  watchTable,
} from "../../src/client/mod.ts";
import type { KubeObject } from "../../src/kube/mod.ts";
import { FakeApi, fakeResource } from "./fake_api.ts";

function pod(name: string, options: { namespace?: string; labels?: Record<string, string> } = {}) {
  const { namespace = "default", labels = {} } = options;
  const spec = { containers: [{ name: "main" }] };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace, name, labels },
    spec,
    status: { phase: "Running" },
  };
}

function podsOf(count: number): FakeApi {
  const api = new FakeApi({ clock: new ManualClock() });
  for (let i = 0; i < count; i++) api.put(pod(`web-${String(i).padStart(3, "0")}`));
  return api;
}

Deno.test("lists come in pages of the asked size, counted, as one snapshot", async () => {
  const api = podsOf(5);
  const client = createClient({ fetch: api.fetch });
  const names: string[] = [];
  const pages: unknown[] = [];
  const end = await listTable(client, api.resource("pods"), {
    limit: 2,
    onPage: (page) => pages.push([page.remaining, page.more]),
    onRow: (row) => {
      names.push(row.metadata!.name);
      if (names.length === 1) api.put(pod("later"));
    },
  });
  assert.deepEqual(names, ["web-000", "web-001", "web-002", "web-003", "web-004"]);
  assert.deepEqual(pages, [[3, true], [1, true], [null, false]]);
  assert.equal(end.resourceVersion, "1005");
});

Deno.test("rows carry kubectl's cells, and of the object what was asked for", async () => {
  const api = podsOf(1);
  const client = createClient({ fetch: api.fetch });
  const shown: Record<string, unknown> = {};
  for (const includeObject of ["None", "Metadata", "Object"] as const) {
    const onRow = (row: TableRow) => {
      assert.deepEqual(row.cells.slice(0, 4), ["web-000", "0/1", "Running", "0"]);
      const object = row.object.length > 0 ? JSON.parse(new TextDecoder().decode(row.object)) : null;
      shown[includeObject] = object && [object.kind, Object.keys(object)];
    };
    await listTable(client, api.resource("pods"), { includeObject, onRow });
  }
  assert.deepEqual(shown, {
    None: null,
    Metadata: ["PartialObjectMetadata", ["kind", "apiVersion", "metadata"]],
    Object: ["Pod", ["apiVersion", "kind", "metadata", "spec", "status"]],
  });
});

Deno.test("selectors choose in lists; a changed object enters and leaves a watch by them", async () => {
  const api = podsOf(0);
  const client = createClient({ fetch: api.fetch });
  api.put(pod("a", { labels: { app: "x" } }));
  api.put(pod("b", { labels: { app: "y" } }));
  const names: string[] = [];
  const onItem = (item: { parse(): unknown }) => names.push((item.parse() as KubeObject).metadata.name);
  await listObjects(client, api.resource("pods"), { labelSelector: "app=x", onItem });
  await listObjects(client, api.resource("pods"), { fieldSelector: "metadata.name=b", onItem });
  assert.deepEqual(names, ["a", "b"]);

  const seen: string[] = [];
  const watching = watchObjects(client, api.resource("pods"), {
    labelSelector: "app=x",
    resourceVersion: api.resourceVersion,
    onOpen: () => {
      api.put(pod("b", { labels: { app: "x" } }));
      api.put(pod("b", { labels: { app: "x", more: "1" } }));
      api.put(pod("b"));
      api.remove({ apiVersion: "v1", kind: "Pod", namespace: "default", name: "a" });
      api.endWatches();
    },
    onItem: (type, item) => seen.push(`${type} ${(item.parse() as KubeObject).metadata.name}`),
  });
  assert.deepEqual(await watching, { reason: "closed", resourceVersion: api.resourceVersion, frames: 4 });
  assert.deepEqual(seen, ["ADDED b", "MODIFIED b", "DELETED b", "DELETED a"]);
});

Deno.test("a watch from a resourceVersion replays what came after; from a compacted one it is expired", async () => {
  const api = podsOf(2);
  const client = createClient({ fetch: api.fetch });
  const seen: string[] = [];
  const from = (resourceVersion: string) =>
    watchTable(client, api.resource("pods"), {
      resourceVersion,
      onOpen: () => queueMicrotask(() => api.endWatches()),
      onRow: (type, row) => seen.push(`${type} ${row.cells[0]}`),
    });
  await from("1001");
  assert.deepEqual(seen, ["ADDED web-001"]);
  api.put(pod("x"));
  api.compact();
  const end = await from("1001");
  assert.equal(end.reason, "error");
  assert.equal(end.reason === "error" && end.error.code, "expired");
});

Deno.test("timeoutSeconds ends a watch by the clock, bookmarks move its resourceVersion", async () => {
  const clock = new ManualClock();
  const api = new FakeApi({ clock });
  const client = createClient({ fetch: api.fetch, clock });
  const marks: string[] = [];
  const opened = Promise.withResolvers<void>();
  const watching = watchTable(client, api.resource("pods"), {
    resourceVersion: "1",
    timeoutSeconds: 30,
    clock,
    onOpen: opened.resolve,
    onBookmark: (version) => marks.push(version),
    onRow: () => assert.fail("no object changed"),
  });
  await opened.promise;
  api.put({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c", namespace: "default" } });
  api.bookmark();
  await clock.advance(30_000);
  assert.deepEqual(await watching, { reason: "closed", resourceVersion: "1001", frames: 1 });
  assert.deepEqual(marks, ["1001"]);
  assert.equal(api.watches, 0);
});

Deno.test("custom kinds are served once they are added, items before metadata", async () => {
  const api = new FakeApi();
  const widget = fakeResource("example.com/v1", "Widget");
  api.addResource(widget);
  api.put({ apiVersion: "example.com/v1", kind: "Widget", metadata: { namespace: "a", name: "w" } });
  const text = await (await api.fetch(new Request("http://x/apis/example.com/v1/widgets"))).text();
  assert.ok(text.indexOf('"items"') < text.indexOf('"kind":"WidgetList"'));
  const single = await createClient({ fetch: api.fetch }).json("/apis/example.com/v1/namespaces/a/widgets/w");
  assert.equal((single as KubeObject).metadata.name, "w");
});

Deno.test("what is not there is 404 with a Status, over a socket too; a wrong token is 401", async () => {
  const api = new FakeApi();
  const server = await api.listen({ token: "secret" });
  try {
    const path = `${server.url}/api/v1/namespaces/default/pods/none`;
    const refused = await fetch(path);
    assert.equal(refused.status, 401);
    await refused.body?.cancel();
    const missing = await fetch(path, { headers: { authorization: "Bearer secret" } });
    assert.equal(missing.status, 404);
    const status = await missing.json();
    assert.deepEqual([status.reason, status.message], ["NotFound", 'pods "none" not found']);
  } finally {
    await server.close();
  }
});
