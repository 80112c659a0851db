import assert from "node:assert/strict";
import { isCancelled, OrkaError } from "../base/mod.ts";
import { onServers, type TestServer } from "../../tests/support/two_servers.ts";
import { EVERYTHING, Held } from "../../tests/support/engine_rig.ts";
import { createWorkerEngine } from "./host.ts";
import type { Discovered, Engine, SearchUpdate, ServerStatus } from "./protocol.ts";

/** A test server on a socket and an engine in a real Worker on it. Time is real here: nothing may wait long. */
class WorkerRig implements AsyncDisposable {
  readonly #closing: AsyncDisposableStack;

  private constructor(
    readonly server: TestServer,
    readonly engine: Engine,
    /** What was told of the Worker's end. */
    readonly crashes: readonly Error[],
    closing: AsyncDisposableStack,
  ) {
    this.#closing = closing;
  }

  static async open(server: TestServer): Promise<WorkerRig> {
    await using closing = new AsyncDisposableStack();
    const { url, close } = await server.listen();
    closing.defer(close);
    const cacheDir = await Deno.makeTempDir();
    closing.defer(() => Deno.remove(cacheDir, { recursive: true }));
    const crashes: Error[] = [];
    const env = { HOME: cacheDir };
    const onCrash = (error: Error) => void crashes.push(error);
    const engine = closing.use(await createWorkerEngine({ server: url, cacheDir, env }, { onCrash }));
    return new WorkerRig(server, engine, crashes, closing.move());
  }

  async pod(name: string): Promise<void> {
    await this.server.put({ apiVersion: "v1", kind: "Pod", metadata: { name } });
  }

  open(): Held {
    const held = new Held();
    const { namespace } = this.server;
    const spec = { resource: this.server.resource("pods"), namespace };
    held.view = this.engine.openView(spec, EVERYTHING, held.take);
    return held;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closing.disposeAsync();
  }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const late = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > late) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

onServers("a Worker's view lists, follows, filters and heals over a cut", async (server) => {
  await using rig = await WorkerRig.open(server);
  await rig.pod("web-0");
  const held = rig.open();
  await until(() => held.phase === "live" && held.total === 1, "live");
  await rig.pod("web-1");
  await until(() => held.total === 2, "the change");
  server.cutWatches();
  await rig.pod("web-2");
  await until(() => held.total === 3, "what came during the cut");
  const generation = held.view.setWindow({
    ...EVERYTHING,
    filter: { type: "regex", pattern: "web-1", inverse: false },
  });
  await until(() => held.generation === generation, "the filter");
  assert.deepEqual(held.names, ["web-1"]);
  assert.deepEqual((await held.view.rows()).map((row) => row.name), ["web-1"]);
});

onServers("a Worker's search answers, follows, and is asked anew", async (server) => {
  await using rig = await WorkerRig.open(server);
  await rig.pod("web-0");
  await rig.pod("db-0");
  const updates: SearchUpdate[] = [];
  const search = rig.engine.openSearch(
    `k:pods ns:${server.namespace} web`,
    { limit: 10 },
    (update) => updates.push(update),
  );
  const names = () => updates.at(-1)?.hits.map(({ name }) => name).join();
  await until(() => names() === "web-0", "the answer");
  await rig.pod("web-1");
  await until(() => names() === "web-0,web-1", "the change");
  const generation = search.setQuery(`k:pods ns:${server.namespace} ^db`);
  await until(() => updates.at(-1)?.generation === generation && names() === "db-0", "the next query");
  search.close();
  const told = updates.length;
  await rig.pod("db-1");
  await rig.engine.metrics();
  assert.equal(updates.length, told);
});

onServers("an expired version and a refusal heal in a Worker too", async (server) => {
  await using rig = await WorkerRig.open(server);
  await rig.pod("web-0");
  const held = rig.open();
  await until(() => held.phase === "live", "live");
  await server.compact();
  server.failWatches(410);
  await rig.pod("web-1");
  await until(() => held.total === 2 && held.phase === "live", "the new list");
  const refusal = server.faults.fail({ status: 500, times: 2, path: "pods" });
  server.cutWatches();
  await rig.pod("web-2");
  await until(() => held.total === 3 && held.phase === "live", "healed");
  refusal[Symbol.dispose]();
});

onServers("errors keep their code, details and family on the way", async (server) => {
  await using rig = await WorkerRig.open(server);
  await assert.rejects(
    rig.engine.read("/api/v1/namespaces/default/pods/none"),
    (error) => error instanceof OrkaError && error.code === "not-found" && error.status === 404,
  );
  const abort = new AbortController();
  using _stall = server.faults.stall({ path: "configmaps", times: 1 });
  const read = rig.engine.read("/api/v1/configmaps", { signal: abort.signal });
  abort.abort(new Error("no longer wanted"));
  await assert.rejects(read, { message: "no longer wanted" });
});

