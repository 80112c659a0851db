import assert from "node:assert/strict";
import { podOf, smallCluster } from "../support/fake_kinds.ts";
import { Robot } from "../support/robot.ts";

const POD = /(crash-0|done-1|start-2|web-7c9-\w+)/;

Deno.test("a filter works as it is typed, and each form of it", async () => {
  await using robot = await Robot.start();
  await robot.type("/w").then((r) => r.expect("web-7c9-aaaaa", "2 of 5").expectNot("crash-0"));
  await robot.type("eb-7c9-b").then((r) => r.expectNot("web-7c9-aaaaa"));
  await robot.type("<esc>").then((r) => r.expect("crash-0", "web-7c9-aaaaa"));
  await robot.type("/!web<enter>").then((r) => r.expect("crash-0", "3 of 5").expectNot("web-7c9-aaaaa"));
  await robot.type("<esc>/-f cr0<enter>").then((r) => r.expect("crash-0", "1 of 5"));
  await robot.type("<esc>/-l app=web<enter>").then((r) => r.expect("2 of 5").expectNot("crash-0"));
  await robot.type("<esc>/[<enter>").then((r) => r.expect("None of 5 matches /[", "esc shows all"));
  await robot.type("<esc>").then((r) => r.expect("crash-0"));
  assert.equal(robot.vt.cell(2, 2).text, "N", "the table is where it was");
});

Deno.test("enter keeps a filter, the next slash edits it, arrows move meanwhile", async () => {
  await using robot = await Robot.start();
  await robot.type("/web<down>");
  assert.match(robot.selected, /^web-7c9-bbbbb/);
  await robot.type("<enter>/-7c9-a").then((r) => r.expect("web-7c9-a", "1 of 5"));
});

Deno.test("sorting: by key, by picked column, by click, and round again", async () => {
  await using robot = await Robot.start({ cols: 120 });
  const order = () => robot.names(POD).join(" ");
  await robot.type("<shift-a>");
  assert.equal(order(), "start-2 web-7c9-bbbbb web-7c9-aaaaa done-1 crash-0", "youngest first");
  await robot.type("<shift-a>");
  assert.equal(order(), "crash-0 done-1 web-7c9-aaaaa web-7c9-bbbbb start-2");
  robot.expect("AGE▼");
  await robot.type("<shift-s>");
  assert.match(order(), /^done-1 start-2 crash-0|^done-1 .*/);
  robot.expect("STATUS▲");
  await robot.type("<shift-right><shift-right><shift-o>").then((r) => r.expect("READY▲"));
  await robot.type("<shift-left><shift-o><shift-o>").then((r) => r.expect("NAME▼"));
  assert.match(order(), /^web-7c9-bbbbb/);
  await robot.click("NAME▼").then((r) => r.expect("NAME▲"));
  await robot.type("<ctrl-w><shift-i>").then((r) => r.expect("IP▲"));
});

Deno.test("wide mode shows the columns that kubectl hides", async () => {
  await using robot = await Robot.start();
  robot.expectNot("NODE");
  await robot.type("<ctrl-w>").then((r) => r.expect("NODE", "10.0.0.7", "node-1"));
  await robot.type("<ctrl-w>").then((r) => r.expectNot("NODE"));
});

Deno.test("marks, ranges, copies", async () => {
  await using robot = await Robot.start();
  await robot.type("c");
  assert.equal(robot.done.pop(), "copy crash-0");
  await robot.type("n");
  assert.equal(robot.done.pop(), "copy default");
  await robot.type("<space>jj<ctrl-space>").then((r) => r.expect("4 marked"));
  await robot.type("c");
  assert.equal(robot.done.pop(), "copy crash-0\ndone-1\nstart-2\nweb-7c9-aaaaa");
  await robot.type("<ctrl-\\>").then((r) => r.expectNot("marked"));
  await robot.type("g<space>k<space>").then((r) => r.expectNot("marked"));
});

Deno.test("rows are live; the cursor stays with its object", async () => {
  await using robot = await Robot.start();
  await robot.type("jj");
  assert.match(robot.selected, /^start-2/);
  robot.engine.put(podOf("aaa-new", { age: 1 }));
  await robot.settle();
  robot.expect("aaa-new");
  assert.match(robot.selected, /^start-2/);
  robot.engine.remove("pods", "start-2", "default");
  await robot.settle();
  robot.expectNot("start-2");
  assert.match(robot.selected, /^web-7c9-aaaaa/);
});

Deno.test("until the person moves, the cursor stays on the first row", async () => {
  await using robot = await Robot.start();
  robot.engine.put(podOf("aaa-new", { age: 1 }));
  await robot.settle();
  assert.match(robot.selected, /^aaa-new/);
});

