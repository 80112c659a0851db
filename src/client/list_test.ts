import assert from "node:assert/strict";
import { OrkaError } from "../base/mod.ts";
import { FakeApi, fakeResource } from "../../tests/support/fake_api.ts";
import type { Fetch } from "./fetch.ts";
import { createClient } from "./http_client.ts";
import type { TableRow } from "./item_reader.ts";
import { listObjects, listTable } from "./list.ts";

function filled(count: number, options: ConstructorParameters<typeof FakeApi>[0] = {}): FakeApi {
  const api = new FakeApi(options);
  for (let i = 0; i < count; i++) {
    api.put({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: "d", name: `c${i}` },
      data: { k: "v" },
    });
  }
  return api;
}

const broken = { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "d", name: "c1" } };

async function rejection(promise: Promise<unknown>): Promise<OrkaError> {
  const error = await promise.then(() => assert.fail("it resolved"), (e) => e);
  assert.ok(error instanceof OrkaError, String(error));
  return error;
}

/** The same answers, their bodies in chunks of a few bytes. */
function trickling(api: FakeApi): Fetch {
  return async (request) => {
    const bytes = new Uint8Array(await (await api.fetch(request)).arrayBuffer());
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

Deno.test("the next page is asked for while this one still arrives", async () => {
  const api = filled(4);
  const requestsAtRow: number[] = [];
  await listTable(createClient({ fetch: trickling(api) }), api.resource("configmaps"), {
    limit: 2,
    onRow: () => requestsAtRow.push(api.requests.length),
  });
  assert.deepEqual(requestsAtRow, [2, 2, 2, 2]);
});

Deno.test("a page of 500 is asked for unless the caller says otherwise; 0 asks for all", async () => {
  const api = filled(1);
  const client = createClient({ fetch: api.fetch });
  const onRow = () => {};
  await listTable(client, api.resource("configmaps"), { onRow, namespace: "d", labelSelector: "a=b,c" });
  await listTable(client, api.resource("configmaps"), { onRow, limit: 0, includeObject: "None" });
  assert.deepEqual(api.requests.map((r) => r.path), [
    "/api/v1/namespaces/d/configmaps?includeObject=Metadata&labelSelector=a%3Db%2Cc&limit=500",
    "/api/v1/configmaps?includeObject=None",
  ]);
});

Deno.test("a continue token that expired begins the list anew, once told", async () => {
  const api = filled(4);
  const names: string[] = [];
  const events: string[] = [];
  let expire = true;
  const end = await listTable(createClient({ fetch: api.fetch }), api.resource("configmaps"), {
    limit: 1,
    onPage: (page) => {
      events.push(`page ${page.index}`);
      if (page.index === 1 && expire) {
        // The page after this one is on its way already and is answered.
        expire = false;
        api.expireContinues();
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

Deno.test("a list whose tokens never last gives up as expired", async () => {
  const api = filled(3);
  using _fault = api.faults.fail({ path: "continue=", status: 410, times: Infinity });
  const list = listTable(createClient({ fetch: api.fetch }), api.resource("configmaps"), {
    limit: 1,
    onRow() {},
  });
  assert.equal((await rejection(list)).code, "expired");
  assert.equal(api.requests.filter((r) => !r.path.includes("continue=")).length, 4);
});

Deno.test("410 on the first page is no restart", async () => {
  const api = filled(1);
  api.faults.fail({ status: 410 });
  const list = listTable(createClient({ fetch: api.fetch }), api.resource("configmaps"), {
    onRow() {},
    onRestart: () => assert.fail("nothing was listed yet"),
  });
  assert.equal((await rejection(list)).code, "expired");
});

Deno.test("lists of custom objects have their metadata last; pages follow all the same", async () => {
  const api = new FakeApi();
  const widget = fakeResource("example.com/v1", "Widget");
  api.addResource(widget);
  for (const name of ["a", "b", "c"]) {
    api.put({ apiVersion: "example.com/v1", kind: "Widget", metadata: { namespace: "d", name } });
  }
  const names: string[] = [];
  const end = await listObjects(createClient({ fetch: api.fetch }), widget, {
    limit: 2,
    onItem: (item) => names.push((item.parse() as { metadata: { name: string } }).metadata.name),
  });
  assert.deepEqual([names, end.pages], [["a", "b", "c"], 2]);
});

Deno.test("one malformed object is one malformed row", async () => {
  const cases: readonly (readonly [string, (row: TableRow) => void])[] = [
    ["null", (row) => assert.deepEqual([row.error, row.metadata, row.object.length], ["", null, 0])],
    ['{"metadata":{"name":tru}}', (row) => assert.match(row.error, /JSON/)],
    ["7", (row) => assert.notEqual(row.error, "")],
    ['{"kind":"x"}', (row) => assert.match(row.error, /no metadata/)],
    ['{"metadata":null}', (row) => assert.equal(row.metadata, null)],
  ];
  for (const [json, check] of cases) {
    const api = filled(3);
    api.putRaw(broken, json);
    const rows: TableRow[] = [];
    await listTable(createClient({ fetch: api.fetch }), api.resource("configmaps"), {
      includeObject: "Object",
      onRow: (row) => rows.push({ ...row, object: row.object.slice() }),
    });
    assert.equal(rows.length, 3, json);
    check(rows[1]!);
    assert.deepEqual([rows[0]!.error, rows[2]!.error, rows[2]!.metadata?.name], ["", "", "c2"], json);
  }
});

Deno.test("a server without Tables gives rows without cells", async () => {
  const api = filled(1, { tables: false });
  const rows: TableRow[] = [];
  let columns: unknown = "unset";
  await listTable(createClient({ fetch: api.fetch }), api.resource("configmaps"), {
    onPage: (page) => columns = page.columns,
    onRow: (row) => rows.push(row),
  });
  assert.equal(columns, null);
  assert.deepEqual([rows[0]!.cells, rows[0]!.metadata?.name, rows[0]!.error], [[], "c0", ""]);
});

Deno.test("aborting between pages stops, with the signal's own reason, and drops the page on its way", async () => {
  const api = filled(4);
  const abort = new AbortController();
  const reason = new Error("enough");
  const fetch: Fetch = (request) => {
    if (request.url.includes("continue=")) abort.abort(reason);
    return api.fetch(request);
  };
  const list = listTable(createClient({ fetch }), api.resource("configmaps"), {
    limit: 1,
    signal: abort.signal,
    onRow() {},
  });
  assert.equal(await list.catch((error) => error), reason);
  assert.equal(api.requests.length, 2);
});

Deno.test("a list that fails does not wait for the page that was asked for ahead of time", async () => {
  const api = filled(4);
  const bug = new RangeError("a bug of the caller");
  const first = trickling(api);
  const asked = Promise.withResolvers<Request>();
  const fetch: Fetch = (request) => {
    if (!request.url.includes("continue=")) return first(request);
    asked.resolve(request);
    return new Promise(() => {}); // a server that has stopped answering
  };
  const client = createClient({ fetch, timeoutMs: 0 });
  const list = listTable(client, api.resource("configmaps"), {
    limit: 2,
    onRow(row) {
      if (row.metadata?.name === "c1") throw bug;
    },
  });
  assert.equal(await list.catch((error) => error), bug);
  assert.ok((await asked.promise).signal.aborted);
});

Deno.test("what a callback throws ends the list", async () => {
  const api = filled(2);
  const bug = new RangeError("a bug of the caller");
  const list = listTable(createClient({ fetch: api.fetch }), api.resource("configmaps"), {
    onRow() {
      throw bug;
    },
  });
  assert.equal(await list.catch((error) => error), bug);
});

/** What gateways and servers answer with 200 that is JSON, and no list. */
const NO_LISTS = [
  '{"error":"session expired"}',
  '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure"}',
  '{"kind":"PodList","metadata":{"resourceVersion":"7"}}',
  '{"items":[]}',
];

Deno.test("an answer that is no list is a protocol error", async () => {
  for (const body of ["", "[]", "{", '{"items":[{}', "<html>", ...NO_LISTS]) {
    const client = createClient({ fetch: () => Promise.resolve(new Response(body)) });
    const list = listTable(client, fakeResource("v1", "Pod"), { onRow() {} });
    assert.equal((await rejection(list)).code, "protocol", body);
  }
  const empty = '{"kind":"PodList","metadata":{"resourceVersion":"7"},"items":null}';
  const client = createClient({ fetch: () => Promise.resolve(new Response(empty)) });
  assert.equal((await listTable(client, fakeResource("v1", "Pod"), { onRow() {} })).resourceVersion, "7");
});
