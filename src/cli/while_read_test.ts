import assert from "node:assert/strict";
import { ManualClock } from "../base/mod.ts";
import { BufferedOutput, type CliIo } from "./io.ts";
import { whileRead } from "./while_read.ts";

/** An io whose stdout is read until a test says otherwise; `run` follows until its signal ends it. */
function rig({ isTerminal = false } = {}) {
  const clock = new ManualClock();
  const reader = { isGone: false };
  const stop = new AbortController();
  const stdout = new BufferedOutput(isTerminal, 80, () => Promise.resolve(), () => reader.isGone);
  const io = { stdout, clock, signal: stop.signal } as unknown as CliIo;
  const run = ({ signal }: CliIo) =>
    new Promise<number>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  return { clock, reader, stop, io, run };
}

async function ending(run: Promise<unknown>): Promise<unknown> {
  return await run.then((value) => value, (error) => error);
}

Deno.test("a reader that goes ends what follows as a broken pipe, also where the command makes an exit code of it", async () => {
  for (const answersItself of [false, true]) {
    const { clock, reader, io, run } = rig();
    const ended = ending(whileRead(io, (io) => answersItself ? run(io).catch(() => 130) : run(io)));
    await clock.advance(60_000);
    reader.isGone = true;
    await clock.advance(500);
    assert.ok(await ended instanceof Deno.errors.BrokenPipe);
  }
});

Deno.test("Ctrl-C stays what it is, and nobody is looked for on a terminal or once it has ended", async () => {
  const { clock, reader, stop, io, run } = rig();
  const ended = ending(whileRead(io, run));
  stop.abort(new DOMException("SIGINT", "AbortError"));
  assert.equal((await ended as Error).message, "SIGINT");
  assert.equal(clock.pending, 0);
  const terminal = rig({ isTerminal: true });
  terminal.reader.isGone = true;
  assert.equal(await whileRead(terminal.io, () => terminal.clock.advance(2_000).then(() => 0)), 0);
  reader.isGone = true;
  assert.equal(await whileRead(io, () => Promise.resolve(0)), 0);
});
