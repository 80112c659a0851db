import assert from "node:assert/strict";
import { ManualClock, OrkaError } from "../base/mod.ts";
import { type Resource, resourceKey } from "../kube/mod.ts";
import { Front } from "../../tests/support/front.ts";
import { onServers, type TestServer } from "../../tests/support/two_servers.ts";
import { cachedDiscovery, discover } from "./discovery.ts";
import { createClient } from "./http_client.ts";

const HOUR = 3_600_000;
const TARGET = { server: "http://fake:80" };

/** A client that says another server's name, so that what it keeps has a known place. */
function named(server: TestServer) {
  return createClient({ fetch: server.fetch, target: TARGET });
}

/** The test's own kinds and those that every server has: other tests' come and go meanwhile. */
function settled(server: TestServer, resources: readonly Resource[]): Record<string, Resource> {
  const isOurs = ({ group }: Resource) =>
    !group.includes(".") || group.endsWith("k8s.io") || group.startsWith(server.namespace);
  return Object.fromEntries(resources.filter(isOurs).map((r) => [resourceKey(r), r]));
}

async function withDir(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await use(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

onServers("both forms of the aggregated documents and the old ones tell the same", async (server) => {
  const widget = await server.serve("Widget", { versions: ["v2", "v1"], shortNames: ["wd"] });
  const aggregated = await discover(server.client(), { cacheDir: null });
  assert.equal(server.requests.length, 2);
  const want = settled(server, aggregated.resources);
  assert.deepEqual(want[resourceKey(widget)], widget);
  assert.deepEqual([widget.version, widget.shortNames, widget.subresources], ["v2", ["wd"], ["status"]]);
  assert.equal(want[`${widget.group}/v1/widgets`]?.preferred, false);
  assert.deepEqual(want["v1/pods"]?.categories, ["all"]);
  for (const spoken of ["v2beta1", null] as const) {
    const older = new Front(server.fetch, { aggregated: spoken });
    const other = await discover(createClient({ fetch: older.fetch }), { cacheDir: null });
    assert.deepEqual(settled(server, other.resources), want, String(spoken));
  }
});

onServers("a broken APIService is told and hides nothing else", async (server) => {
  const widget = await server.serve("Widget");
  using _broken = server.breakGroup(`${widget.group}/v1`);
  for (const aggregated of ["v2", null] as const) {
    const front = new Front(server.fetch, { aggregated });
    const found = await discover(createClient({ fetch: front.fetch }), { cacheDir: null });
    assert.deepEqual(found.broken.map((b) => [b.groupVersion, b.error.family, b.error.code]), [
      [`${widget.group}/v1`, "expected", "server"],
    ]);
    const { [resourceKey(widget)]: _hidden, ...want } = settled(server, server.resources);
    assert.deepEqual(settled(server, found.resources), want);
  }
});

onServers(
  "a young cache needs no request, an old one two that answer 304, and a change is seen",
  async (server) => {
    await withDir(async (cacheDir) => {
      const clock = new ManualClock();
      const ask = async (refresh = false) => {
        const before = server.requests.length;
        const found = await discover(named(server), { cacheDir, clock, refresh });
        return { found, requests: server.requests.length - before };
      };
      const first = await ask();
      assert.deepEqual([first.requests, first.found.cached], [2, false]);
      const second = await ask();
      assert.deepEqual([second.requests, second.found], [0, { ...first.found, cached: true }]);
      assert.deepEqual(await cachedDiscovery(named(server), { cacheDir }), second.found);
      await clock.advance(6 * HOUR);
      const old = await ask();
      assert.equal(old.requests, 2);
      assert.deepEqual(settled(server, old.found.resources), settled(server, first.found.resources));
      assert.ok(server.requests.at(-1)!.headers.get("if-none-match"));
      assert.equal((await ask()).requests, 0);
      const gadget = await server.serve("Gadget");
      const fresh = await ask(true);
      assert.equal(fresh.requests, 2);
      assert.ok(fresh.found.resources.some((found) => resourceKey(found) === resourceKey(gadget)));
    });
  },
);

onServers("with a broken group the cache is young for minutes only", async (server) => {
  const widget = await server.serve("Widget");
  await withDir(async (cacheDir) => {
    const clock = new ManualClock();
    using _broken = server.breakGroup(`${widget.group}/v1`);
    await discover(named(server), { cacheDir, clock });
    await discover(named(server), { cacheDir, clock });
    assert.equal(server.requests.length, 2);
    await clock.advance(HOUR / 10);
    await discover(named(server), { cacheDir, clock });
    assert.equal(server.requests.length, 4);
  });
});

onServers("a cache that can't be read or written is no error", async (server) => {
  await withDir(async (cacheDir) => {
    const { resources } = await discover(named(server), { cacheDir });
    const file = `${cacheDir}/orka/fake_80/discovery.json`;
    for (
      const text of ["", "{", "null", '{"format":0}', '{"format":1,"server":"http://fake:80","savedMs":1}']
    ) {
      await Deno.writeTextFile(file, text);
      assert.equal(await cachedDiscovery(named(server), { cacheDir }), null, text);
      const found = await discover(named(server), { cacheDir });
      assert.deepEqual(settled(server, found.resources), settled(server, resources));
    }
    const names: string[] = [];
    for await (const entry of Deno.readDir(`${cacheDir}/orka/fake_80`)) names.push(entry.name);
    assert.deepEqual(names, ["discovery.json"]);
    assert.equal((await discover(named(server), { cacheDir: file })).cached, false);
  });
});

onServers("a server that can't be asked is an error, and leaves the cache alone", async (server) => {
  await withDir(async (cacheDir) => {
    await discover(named(server), { cacheDir });
    server.faults.refuse({ times: 2 });
    const error = await discover(named(server), { cacheDir, refresh: true }).catch((e) => e);
    assert.ok(error instanceof OrkaError && error.code === "unreachable");
    assert.notEqual(await cachedDiscovery(named(server), { cacheDir }), null);
  });
});

Deno.test("an answer that is no discovery is an error and is not kept; one missing half is none", async () => {
  await withDir(async (cacheDir) => {
    const ask = (answer: (path: string) => Response) => {
      const fetch = (request: Request) => Promise.resolve(answer(new URL(request.url).pathname));
      const client = createClient({ fetch, target: TARGET });
      return discover(client, { cacheDir }).then((found) => found.resources.length, (e) => e.code);
    };
    assert.equal(await ask(() => Response.json({ error: "session expired" })), "protocol");
    assert.equal(await ask(() => new Response("", { status: 404 })), "not-found");
    const unheard = createClient({ fetch: () => Promise.reject(new Error("unasked")), target: TARGET });
    assert.equal(await cachedDiscovery(unheard, { cacheDir }), null);
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
