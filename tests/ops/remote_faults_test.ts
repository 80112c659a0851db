/** Commands in containers and forwarded ports where the connection breaks: nothing hangs, and each says why. */
import assert from "node:assert/strict";
import { dataHead, goAwayFrame, ManualClock, OrkaError, resetFrame } from "../../src/base/mod.ts";
import { connect, WriteGate } from "../../src/client/mod.ts";
import { type ForwardEvent, openExec, startForward } from "../../src/ops/mod.ts";
import {
  type AskedUpgrade,
  BrokenServer,
  channelFrame,
  refusing,
  type UpgradeScript,
} from "../support/broken_server.ts";
import { orka } from "../support/real_cluster.ts";

const EXEC = "v5.channel.k8s.io";
const TUNNEL = "SPDY/3.1+portforward.k8s.io";
const HOME = { HOME: "/nowhere" };
const SPEC = { namespace: "default", pod: "web-0", container: "app", command: ["ls"] };
const FORWARD = {
  namespace: "default",
  target: { type: "pod", name: "web-0" },
  ports: [{ local: 0, remote: 80 }],
} as const;

const status = (code: number, reason: string, message: string) =>
  JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message });
const silent = (protocol: string): UpgradeScript => async (asked) => {
  await asked.accept(protocol);
  await asked.ended();
};
const isCode = (code: string) => (error: unknown) => {
  assert.ok(error instanceof OrkaError && error.code === code, String(error));
  return true;
};
/** Turns of the event loop, until it is so. */
/** The end comes by the clock, which runs once `isReady`; some 60 s of silence are enough. */
async function refusedInTime(
  clock: ManualClock,
  ended: Promise<unknown>,
  code: string,
  isReady: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  let isOver = false;
  const refused = assert.rejects(ended.finally(() => isOver = true), isCode(code));
  await isReady();
  const beganMs = clock.monotonic();
  while (!isOver) {
    assert.ok(clock.monotonic() - beganMs <= 70_000, "it hangs");
    await clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await refused;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 0));
}

const REFUSALS: readonly (readonly [UpgradeScript, RegExp])[] = [
  [
    refusing("500 Internal Server Error", status(500, "InternalError", "no connection to the node")),
    /no connection to the node/,
  ],
  [
    refusing("500 Internal Server Error", "<html>nginx</html>", "Content-Type: text/html\r\n"),
    /nginx/,
  ],
  [
    refusing(
      "429 Too Many Requests",
      status(429, "TooManyRequests", "too many requests"),
      "Retry-After: 1\r\n",
    ),
    /too many requests/,
  ],
  [refusing("429 Too Many Requests", ""), /429|too many requests/i],
  [(asked) => asked.write("HTTP/1.1 101 Switching Pro"), /127\.0\.0\.1/],
  [(asked) => asked.accept("v9.channel.k8s.io"), /v9\.channel\.k8s\.io/],
];

Deno.test("process: an upgrade that is refused or broken ends exec and port-forward with 1, in the server's words", async () => {
  for (const [script, said] of REFUSALS) {
    await using server = new BrokenServer(script);
    for (const args of [["--write", "exec", "web-0", "--", "ls"], ["port-forward", "web-0", ":80"]]) {
      const { code, stdout, stderr } = await orka(["-s", server.url, ...args], {
        env: HOME,
        timeoutMs: 10_000,
      });
      assert.deepEqual([code, stdout], [1, ""], stderr);
      assert.match(stderr, said);
      assert.equal(stderr.trim().split("\n").filter((line) => /^\s+at /.test(line)).length, 0, stderr);
    }
  }
});

Deno.test("process: an exec whose connection breaks in a frame gives what came, says so, and ends with 1", async () => {
  const breaks: readonly UpgradeScript[] = [
    (asked) => asked.write(channelFrame(1, "never whole").subarray(0, 6)),
    (asked) => asked.write(Uint8Array.of(0xc1, 0x00)),
    (asked) => asked.write(Uint8Array.of(0x88, 0x02, 0x03, 0xf3)), // closed with 1011
    () => Promise.resolve(),
  ];
  for (const end of breaks) {
    await using server = new BrokenServer(async (asked) => {
      await asked.accept(EXEC);
      await asked.write(channelFrame(1, "so far\n"));
      await end(asked);
    });
    const args = ["-s", server.url, "--write", "exec", "web-0", "--", "ls"];
    const { code, stdout, stderr } = await orka(args, { env: HOME, timeoutMs: 10_000 });
    assert.deepEqual([code, stdout], [1, "so far\n"], stderr);
    assert.match(stderr, /the connection to 127\.0\.0\.1:\d+ was lost|127\.0\.0\.1:\d+ ended the connection/);
  }
});

Deno.test("process: an exec over SPDY that breaks in a frame, is reset or sent away gives what came, and ends with 1", async () => {
  const [errors, stdout, stderr] = [1, 3, 5];
  const resets = [errors, stdout, stderr].map(resetFrame);
  const breaks: readonly UpgradeScript[] = [
    (asked) => asked.write(dataHead(stdout, 100)),
    (asked) => asked.write(dataHead(stdout, 100).subarray(0, 5)),
    (asked) => asked.write("\u0080 what is this"),
    async (asked) => {
      for (const frame of resets) await asked.write(frame);
    },
    (asked) => asked.write(goAwayFrame(5)),
    () => Promise.resolve(),
  ];
  for (const end of breaks) {
    await using server = new BrokenServer(
      refusing("403 Forbidden", status(403, "Forbidden", "no WebSockets")),
    );
    server.spdyScript = async (asked) => {
      await asked.acceptSpdy("v4.channel.k8s.io");
      await asked.write(dataHead(stdout, 7));
      await asked.write("so far\n");
      await end(asked);
    };
    const args = ["-s", server.url, "--write", "exec", "web-0", "--", "ls"];
    const result = await orka(args, { env: HOME, timeoutMs: 10_000 });
    assert.deepEqual([result.code, result.stdout], [1, "so far\n"], result.stderr);
    assert.match(
      result.stderr,
      /the connection (to 127\.0\.0\.1:\d+ was lost|was closed before the command ended)/,
    );
  }
});

