import assert from "node:assert/strict";
import { Cancelled, encodeFrame, FrameDecoder, ManualClock, OPCODE, OrkaError } from "../../base/mod.ts";
import { failure, FakeConnection } from "../../../tests/support/fake_connection.ts";
import { WebSocketConnection } from "./message_socket.ts";

function open(signal?: AbortSignal, leftover?: Uint8Array) {
  /** Opcode and payload of what was sent. */
  const sent: [number, string][] = [];
  const decoder = new FrameDecoder({ maxBytes: 1 << 20 });
  const connection = new FakeConnection((bytes) => {
    for (const { opcode, payload } of decoder.push(bytes)) {
      sent.push([opcode, new TextDecoder().decode(payload)]);
    }
  });
  const clock = new ManualClock();
  const options = { protocol: "p", clock, host: "server:1", signal, leftover };
  return { connection, clock, sent, socket: new WebSocketConnection(connection, options) };
}

const text = (payload: string) => new TextEncoder().encode(payload);
const message = (payload: string) => encodeFrame(OPCODE.binary, [text(payload)]);
const told = (bytes: Uint8Array | null) => bytes === null ? null : new TextDecoder().decode(bytes);

Deno.test("messages come in order, whole or in parts, and pings between the parts are answered", async () => {
  const { connection, sent, socket } = open();
  connection.feed(message("one"), encodeFrame(OPCODE.binary, [text("tw")], { hasMore: true }));
  connection.feed(
    encodeFrame(OPCODE.ping, [text("hi")]),
    encodeFrame(OPCODE.continuation, [text("o")]),
    message(""),
  );
  assert.equal(told(await socket.receive()), "one");
  assert.equal(told(await socket.receive()), "two");
  assert.equal(told(await socket.receive()), "");
  assert.deepEqual(sent, [[OPCODE.pong, "hi"]]);
  socket.close();
});

Deno.test("a message cut at any point comes whole, and what follows it too", async () => {
  const stream = Uint8Array.from([...message("x".repeat(200)), ...message("next")]);
  for (let cut = 1; cut < stream.length; cut++) {
    const { connection, socket } = open();
    connection.feed(stream.slice(0, cut), stream.slice(cut));
    assert.equal(told(await socket.receive()), "x".repeat(200), `cut at ${cut}`);
    assert.equal(told(await socket.receive()), "next", `cut at ${cut}`);
    socket.close();
  }
});

Deno.test("in parts, bytes come as they came, nothing is kept back, and pings and the close are seen to", async () => {
  const { connection, sent, socket } = open();
  const first = encodeFrame(OPCODE.binary, [text("hello")], { hasMore: true });
  connection.feed(first.slice(0, 4), first.slice(4));
  assert.equal(told(await socket.receivePart()), "he");
  assert.equal(told(await socket.receivePart()), "llo");
  const rest = [encodeFrame(OPCODE.ping, [text("hi")]), encodeFrame(OPCODE.continuation, [text("!")])];
  connection.feed(
    Uint8Array.from([...rest.flatMap((frame) => [...frame]), ...message("next")]),
    encodeFrame(OPCODE.close, [Uint8Array.of(3, 232)]),
  );
  assert.equal(told(await socket.receivePart()), "!");
  assert.equal(told(await socket.receivePart()), "next");
  assert.deepEqual(sent, [[OPCODE.pong, "hi"]]);
  assert.equal(await socket.receivePart(), null);
  assert.equal(await socket.receivePart(), null);
});

Deno.test("what came behind the answer that upgraded is the first message", async () => {
  const { connection, socket } = open(undefined, message("early"));
  assert.equal(told(await socket.receive()), "early");
  assert.equal(connection.reads, 0);
  socket.close();
});

Deno.test("nothing is read while nobody waits for it", async () => {
  const { connection, socket } = open();
  connection.feed(message("one"), message("two"));
  await socket.receive();
  assert.equal(connection.reads, 1);
  socket.close();
});

