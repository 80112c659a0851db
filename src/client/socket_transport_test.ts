import assert from "node:assert/strict";
import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { OrkaError } from "../base/mod.ts";
import { onEmbedded, TestServer } from "../../tests/support/two_servers.ts";
import {
  CA_SERVER,
  type KeyPair,
  LOCAL_SERVER,
  NAMED_SERVER,
  TEST_CA,
  TEST_CLIENT,
} from "../../tests/support/tls_certs.ts";
import { connect } from "./connect.ts";
import type { ServerSettings } from "./connection.ts";
import type { Identity } from "./credentials.ts";
import { HttpClient } from "./http_client.ts";
import { SocketTransport } from "./socket_transport.ts";
import { serverVersion } from "./version.ts";
import { watchTable } from "./watch.ts";
import { listTable } from "./list.ts";
import { WriteGate } from "./write_gate.ts";

/** The version of the embedded server. */
const SERVED = "v1.36.3+k1s";

interface Tls extends Partial<ServerSettings> {
  readonly identity?: Identity | null;
  readonly maxWatches?: number;
  readonly headers?: readonly (readonly [string, string])[];
}

function clientOf(
  server: string,
  { identity = null, maxWatches, headers = [], ...settings }: Tls = {},
): HttpClient {
  const whole = { server, ca: null, skipVerify: false, serverName: "", proxyUrl: "", ...settings };
  const target = { server, context: "", cluster: "", user: "", namespace: "default", contexts: [] };
  const transport = new SocketTransport({
    server: whole,
    identity: () => Promise.resolve(identity),
    maxWatches,
    headers,
  });
  return new HttpClient({ target, transport, headers, writes: new WriteGate({ isOpen: true }) });
}

/** What a client with these settings gets of a server with this certificate: `ok`, or an error's code. */
async function tried(pair: KeyPair, settings: Tls): Promise<string> {
  await using api = await TestServer.open("embedded");
  const server = await api.listen(pair);
  const client = clientOf(server.url, settings);
  try {
    const { gitVersion } = await serverVersion(client);
    return gitVersion === SERVED ? "ok" : gitVersion;
  } catch (error) {
    assert.ok(error instanceof OrkaError, String(error));
    return error.code;
  } finally {
    client.close();
    await server.close();
  }
}

Deno.test("servers are trusted, or not, as kubectl trusts them", async () => {
  const cases: readonly (readonly [string, KeyPair, Tls, string])[] = [
    ["signed by the CA", LOCAL_SERVER, { ca: TEST_CA }, "ok"],
    ["an unknown CA", LOCAL_SERVER, {}, "tls"],
    ["unverified", LOCAL_SERVER, { skipVerify: true }, "ok"],
    ["another name", NAMED_SERVER, { ca: TEST_CA }, "tls"],
    ["another name, unverified", NAMED_SERVER, { skipVerify: true }, "ok"],
    ["the name it should have", NAMED_SERVER, { ca: TEST_CA, serverName: "kube.example" }, "ok"],
    ["a name it does not have", NAMED_SERVER, { ca: TEST_CA, serverName: "other.example" }, "tls"],
    ["its name, unknown CA", NAMED_SERVER, { serverName: "kube.example" }, "tls"],
    ["a CA as its own server", CA_SERVER, { ca: CA_SERVER.cert }, "ok"],
    ["a CA as its own server, unknown", CA_SERVER, { ca: TEST_CA }, "tls"],
  ];
  for (const [name, pair, settings, want] of cases) assert.equal(await tried(pair, settings), want, name);
});

interface NodeServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A server that wants a client certificate and answers with its subject. */
function mutualServer(): Promise<NodeServer> {
  const handler = (request: IncomingMessage, response: ServerResponse) => {
    const { subject } = (request.socket as unknown as { getPeerCertificate(): { subject?: { CN?: string } } })
      .getPeerCertificate();
    response.end(JSON.stringify({ gitVersion: subject?.CN ?? "nobody" }));
  };
  return nodeServer({ ...LOCAL_SERVER, ca: TEST_CA, requestCert: true, rejectUnauthorized: true }, handler);
}

