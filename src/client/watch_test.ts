import assert from "node:assert/strict";
import { OrkaError } from "../base/mod.ts";
import type { KubeObject } from "../kube/mod.ts";
import { onEmbedded, onServers, type TestServer } from "../../tests/support/two_servers.ts";
import { FrameReader } from "./frame_reader.ts";
import { type WatchEnd, watchObjects, watchTable } from "./watch.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const pod = (name: string) => ({ apiVersion: "v1", kind: "Pod", metadata: { name } });

interface Watching {
  readonly signal?: AbortSignal;
  /** Called with each `TYPE name`. */
  readonly onSeen?: (seen: string) => void;
}

/** Watches Table rows from now on; `act` runs once the watch is open. */
async function watched(server: TestServer, act: () => void, { onSeen, ...options }: Watching = {}) {
  const seen: string[] = [];
  const resourceVersion = await server.resourceVersion();
  const end = watchTable(server.client(), server.resource("pods"), {
    namespace: server.namespace,
    resourceVersion,
    onOpen: act,
    onRow: (type, row) => {
      seen.push(`${type} ${row.metadata?.name ?? row.error}`);
      onSeen?.(seen.at(-1)!);
    },
    ...options,
  });
  return { seen, end, resourceVersion };
}

onServers(
  "rows come with cells, metadata and the whole object, managedFields cut; columns once",
  async (server) => {
    const columns: string[] = [];
    const objects: KubeObject[] = [];
    let versions: string[] = [];
    const end = await watchTable(server.client(), server.resource("pods"), {
      namespace: server.namespace,
      resourceVersion: await server.resourceVersion(),
      async onOpen() {
        await server.put(pod("a"));
        await server.put(pod("b"));
      },
      onColumns: (all) => columns.push(all.map((c) => c.name).join(",")),
      onRow(_type, row) {
        assert.equal(row.cells[0], row.metadata?.name);
        assert.ok(!("managedFields" in row.metadata!));
        objects.push(JSON.parse(decoder.decode(row.object)));
        versions = [...versions, row.metadata!.resourceVersion!];
        if (objects.length === 2) server.endWatches();
      },
    });
    assert.deepEqual(columns, ["Name,Ready,Status,Restarts,Age,IP,Node,Nominated Node,Readiness Gates"]);
    assert.deepEqual(objects.map((o) => [o.kind, o.metadata.name, "managedFields" in o.metadata]), [
      ["Pod", "a", false],
      ["Pod", "b", false],
    ]);
    assert.equal(end.resourceVersion, versions[1]);
  },
);

onServers("every end has its reason", async (server) => {
  const abort = new AbortController();
  const cases: readonly (readonly [string, () => void])[] = [
    ["closed", () => server.endWatches()],
    ["cut", () => server.cutWatches()],
    ["cut", () => server.cutWatches({ reset: true })],
    ["error expired", () => server.failWatches()],
    ["error server", () => server.failWatches(500, "etcd has gone")],
    ["error protocol", () => server.writeWatches("<html>")],
    ["error protocol", () => server.writeWatches('{"type":"NEWS","object":{}}')],
    ["aborted", () => abort.abort()],
  ];
  for (const [at, [want, act]] of cases.entries()) {
    const stored: KubeObject[] = [];
    const put = async () => stored.push(await server.put(pod(`a${at}`)));
    const onSeen = () => queueMicrotask(act);
    const { seen, end } = await watched(server, put, { signal: abort.signal, onSeen });
    const ended: WatchEnd = await end;
    const code = ended.reason === "error" ? ` ${ended.error.code}` : "";
    assert.equal(ended.reason + code, want);
    while (stored.length === 0) await server.clock.advance(1);
    assert.deepEqual([seen, ended.resourceVersion], [
      [`ADDED a${at}`],
      stored[0]!.metadata.resourceVersion,
    ], want);
  }
});

onServers("a changed object enters and leaves a watch by its labels", async (server) => {
  const labelled = (name: string, labels: Record<string, string>) =>
    server.put({ apiVersion: "v1", kind: "Secret", metadata: { name, labels: { app: "", ...labels } } });
  await labelled("a", { app: "x" });
  await labelled("b", { app: "y" });
  const seen: string[] = [];
  await watchObjects(server.client(), server.resource("secrets"), {
    namespace: server.namespace,
    labelSelector: "app=x",
    resourceVersion: await server.resourceVersion(),
    onOpen: async () => {
      await labelled("b", { app: "x" });
      await labelled("b", { app: "x", more: "1" });
      await labelled("b", { app: "z" });
      await server.remove({ apiVersion: "v1", kind: "Secret", name: "a" });
    },
    onItem: (type, item) => {
      const { metadata } = item.parse() as KubeObject;
      if (seen.push(`${type} ${metadata.name}`) === 4) server.endWatches();
    },
  });
  assert.deepEqual(seen, ["ADDED b", "MODIFIED b", "DELETED b", "DELETED a"]);
});

