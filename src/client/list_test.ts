import assert from "node:assert/strict";
import { OrkaError } from "../base/mod.ts";
import { onServers, type TestServer } from "../../tests/support/two_servers.ts";
import { resource } from "../../tests/support/resources.ts";
import type { Fetch } from "./fetch.ts";
import { createClient } from "./http_client.ts";
import type { TableRow } from "./item_reader.ts";
import type { Resource } from "../kube/mod.ts";
import { listObjects, listTable } from "./list.ts";

/** Secrets c0, c1, … in the test's namespace: unlike ConfigMaps there are none that the server made. */
async function fill(server: TestServer, count: number): Promise<{ secrets: Resource; namespace: string }> {
  await server.putAll(Array.from({ length: count }, (_, i) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `c${i}` },
    stringData: { k: "v" },
  })));
  return { secrets: server.resource("secrets"), namespace: server.namespace };
}

async function rejection(promise: Promise<unknown>): Promise<OrkaError> {
  const error = await promise.then(() => assert.fail("it resolved"), (e) => e);
  assert.ok(error instanceof OrkaError, String(error));
  return error;
}

/** The same answers, their bodies in chunks of a few bytes. */
function trickling(server: TestServer): Fetch {
  return async (request) => {
    const bytes = new Uint8Array(await (await server.fetch(request)).arrayBuffer());
    let at = 0;
    return new Response(
      new ReadableStream({
        pull(controller) {
          if (at >= bytes.length) return controller.close();
          controller.enqueue(bytes.slice(at, at += 100));
        },
      }),
    );
  };
}

onServers("the next page is asked for while this one still arrives", async (server) => {
  const { secrets, namespace } = await fill(server, 4);
  const requestsAtRow: number[] = [];
  await listTable(createClient({ fetch: trickling(server) }), secrets, {
    namespace,
    limit: 2,
    onRow: () => requestsAtRow.push(server.requests.length),
  });
  assert.deepEqual(requestsAtRow, [2, 2, 2, 2]);
});

onServers("a page of 500 is asked for unless the caller says otherwise; 0 asks for all", async (server) => {
  const { secrets, namespace } = await fill(server, 1);
  const client = server.client();
  const names: unknown[] = [];
  const onRow = (row: TableRow) => names.push(row.cells[0]);
  await listTable(client, secrets, { onRow, namespace, labelSelector: "a=b,c" });
  await listTable(client, secrets, { onRow, namespace, limit: 0, includeObject: "None" });
  const path = `/api/v1/namespaces/${namespace}/secrets`;
  assert.deepEqual(server.requests.map((r) => r.path), [
    `${path}?includeObject=Metadata&labelSelector=a%3Db%2Cc&limit=500`,
    `${path}?includeObject=None`,
  ]);
  assert.deepEqual(names, ["c0"]);
});

onServers(
  "a list that changes meanwhile is of one moment, and its pages say how much is left",
  async (server) => {
    const { secrets, namespace } = await fill(server, 5);
    const names: string[] = [];
    const pages: unknown[] = [];
    let later: Promise<unknown> | null = null;
    await listTable(createClient({ fetch: afterwards(server, () => later) }), secrets, {
      namespace,
      limit: 2,
      onPage: (page) => pages.push([page.remaining, page.more]),
      onRow: (row) => {
        names.push(row.metadata!.name);
        later ??= server.put({ apiVersion: "v1", kind: "Secret", metadata: { name: "c4-later" } });
      },
    });
    assert.deepEqual(names, ["c0", "c1", "c2", "c3", "c4"]);
    assert.deepEqual(pages, [[3, true], [1, true], [null, false]]);
    assert.notEqual(await later, null);
  },
);

/** The server, whose last page waits for what the test does meanwhile. */
function afterwards(server: TestServer, done: () => Promise<unknown> | null): Fetch {
  let pages = 0;
  return async (request) => {
    if (request.url.includes("continue=") && ++pages === 2) await done();
    return await server.fetch(request);
  };
}