Deno.test("exec: over SPDY too, a connection that says nothing for a minute is given up", async () => {
  await using server = new BrokenServer(refusing("400 Bad Request", "no WebSockets"));
  server.spdyScript = async (asked) => {
    await asked.acceptSpdy("v4.channel.k8s.io");
    await asked.ended();
  };
  const clock = new ManualClock();
  const client = await connect(server.options, { clock, writes: new WriteGate({ isOpen: true }) });
  const session = await openExec(client, SPEC, { stdin: true });
  await refusedInTime(clock, session.exit, "unreachable");
  client.close();
});

Deno.test("exec: what is no frame, right behind the upgrade's answer, is said as an error", async () => {
  await using server = new BrokenServer((asked) => asked.accept(EXEC, Uint8Array.of(0xc1, 0x00)));
  const client = await connect(server.options, { writes: new WriteGate({ isOpen: true }) });
  const ended = openExec(client, SPEC).then((session) => session.exit);
  await assert.rejects(ended, isCode("unreachable"));
  client.close();
});

Deno.test("exec: a connection that says nothing for a minute is given up; one that is never answered too", async () => {
  for (
    const [script, code] of [[silent(EXEC), "unreachable"], [
      (asked: AskedUpgrade) => asked.ended(),
      "timeout",
    ]] as const
  ) {
    await using server = new BrokenServer(script);
    const clock = new ManualClock();
    const client = await connect(server.options, { clock, writes: new WriteGate({ isOpen: true }) });
    const session = openExec(client, { ...SPEC }, { stdin: true });
    await refusedInTime(clock, session.then(({ exit }) => exit), code, async () => {
      await until(() => server.upgrades === 1);
      if (code === "unreachable") await session;
    });
    client.close();
  }
});

Deno.test("forward: a tunnel that says nothing for a minute is replaced, past a 429 and a 500", async () => {
  const refusals = [refusing("429 Too Many Requests", ""), refusing("500 Internal Server Error", "")];
  await using server = new BrokenServer(silent(TUNNEL), ...refusals, silent(TUNNEL));
  const clock = new ManualClock();
  const client = await connect(server.options, { clock });
  const events: ForwardEvent[] = [];
  using forward = await startForward(client, FORWARD, { clock, onEvent: (event) => events.push(event) });
  const beganMs = clock.monotonic();
  while (events.length < 3) {
    assert.ok(clock.monotonic() - beganMs <= 90_000, "it hangs");
    await clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert.deepEqual(events.map(({ type }) => type), ["ready", "reconnecting", "ready"]);
  assert.match((events[1] as { readonly error: OrkaError }).error.message, /no sign of life for 60 s/);
  assert.equal(server.upgrades, 4);
  forward.close();
  client.close();
});

/** More than sockets hold between two processes of one machine; far less than what is poured. */
const BOUND_BYTES = 24 * 1024 * 1024;

/** Until nothing more is taken, or too much was. */
async function stalled(asked: AskedUpgrade): Promise<number> {
  for (let before = -1; before !== asked.sent && asked.sent < BOUND_BYTES;) {
    before = asked.sent;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return asked.sent;
}

Deno.test("exec: a reader that stops holds the server up, in bounded memory", async () => {
  const poured = Promise.withResolvers<AskedUpgrade>();
  await using server = new BrokenServer(async (asked) => {
    await asked.accept(EXEC);
    poured.resolve(asked);
    await asked.pour(channelFrame(1, new Uint8Array(32 * 1024)));
  });
  const client = await connect(server.options, { writes: new WriteGate({ isOpen: true }) });
  const session = await openExec(client, SPEC);
  assert.ok(await stalled(await poured.promise) < BOUND_BYTES, "read ahead of the reader");
  session.close();
  await assert.rejects(session.exit);
  client.close();
});

Deno.test("forward: a local connection that reads nothing holds its own stream up, and nobody else's", async () => {
  const upgrades: AskedUpgrade[] = [];
  const port = Uint8Array.of(80, 0);
  const serve = (pieces: Uint8Array): UpgradeScript => async (asked) => {
    upgrades.push(asked);
    await asked.accept("v4.channel.k8s.io");
    await asked.write(channelFrame(0, port));
    await asked.write(channelFrame(1, port));
    if (pieces.length > 0) await asked.pour(pieces);
    else await asked.write(channelFrame(0, "hello"));
    await asked.ended();
  };
  // The first is asked what it speaks.
  await using server = new BrokenServer(
    silent("v4.channel.k8s.io"),
    serve(channelFrame(0, new Uint8Array(32 * 1024))),
    serve(new Uint8Array()),
  );
  const client = await connect(server.options);
  using forward = await startForward(client, FORWARD);
  const at = { hostname: "127.0.0.1", port: forward.ports[0]!.local };
  using slow = await Deno.connect(at);
  await until(() => upgrades.length === 1);
  assert.ok(await stalled(upgrades[0]!) < BOUND_BYTES, "read ahead of the reader");
  using other = await Deno.connect(at);
  const buffer = new Uint8Array(100);
  assert.equal(new TextDecoder().decode(buffer.subarray(0, (await other.read(buffer))!)), "hello");
  assert.ok(slow.localAddr);
  forward.close();
  await forward.done;
  client.close();
});
