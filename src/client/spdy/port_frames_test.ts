import assert from "node:assert/strict";
import { Cancelled, dataHead, ManualClock, OrkaError, pingFrame, SpdyDecoder } from "../../base/mod.ts";
import { failure, FakeConnection } from "../../../tests/support/fake_connection.ts";
import { PortFrames } from "./port_frames.ts";

function open(signal?: AbortSignal) {
  const sent: number[] = [];
  const connection = new FakeConnection((bytes) => sent.push(...bytes));
  const clock = new ManualClock();
  return { sent, connection, clock, socket: new PortFrames(connection, { clock, host: "server:1", signal }) };
}

Deno.test("bytes come as they came, lent or copied, and nothing is read ahead", async () => {
  const { connection, socket } = open();
  connection.feed(Uint8Array.of(1, 2), Uint8Array.of(3), Uint8Array.of(4), null);
  const kept = await socket.receive();
  assert.equal(connection.reads, 1);
  assert.deepEqual([...(await socket.receivePart())!], [3]);
  assert.deepEqual([...(await socket.receivePart())!], [4]);
  assert.deepEqual([...kept!], [1, 2]);
  assert.equal(await socket.receive(), null);
  socket.close();
});

Deno.test("frames go out whole, with pings between them, and an answered connection stays", async () => {
  const { connection, clock, socket, sent } = open();
  const waiting = socket.receive();
  const sending = [1, 2, 3].map((byte) => socket.send(dataHead(3, 4), new Uint8Array(4).fill(byte)));
  await clock.advance(5_000);
  await Promise.all(sending);
  await clock.advance(5_000);
  const events = new SpdyDecoder().push(Uint8Array.from(sent));
  assert.deepEqual(
    events.map((event) => event.type === "ping" ? event.id : event.type),
    ["data", "data", "data", 1, 3],
  );
  connection.feed(pingFrame(3));
  assert.deepEqual(await waiting, pingFrame(3));
  await clock.advance(300_000); // nobody reads: that is no silence
  assert.ok(!connection.isClosed);
  socket.close();
});

Deno.test("silence, a broken connection, a signal and a close end it, and say so", async () => {
  const silent = open();
  const waiting = failure(silent.socket.receivePart());
  await silent.clock.advance(70_000);
  assert.match((await waiting as Error).message, /no sign of life/);

  const cut = open();
  cut.connection.feed(new Deno.errors.ConnectionReset("Connection reset by peer (os error 104)"));
  const error = await failure(cut.socket.receive());
  assert.ok(error instanceof OrkaError && error.code === "unreachable", String(error));
  assert.equal(await failure(cut.socket.receive()), error);

  const abort = new AbortController();
  const aborted = open(abort.signal);
  const reading = failure(aborted.socket.receive());
  abort.abort(new Cancelled("enough"));
  assert.equal((await reading as Error).message, "enough");

  const closed = open();
  closed.socket.close();
  await closed.clock.advance(0);
  assert.deepEqual(new SpdyDecoder().push(Uint8Array.from(closed.sent)), [{ type: "goAway" }]);
  assert.ok(await failure(closed.socket.receive()) instanceof Cancelled);
  assert.ok(closed.connection.isClosed);
});