async function nodeServer(
  options: object,
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<NodeServer> {
  const server: Server = createServer(options, handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url: `https://127.0.0.1:${port}`, close };
}

Deno.test("headers that repeat stay apart on the wire: a group with a comma is not two", async () => {
  const got: string[][] = [];
  const server = await nodeServer(LOCAL_SERVER, (request, response) => {
    const raw = request.rawHeaders;
    got.push(raw.filter((_, i) => i % 2 === 1 && raw[i - 1]!.toLowerCase() === "impersonate-group"));
    response.end("{}");
  });
  const headers = [["Impersonate-Group", "a, b"], ["Impersonate-Group", "c"]] as const;
  for (const settings of [{ ca: TEST_CA }, { skipVerify: true }]) {
    const client = clientOf(server.url, { ...settings, headers });
    await client.json("/");
    client.close();
  }
  await server.close();
  assert.deepEqual(got, [["a, b", "c"], ["a, b", "c"]]);
});

Deno.test("a client certificate is shown over both transports; without one the server hangs up", async () => {
  const server = await mutualServer();
  try {
    for (const settings of [{ ca: TEST_CA }, { skipVerify: true }]) {
      const client = clientOf(server.url, { ...settings, identity: TEST_CLIENT });
      assert.equal((await serverVersion(client)).gitVersion, "tester");
      client.close();
      const nobody = clientOf(server.url, settings);
      const error = await serverVersion(nobody).catch((e) => e);
      assert.ok(error instanceof OrkaError && ["tls", "unreachable"].includes(error.code), String(error));
      nobody.close();
    }
  } finally {
    await server.close();
  }
});

onEmbedded("lists, watches, errors and aborts work over node:https as over fetch", async (api) => {
  for (let i = 0; i < 5; i++) await api.put({ apiVersion: "v1", kind: "Node", metadata: { name: `n${i}` } });
  const server = await api.listen(LOCAL_SERVER);
  for (const settings of [{ ca: TEST_CA }, { skipVerify: true }]) {
    const client = clientOf(server.url, settings);
    const names: unknown[] = [];
    const resource = api.resource("nodes");
    const end = await listTable(client, resource, { limit: 2, onRow: (row) => names.push(row.cells[0]) });
    assert.deepEqual([names, end.pages], [["n0", "n1", "n2", "n3", "n4"], 3]);
    const missing = await client.request("/api/v1/nodes/none").catch((e) => e);
    assert.equal((missing as OrkaError).code, "not-found");
    const abort = new AbortController();
    const seen: string[] = [];
    const watch = await watchTable(client, resource, {
      resourceVersion: end.resourceVersion,
      signal: abort.signal,
      onOpen: () => void api.put({ apiVersion: "v1", kind: "Node", metadata: { name: "new" } }),
      onRow: (type, row) => {
        seen.push(`${type} ${row.cells[0]}`);
        abort.abort();
      },
    });
    assert.deepEqual([watch.reason, seen], ["aborted", ["ADDED new"]]);
    await api.remove({ apiVersion: "v1", kind: "Node", name: "new" });
    client.close();
  }
  await server.close();
});

onEmbedded(
  "more watches than one connection takes go over several, and leave their places again",
  async (api) => {
    const server = await api.listen(LOCAL_SERVER);
    const client = clientOf(server.url, { ca: TEST_CA, maxWatches: 2 });
    const made = countClients();
    try {
      for (let round = 0; round < 2; round++) {
        const opened: Promise<void>[] = [];
        const ends: Promise<unknown>[] = [];
        for (let i = 0; i < 5; i++) {
          const open = Promise.withResolvers<void>();
          opened.push(open.promise);
          const options = { resourceVersion: "1", onOpen: open.resolve, onRow() {} };
          ends.push(watchTable(client, api.resource("nodes"), options));
        }
        await Promise.all(opened);
        assert.equal(api.watches, 5);
        api.endWatches();
        await Promise.all(ends);
      }
      assert.equal(made.count, 3);
    } finally {
      made.restore();
      client.close();
      await server.close();
    }
  },
);

function countClients(): { count: number; restore(): void } {
  const original = Deno.createHttpClient;
  const counter = { count: 0, restore: () => void (Deno.createHttpClient = original) };
  Deno.createHttpClient = (options) => {
    counter.count++;
    return original(options);
  };
  return counter;
}

Deno.test("a port where nothing listens is refused in kubectl's words", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  for (const settings of [{}, { skipVerify: true }]) {
    const client = clientOf(`https://127.0.0.1:${port}`, settings);
    const error = await serverVersion(client).catch((e) => e);
    client.close();
    assert.ok(error instanceof OrkaError);
    assert.equal(error.code, "unreachable");
    assert.match(error.message, new RegExp(`^The connection to the server 127.0.0.1:${port} was refused`));
  }
});

