import assert from "node:assert/strict";
import {
  Cancelled,
  dataHead,
  endFrame,
  goAwayFrame,
  ManualClock,
  OrkaError,
  pingFrame,
  resetFrame,
  SpdyDecoder,
  SpdyEncoder,
  type SpdyEvent,
} from "../../base/mod.ts";
import { failure, FakeConnection } from "../../../tests/support/fake_connection.ts";
import { channelsOf, ProcessStreams } from "./process_streams.ts";

/** In the order in which they are opened. */
const [ERROR, STDIN, STDOUT, STDERR] = [1, 3, 5, 7];
const SUCCESS = '{"metadata":{},"status":"Success"}';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
const data = (stream: number, text: string) => joined(dataHead(stream, text.length), bytesOf(text));
/** As a server does it: how it ended, and every stream with it. */
const ENDED = joined(data(ERROR, SUCCESS), ...[ERROR, STDIN, STDOUT, STDERR].map((id) => resetFrame(id)));

interface OpenOptions {
  readonly query?: string;
  readonly version?: number;
  readonly signal?: AbortSignal;
  readonly leftover?: Uint8Array;
}

function open({ query = "stdin=true&stdout=true&stderr=true", version = 5, ...rest }: OpenOptions = {}) {
  const sent: SpdyEvent[] = [];
  const decoder = new SpdyDecoder();
  const connection = new FakeConnection((bytes) => sent.push(...decoder.push(bytes)));
  const clock = new ManualClock();
  const channels = channelsOf(new URLSearchParams(query));
  const socket = new ProcessStreams(connection, { clock, host: "server:1", version, channels, ...rest });
  return { connection, clock, socket, sent };
}

/** What was sent once it was opened, by stream. */
function said(sent: readonly SpdyEvent[]): string[] {
  return sent.filter(({ type }) => type !== "open").map((event) => {
    if (event.type === "data") return `${event.stream} ${new TextDecoder().decode(event.bytes)}`;
    return "stream" in event ? `${event.stream} ${event.type}` : event.type;
  });
}

async function all(socket: ProcessStreams): Promise<string[]> {
  const found: string[] = [];
  for (let message = await socket.receive(); message !== null; message = await socket.receive()) {
    found.push(
      message[0] === 255
        ? `255 ${message[1]}`
        : new TextDecoder().decode(message).replace(/^./s, (c) => `${c.charCodeAt(0)} `),
    );
  }
  return found;
}

const settle = (clock: ManualClock) => clock.advance(0);

Deno.test("the streams that a query asks for are opened, the errors' first, and no others", async () => {
  const cases: readonly (readonly [string, number, readonly string[]])[] = [
    ["stdin=true&stdout=true&stderr=true", 4, ["error", "stdin", "stdout", "stderr"]],
    ["stdout=true&command=stdin%3Dtrue", 4, ["error", "stdout"]],
    ["stdin=true&stdout=true&tty=true&stderr=true", 5, ["error", "stdin", "stdout", "resize"]],
    ["stdin=true&stdout=true&tty=true", 2, ["error", "stdin", "stdout"]], // which has no sizes
  ];
  for (const [query, version, expected] of cases) {
    const { sent, clock, socket } = open({ query, version });
    await settle(clock);
    const opened = sent.flatMap((event) =>
      event.type === "open"
        ? [/streamtype[^a-z]*([a-z]+)/.exec(new TextDecoder().decode(event.block))![1]]
        : []
    );
    assert.deepEqual(opened, expected);
    assert.deepEqual(
      sent.map((event) => "stream" in event ? event.stream : 0),
      expected.map((_, at) => 2 * at + 1),
    );
    socket.close();
  }
});

Deno.test("what a process says comes by channel, and how it ended behind all of it, wherever it is cut", async () => {
  const accepted = new SpdyEncoder();
  const stream = joined(
    ...[ERROR, STDIN, STDOUT, STDERR].map((id) => accepted.reply(id)),
    data(STDOUT, "one"),
    data(ERROR, SUCCESS),
    endFrame(ERROR),
    data(STDERR, "two"),
    endFrame(STDERR),
    endFrame(STDOUT),
    goAwayFrame(7),
  );
  for (let cut = 1; cut < stream.length; cut++) {
    const { connection, socket } = open();
    connection.feed(stream.slice(0, cut), stream.slice(cut), null);
    const messages = await all(socket);
    const text = (channel: number) =>
      messages.filter((one) => one.startsWith(`${channel} `)).map((one) => one.slice(2)).join("");
    assert.deepEqual([text(1), text(2), messages.at(-1)], ["one", "two", `3 ${SUCCESS}`], `cut at ${cut}`);
    socket.close();
  }
});

Deno.test("bytes that came with the answer are the first ones, and every message is its own copy", async () => {
  const { connection, socket } = open({ leftover: data(STDOUT, "early") });
  const first = await socket.receive();
  assert.equal(connection.reads, 0);
  connection.feed(data(STDOUT, "later"));
  await socket.receive();
  assert.equal(new TextDecoder().decode(first!), "\x01early");
  socket.close();
});

Deno.test("channels are sent as streams, and their close as a stream's end", async () => {
  const { clock, socket, sent } = open({ query: "stdin=true&stdout=true&tty=true" });
  await socket.send(Uint8Array.of(4), bytesOf("{}"));
  await Promise.all([
    socket.send(Uint8Array.of(0), bytesOf("ls")),
    socket.send(Uint8Array.of(0), bytesOf("!")),
  ]);
  await socket.send(Uint8Array.of(255, 0));
  await socket.send(Uint8Array.of(0), bytesOf("too late"));
  await settle(clock);
  const bytes = (stream: number) =>
    said(sent).filter((one) => one.startsWith(`${stream} `)).map((one) => one.slice(2)).join("");
  assert.deepEqual([bytes(7), bytes(3)], ["{}", "ls!end"]);
  socket.close();
});

