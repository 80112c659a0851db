/** Exec and port forwarding with a runtime that echoes: over a real WebSocket, and in process by message ports. */
import assert from "node:assert/strict";
import { systemClock } from "../../base/mod.ts";
import { openSpdy } from "../../client/spdy/open.ts";
import type { MessageSocket } from "../../client/mod.ts";
import { SpdyTunnel } from "../../ops/forward/spdy_tunnel.ts";
import { createMemoryStore } from "../storage/mod.ts";
import { createCertificates } from "./certificates.ts";
import { ApiServer } from "./handler.ts";
import { Listener } from "./listener.ts";
import type { PodRuntime } from "./pod_runtime.ts";

const certificates = await createCertificates(Date.now());
const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function streamOf(...texts: string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(texts.map(encode));
}

/** Says the command and the first size of the terminal, then what it hears; ends with code 3 when the input does. */
const echo: PodRuntime = {
  logs: (_pod, { container, tailLines = 0 }) => Promise.resolve(streamOf(`${container} ${tailLines}\n`)),
  async exec(_pod, { command, container }, { stdin, sizes }) {
    const size = await sizes.getReader().read();
    const exit = Promise.withResolvers<{ code: number }>();
    const stdout = new TransformStream<Uint8Array, Uint8Array>({
      start: (controller) =>
        controller.enqueue(
          encode(`${container}:${command.join(" ")}:${size.value?.columns}x${size.value?.rows}\n`),
        ),
      flush: () => exit.resolve({ code: 3 }),
    });
    void stdin.pipeTo(stdout.writable).catch(() => {});
    return { stdout: stdout.readable, stderr: streamOf("warning"), exit: exit.promise };
  },
  attach: () => Promise.reject(new Error("nothing runs")),
  portForward(_pod, port) {
    if (port === 81) return Promise.reject(new Error("connection refused"));
    return Promise.resolve(new TransformStream<Uint8Array, Uint8Array>());
  },
};

const PODS = "/api/v1/namespaces/default/pods";
const pod = { metadata: { name: "web" }, spec: { nodeName: "n", containers: [{ name: "a", image: "i" }] } };

async function withPod(
  pods: PodRuntime | undefined,
  run: (at: { server: ApiServer; listener: Listener }) => Promise<void>,
): Promise<void> {
  const store = createMemoryStore({ upkeepMs: 0 });
  const server = await ApiServer.open({ storage: store.tenant("t"), pods });
  const listener = await Listener.listen(server, { certificates, token: "sesame" });
  const headers = { "content-type": "application/json" };
  const created = await server.handler(
    new Request(`http://k1s${PODS}`, { method: "POST", headers, body: JSON.stringify(pod) }),
  );
  assert.equal(created.status, 201, await created.text());
  try {
    await run({ server, listener });
  } finally {
    await server.close();
    await listener.close();
    await store.close();
  }
}

/** A WebSocket client that keeps what it hears, by channel. */
async function open(url: string, protocols: string[]) {
  using client = Deno.createHttpClient({
    caCerts: [certificates.ca],
    cert: certificates.admin,
    key: certificates.adminKey,
    http1: true,
    http2: false,
  });
  const socket = new WebSocket(url.replace("https", "wss"), { protocols, client });
  socket.binaryType = "arraybuffer";
  const heard: string[] = [];
  const changed = new EventTarget();
  const closed = new Promise<void>((resolve) => socket.onclose = () => resolve());
  socket.onmessage = ({ data }) => {
    const bytes = new Uint8Array(data);
    heard[bytes[0]!] = (heard[bytes[0]!] ?? "") + decode(bytes.subarray(1));
    changed.dispatchEvent(new Event("heard"));
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = (event) => reject(new Error((event as ErrorEvent).message));
  });
  const until = async (channel: number, text: string) => {
    while (!heard[channel]?.includes(text)) {
      await new Promise((resolve) => changed.addEventListener("heard", resolve, { once: true }));
    }
  };
  const send = (channel: number, text: string) => socket.send(Uint8Array.of(channel, ...encode(text)));
  return { socket, heard, closed, send, until };
}

const EXEC = `${PODS}/web/exec?command=sh&command=-c&stdin=true&stdout=true&stderr=true&tty=true`;

