import assert from "node:assert/strict";
import { Cancelled, OrkaError } from "../../base/mod.ts";
import type { Client, MessageSocket } from "../../client/mod.ts";
import { decodeMessage } from "./channels.ts";
import { execPath, openExec } from "./exec.ts";
import { findShell } from "./find_shell.ts";

const text = (value: string) => new TextEncoder().encode(value);
const message = (channel: number, body: string | object) =>
  Uint8Array.of(channel, ...text(typeof body === "string" ? body : JSON.stringify(body)));

/** A server's end, played by the test. */
class FakeSocket implements MessageSocket {
  readonly sent: string[] = [];
  isClosed = false;
  readonly #messages: (Uint8Array<ArrayBuffer> | Error | null)[];
  #wake = () => {};
  received = 0;

  constructor(readonly protocol: string, messages: readonly (Uint8Array<ArrayBuffer> | Error | null)[]) {
    this.#messages = [...messages];
  }

  say(next: Uint8Array<ArrayBuffer> | null): void {
    this.#messages.push(next);
    this.#wake();
  }

  async receive(): Promise<Uint8Array<ArrayBuffer> | null> {
    while (this.#messages.length === 0 && !this.isClosed) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    if (this.isClosed) throw new Cancelled("closed");
    const next = this.#messages.shift()!;
    if (next instanceof Error) throw next;
    this.received++;
    return next;
  }

  send(...parts: readonly Uint8Array[]): Promise<void> {
    const [channel, ...rest] = parts.flatMap((part) => [...part]);
    this.sent.push(`${channel} ${new TextDecoder().decode(Uint8Array.from(rest))}`);
    return Promise.resolve();
  }

  close(): void {
    this.isClosed = true;
    this.#wake();
  }
}

function clientOf(...sockets: FakeSocket[]): Client {
  return { open: () => Promise.resolve(sockets.shift()!) } as unknown as Client;
}

const SPEC = { namespace: "shop", pod: "web-0", container: "app", command: ["ls", "-la"] };
const OK = message(3, { status: "Success" });
const failure = (message: string, more: object = {}) => ({ status: "Failure", message, ...more });

Deno.test("outputs come apart, and the exit code is the one that the server says", async () => {
  const details = { causes: [{ reason: "ExitCode", message: "7" }] };
  const socket = new FakeSocket("v5.channel.k8s.io", [
    message(1, "a"),
    message(2, "warn"),
    message(1, ""),
    message(1, "b"),
    message(3, failure("command terminated", { reason: "NonZeroExitCode", details })),
  ]);
  const session = await openExec(clientOf(socket), SPEC);
  assert.equal(await new Response(session.stdout).text(), "ab");
  assert.equal(await new Response(session.stderr).text(), "warn");
  assert.deepEqual(await session.exit, { code: 7 });
  assert.ok(socket.isClosed);
});

Deno.test("stdin goes in messages of 32 KiB; its end is told where the protocol can", async () => {
  for (const [protocol, expected] of [["v5.channel.k8s.io", 4], ["v4.channel.k8s.io", 3]] as const) {
    const socket = new FakeSocket(protocol, []);
    const session = await openExec(clientOf(socket), SPEC, {
      stdin: true,
      tty: true,
      size: { columns: 80, rows: 24 },
    });
    const writer = session.stdin.getWriter();
    await writer.write(new Uint8Array(40_000).fill(65));
    await writer.close();
    assert.equal(session.endsStdin, expected === 4);
    assert.equal(socket.sent.length, expected);
    assert.equal(socket.sent[0], '4 {"Width":80,"Height":24}', "the size comes first");
    assert.deepEqual(socket.sent.slice(1, 3).map((sent) => sent.length), [2 + 32_768, 2 + 40_000 - 32_768]);
    if (expected === 4) assert.equal(socket.sent[3], "255 \0");
    socket.say(OK);
    assert.deepEqual(await session.exit, { code: 0 });
  }
});

Deno.test("what broke off, never ran or was closed ends both outputs and says so", async () => {
  const cases: [FakeSocket, string][] = [
    [new FakeSocket("v5.channel.k8s.io", [message(1, "x"), null]), "unreachable"],
    [new FakeSocket("v5.channel.k8s.io", [new OrkaError("unreachable", "cut")]), "unreachable"],
    [new FakeSocket("v5.channel.k8s.io", [message(3, failure("boom", { code: 500 }))]), "server"],
    [
      new FakeSocket("v5.channel.k8s.io", [
        message(
          3,
          failure('OCI runtime exec failed: exec: "x": executable file not found in $PATH: unknown'),
        ),
      ]),
      "not-found",
    ],
    [new FakeSocket("v5.channel.k8s.io", [message(3, "not JSON")]), "server"],
  ];
  for (const [socket, code] of cases) {
    const session = await openExec(clientOf(socket), SPEC);
    await new Response(session.stdout).text();
    await new Response(session.stderr).text();
    await assert.rejects(session.exit, (error) => error instanceof OrkaError && error.code === code);
  }
  const open = new FakeSocket("v5.channel.k8s.io", []);
  const session = await openExec(clientOf(open), SPEC);
  session.close();
  await assert.rejects(session.exit, Cancelled);
});

Deno.test("output that nobody reads holds the server up", async () => {
  const many = Array.from({ length: 50 }, () => message(1, "x".repeat(10_000)));
  const socket = new FakeSocket("v5.channel.k8s.io", [...many, OK]);
  const session = await openExec(clientOf(socket), SPEC);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.ok(socket.received <= 8, `${socket.received} messages were read ahead`);
  assert.equal((await new Response(session.stdout).text()).length, 500_000);
  assert.deepEqual(await session.exit, { code: 0 });
});

Deno.test("a signal ends a session whose output nobody reads", async () => {
  const stop = new AbortController();
  const many = Array.from({ length: 50 }, () => message(1, "x".repeat(10_000)));
  const session = await openExec(
    clientOf(new FakeSocket("v5.channel.k8s.io", [...many, new Cancelled()])),
    SPEC,
    {
      signal: stop.signal,
    },
  );
  await new Promise((resolve) => setTimeout(resolve, 0));
  stop.abort(new Cancelled("enough"));
  await new Response(session.stdout).text();
});

Deno.test("the path names every word; a terminal has no stderr; attach has no command", () => {
  const path = "/api/v1/namespaces/shop/pods/web-0";
  assert.equal(
    execPath(SPEC),
    `${path}/exec?command=ls&command=-la&container=app&stdout=true&stderr=true`,
  );
  assert.equal(
    execPath({ ...SPEC, command: null }, { stdin: true, tty: true }),
    `${path}/attach?container=app&stdin=true&stdout=true&tty=true`,
  );
});

Deno.test("the shell is the one that the container names, or none with a word of help", async () => {
  const missing = () =>
    new FakeSocket("v5.channel.k8s.io", [
      message(3, failure('exec: "sh": executable file not found in $PATH')),
    ]);
  const found = new FakeSocket("v5.channel.k8s.io", [message(1, "/bin/bash\n"), OK]);
  assert.equal(await findShell(clientOf(missing(), found), SPEC), "/bin/bash");
  await assert.rejects(
    findShell(clientOf(missing(), missing(), missing()), SPEC),
    (error) => error instanceof OrkaError && error.code === "not-found" && error.hint!.includes("orka debug"),
  );
});

Deno.test("a server's messages: unknown channels and empty ones say nothing", () => {
  assert.deepEqual(decodeMessage(Uint8Array.of(9, 1)), { type: "nothing" });
  assert.deepEqual(decodeMessage(new Uint8Array(0)), { type: "nothing" });
  assert.deepEqual(decodeMessage(Uint8Array.of(255, 1)), { type: "closed", channel: 1 });
});
