import assert from "node:assert/strict";
import { objectOf, podOf } from "../support/fake_kinds.ts";
import { Robot } from "../support/robot.ts";

Deno.test("YAML: highlighted, searched, managedFields on demand, live", async () => {
  await using robot = await Robot.start();
  robot.engine.put(podOf("crash-0", { metadata: { managedFields: [{ manager: "kubelet" }] } }));
  await robot.type("y");
  robot.expect("crash-0 yaml", "kind: Pod").expectNot("managedFields", "kubelet");
  const kind = robot.vt.find("kind: Pod")!;
  assert.notEqual(robot.vt.cell(kind.x, kind.y).fg, robot.vt.cell(kind.x + 6, kind.y).fg);
  await robot.type("m").then((r) => r.expect("managedFields", "manager: kubelet"));
  await robot.type("/nam").then((r) => r.expect("nam", "1/"));
  await robot.type("<enter>n").then((r) => r.expect("2/"));
  await robot.type("<shift-n>").then((r) => r.expect("1/"));
  await robot.type("<esc>").then((r) => r.expect("crash-0 yaml").expectNot("/nam"));
  await robot.type("m");
  robot.engine.put(podOf("crash-0", { labels: { fresh: "yes" } }));
  await robot.settle();
  robot.expect('fresh: "yes"');
  await robot.type("c");
  assert.match(robot.done.pop()!, /^copy apiVersion: v1\nkind: Pod\n/);
});

Deno.test("a Secret's values show only when asked for", async () => {
  await using robot = await Robot.start();
  const applied = `{"data":{"password":"aHVudGVyMg=="}}`;
  const metadata = { annotations: { "kubectl.kubernetes.io/last-applied-configuration": applied } };
  robot.engine.put(
    objectOf("Secret", "token", {
      namespace: "default",
      metadata,
      rest: { data: { password: "aHVudGVyMg==" } },
    }),
  );
  await robot.type(":secrets<enter>y");
  robot.expect("password: •••••• (7 bytes)").expectNot("aHVudGVyMg", "hunter2");
  await robot.type("c");
  assert.doesNotMatch(robot.done.pop()!, /hunter2|aHVudGVyMg/);
  await robot.type("x").then((r) => r.expect("password: hunter2", "decoded"));
  await robot.type("x").then((r) => r.expectNot("hunter2"));
  await robot.type("<esc>d").then((r) => r.expect("password", "7 bytes").expectNot("hunter2"));
  await robot.type("v");
  assert.doesNotMatch(robot.done.pop()!, /hunter2|aHVudGVyMg/);
});

Deno.test("describe: live, with its events, and jumps to what it names", async () => {
  await using robot = await Robot.start({ rows: 40 });
  await robot.type("/aaaaa<enter>d");
  robot.expect("web-7c9-aaaaa describe", "Controlled By:", "ReplicaSet/web-7c9");
  robot.engine.put(podOf("web-7c9-aaaaa", { status: { podIP: "10.9.9.9" } }));
  await robot.wait(1500);
  robot.expect("10.9.9.9");
  await robot.type("d");
  assert.match(robot.crumbs, /pods › web-7c9-aaaaa describe/);
  await robot.type("y").then((r) => r.expect("pods › web-7c9-aaaaa yaml"));
  await robot.type("d<enter>").then((r) => r.expect("Mark an object with tab first"));
});

Deno.test("describe follows a marked object", async () => {
  await using robot = await Robot.start({ rows: 40 });
  await robot.type("/aaaaa<enter>d<tab>");
  await robot.type("<enter>");
  robot.expect("node-1 describe");
  await robot.type("<esc>").then((r) => r.expect("Controlled By:"));
});

Deno.test("a deleted object stays on the screen and is said to be gone", async () => {
  await using robot = await Robot.start();
  await robot.type("y");
  robot.engine.remove("pods", "crash-0", "default");
  await robot.settle();
  robot.expect(`Pod "crash-0" was deleted`, "kind: Pod");
});

Deno.test("the editor gets the text and nothing else changes", async () => {
  await using robot = await Robot.start();
  await robot.type("v");
  assert.match(robot.done.pop()!, /^edit crash-0.yaml: apiVersion: v1\nkind: Pod/);
  await robot.type("dv");
  assert.match(robot.done.pop()!, /^edit crash-0.txt: Name:/);
  robot.expect("crash-0 describe");
});

Deno.test("help shows what works here, made from the key table", async () => {
  await using robot = await Robot.start({ cols: 200, rows: 50 });
  await robot.type("?");
  robot.expect("Sort by age", "Delete", "Shell", "Filter: regex").expectNot(
    "Show or hide managedFields",
    "Scale",
  );
  const at = robot.vt.find("Delete")!;
  const open = robot.vt.find("Describe")!;
  assert.notEqual(robot.vt.cell(at.x, at.y).fg, robot.vt.cell(open.x, open.y).fg, "greyed");
  await robot.type("?").then((r) => r.expectNot("Sort by age"));
  await robot.type("y?").then((r) => r.expect("Show or hide managedFields").expectNot("Sort by age"));
});

Deno.test("the same as a command line, copied on the second press", async () => {
  await using robot = await Robot.start();
  await robot.type("$").then((r) => r.expect("$ orka get pods -n default --context test"));
  await robot.type("$");
  assert.equal(robot.done.pop(), "copy orka get pods -n default --context test");
  await robot.type("y$").then((r) => r.expect("$ orka get pods/crash-0 -n default -o yaml"));
});

Deno.test("themes switch; without colour the screen still reads", async () => {
  await using robot = await Robot.start();
  const bar = () => robot.vt.cell(30, 0).bg;
  const dark = bar();
  await robot.type(":theme light<enter>");
  assert.notEqual(bar(), dark);
  await robot.type(":theme blue<enter>").then((r) => r.expect(":theme dark"));
  await using plain = await Robot.start({ mode: "none" });
  plain.expect("crash-0", "● live");
  assert.equal(plain.vt.cell(30, 0).bg, undefined);
});

Deno.test("a light terminal that says so gets the light theme, unless another was chosen", async () => {
  const white = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\";
  await using robot = await Robot.start();
  const bar = () => robot.vt.cell(30, 0).bg;
  const dark = bar();
  robot.vt.type(white);
  await robot.settle();
  assert.notEqual(bar(), dark);
  robot.vt.type("\x1b[?997;1n"); // the desktop turns dark
  await robot.settle();
  assert.equal(bar(), dark);
  await robot.type(":theme dark<enter>");
  robot.vt.type(white);
  await robot.settle();
  assert.equal(bar(), dark);
});

Deno.test("quit, suspend, redraw", async () => {
  await using robot = await Robot.start();
  await robot.type("<ctrl-z>");
  assert.equal(robot.done.pop(), "stop");
  await robot.type("<ctrl-l>").then((r) => r.expect("crash-0"));
  await robot.type("<ctrl-e>").then((r) => assert.match(r.header, /^ pods/));
  await robot.type(":q<enter>");
  assert.equal(robot.isOver, true);
  assert.equal(robot.clock.pending, 0);
  assert.equal(robot.engine.openCount, 0);
});