Deno.test("messages go out whole and in order, however little the system takes at a time", async () => {
  const { sent, socket } = open();
  await Promise.all([socket.send(text("\0"), text("hello")), socket.send(text("\0world"))]);
  assert.deepEqual(sent, [[OPCODE.binary, "\0hello"], [OPCODE.binary, "\0world"]]);
  socket.close();
});

Deno.test("an orderly close is the end; it is answered, and the connection closed", async () => {
  const { connection, clock, sent, socket } = open();
  connection.feed(message("last"), encodeFrame(OPCODE.close, [Uint8Array.of(3, 232)]));
  assert.equal(told(await socket.receive()), "last");
  assert.equal(await socket.receive(), null);
  assert.equal(await socket.receive(), null);
  await failure(socket.send(text("x")));
  await clock.advance(0);
  assert.deepEqual(sent.map(([opcode]) => opcode), [OPCODE.close]);
  assert.ok(connection.isClosed);
});

Deno.test("a close for a reason, a broken connection and garbage are errors that say so", async () => {
  const broken: readonly (readonly [Uint8Array | null, RegExp])[] = [
    [encodeFrame(OPCODE.close, [Uint8Array.of(3, 243), text("the kubelet went")]), /the kubelet went/],
    [null, /lost: it ended without a close/],
    [Uint8Array.of(0xff, 0xff), /extension/],
  ];
  for (const [chunk, words] of broken) {
    const { connection, socket } = open();
    connection.feed(chunk);
    const error = await failure(socket.receive());
    assert.ok(error instanceof OrkaError && error.code === "unreachable", String(error));
    assert.match(error.message, words);
    assert.equal(await failure(socket.receive()), error);
    await failure(socket.send(text("x")));
  }
});

Deno.test("a signal ends it at once, in the middle of a read", async () => {
  const abort = new AbortController();
  const { connection, socket } = open(abort.signal);
  const waiting = failure(socket.receive());
  abort.abort(new Cancelled("enough"));
  assert.equal((await waiting as Error).message, "enough");
  assert.ok(connection.isClosed);
  assert.ok(await failure(socket.send(text("x"))) instanceof Cancelled);
});

Deno.test("a close tells the other side, and ends a read that waits", async () => {
  const { connection, clock, sent, socket } = open();
  const waiting = failure(socket.receive());
  socket.close();
  await clock.advance(0);
  assert.ok(await waiting instanceof Cancelled);
  assert.deepEqual(sent.map(([opcode]) => opcode), [OPCODE.close]);
  assert.ok(connection.isClosed);
});

Deno.test("a close does not wait for another side that reads nothing, whoever closed", async () => {
  const here = open();
  here.connection.isStuck = true;
  void here.socket.send(text("never")).catch(() => {});
  here.socket.close();
  await here.clock.advance(1_000);
  assert.ok(here.connection.isClosed);

  const there = open();
  there.connection.isStuck = true;
  there.connection.feed(encodeFrame(OPCODE.close, []));
  assert.equal(await there.socket.receive(), null);
  await there.clock.advance(1_000);
  assert.ok(there.connection.isClosed);
});

Deno.test("an idle connection is pinged, and one that gives no sign of life for a minute is lost", async () => {
  const { connection, clock, sent, socket } = open();
  const waiting = failure(socket.receive());
  await clock.advance(20_000);
  assert.equal(sent.filter(([opcode]) => opcode === OPCODE.ping).length, 4);
  connection.feed(encodeFrame(OPCODE.pong, []));
  await clock.advance(55_000);
  assert.ok(!connection.isClosed);
  await clock.advance(10_000);
  const error = await waiting;
  assert.ok(error instanceof OrkaError && error.code === "unreachable");
  assert.match(error.message, /no sign of life/);
  assert.ok(connection.isClosed);
});

Deno.test("a reader that takes its time does not make the connection a lost one", async () => {
  const { connection, clock, socket } = open();
  await clock.advance(300_000);
  connection.feed(message("still here"));
  assert.equal(told(await socket.receive()), "still here");
  socket.close();
});
