import assert from "node:assert/strict";
import { ManualClock, OrkaError } from "../base/mod.ts";
import type { KubeObject } from "../kube/mod.ts";
import { FakeApi, fakeResource } from "../../tests/support/fake_api.ts";
import { FrameReader } from "./frame_reader.ts";
import { createClient } from "./http_client.ts";
import { type WatchEnd, watchObjects, watchTable } from "./watch.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const pods = fakeResource("v1", "Pod");

function put(api: FakeApi, name: string): void {
  api.put({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: "d", name, managedFields: [{ manager: "m" }] },
  });
}

/** Watches Table rows; `act` runs once the watch is open. */
function watched(api: FakeApi, act: () => void, options: { signal?: AbortSignal } = {}) {
  const seen: string[] = [];
  const end = watchTable(createClient({ fetch: api.fetch }), pods, {
    resourceVersion: api.resourceVersion,
    onOpen: act,
    onRow: (type, row) => seen.push(`${type} ${row.metadata?.name ?? row.error}`),
    ...options,
  });
  return { seen, end };
}

Deno.test("rows come with cells, metadata and the whole object, managedFields cut; columns once", async () => {
  const api = new FakeApi();
  const columns: string[] = [];
  const objects: KubeObject[] = [];
  const end = await watchTable(createClient({ fetch: api.fetch }), pods, {
    resourceVersion: api.resourceVersion,
    onOpen() {
      put(api, "a");
      put(api, "b");
      api.endWatches();
    },
    onColumns: (all) => columns.push(all.map((c) => c.name).join(",")),
    onRow(_type, row) {
      assert.equal(row.cells[0], row.metadata?.name);
      assert.ok(!("managedFields" in row.metadata!));
      objects.push(JSON.parse(decoder.decode(row.object)));
    },
  });
  assert.deepEqual(columns, ["Name,Ready,Status,Restarts,Age,IP,Node,Nominated Node,Readiness Gates"]);
  assert.deepEqual(objects.map((o) => [o.kind, o.metadata.name, "managedFields" in o.metadata]), [
    ["Pod", "a", false],
    ["Pod", "b", false],
  ]);
  assert.equal(end.resourceVersion, api.resourceVersion);
});

Deno.test("every end has its reason", async () => {
  const abort = new AbortController();
  const cases: readonly (readonly [string, (api: FakeApi) => void])[] = [
    ["closed", (api) => api.endWatches()],
    ["cut", (api) => api.cutWatches()],
    ["cut", (api) => api.cutWatches({ reset: true })],
    ["error expired", (api) => api.failWatches()],
    ["error server", (api) => api.failWatches(500, "etcd has gone")],
    ["error protocol", (api) => api.writeWatches("<html>")],
    ["error protocol", (api) => api.writeWatches('{"type":"NEWS","object":{}}')],
    ["aborted", () => abort.abort()],
  ];
  for (const [want, act] of cases) {
    const api = new FakeApi();
    const { seen, end } = watched(api, () => {
      put(api, "a");
      queueMicrotask(() => act(api));
    }, { signal: abort.signal });
    const ended: WatchEnd = await end;
    const code = ended.reason === "error" ? ` ${ended.error.code}` : "";
    assert.equal(ended.reason + code, want);
    if (want !== "aborted") assert.deepEqual([seen, ended.resourceVersion], [["ADDED a"], "1001"], want);
  }
});

Deno.test("a refused watch ends with its error and its frames uncounted", async () => {
  const api = new FakeApi();
  api.faults.forbid("watch=true");
  const end = await watched(api, () => assert.fail("it was refused")).end;
  assert.deepEqual([end.reason, end.reason === "error" && end.error.code, end.frames], [
    "error",
    "forbidden",
    0,
  ]);
  api.faults.clear();
  api.faults.refuse();
  const gone = await watched(api, () => assert.fail("it was refused")).end;
  assert.deepEqual([gone.reason, gone.reason === "error" && gone.error.code], ["error", "unreachable"]);
});

