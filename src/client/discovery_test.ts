import assert from "node:assert/strict";
import { ManualClock, OrkaError } from "../base/mod.ts";
import { resourceKey } from "../kube/mod.ts";
import { FakeApi, type FakeApiOptions, fakeResource } from "../../tests/support/fake_api.ts";
import { cachedDiscovery, discover, type Discovery } from "./discovery.ts";
import { createClient } from "./http_client.ts";

const HOUR = 3_600_000;

/** A server with a kind in two versions, the first preferred. */
function server(options: FakeApiOptions = {}) {
  const api = new FakeApi(options);
  api.addResource(fakeResource("example.com/v2", "Widget", { shortNames: ["wd"], subresources: ["status"] }));
  api.addResource(fakeResource("example.com/v1", "Widget", { preferred: false }));
  return { api, client: createClient({ fetch: api.fetch, target: { server: "http://fake:80" } }) };
}

async function withDir(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await use(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function byKey({ resources }: Discovery): Record<string, unknown> {
  return Object.fromEntries(resources.map((r) => [resourceKey(r), r]));
}

Deno.test("both forms of the aggregated documents and the old ones tell the same", async () => {
  const { api, client } = server();
  const aggregated = await discover(client, { cacheDir: null });
  assert.equal(api.requests.length, 2);
  const want = Object.fromEntries(api.resources.map((r) => [resourceKey(r), r]));
  assert.deepEqual(byKey(aggregated), want);
  for (const spoken of ["v2beta1", null] as const) {
    const other = await discover(server({ aggregated: spoken }).client, { cacheDir: null });
    assert.deepEqual(byKey(other), want, String(spoken));
  }
});

Deno.test("a broken APIService is told and hides nothing else", async () => {
  for (const aggregated of ["v2", null] as const) {
    const { api, client } = server({ aggregated });
    using _broken = api.breakGroup("metrics.k8s.io/v1beta1");
    const found = await discover(client, { cacheDir: null });
    assert.deepEqual(found.broken.map((b) => [b.groupVersion, b.error.family, b.error.code]), [
      ["metrics.k8s.io/v1beta1", "expected", "server"],
    ]);
    assert.equal(found.resources.length, api.resources.length);
  }
});

Deno.test("a young cache needs no request, an old one two that answer 304, and a change is seen", async () => {
  await withDir(async (cacheDir) => {
    const clock = new ManualClock();
    const { api, client } = server();
    const ask = async (refresh = false) => {
      const before = api.requests.length;
      const found = await discover(client, { cacheDir, clock, refresh });
      return { found, requests: api.requests.length - before };
    };
    const first = await ask();
    assert.deepEqual([first.requests, first.found.cached], [2, false]);
    const second = await ask();
    assert.deepEqual([second.requests, second.found], [0, { ...first.found, cached: true }]);
    assert.deepEqual(await cachedDiscovery(client, { cacheDir }), second.found);
    await clock.advance(6 * HOUR);
    const old = await ask();
    assert.deepEqual([old.requests, old.found], [2, first.found]);
    assert.ok(api.requests.at(-1)!.headers.get("if-none-match"));
    assert.equal((await ask()).requests, 0);
    api.addResource(fakeResource("example.com/v2", "Gadget"));
    const fresh = await ask(true);
    assert.deepEqual([fresh.requests, fresh.found.resources.length], [2, first.found.resources.length + 1]);
  });
});

Deno.test("with a broken group the cache is young for minutes only", async () => {
  await withDir(async (cacheDir) => {
    const clock = new ManualClock();
    const { api, client } = server();
    using _broken = api.breakGroup("metrics.k8s.io/v1beta1");
    await discover(client, { cacheDir, clock });
    await discover(client, { cacheDir, clock });
    assert.equal(api.requests.length, 2);
    await clock.advance(HOUR / 10);
    await discover(client, { cacheDir, clock });
    assert.equal(api.requests.length, 4);
  });
});

Deno.test("a cache that can't be read or written is no error", async () => {
  await withDir(async (cacheDir) => {
    const { api, client } = server();
    await discover(client, { cacheDir });
    const file = `${cacheDir}/orka/fake_80/discovery.json`;
    for (
      const text of ["", "{", "null", '{"format":0}', '{"format":1,"server":"http://fake:80","savedMs":1}']
    ) {
      await Deno.writeTextFile(file, text);
      assert.equal(await cachedDiscovery(client, { cacheDir }), null, text);
      assert.equal((await discover(client, { cacheDir })).resources.length, api.resources.length);
    }
    const names: string[] = [];
    for await (const entry of Deno.readDir(`${cacheDir}/orka/fake_80`)) names.push(entry.name);
    assert.deepEqual(names, ["discovery.json"]);
    assert.equal((await discover(client, { cacheDir: file })).cached, false);
  });
});

Deno.test("a server that can't be asked is an error, and leaves the cache alone", async () => {
  await withDir(async (cacheDir) => {
    const { api, client } = server();
    await discover(client, { cacheDir });
    api.faults.refuse({ times: 2 });
    const error = await discover(client, { cacheDir, refresh: true }).catch((e) => e);
    assert.ok(error instanceof OrkaError && error.code === "unreachable");
    assert.notEqual(await cachedDiscovery(client, { cacheDir }), null);
  });
});

Deno.test("an answer that is no discovery is an error and is not kept; one missing half is none", async () => {
  await withDir(async (cacheDir) => {
    const target = { server: "http://fake:80" };
    const ask = (answer: (path: string) => Response) => {
      const fetch = (request: Request) => Promise.resolve(answer(new URL(request.url).pathname));
      const client = createClient({ fetch, target });
      return discover(client, { cacheDir }).then((found) => found.resources.length, (e) => e.code);
    };
    assert.equal(await ask(() => Response.json({ error: "session expired" })), "protocol");
    assert.equal(await ask(() => new Response("", { status: 404 })), "not-found");
    const { client } = server();
    assert.equal(await cachedDiscovery(client, { cacheDir }), null);
    const groups = { kind: "APIGroupList", groups: null };
    const half = (path: string) =>
      path === "/apis" ? Response.json(groups) : new Response("", { status: 404 });
    assert.equal(await ask(half), 0);
  });
});

Deno.test("a group version whose answer is no list of resources is broken", async () => {
  const answers: Record<string, unknown> = {
    "/api": { kind: "APIVersions", versions: ["v1"] },
    "/apis": { kind: "APIGroupList", groups: [] },
    "/api/v1": { error: "session expired" },
  };
  const client = createClient({
    fetch: (request) => Promise.resolve(Response.json(answers[new URL(request.url).pathname])),
  });
  const { broken } = await discover(client, { cacheDir: null });
  assert.deepEqual(broken.map((b) => [b.groupVersion, b.error.code]), [["v1", "protocol"]]);
});