Deno.test("a changed cell stands out for a while, then not", async () => {
  await using robot = await Robot.start();
  robot.engine.put(podOf("done-1", { age: 600, status: { phase: "Running", ready: "1/1" } }));
  await robot.settle();
  const at = robot.vt.find("done-1")!;
  const column = robot.vt.find("STATUS")!.x;
  const color = () => robot.vt.cell(column, at.y).fg;
  assert.equal(color(), "#ffe08a");
  await robot.wait(3000);
  assert.equal(color(), "#7ddc8b");
});

Deno.test("ages move by themselves; nothing else runs", async () => {
  await using robot = await Robot.start();
  robot.expect("  5s");
  await robot.wait(1000);
  robot.expect("  6s");
  assert.equal(robot.clock.pending, 1, "one timer, for the next age");
  await robot.type(":svc<enter>");
  const frames = robot.vt.frames;
  await robot.wait(59_000);
  assert.ok(robot.vt.frames - frames <= 2, `${robot.vt.frames - frames} frames for an age in minutes`);
});

Deno.test("with no age in sight nothing is scheduled and nothing drawn", async () => {
  await using robot = await Robot.start();
  await robot.type("<ctrl-a>");
  const { frames } = robot.vt;
  assert.equal(robot.clock.pending, 0);
  await robot.wait(3_600_000);
  assert.equal(robot.vt.frames, frames);
});

Deno.test("progress shows while pages arrive, and rows with the first", async () => {
  const engine = smallCluster();
  engine.status("pods", { phase: "listing", loaded: 1500, expected: 20000 });
  await using robot = await Robot.start({ engine });
  robot.expect("1,500/20,000", "web-7c9-aaaaa", "loading");
  engine.status("pods", { phase: "live", loaded: 20000, expected: null });
  await robot.settle();
  robot.expect("● live").expectNot("/20,000");
});

Deno.test("hostile names reach the screen as glyphs, never as escapes", async () => {
  const engine = smallCluster();
  engine.put(podOf("evil-\x1b]0;owned\x07-\x1b[31m", { status: { reason: "A\x1b[2JB\nC" } }));
  await using robot = await Robot.start({ engine });
  robot.expect("evil-␛]0;owned␇", "A␛[2JB␊C", "web-7c9-aaaaa");
  await robot.type("y").then((r) => r.expectNot("\x1b"));
});

Deno.test("a name of 10,000 letters is cut, not the end", async () => {
  const engine = smallCluster();
  engine.put(podOf("x".repeat(10_000)), podOf("受注".repeat(2000)));
  await using robot = await Robot.start({ engine });
  robot.expect("web-7c9-aaaaa", "xxxx…");
  await robot.type("/xxx<enter>yw<esc>d<esc>c").then((r) => r.expect("Copied"));
  assert.equal(robot.done.pop(), `copy ${"x".repeat(10_000)}`);
});

Deno.test("the mouse selects, opens, scrolls, sorts, goes up a crumb", async () => {
  await using robot = await Robot.start();
  await robot.click("start-2").then((r) => assert.match(r.selected, /^start-2/));
  await robot.click("done-1", 2).then((r) => r.expect("pods › done-1 containers"));
  await robot.click("pods ›").then((r) => assert.match(r.crumbs, /^ pods +5$/));
  robot.vt.wheel(10, 6, 3);
  await robot.settle();
  await robot.click("STATUS").then((r) => r.expect("STATUS▲"));
});

Deno.test("any size is safe, and shows what fits", async () => {
  // a session each: the emulator itself loses lines after several resizes without scrollback
  for (const [cols, rows] of [[20, 5], [10, 3], [2, 1], [200, 50], [40, 10]] as const) {
    await using robot = await Robot.start();
    robot.vt.resize(cols, rows);
    await robot.settle();
    await robot.type("j/w<enter><esc>:p<esc>?<esc>y<esc>");
    if (cols >= 20) robot.expect("crash-0");
    assert.equal(robot.isOver, false);
  }
});

Deno.test("a session is read-only until it is said otherwise, and its keys say so", async () => {
  await using robot = await Robot.start();
  const keys = {
    "<ctrl-d>": "Delete",
    "<ctrl-k>": "Kill at once, without grace",
    e: "Edit",
    s: "Shell",
    i: "Set the image",
  };
  for (const [key, name] of Object.entries(keys)) {
    await robot.type(key).then((r) => r.expect(`${name}: `, "this session is read-only"));
  }
  robot.expect("web-7c9-aaaaa");
  await robot.type("e").then((r) => r.expect("this session is read-only"));
  await robot.type("?");
  robot.expect("General", "Table");
});