onServers(
  "a watch goes on from any version that is not forgotten; from those it is expired",
  async (server) => {
    const from = await server.put(pod("a"));
    await server.put(pod("b"));
    const seen: string[] = [];
    const follow = () =>
      watchTable(server.client(), server.resource("pods"), {
        namespace: server.namespace,
        resourceVersion: from.metadata.resourceVersion!,
        onRow: (type, row) => {
          seen.push(`${type} ${row.cells[0]}`);
          server.endWatches();
        },
      });
    await follow();
    assert.deepEqual(seen, ["ADDED b"]);
    await server.compact();
    const end = await follow();
    assert.equal(end.reason === "error" && end.error.code, "expired");
    assert.deepEqual(seen, ["ADDED b"]);
  },
);

onServers("a refused watch ends with its error and its frames uncounted", async (server) => {
  server.faults.forbid("watch=true");
  const end = await (await watched(server, () => assert.fail("it was refused"))).end;
  assert.deepEqual([end.reason, end.reason === "error" && end.error.code, end.frames], [
    "error",
    "forbidden",
    0,
  ]);
  server.faults.clear();
  server.faults.refuse();
  const gone = await (await watched(server, () => assert.fail("it was refused"))).end;
  assert.deepEqual([gone.reason, gone.reason === "error" && gone.error.code], ["error", "unreachable"]);
});

onServers(
  "a watch on which nothing comes for long enough is idle; each byte puts that off",
  async (server) => {
    const { clock } = server;
    const resourceVersion = await server.resourceVersion();
    server.silence();
    let ended: WatchEnd | null = null;
    const end = watchObjects(server.client(), server.resource("pods"), {
      namespace: server.namespace,
      resourceVersion,
      idleMs: 90_000,
      clock,
      onItem() {},
    }).then((value) => ended = value);
    while (server.watches === 0) await clock.advance(1);
    await clock.advance(80_000);
    server.bookmark("77");
    await clock.advance(80_000);
    assert.deepEqual([ended, server.watches], [null, 1]);
    await clock.advance(11_000);
    assert.deepEqual(await end, { reason: "idle", resourceVersion: "77", frames: 1 });
    assert.equal(server.watches, 0);
  },
);

onEmbedded(
  "timeoutSeconds ends a watch by the server's clock, after a bookmark of all that was written",
  async (server) => {
    const { clock } = server;
    const marks: string[] = [];
    const opened = Promise.withResolvers<void>();
    const watching = watchTable(server.client(), server.resource("pods"), {
      namespace: server.namespace,
      resourceVersion: await server.resourceVersion(),
      timeoutSeconds: 30,
      clock,
      onOpen: opened.resolve,
      onBookmark: (version) => marks.push(version),
      onRow: () => assert.fail("no pod changed"),
    });
    await opened.promise;
    const other = await server.put({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } });
    await clock.advance(30_000);
    const { resourceVersion } = other.metadata;
    assert.deepEqual(await watching, { reason: "closed", resourceVersion, frames: 1 });
    assert.deepEqual(marks, [resourceVersion]);
    assert.equal(server.watches, 0);
  },
);

onServers(
  "a frame that holds no readable object is a row that says so, and the watch goes on",
  async (server) => {
    const { seen, end } = await watched(server, () => {
      server.writeWatches('{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":tru}}}');
      void server.put(pod("b"));
    }, { onSeen: (text) => text === "ADDED b" && server.endWatches() });
    assert.equal((await end).reason, "closed");
    assert.equal(seen.length, 2);
    assert.match(seen[0]!, /^ADDED .*JSON/);
    assert.equal(seen[1], "ADDED b");
  },
);

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

onServers("a long-lived signal keeps nothing of the requests that have ended", async (server) => {
  const client = server.client();
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
  const { end } = await watched(server, () => server.endWatches(), { signal });
  assert.equal((await end).reason, "closed");
  assert.equal(held, 0);
});