Deno.test("a process that takes no more input fails nobody who writes to it", async () => {
  const { connection, socket, sent } = open();
  connection.feed(resetFrame(STDIN), data(STDOUT, "x"));
  await socket.receive();
  await socket.send(Uint8Array.of(0), bytesOf("more"));
  assert.deepEqual(said(sent), []);
  socket.close();
});

Deno.test("nothing is read while nobody waits for it", async () => {
  const { connection, socket } = open();
  connection.feed(joined(data(STDOUT, "a"), data(STDOUT, "b")), data(STDOUT, "c"));
  await socket.receive();
  await socket.receive();
  assert.equal(connection.reads, 1);
  socket.close();
});

Deno.test("a result that came whole counts, however the connection ends behind it", async () => {
  const ends = [null, new Deno.errors.ConnectionReset("reset"), bytesOf("\u0080HTTP/1.1 500")];
  for (const end of ends) {
    const { connection, socket } = open();
    connection.feed(data(STDOUT, "x"), data(ERROR, SUCCESS), end);
    assert.deepEqual([await socket.receive(), await socket.receive()].map((one) => one![0]), [1, 3]);
    socket.close();
  }
});

Deno.test("what breaks off before is lost, and says so: a cut, a cut frame, garbage", async () => {
  const broken: readonly (readonly [(Uint8Array | Error | null)[], RegExp])[] = [
    [[null], /lost: it ended without a close/],
    [[data(STDOUT, "never whole").subarray(0, 6), null], /lost: it ended without a close/],
    [[data(ERROR, '{"status":"Succ'), null], /lost: it ended without a close/],
    [
      [new Deno.errors.ConnectionReset("Connection reset by peer (os error 104)")],
      /lost: Connection reset by peer$/,
    ],
    [[bytesOf("\u0080HTTP/1.1 500")], /does not speak SPDY/],
    [[Uint8Array.of(0x80, 3, 0, 2, 0, 0xff, 0xff, 0xff)], /too long/],
  ];
  for (const [chunks, words] of broken) {
    const { connection, socket } = open();
    connection.feed(...chunks);
    const error = await failure(socket.receive());
    assert.ok(error instanceof OrkaError && error.code === "unreachable", String(error));
    assert.match(error.message, words);
    assert.equal(await failure(socket.receive()), error);
    await failure(socket.send(Uint8Array.of(0), bytesOf("x")));
    assert.ok(connection.isClosed);
  }
});

Deno.test("streams that are reset without a word are an end without a result", async () => {
  const { connection, socket } = open();
  connection.feed(joined(resetFrame(ERROR), resetFrame(STDOUT), resetFrame(STDERR), goAwayFrame(0)));
  assert.deepEqual(await all(socket), ["255 1", "255 2"]);
  socket.close();
});

Deno.test("servers before v4 tell failures in plain words, and success by none", async () => {
  for (
    const [version, words, expected] of [[3, "", '3 {"status":"Success"}'], [
      2,
      "exit 2",
      "3 exit 2",
    ]] as const
  ) {
    const { connection, socket } = open({ version, query: "stdout=true" });
    connection.feed(joined(data(ERROR, words), endFrame(ERROR), endFrame(3)));
    assert.deepEqual(await all(socket), ["255 1", expected]);
    socket.close();
  }
});

Deno.test("a server's pings are answered, and ours are only heard", async () => {
  const { connection, clock, socket, sent } = open();
  connection.feed(joined(pingFrame(2), pingFrame(1), data(STDOUT, "x")));
  await socket.receive();
  await settle(clock);
  assert.deepEqual(sent.filter(({ type }) => type === "ping"), [{ type: "ping", id: 2 }]);
  socket.close();
});

Deno.test("an idle connection is pinged, and one that gives no sign of life for a minute is lost", async () => {
  const { connection, clock, socket, sent } = open();
  const waiting = failure(socket.receive());
  await clock.advance(20_000);
  assert.deepEqual(sent.flatMap((event) => event.type === "ping" ? [event.id] : []), [1, 3, 5, 7]);
  connection.feed(pingFrame(7));
  await clock.advance(55_000);
  assert.ok(!connection.isClosed);
  await clock.advance(10_000);
  assert.match((await waiting as Error).message, /no sign of life/);
  assert.ok(connection.isClosed);
});

Deno.test("a signal ends it at once, and a close tells the other side", async () => {
  const abort = new AbortController();
  const aborted = open({ signal: abort.signal });
  const waiting = failure(aborted.socket.receive());
  abort.abort(new Cancelled("enough"));
  assert.equal((await waiting as Error).message, "enough");
  assert.ok(aborted.connection.isClosed);

  const { connection, clock, socket, sent } = open();
  const reading = failure(socket.receive());
  socket.close();
  await settle(clock);
  assert.ok(await reading instanceof Cancelled);
  assert.deepEqual(said(sent), ["goAway"]);
  assert.ok(connection.isClosed);
});

Deno.test("a close does not wait for another side that reads nothing", async () => {
  const { connection, clock, socket } = open();
  connection.isStuck = true;
  void socket.send(Uint8Array.of(0), bytesOf("never")).catch(() => {});
  socket.close();
  await clock.advance(1_000);
  assert.ok(connection.isClosed);
});

Deno.test("the end of a process with everything at once is read whole", async () => {
  const { connection, socket } = open();
  connection.feed(joined(data(STDOUT, "out"), data(STDERR, "err"), ENDED), null);
  assert.deepEqual(await all(socket), ["1 out", "2 err", "255 1", "255 2", `3 ${SUCCESS}`]);
  socket.close();
});
