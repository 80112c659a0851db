import assert from "node:assert/strict";
import { dataHead, OrkaError, resetFrame } from "../base/mod.ts";
import {
  BrokenServer,
  channelFrame,
  refusing,
  type UpgradeScript,
} from "../../tests/support/broken_server.ts";
import { connect } from "./connect.ts";
import { WriteGate } from "./write_gate.ts";

const protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
const POD = "/api/v1/namespaces/default/pods/web-0";
const EXEC = `${POD}/exec?command=ls&stdout=true`;
const SUCCESS = '{"status":"Success"}';

const cannot = (verb: string, resource = "pods/exec") =>
  `pods "web-0" is forbidden: User "jane" cannot ${verb} resource "${resource}" in API group "" in the namespace "default"`;
const status = (code: number, message: string) =>
  JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", code, reason: "Forbidden", message });
const forbidding = (verb: string): UpgradeScript => refusing("403 Forbidden", status(403, cannot(verb)));

const said = (
  stream: number,
  text: string,
) => [...dataHead(stream, text.length), ...new TextEncoder().encode(text)];
const ends = (...streams: number[]) => streams.flatMap((stream) => [...resetFrame(stream)]);
/** What a command says, ended. */
const answering: UpgradeScript = async (asked) => {
  await asked.acceptSpdy(
    "v4.channel.k8s.io",
    Uint8Array.from([...said(3, "hello"), ...said(1, SUCCESS), ...ends(1, 3)]),
  );
  await asked.ended();
};

async function opened(server: BrokenServer, path: string, { isOpen = true } = {}) {
  const client = await connect({ ...server.options, as: "jane" }, { writes: new WriteGate({ isOpen }) });
  const socket = await client.open(path, { protocols }).catch((error) => {
    client.close();
    throw error;
  });
  return { client, socket };
}

async function refusal(server: BrokenServer, path = EXEC): Promise<OrkaError> {
  return await opened(server, path).then(() => assert.fail("it was opened"), (error) => {
    assert.ok(error instanceof OrkaError, String(error));
    return error;
  });
}

Deno.test("where a WebSocket is refused, by whatever answer, SPDY is asked for by POST", async () => {
  const refusals: readonly UpgradeScript[] = [
    forbidding("get"),
    refusing("400 Bad Request", "no WebSockets here"),
    refusing("200 OK", "hello"),
    (asked) => asked.accept("v9.channel.k8s.io"),
    (asked) => asked.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"),
  ];
  for (const script of refusals) {
    await using server = new BrokenServer(script);
    server.spdyScript = answering;
    const { client, socket } = await opened(server, EXEC);
    const messages = [await socket.receive(), await socket.receive(), await socket.receive()];
    assert.deepEqual(messages.map((one) => new TextDecoder().decode(one!)).slice(0, 1), ["\x01hello"]);
    assert.deepEqual([...messages[2]!.subarray(0, 1)], [3]);
    client.close();
    const [head] = server.spdyHeads;
    assert.match(
      head!,
      /^POST \/api\/v1\/namespaces\/default\/pods\/web-0\/exec\?command=ls&stdout=true HTTP\/1\.1\r\n/,
    );
    assert.match(head!, /^impersonate-user: jane\r$/im);
    const offered = head!.match(/^x-stream-protocol-version: .*$/gim)!.map((line) =>
      line.split(": ")[1]!.trim()
    );
    assert.deepEqual(offered, [5, 4, 3, 2, 1].map((version) => `v${version}.channel.k8s.io`));
  }
});

Deno.test("a WebSocket that opens is used, and one that breaks off is no refusal", async () => {
  const scripts: readonly UpgradeScript[] = [
    (asked) => asked.accept("v5.channel.k8s.io", channelFrame(1, "x")),
    (asked) => asked.write("HTTP/1.1 101 Switching Pro"),
    () => Promise.resolve(),
  ];
  for (const script of scripts) {
    await using server = new BrokenServer(script);
    server.spdyScript = answering;
    await opened(server, EXEC).then(({ client }) => client.close(), () => {});
    assert.equal(server.spdyHeads.length, 0);
  }
});

Deno.test("ports are forwarded over SPDY as it is, whoever may not change anything", async () => {
  await using server = new BrokenServer(forbidding("get"));
  server.spdyScript = async (asked) => {
    await asked.acceptSpdy("portforward.k8s.io", Uint8Array.of(1, 2, 3));
    await asked.ended();
  };
  const { client, socket } = await opened(server, `${POD}/portforward?ports=80`, { isOpen: false });
  assert.equal(socket.protocol, "SPDY/3.1+portforward.k8s.io");
  assert.deepEqual([...(await socket.receive())!], [1, 2, 3]);
  client.close();
  assert.match(
    server.spdyHeads[0]!,
    /^POST \/api\/v1\/namespaces\/default\/pods\/web-0\/portforward HTTP\/1\.1\r\n/,
  );
  assert.match(server.spdyHeads[0]!, /^x-stream-protocol-version: portforward\.k8s\.io\r$/im);
});

Deno.test("a closed gate sends neither request", async () => {
  await using server = new BrokenServer(forbidding("get"));
  await assert.rejects(opened(server, EXEC, { isOpen: false }), { code: "read-only" });
  assert.deepEqual([server.upgrades, server.spdyHeads.length], [0, 0]);
});

Deno.test("a gate that closes in between lets no POST through", async () => {
  const writes = new WriteGate({ isOpen: true });
  await using server = new BrokenServer(async (asked) => {
    writes.close();
    await forbidding("get")(asked);
  });
  const client = await connect(server.options, { writes });
  await assert.rejects(client.open(EXEC, { protocols }), { code: "read-only", message: /not sent: POST / });
  assert.deepEqual(server.spdyHeads, []);
  client.close();
});

Deno.test("the second refusal is told, with the right that it names and who asked", async () => {
  await using server = new BrokenServer(forbidding("get"));
  server.spdyScript = forbidding("create");
  const error = await refusal(server);
  assert.deepEqual([error.code, error.message], ["forbidden", cannot("create")]);
  assert.equal(
    error.hint,
    "to see it: orka auth can-i create pods/web-0 --subresource=exec -n default --as jane",
  );
});

Deno.test("a right that is missing for the WebSocket alone is told beside what SPDY met", async () => {
  await using server = new BrokenServer(forbidding("get"));
  server.spdyScript = refusing("502 Bad Gateway", "no SPDY here");
  const error = await refusal(server);
  assert.match(error.message, /no SPDY here/);
  assert.equal(error.hint, `a WebSocket was refused before that: ${cannot("get")}`);
});

Deno.test("the first refusal is told where the second try only broke off", async () => {
  for (
    const script of [() => Promise.resolve(), (asked) => asked.accept("x")] as const satisfies UpgradeScript[]
  ) {
    await using server = new BrokenServer(forbidding("get"));
    server.spdyScript = script;
    const error = await refusal(server);
    assert.deepEqual([error.code, error.message], ["forbidden", cannot("get")]);
    assert.match(error.hint!, /can-i get pods\/web-0 --subresource=exec -n default --as jane$/);
  }
});