onServers("discovery, health and version are told", async (server) => {
  await using rig = await WorkerRig.open(server);
  const discovered = await rig.engine.discover();
  assert.ok(discovered.resources.some((resource) => resource.plural === "pods"));
  let status: ServerStatus | null = null;
  rig.engine.onServerStatus((next) => status = next);
  let last: Discovered | null = null;
  rig.engine.onDiscovered((next) => last = next);
  await until(() => status?.version?.startsWith("v1.36.3") === true && last !== null, "status and discovery");
  assert.ok(Object.keys(await rig.engine.metrics()).includes("docs_total"));
});

Deno.test("a broken kubeconfig refuses with its code, and the Worker ends", async () => {
  await assert.rejects(
    createWorkerEngine({ kubeconfig: "/nonexistent/kubeconfig", env: {} }),
    (error) => error instanceof OrkaError && error.code === "kubeconfig",
  );
});

onServers("a crash in the Worker reaches views, calls and the host as one clear error", async (server) => {
  await using rig = await WorkerRig.open(server);
  const { engine } = rig;
  using _stalled = server.faults.stall({ path: "/configmaps" });
  const held = rig.open();
  await until(() => held.phase === "live", "live");
  const call = assert.rejects(engine.read("/api/v1/configmaps"), /engine's Worker crashed/);
  // A view of no kind at all is a bug of whoever opens it.
  engine.openView({ resource: null as never, namespace: null }, EVERYTHING, () => {});
  await call;
  assert.equal(rig.crashes.length, 1);
  assert.deepEqual([held.phase, held.status!.error!.family], ["failed", "bug"]);
  await assert.rejects(engine.metrics(), /engine's Worker crashed/);
});

/** A server that says what it was asked, streams without end, and answers WebSockets with what they send. */
async function withClient(use: (engine: Engine) => Promise<void>): Promise<void> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (request.headers.get("upgrade") === "websocket") {
      const { socket, response } = Deno.upgradeWebSocket(request, { protocol: "v5.channel.k8s.io" });
      socket.onmessage = ({ data }) => socket.send(data);
      return response;
    }
    if (pathname === "/endless") {
      let line = 0;
      return new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new TextEncoder().encode(`line ${line++}\n`)),
        }),
      );
    }
    return Response.json({ method: request.method, path: pathname });
  });
  const cacheDir = await Deno.makeTempDir();
  const connect = { server: `http://127.0.0.1:${server.addr.port}`, cacheDir, env: { HOME: cacheDir } };
  const engine = await createWorkerEngine(connect);
  try {
    await use(engine);
  } finally {
    await engine[Symbol.asyncDispose]();
    await server.shutdown();
    await Deno.remove(cacheDir, { recursive: true });
  }
}

Deno.test("the engine's client in the Worker changes nothing until it is allowed to", async () => {
  await withClient(async ({ client }) => {
    assert.deepEqual(await client.json("/x"), { method: "GET", path: "/x" });
    await assert.rejects(client.json("/x", { method: "DELETE" }), (error) => {
      assert.ok(error instanceof OrkaError && error.code === "read-only", String(error));
      return true;
    });
  });
  await withClient(async (engine) => {
    engine.allowWrites(true);
    assert.deepEqual(await engine.client.json("/x", { method: "DELETE" }), { method: "DELETE", path: "/x" });
    engine.allowWrites(false);
    await assert.rejects(engine.client.json("/x", { method: "DELETE" }));
  });
});

Deno.test("a body without end comes through the Worker as it is read, and the signal ends it", async () => {
  await withClient(async ({ client }) => {
    const abort = new AbortController();
    const response = await client.request("/endless", { lane: "watch", signal: abort.signal });
    assert.equal(response.status, 200);
    const reader = response.body!.getReader();
    assert.match(new TextDecoder().decode((await reader.read()).value), /^line 0\n/);
    abort.abort(new Error("enough"));
    await assert.rejects(async () => {
      while (!(await reader.read()).done) { /* what was on its way */ }
    }, /enough/);
  });
});

Deno.test("a WebSocket goes through the Worker both ways; closing the engine ends it", async () => {
  await withClient(async (engine) => {
    const socket = await engine.client.open("/port", { protocols: ["v5.channel.k8s.io"] });
    assert.equal(socket.protocol, "v5.channel.k8s.io");
    const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 7);
    await socket.send(bytes.subarray(0, 10), bytes.subarray(10));
    assert.deepEqual(await socket.receive(), bytes);
    const waiting = socket.receive().then(() => null, (error) => error);
    await engine[Symbol.asyncDispose]();
    assert.ok(isCancelled(await waiting));
  });
});
