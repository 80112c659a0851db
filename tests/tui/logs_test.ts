/** Logs in the session: keys in, frames out, on streams that the test writes. */
import assert from "node:assert/strict";
import type { LogEntry } from "../../src/ops/mod.ts";
import { FakeOps } from "../support/fake_ops.ts";
import { logLine, sourceOf } from "../support/log_lines.ts";
import { Robot, type RobotOptions } from "../support/robot.ts";

async function open(keys: string, options: RobotOptions = {}): Promise<{ robot: Robot; ops: FakeOps }> {
  const ops = new FakeOps();
  const robot = await Robot.start({ ops: ops.door, rows: 16, ...options });
  await robot.type(keys);
  await robot.until("logs ");
  return { robot, ops };
}

const numbered = (from: number, to: number): LogEntry[] =>
  Array.from({ length: to - from }, (_, at) => logLine(`line ${from + at}`));

/** A frame comes at most every 33 ms. */
async function write(robot: Robot, ops: FakeOps, entries: LogEntry[]): Promise<void> {
  ops.log.write(...entries);
  await robot.settle();
  await robot.wait(40);
}

Deno.test("l on a pod follows its log; up stays, the end follows again", async () => {
  const { robot, ops } = await open("/aaaaa<enter>l");
  await using _ = robot;
  assert.deepEqual(ops.log.spec.target, {
    type: "pods",
    pods: [{ namespace: "default", name: "web-7c9-aaaaa" }],
  });
  assert.deepEqual([ops.log.spec.follow, ops.log.spec.tailLines], [true, 500]);
  robot.expect("Waiting for lines of web-7c9-aaaaa");
  await write(robot, ops, numbered(0, 50));
  robot.expect("logs web-7c9-aaaaa", "following", "line 49").expectNot("line 10");
  await robot.type("k");
  robot.expect("paused");
  await write(robot, ops, numbered(50, 60));
  robot.expectNot("line 59");
  await robot.type("<shift-g>");
  robot.expect("following", "line 59");
  await robot.type("s").then((r) => r.expect("paused"));
  await robot.type("$").then((r) => r.expect("$ orka logs pods/web-7c9-aaaaa -n default --tail=500 -f"));
});

Deno.test("a hidden log reads nothing, and goes on where it stopped", async () => {
  const { robot, ops } = await open("/aaaaa<enter>l");
  await using _ = robot;
  const stamp = "2026-08-01T10:00:00.5Z";
  await write(robot, ops, [logLine("first", { stamp })]);
  await robot.type("-");
  assert.equal(ops.log.isClosed, true);
  await robot.type("-");
  assert.equal(ops.logs.length, 2);
  assert.equal(ops.log.spec.sinceTime, stamp);
  await write(robot, ops, [logLine("first", { stamp }), logLine("second", { stamp })]);
  assert.equal(robot.screen.split("first").length, 2, robot.screen);
  robot.expect("second");
});

Deno.test("at the top older lines come, until the log begins", async () => {
  const { robot, ops } = await open("/aaaaa<enter>l");
  await using _ = robot;
  await write(robot, ops, numbered(100, 140));
  ops.log.past.push(numbered(80, 100));
  await robot.type("g");
  robot.expect("line 100").expectNot("line 99");
  await robot.type("k");
  robot.expect("line 99");
  await robot.type("g");
  robot.expect("the log begins here", "line 80");
});

Deno.test("a search keeps what stands around, a filter does not", async () => {
  const { robot, ops } = await open("/aaaaa<enter>l");
  await using _ = robot;
  await write(robot, ops, numbered(0, 40));
  await robot.type("/line 2$<enter>");
  robot.expect("1/1", "line 1", "line 3", "paused");
  await robot.type("<esc>&line 2<enter>");
  robot.expect("11 of 40", "&line 2", "line 29").expectNot("line 30");
  await write(robot, ops, [logLine("line 200"), logLine("line 300")]);
  await robot.type("<shift-g>");
  robot.expect("12 of 42", "line 200").expectNot("line 300");
  await robot.type("<esc>");
  robot.expect("line 300").expectNot("&line 2");
  await robot.type("&(").then((r) => r.expect("not a regular expression"));
});