Deno.test("exec over v5: input, sizes, output, closed input, exit code", () =>
  withPod(echo, async ({ listener }) => {
    const { socket, heard, closed, send, until } = await open(listener.url + EXEC, ["v5.channel.k8s.io"]);
    assert.equal(socket.protocol, "v5.channel.k8s.io");
    send(4, '{"Width":80,"Height":24}');
    const large = "x".repeat(70_000);
    send(0, "hello");
    await until(1, "a:sh -c:80x24\nhello");
    send(0, large);
    send(255, "\0");
    await closed;
    assert.equal(heard[1], `a:sh -c:80x24\nhello${large}`);
    assert.equal(heard[2], "warning");
    const status = JSON.parse(heard[3]!);
    assert.deepEqual(status.details.causes, [{ reason: "ExitCode", message: "3" }]);
    assert.equal(status.reason, "NonZeroExitCode");
  }));

Deno.test("attach to what does not run ends with an error in channel 3, over v4", () =>
  withPod(echo, async ({ listener }) => {
    const path = `${PODS}/web/attach?stdout=true`;
    const { socket, heard, closed } = await open(listener.url + path, ["v4.channel.k8s.io"]);
    await closed;
    assert.equal(socket.protocol, "v4.channel.k8s.io");
    assert.equal(JSON.parse(heard[3]!).message, "Internal error occurred: nothing runs");
  }));

Deno.test("port forwarding echoes on each port's channels, and tells why a port can't be reached", () =>
  withPod(echo, async ({ listener }) => {
    const path = `${PODS}/web/portforward?ports=80&ports=81&ports=8080`;
    const { heard, closed, send, until } = await open(listener.url + path, ["v5.channel.k8s.io"]);
    send(0, "first");
    send(4, "third");
    await until(0, "P\0first");
    await until(4, "third");
    await until(3, "error forwarding port 81 to pod web: connection refused");
    send(255, "\0");
    send(255, "\x04");
    await closed;
    assert.equal(heard[0], "P\0first");
  }));

/** The client's side of SPDY, as the administrator. */
function openBySpdy(url: string): Promise<MessageSocket> {
  const { ca, admin: cert, adminKey: key } = certificates;
  const server = { server: new URL(url).origin, ca, skipVerify: false, serverName: "", proxyUrl: "" };
  return openSpdy(server, {
    url: new URL(url),
    identity: { cert, key },
    headers: new Headers(),
    repeated: [],
    protocols: [],
    who: [],
    check: () => {},
    clock: systemClock,
    signal: new AbortController().signal,
  });
}

Deno.test("exec over SPDY: input, sizes, output, closed input, exit code", () =>
  withPod(echo, async ({ listener }) => {
    const socket = await openBySpdy(listener.url + EXEC);
    const heard: string[] = [];
    // What comes back is read meanwhile: both directions are held up by a reader who waits.
    const sending = (async () => {
      await socket.send(Uint8Array.of(4), encode('{"Width":80,"Height":24}'));
      for (let at = 0; at < 32; at++) await socket.send(Uint8Array.of(0), encode("x".repeat(32 * 1024)));
      await socket.send(Uint8Array.of(255, 0));
    })();
    for (let message = await socket.receive(); message !== null; message = await socket.receive()) {
      heard[message[0]!] = (heard[message[0]!] ?? "") + decode(message.subarray(1));
    }
    await sending;
    assert.equal(heard[1], `a:sh -c:80x24\n${"x".repeat(1024 * 1024)}`);
    assert.deepEqual(JSON.parse(heard[3]!).details.causes, [{ reason: "ExitCode", message: "3" }]);
    socket.close();
  }));

Deno.test("attach to what does not run ends with an error, over SPDY too", () =>
  withPod(echo, async ({ listener }) => {
    const socket = await openBySpdy(`${listener.url}${PODS}/web/attach?stdout=true`);
    assert.deepEqual([...(await socket.receive())!], [255, 1]);
    const said = decode((await socket.receive())!.subarray(1));
    assert.equal(JSON.parse(said).message, "Internal error occurred: nothing runs");
    socket.close();
  }));