onEmbedded("a plain HTTP server behind an https address is a TLS error", async (api) => {
  const server = await api.listen();
  const client = clientOf(server.url.replace("http:", "https:"), { ca: TEST_CA });
  const error = await serverVersion(client).catch((e) => e);
  assert.equal(error.code, "tls");
  client.close();
  await server.close();
});

/** Ports that fetch refuses to talk to, above those that only root may open. */
const BLOCKED_PORTS = [4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080];

/** Serves on the first of those that is free. */
async function serveBlocked(
  api: TestServer,
  tls: KeyPair | null,
): Promise<{ url: string; close(): Promise<void> }> {
  for (const port of BLOCKED_PORTS) {
    try {
      return await api.listen({ port, ...tls });
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error("no blocked port is free");
}

Deno.test("a server may listen on a port that fetch blocks", async () => {
  for (const tls of [LOCAL_SERVER, null]) {
    await using api = await TestServer.open("embedded");
    const server = await serveBlocked(api, tls);
    const settings = tls ? { ca: TEST_CA } : {};
    const client = clientOf(server.url, settings);
    assert.equal((await serverVersion(client)).gitVersion, SERVED);
    const posted = await client.request("/api/v1/namespaces", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"metadata":{"name":"x"}}',
    });
    assert.equal((await posted.json()).metadata.name, "x", "a request with a body goes too");
    client.close();

    const watching = clientOf(server.url, settings);
    const stop = new AbortController();
    const opened = Promise.withResolvers<void>();
    const end = watchTable(watching, api.resource("pods"), {
      resourceVersion: "0",
      signal: stop.signal,
      onOpen: opened.resolve,
      onRow: () => {},
    });
    await opened.promise;
    stop.abort();
    assert.equal((await end).reason, "aborted");
    watching.close();
    await server.close();
  }
});

Deno.test("a blocked port where nothing listens is refused in kubectl's words", async () => {
  for (const scheme of ["http", "https"]) {
    const client = clientOf(`${scheme}://127.0.0.1:1`);
    const error = await serverVersion(client).catch((e) => e);
    client.close();
    assert.match(error.message, /^The connection to the server 127.0.0.1:1 was refused/);
  }
});

Deno.test("a proxy is asked for a plain server's whole URL, on a blocked port too", async () => {
  const asked: string[] = [];
  const proxy = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    asked.push(`${request.url} ${request.headers.get("proxy-authorization")}`);
    return Response.json({ gitVersion: "v9" });
  });
  const proxyUrl = `http://u:p@127.0.0.1:${(proxy.addr as Deno.NetAddr).port}`;
  for (const port of [8080, 6000]) {
    const client = clientOf(`http://kube.test:${port}`, { proxyUrl });
    assert.equal((await serverVersion(client)).gitVersion, "v9");
    client.close();
  }
  await proxy.shutdown();
  const auth = `Basic ${btoa("u:p")}`;
  assert.deepEqual(asked, [
    `http://kube.test:8080/version ${auth}`,
    `http://kube.test:6000/version ${auth}`,
  ]);
});