Deno.test("several marked pods share one pane, each with its name", async () => {
  const { robot, ops } = await open("/web-7<enter>  l");
  await using _ = robot;
  const { target } = ops.log.spec;
  assert.deepEqual(target.type === "pods" && target.pods.map(({ name }) => name), [
    "web-7c9-aaaaa",
    "web-7c9-bbbbb",
  ]);
  await write(robot, ops, [
    logLine("one", { pod: "web-7c9-aaaaa" }),
    logLine("two", { pod: "web-7c9-bbbbb" }),
  ]);
  await robot.wait(250);
  robot.expect("logs 2 pods", "web-7c9-aaaaa │ one", "web-7c9-bbbbb │ two");
});

Deno.test("times, columns, the fields that were picked, marks, a whole screen", async () => {
  const { robot, ops } = await open("/aaaaa<enter>l");
  await using _ = robot;
  const stamp = "2026-08-01T10:00:00.25Z";
  await write(robot, ops, [logLine('{"level":"error","msg":"no luck","user":"eve"}', { stamp })]);
  await robot.type("t").then((r) => r.expect('2026-08-01T10:00:00.250Z {"level"'));
  await robot.type("t<shift-j>").then((r) => r.expect("ERROR no luck  user=eve", "columns"));
  await robot.type("<shift-k>user,msg<enter><enter>").then((r) => r.expect("eve  no luck"));
  await robot.type("m").then((r) => r.expect("──── 2023-11-14T"));
  await robot.type("f").then((r) => r.expectNot("following"));
  await robot.type("<esc>").then((r) => r.expect("following"));
  await robot.type("<shift-c>").then((r) => r.expectNot("eve"));
});

Deno.test("0 to 6 read from elsewhere, p the run before, a all containers", async () => {
  const { robot, ops } = await open("/aaaaa<enter>l");
  await using _ = robot;
  await robot.type("3");
  assert.equal(ops.log.spec.sinceSeconds, 300);
  await robot.type("1");
  assert.deepEqual([ops.log.spec.follow, ops.log.spec.limitBytes], [false, 512 * 1024]);
  await robot.type("0a");
  assert.equal(ops.log.spec.containers, "all");
  await robot.type("p");
  assert.deepEqual([ops.log.spec.previous, ops.log.spec.follow], [true, false]);
  robot.expect("previous", "all containers");
  assert.ok(ops.logs.slice(0, -1).every(({ isClosed }) => isClosed));
});

Deno.test("lines are saved and copied as they are shown", async () => {
  const { robot, ops } = await open("/aaaaa<enter>l");
  await using _ = robot;
  await write(robot, ops, numbered(0, 3));
  await robot.type("c<ctrl-s>");
  assert.deepEqual(robot.done, [
    "copy line 0\nline 1\nline 2",
    "save web-7c9-aaaaa-2023-11-14T221320Z.log: line 0\nline 1\nline 2\n",
  ]);
  robot.expect("Saved 3 lines to /saved/web-7c9-aaaaa-2023-11-14T221320Z.log");
});

Deno.test("what goes wrong is said, what happened in between too", async () => {
  const { robot, ops } = await open("/aaaaa<enter>l");
  await using _ = robot;
  const source = sourceOf();
  await write(robot, ops, [
    ...numbered(0, 1),
    { type: "mark", kind: "restarted", source, ms: 0, text: "exit code 1 (Error)" },
    { type: "mark", kind: "dropped", source, ms: 0, text: "nobody read them", count: 1200 },
  ]);
  robot.expect(
    "── main restarted: exit code 1 (Error) ──",
    "── main 1200 lines lost here: nobody read them ──",
  );
  ops.log.end(new Error("container creating"));
  await robot.settle();
  robot.expect("container creating", "ended", "line 0");
});

Deno.test("however many lines come, frames are few and lines are kept to a bound", async () => {
  const { robot, ops } = await open("/aaaaa<enter>l");
  await using _ = robot;
  const before = robot.vt.frames;
  for (let batch = 0; batch < 100; batch++) {
    ops.log.write(...numbered(batch * 1000, (batch + 1) * 1000));
    await robot.clock.advance(1);
  }
  await robot.wait(40);
  assert.ok(robot.vt.frames - before <= 8, `${robot.vt.frames - before} frames in 140 ms`);
  robot.expect("line 99999");
  await robot.type("g");
  robot.expect("older lines made room");
});
