import assert from "node:assert/strict";
import { VirtualTerminal } from "../../../tests/support/vt.ts";
import { ManualClock } from "../../base/mod.ts";
import { FrameLoop } from "./frame_loop.ts";
import { Screen } from "./screen.ts";

function bench({ text = () => "" }: { text?: () => string } = {}) {
  const clock = new ManualClock();
  const terminal = new VirtualTerminal(20, 3);
  const errors: unknown[] = [];
  let draws = 0;
  const loop = new FrameLoop({
    screen: new Screen(20, 3),
    clock,
    minFrameMs: 12,
    write: (out) => terminal.write(out),
    onError: (error) => errors.push(error),
    draw: (canvas) => {
      draws++;
      canvas.text(0, 0, text());
    },
  });
  return { clock, terminal, loop, errors, draws: () => draws };
}

Deno.test("the first change draws at once, those within the next 12 ms share a frame", async () => {
  let n = 0;
  const { clock, terminal, loop, draws } = bench({ text: () => `n=${n}` });
  using _ = terminal;
  n = 1;
  loop.invalidate();
  await clock.advance(0);
  assert.deepEqual([draws(), terminal.lines()[0]], [1, "n=1"]);
  for (n = 2; n < 10; n++) loop.invalidate();
  await clock.advance(11);
  assert.equal(draws(), 1);
  await clock.advance(1);
  assert.deepEqual([draws(), terminal.lines()[0]], [2, "n=10"]);
});

Deno.test("nothing invalidated: no timer, no draw, no byte", async () => {
  const { clock, terminal, loop, draws } = bench({ text: () => "still" });
  using _ = terminal;
  loop.invalidate();
  await clock.advance(1000);
  const { frames, characters } = terminal;
  assert.deepEqual([draws(), clock.pending], [1, 0]);
  loop.invalidate();
  await clock.advance(1000);
  assert.deepEqual([draws(), terminal.frames, terminal.characters, clock.pending], [
    2,
    frames,
    characters,
    0,
  ]);
  assert.equal(loop.stats.empty, 1);
});

Deno.test("a stuck terminal drops frames and shows the newest state when it moves again", async () => {
  let n = 0;
  const { clock, terminal, loop, draws } = bench({ text: () => `n=${n}` });
  using _ = terminal;
  terminal.hold();
  for (; n < 100; n++) {
    loop.invalidate();
    await clock.advance(20);
  }
  assert.deepEqual([draws(), terminal.frames], [1, 1]);
  terminal.release();
  await clock.advance(20);
  assert.deepEqual([draws(), terminal.lines()[0]], [2, "n=100"]);
});

Deno.test("a draw that asks for another frame gets it after the interval, not in a tight loop", async () => {
  let left = 3;
  const made = bench({
    text: () => {
      if (left-- > 0) made.loop.invalidate();
      return `left=${left}`;
    },
  });
  using _ = made.terminal;
  made.loop.invalidate();
  await made.clock.advance(0);
  assert.equal(made.draws(), 1);
  await made.clock.advance(12);
  assert.equal(made.draws(), 2);
  await made.clock.advance(100);
  assert.deepEqual([made.draws(), made.clock.pending], [4, 0]);
});

Deno.test("a failed draw stops the loop and is told once", async () => {
  const { clock, terminal, loop, errors } = bench({
    text: () => {
      throw new Error("broken pane");
    },
  });
  using _ = terminal;
  loop.invalidate();
  loop.invalidate();
  await clock.advance(100);
  loop.invalidate();
  await clock.advance(100);
  assert.equal(errors.length, 1);
  assert.equal(clock.pending, 0);
});

Deno.test("stop leaves nothing scheduled", async () => {
  const { clock, terminal, loop, draws } = bench();
  using _ = terminal;
  loop.invalidate();
  await clock.advance(0);
  loop.invalidate();
  loop.stop();
  assert.equal(clock.pending, 0);
  await clock.advance(100);
  assert.equal(draws(), 1);
});

Deno.test("repaint sends everything again", async () => {
  const { clock, terminal, loop } = bench({ text: () => "kept" });
  using _ = terminal;
  loop.invalidate();
  await clock.advance(0);
  await terminal.write("\x1b[2J\x1b[Hgarbage");
  loop.repaint();
  await clock.advance(20);
  assert.deepEqual(terminal.lines(), ["kept", "", ""]);
});