Deno.test("many connections to ports share one SPDY connection, and a port that can't be reached says why", () =>
  withPod(echo, async ({ listener }) => {
    const tunnel = new SpdyTunnel(await openBySpdy(`${listener.url}${PODS}/web/portforward`));
    const connections = Array.from({ length: 100 }, async (_, at) => {
      const stream = tunnel.open(80);
      await stream.send(encode(`hello ${at}`));
      await stream.end();
      let heard = "";
      for (let bytes = await stream.receive(); bytes !== null; bytes = await stream.receive()) {
        heard += decode(bytes);
      }
      return heard;
    });
    assert.deepEqual(await Promise.all(connections), connections.map((_, at) => `hello ${at}`));
    await assert.rejects(tunnel.open(81).receive(), {
      message: "error forwarding port 81 to pod web: connection refused",
    });
    tunnel.close();
    await tunnel.done;
  }));

Deno.test("a SPDY client that speaks no protocol of the server's is refused with a Status", () =>
  withPod(echo, async ({ listener }) => {
    const { port } = new URL(listener.url);
    const { ca, admin: cert, adminKey: key } = certificates;
    const connection = await Deno.connectTls({
      hostname: "127.0.0.1",
      port: Number(port),
      caCerts: [ca],
      cert,
      key,
    });
    await connection.write(encode(
      `POST ${PODS}/web/portforward HTTP/1.1\r\nHost: k1s\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n` +
        "X-Stream-Protocol-Version: v9.channel.k8s.io\r\n\r\n",
    ));
    assert.match(await new Response(connection.readable).text(), /^HTTP\/1.1 403 [^]*portforward\.k8s\.io/);
  }));

Deno.test("a runtime answers logs; without one and without protocols upgrades are refused with a Status", async () => {
  await withPod(echo, async ({ server, listener }) => {
    const logs = await server.handler(new Request(`http://k1s${PODS}/web/log?tailLines=7`));
    assert.equal(await logs.text(), "a 7\n");
    await assert.rejects(open(listener.url + EXEC, ["v9.channel.k8s.io"]));
  });
  await withPod(undefined, async ({ server, listener }) => {
    await assert.rejects(open(listener.url + EXEC, ["v5.channel.k8s.io"]));
    const refused = await server.handler(new Request(`http://k1s${EXEC}`));
    assert.equal(refused.status, 404);
    assert.equal((await refused.json()).message, 'pods "n" not found');
  });
});

Deno.test("in process the same streams come over message ports", () =>
  withPod(echo, async ({ server }) => {
    const port = await server.openStreams(new Request(`http://k1s${EXEC}`));
    const heard: string[] = [];
    const ended = new Promise<void>((resolve) => {
      port.onmessage = ({ data }) => {
        if (data === null) resolve();
        else heard[data[0]] = (heard[data[0]] ?? "") + decode(data.subarray(1));
      };
    });
    port.postMessage(Uint8Array.of(4, ...encode('{"Width":10,"Height":5}')));
    port.postMessage(Uint8Array.of(0, ...encode("hi")));
    port.postMessage(Uint8Array.of(255, 0));
    await ended;
    port.close();
    assert.deepEqual([heard[1], heard[2]], ["a:sh -c:10x5\nhi", "warning"]);
    assert.match(heard[3]!, /exit status 3/);
  }));

Deno.test("a unix socket is its owner's alone, who is the administrator", async () => {
  const directory = await Deno.makeTempDir();
  const store = createMemoryStore({ upkeepMs: 0 });
  const server = await ApiServer.open({ storage: store.tenant("t") });
  const path = `${directory}/api.sock`;
  const listener = await Listener.listen(server, { socket: path, certificates });
  try {
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    const connection = await Deno.connect({ transport: "unix", path });
    await connection.write(
      encode("GET /api/v1/namespaces HTTP/1.1\r\nHost: k1s\r\nConnection: close\r\n\r\n"),
    );
    assert.match(await new Response(connection.readable).text(), /^HTTP\/1.1 200[^]*NamespaceList/);
  } finally {
    await server.close();
    await listener.close();
    await store.close();
  }
  await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  await Deno.remove(directory, { recursive: true });
});