/** An HTTP proxy that tunnels, and notes what for; over TLS with a key. */
function tunnelProxy(key?: typeof LOCAL_SERVER): { url: string; asked: string[]; close(): Promise<void> } {
  const at = { hostname: "127.0.0.1", port: 0 };
  const listener = key === undefined ? Deno.listen(at) : Deno.listenTls({ ...at, ...key });
  const asked: string[] = [];
  const open: Promise<unknown>[] = [];
  const serve = async (from: Deno.Conn) => {
    const buffer = new Uint8Array(4096);
    const length = await from.read(buffer).catch(() => null);
    if (length === null) return from.close(); // a client that does not trust us
    const head = new TextDecoder().decode(buffer.subarray(0, length));
    asked.push(head.split(" ").slice(0, 2).join(" ") + (/proxy-authorization: (.*)/i.exec(head)?.[1] ?? ""));
    const [hostname = "", port] = head.split(" ")[1]!.split(":");
    const to = await Deno.connect({ hostname, port: Number(port) });
    await from.write(new TextEncoder().encode("HTTP/1.1 200 Connection established\r\n\r\n"));
    const pipes = [from.readable.pipeTo(to.writable), to.readable.pipeTo(from.writable)];
    await Promise.allSettled(pipes);
  };
  const accept = async () => {
    for await (const connection of listener) open.push(serve(connection).catch(() => {}));
  };
  const accepting = accept();
  return {
    url: `${key === undefined ? "http" : "https"}://u:p@127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    asked,
    async close() {
      listener.close();
      await accepting;
      await Promise.all(open);
    },
  };
}

onEmbedded("proxy-url tunnels over both transports, with its credentials", async (api) => {
  const proxy = tunnelProxy();
  const server = await api.listen(LOCAL_SERVER);
  for (const settings of [{ ca: TEST_CA }, { skipVerify: true }]) {
    const client = clientOf(server.url, { ...settings, proxyUrl: proxy.url });
    assert.equal((await serverVersion(client)).gitVersion, SERVED);
    client.close();
  }
  await server.close();
  await proxy.close();
  const want = `CONNECT ${server.url.slice("https://".length)}Basic ${btoa("u:p")}`;
  assert.deepEqual(proxy.asked.map((line) => line.trim()), [want, want]);
});

onEmbedded("an https proxy tunnels too, for requests, and for what is opened", async (api) => {
  const proxy = tunnelProxy(LOCAL_SERVER);
  const server = await api.listen(LOCAL_SERVER);
  for (const settings of [{ ca: TEST_CA }, { skipVerify: true }]) {
    const client = clientOf(server.url, { ...settings, proxyUrl: proxy.url });
    assert.equal((await serverVersion(client)).gitVersion, SERVED);
    await assert.rejects(client.open("/x", { protocols: ["v5.channel.k8s.io"] }), { code: "not-found" });
    client.close();
  }
  const stranger = clientOf(server.url, { ca: null, proxyUrl: proxy.url });
  await assert.rejects(stranger.open("/x", { protocols: ["v5.channel.k8s.io"] }), { code: "tls" });
  stranger.close();
  await server.close();
  await proxy.close();
  const want = `CONNECT ${server.url.slice("https://".length)}Basic ${btoa("u:p")}`;
  assert.deepEqual(
    new Set(proxy.asked.map((line) => line.trim()).filter((line) => line !== "")),
    new Set([want]),
  );
});

Deno.test("a proxy that cannot be used is told with each request, and closing is quiet", async () => {
  const client = clientOf("https://kube.test", { skipVerify: true, proxyUrl: "socks5://proxy.test" });
  for (let i = 0; i < 2; i++) {
    const error = await serverVersion(client).catch((e) => e);
    assert.ok(error instanceof OrkaError && error.code === "kubeconfig", String(error));
  }
  client.close();
  await new Promise((resolve) => setTimeout(resolve, 0)); // a rejection without a handler would end the test
});

/** A proxy that agrees to CONNECT and then says nothing, or hangs up. `ended` is true once the client has let go. */
function silentProxy({ hangsUp = false } = {}) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const agreed = Promise.withResolvers<void>();
  const serve = async () => {
    using connection = await listener.accept();
    const buffer = new Uint8Array(4096);
    await connection.read(buffer);
    await connection.write(new TextEncoder().encode("HTTP/1.1 200 Connection established\r\n\r\n"));
    await connection.read(buffer); // the TLS handshake's first message
    agreed.resolve();
    if (hangsUp) return true;
    return await connection.read(buffer).catch(() => null) === null;
  };
  const ended = serve().finally(() => listener.close());
  return { url: `http://127.0.0.1:${listener.addr.port}`, agreed: agreed.promise, ended };
}

Deno.test("a tunnel without a TLS answer closes when its request is unwanted, or its client closed", async () => {
  for (const how of ["abort", "close"] as const) {
    const proxy = silentProxy();
    const client = clientOf("https://kube.test", { skipVerify: true, proxyUrl: proxy.url });
    const abort = new AbortController();
    const asked = client.json("/version", { signal: abort.signal }).catch((error) => error);
    await proxy.agreed;
    if (how === "abort") abort.abort(new Error("mine"));
    else client.close();
    assert.match(String(await asked), /mine|closed/);
    assert.ok(await proxy.ended, how);
    client.close();
  }
  const proxy = silentProxy({ hangsUp: true });
  const client = clientOf("https://kube.test", { skipVerify: true, proxyUrl: proxy.url });
  const error = await client.json("/version").catch((e) => e);
  assert.ok(error instanceof OrkaError && ["unreachable", "tls"].includes(error.code), String(error));
  await proxy.ended;
  client.close();
});

onEmbedded(
  "a client whose certificate is over is closed at once, and its open bodies run on",
  async (api) => {
    const clients: { closed: boolean }[] = [];
    const create = Deno.createHttpClient;
    Deno.createHttpClient = (...args: Parameters<typeof create>) => {
      const client = create(...args);
      const noted = { closed: false };
      clients.push(noted);
      const close = client.close.bind(client);
      client.close = () => {
        noted.closed = true;
        close();
      };
      return client;
    };
    const server = await api.listen(LOCAL_SERVER);
    let identity: Identity | null = null;
    const settings = { server: server.url, ca: TEST_CA, skipVerify: false, serverName: "", proxyUrl: "" };
    const transport = new SocketTransport({ server: settings, identity: () => Promise.resolve(identity) });
    try {
      const open = await transport.send(new Request(`${server.url}/version`), "unary");
      const watched = await transport.send(new Request(`${server.url}/api/v1/pods?watch=1`), "watch");
      identity = TEST_CLIENT;
      const next = await transport.send(new Request(`${server.url}/version`), "unary");
      assert.deepEqual(clients.map((c) => c.closed), [true, true, false]);
      assert.equal(await open.text(), await next.text());
      api.endWatches();
      await watched.text();
    } finally {
      Deno.createHttpClient = create;
      transport.close();
      await server.close();
    }
  },
);

/** Takes a connection, reads what is said first, and ends it. */
async function cutting(listener: Deno.TcpListener, isReset: boolean): Promise<void> {
  for await (const connection of listener) {
    // What was not read makes a reset of the close.
    await connection.read(new Uint8Array(isReset ? 1 : 64 * 1024)).catch(() => null);
    connection.close();
  }
}

Deno.test("a connection that is cut while TLS is agreed on is a lost one, and says nothing of certificates", async () => {
  for (const isReset of [false, true]) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const cuts = cutting(listener, isReset);
    const server = `https://127.0.0.1:${listener.addr.port}`;
    for (const insecureSkipTlsVerify of [false, true]) { // Deno's own client, and Node's
      const client = await connect({ server, insecureSkipTlsVerify, env: { HOME: "/nowhere" } });
      for (const ask of [() => client.json("/version"), () => client.open("/x", { protocols: ["v5"] })]) {
        const error: unknown = await ask().then(() => assert.fail("it was answered"), (error) => error);
        assert.ok(error instanceof OrkaError && error.code === "unreachable", String(error));
        assert.match(error.message, /^Unable to connect to the server \S+: (EOF|connection reset by peer)$/);
        assert.equal(error.hint, undefined);
      }
      client.close();
    }
    listener.close();
    await cuts;
  }
});