onServers("rows carry the server's cells, and of the object what was asked for", async (server) => {
  const { secrets, namespace } = await fill(server, 1);
  const shown: Record<string, unknown> = {};
  for (const includeObject of ["None", "Metadata", "Object"] as const) {
    const onRow = (row: TableRow) => {
      assert.deepEqual(row.cells.slice(0, 3), ["c0", "Opaque", 1]);
      const object = row.object.length > 0 ? JSON.parse(new TextDecoder().decode(row.object)) : null;
      shown[includeObject] = object && [object.kind, Object.keys(object).sort()];
    };
    await listTable(server.client(), secrets, { namespace, includeObject, onRow });
  }
  assert.deepEqual(shown, {
    None: null,
    Metadata: ["PartialObjectMetadata", ["apiVersion", "kind", "metadata"]],
    Object: ["Secret", ["apiVersion", "data", "kind", "metadata", "type"]],
  });
});

onServers("selectors choose by labels and by fields", async (server) => {
  await server.put({ apiVersion: "v1", kind: "Secret", metadata: { name: "a", labels: { app: "x" } } });
  await server.put({ apiVersion: "v1", kind: "Secret", metadata: { name: "b", labels: { app: "y" } } });
  const names: string[] = [];
  const onItem = (item: { parse(): unknown }) =>
    names.push((item.parse() as { metadata: { name: string } }).metadata.name);
  const { namespace } = server;
  for (const asked of [{ labelSelector: "app=x" }, { fieldSelector: "metadata.name=b" }]) {
    await listObjects(server.client(), server.resource("secrets"), { namespace, onItem, ...asked });
  }
  assert.deepEqual(names, ["a", "b"]);
});

onServers("a continue token that expired begins the list anew, once told", async (server) => {
  const { secrets, namespace } = await fill(server, 4);
  const names: string[] = [];
  const events: string[] = [];
  let expire = true;
  const end = await listTable(server.client(), secrets, {
    namespace,
    limit: 1,
    onPage: (page) => {
      events.push(`page ${page.index}`);
      if (page.index === 1 && expire) {
        // The page after this one is on its way already and is answered.
        expire = false;
        server.faults.fail({ path: "continue=", status: 410 });
      }
    },
    onRestart: () => {
      events.push("restart");
      names.length = 0;
    },
    onRow: (row) => names.push(row.metadata!.name),
  });
  assert.deepEqual(names, ["c0", "c1", "c2", "c3"]);
  assert.equal(end.restarts, 1);
  assert.equal(end.count, 4);
  assert.equal(events.filter((e) => e === "restart").length, 1);
  assert.deepEqual(events.slice(-4), ["page 0", "page 1", "page 2", "page 3"]);
});

onServers("a list whose tokens never last gives up as expired", async (server) => {
  const { secrets, namespace } = await fill(server, 3);
  using _fault = server.faults.fail({ path: "continue=", status: 410, times: Infinity });
  const list = listTable(server.client(), secrets, { namespace, limit: 1, onRow() {} });
  assert.equal((await rejection(list)).code, "expired");
  assert.equal(server.requests.filter((r) => !r.path.includes("continue=")).length, 4);
});

onServers("410 on the first page is no restart", async (server) => {
  const { secrets, namespace } = await fill(server, 1);
  server.faults.fail({ status: 410 });
  const list = listTable(server.client(), secrets, {
    namespace,
    onRow() {},
    onRestart: () => assert.fail("nothing was listed yet"),
  });
  assert.equal((await rejection(list)).code, "expired");
});

onServers(
  "lists of custom objects, whose metadata the real server sends last, come in pages all the same",
  async (server) => {
    const widget = await server.serve("Widget");
    const { namespace } = server;
    const apiVersion = `${widget.group}/v1`;
    for (const name of ["a", "b", "c"]) {
      await server.put({ apiVersion, kind: "Widget", metadata: { name } });
    }
    const names: string[] = [];
    const end = await listObjects(server.client(), widget, {
      namespace,
      limit: 2,
      onItem: (item) => names.push((item.parse() as { metadata: { name: string } }).metadata.name),
    });
    assert.deepEqual([names, end.pages], [["a", "b", "c"], 2]);
  },
);