Deno.test("a watch on which nothing comes for long enough is idle; each byte puts that off", async () => {
  const clock = new ManualClock();
  const api = new FakeApi({ clock });
  const end = watchObjects(createClient({ fetch: api.fetch, clock }), pods, {
    resourceVersion: "1",
    idleMs: 90_000,
    clock,
    onItem() {},
  });
  await clock.advance(80_000);
  api.bookmark();
  await clock.advance(80_000);
  assert.equal(api.watches, 1);
  await clock.advance(11_000);
  assert.deepEqual(await end, { reason: "idle", resourceVersion: "1000", frames: 1 });
  assert.equal(api.watches, 0);
  assert.equal(clock.pending, 0);
});

Deno.test("a frame that holds no readable object is a row that says so, and the watch goes on", async () => {
  const api = new FakeApi();
  const { seen, end } = watched(api, () => {
    api.writeWatches('{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":tru}}}');
    put(api, "b");
    api.endWatches();
  });
  assert.equal((await end).reason, "closed");
  assert.equal(seen.length, 2);
  assert.match(seen[0]!, /^ADDED .*JSON/);
  assert.equal(seen[1], "ADDED b");
});

const FRAMES = [
  '{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"é\\n}","resourceVersion":"5","managedFields":[{}]}}}',
  '{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"6","creationTimestamp":null}}}',
  '{ "object": {"metadata":{"name":"odd","resourceVersion":"7"}}, "type": "DELETED" }',
  "",
  '{"type":"MODIFIED","object":{"metadata":{"name":"\\u0041"},"spec":{"a":"🦀"}}}',
].join("\n") + "\n";

Deno.test("frames are the same however the stream is cut", () => {
  const bytes = encoder.encode(FRAMES);
  const want = [["ADDED", "é\n}"], "6", ["DELETED", "odd"], ["MODIFIED", "A"]];
  for (let cut = 0; cut <= bytes.length; cut++) {
    for (const step of [1, 7, bytes.length]) {
      const got: unknown[] = [];
      const reader = new FrameReader({
        resourceVersion: "1",
        onBookmark: (version) => got.push(version),
        onItem(type, item) {
          const object = item.parse() as KubeObject;
          assert.ok(!("managedFields" in object.metadata));
          got.push([type, object.metadata.name]);
        },
      });
      reader.push(bytes.slice(0, cut));
      for (let from = cut; from < bytes.length; from += step) reader.push(bytes.slice(from, from + step));
      assert.deepEqual(got, want, `cut at ${cut}, then by ${step}`);
      assert.deepEqual([reader.resourceVersion, reader.frames, reader.partial], ["7", 4, false]);
    }
  }
});

Deno.test("bookmarks of a Table watch carry their resourceVersion in the row's object", () => {
  const reader = new FrameReader({ resourceVersion: "1", onRow: () => assert.fail("a bookmark is no row") });
  const object =
    '{"kind":"Table","metadata":{},"rows":[{"cells":[],"object":{"metadata":{"resourceVersion":"12"}}}]}';
  reader.push(encoder.encode(`{"type":"BOOKMARK","object":${object}}\n`));
  assert.equal(reader.resourceVersion, "12");
});

Deno.test("an ERROR frame throws its Status's error", () => {
  const reader = new FrameReader({ resourceVersion: "1", onRow() {} });
  const frame =
    '{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}\n';
  assert.throws(() => reader.push(encoder.encode(frame)), (error) => {
    return error instanceof OrkaError && error.code === "expired" && error.message === "too old";
  });
});

Deno.test("a frame in an unusual form keeps its large integers", () => {
  const objects: string[] = [];
  const reader = new FrameReader({
    resourceVersion: "1",
    onItem: (_, { bytes }) => objects.push(new TextDecoder().decode(bytes)),
  });
  const object = '{"kind":"Limit","metadata":{"resourceVersion":"7"},"spec":{"max":9223372036854775807}}';
  reader.push(new TextEncoder().encode(`{ "type": "MODIFIED", "object": ${object} }\n`));
  assert.deepEqual(objects, [object]);
  assert.equal(reader.resourceVersion, "7");
});

Deno.test("a long-lived signal keeps nothing of the requests that have ended", async () => {
  const api = new FakeApi();
  const client = createClient({ fetch: api.fetch });
  const { signal } = new AbortController();
  let held = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    held++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    held--;
    removeEventListener.apply(signal, args);
  };
  await client.json("/version", { signal });
  await client.json("/nope", { signal }).catch(() => {});
  const { end } = watched(api, () => api.endWatches(), { signal });
  assert.equal((await end).reason, "closed");
  assert.equal(held, 0);
});
