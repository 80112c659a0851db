import assert from "node:assert/strict";
import { Cancelled, OrkaError } from "../../base/mod.ts";
import { connect } from "../connect.ts";

interface Server {
  readonly url: string;
  readonly requests: { readonly url: string; readonly headers: Headers }[];
}

/** A plain HTTP server on loopback that answers one path as a WebSocket which sends back what it gets. */
async function withServer(answer: (request: Request) => Response, use: (server: Server) => Promise<void>) {
  const requests: Server["requests"] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    requests.push({ url: request.url, headers: new Headers(request.headers) });
    return answer(request);
  });
  try {
    await use({ url: `http://127.0.0.1:${server.addr.port}`, requests });
  } finally {
    await server.shutdown();
  }
}

/** Speaks v5 where it is offered, and no protocol at all elsewhere. */
function echo(request: Request): Response {
  const offered = request.headers.get("sec-websocket-protocol")?.includes("v5.channel.k8s.io") ?? false;
  const { socket, response } = Deno.upgradeWebSocket(
    request,
    offered ? { protocol: "v5.channel.k8s.io" } : {},
  );
  socket.onmessage = ({ data }) => socket.send(data);
  return response;
}

const ENV = { HOME: "/nowhere" };
const protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

Deno.test("a WebSocket opens with the user's credentials, and big messages go both ways", async () => {
  await withServer(echo, async ({ url, requests }) => {
    const client = await connect({ server: url, token: "t0k3n", as: "jane", asGroups: ["a", "b"], env: ENV });
    const socket = await client.open("/api/v1/namespaces/a/pods/p/portforward?ports=80", { protocols });
    assert.equal(socket.protocol, "v5.channel.k8s.io");
    const sent = Uint8Array.from({ length: 200_000 }, (_, at) => at % 251);
    await socket.send(sent.subarray(0, 1), sent.subarray(1));
    assert.deepEqual(await socket.receive(), sent);
    socket.close();
    const { headers, url: asked } = requests[0]!;
    assert.equal(new URL(asked).search, "?ports=80");
    assert.equal(headers.get("authorization"), "Bearer t0k3n");
    assert.equal(headers.get("impersonate-group"), "a, b");
    client.close();
  });
});

Deno.test("a refusal is the server's Status, with a body of any form", async () => {
  const status = { kind: "Status", code: 404, reason: "NotFound", message: 'pods "p" not found' };
  const forms = [
    () => Response.json(status, { status: 404 }),
    () => new Response(new Blob([JSON.stringify(status)]).stream(), { status: 404 }), // chunked
  ];
  for (const form of forms) {
    await withServer(form, async ({ url }) => {
      const client = await connect({ server: url, env: ENV });
      await assert.rejects(client.open("/x", { protocols }), (error) => {
        assert.ok(error instanceof OrkaError && error.code === "not-found", String(error));
        assert.equal(error.message, status.message);
        return true;
      });
      client.close();
    });
  }
});

Deno.test("a server that speaks another protocol, or no WebSocket at all, is an error", async () => {
  for (const answer of [echo, () => new Response("hello")]) {
    await withServer(answer, async ({ url }) => {
      const client = await connect({ server: url, env: ENV });
      await assert.rejects(client.open("/x", { protocols: ["v4.channel.k8s.io"] }), OrkaError);
      client.close();
    });
  }
});

Deno.test("closing the client, and the caller's signal, end an open WebSocket", async () => {
  await withServer(echo, async ({ url }) => {
    const client = await connect({ server: url, env: ENV });
    const abort = new AbortController();
    const [one, other] = await Promise.all([
      client.open("/x", { protocols, signal: abort.signal }),
      client.open("/x", { protocols }),
    ]);
    const ends = [one, other].map((socket) => socket.receive().then(() => null, (error) => error));
    abort.abort(new Cancelled("enough"));
    assert.equal((await ends[0])?.message, "enough");
    client.close();
    assert.ok(await ends[1] instanceof Cancelled);
  });
});

Deno.test("a server that never answers is given up on in time", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const client = await connect({ server: `http://127.0.0.1:${listener.addr.port}`, env: ENV });
  await assert.rejects(client.open("/x", { protocols, timeoutMs: 50 }), (error) => {
    assert.ok(error instanceof OrkaError && error.code === "timeout", String(error));
    return true;
  });
  client.close();
  (await listener.accept()).close();
  listener.close();
});