onServers("one malformed object is one malformed row", async (server) => {
  const cases: readonly (readonly [string, (row: TableRow) => void])[] = [
    ["null", (row) => assert.deepEqual([row.error, row.metadata, row.object.length], ["", null, 0])],
    ['{"metadata":{"name":tru}}', (row) => assert.match(row.error, /JSON/)],
    ["7", (row) => assert.notEqual(row.error, "")],
    ['{"kind":"x"}', (row) => assert.match(row.error, /no metadata/)],
    ['{"metadata":null}', (row) => assert.equal(row.metadata, null)],
  ];
  const { secrets, namespace } = await fill(server, 3);
  for (const [json, check] of cases) {
    server.damage("c1", json);
    const rows: TableRow[] = [];
    await listTable(server.client(), secrets, {
      namespace,
      includeObject: "Object",
      onRow: (row) => rows.push({ ...row, object: row.object.slice() }),
    });
    assert.equal(rows.length, 3, json);
    check(rows[1]!);
    assert.deepEqual([rows[0]!.error, rows[2]!.error, rows[2]!.metadata?.name], ["", "", "c2"], json);
  }
});

onServers("a server without Tables gives rows without cells", async (server) => {
  const { secrets, namespace } = await fill(server, 1);
  const rows: TableRow[] = [];
  let columns: unknown = "unset";
  await listTable(server.client(), secrets, {
    namespace,
    onPage: (page) => columns = page.columns,
    onRow: (row) => rows.push(row),
  });
  assert.equal(columns, null);
  assert.deepEqual([rows[0]!.cells, rows[0]!.metadata?.name, rows[0]!.error], [[], "c0", ""]);
}, { tables: false });

onServers(
  "aborting between pages stops, with the signal's own reason, and drops the page on its way",
  async (server) => {
    const { secrets, namespace } = await fill(server, 4);
    const abort = new AbortController();
    const reason = new Error("enough");
    const fetch: Fetch = (request) => {
      if (request.url.includes("continue=")) abort.abort(reason);
      return server.fetch(request);
    };
    const list = listTable(createClient({ fetch }), secrets, {
      namespace,
      limit: 1,
      signal: abort.signal,
      onRow() {},
    });
    assert.equal(await list.catch((error) => error), reason);
    assert.equal(server.requests.length, 2);
  },
);

onServers("a list that fails does not wait for the page that was asked for ahead of time", async (server) => {
  const { secrets, namespace } = await fill(server, 4);
  const bug = new RangeError("a bug of the caller");
  const first = trickling(server);
  const asked = Promise.withResolvers<Request>();
  const fetch: Fetch = (request) => {
    if (!request.url.includes("continue=")) return first(request);
    asked.resolve(request);
    return new Promise(() => {}); // a server that has stopped answering
  };
  const client = createClient({ fetch, timeoutMs: 0 });
  const list = listTable(client, secrets, {
    namespace,
    limit: 2,
    onRow(row) {
      if (row.metadata?.name === "c1") throw bug;
    },
  });
  assert.equal(await list.catch((error) => error), bug);
  assert.ok((await asked.promise).signal.aborted);
});

onServers("what a callback throws ends the list", async (server) => {
  const { secrets, namespace } = await fill(server, 2);
  const bug = new RangeError("a bug of the caller");
  const list = listTable(server.client(), secrets, {
    namespace,
    onRow() {
      throw bug;
    },
  });
  assert.equal(await list.catch((error) => error), bug);
});

/** What gateways and servers that speak wrongly answer with 200 that is JSON, and no list. */
const NO_LISTS = [
  '{"error":"session expired"}',
  '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure"}',
  '{"kind":"PodList","metadata":{"resourceVersion":"7"}}',
  '{"items":[]}',
];

Deno.test("an answer that is no list is a protocol error", async () => {
  for (const body of ["", "[]", "{", '{"items":[{}', "<html>", ...NO_LISTS]) {
    const client = createClient({ fetch: () => Promise.resolve(new Response(body)) });
    const list = listTable(client, resource("Pod"), { onRow() {} });
    assert.equal((await rejection(list)).code, "protocol", body);
  }
  const empty = '{"kind":"PodList","metadata":{"resourceVersion":"7"},"items":null}';
  const client = createClient({ fetch: () => Promise.resolve(new Response(empty)) });
  assert.equal((await listTable(client, resource("Pod"), { onRow() {} })).resourceVersion, "7");
});
