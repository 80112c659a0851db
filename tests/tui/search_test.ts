import assert from "node:assert/strict";
import { podOf, smallCluster } from "../support/fake_kinds.ts";
import { Robot } from "../support/robot.ts";

Deno.test("search ranks as it is typed over every kind, and enter goes to the object's row", async () => {
  await using robot = await Robot.start();
  await robot.type("<ctrl-p>web");
  robot.expect("search", "Deployment", "web-7c9-aaaaa", "KIND");
  await robot.type("<down><enter>");
  assert.match(robot.crumbs, /pods › search › \w+/);
  assert.match(robot.selected, /^web/);
  await robot.type("<esc>");
  robot.expect("pods › search", "web  5 of 17", "KIND");
});

Deno.test("the row that a search leads to is found however far down it is", async () => {
  const engine = smallCluster();
  for (let k = 0; k < 300; k++) engine.put(podOf(`bulk-${String(k).padStart(3, "0")}`));
  await using robot = await Robot.start({ engine });
  await robot.type(":search bulk-250<enter><enter>");
  assert.match(robot.selected, /^bulk-250/);
  await robot.type("j");
  assert.match(robot.selected, /^bulk-251/);
});

Deno.test("keys of rows work on hits; escape closes the line and keeps the query, then leaves", async () => {
  await using robot = await Robot.start();
  await robot.type("<ctrl-p>crash<esc>");
  robot.expect("crash  2 of 17", "crash-0");
  await robot.type("y").then((r) => r.expect("crash-0 yaml", "kind: Pod"));
  await robot.type("<esc>$").then((r) => r.expect("orka search crash"));
  await robot.type("<esc>").then((r) => assert.match(r.crumbs, /^ pods/));
});

Deno.test("a query that does not parse is shown with the place where it is wrong", async () => {
  await using robot = await Robot.start();
  await robot.type("<ctrl-p>web ns:");
  const lines = robot.vt.lines();
  const marked = lines.findIndex((line) => line.includes("^"));
  assert.ok(marked > 0, robot.screen);
  assert.equal(lines[marked]!.indexOf("^"), lines[marked - 1]!.indexOf("ns:") + 3, robot.screen);
  robot.expect("at column 8");
});

Deno.test("nothing found says so and what was searched", async () => {
  await using robot = await Robot.start();
  await robot.type("<ctrl-p>zzzzqq");
  robot.expect("Nothing matches zzzzqq", "Searched: pods");
});

Deno.test("a search holds the engine only while it is shown", async () => {
  await using robot = await Robot.start();
  await robot.type("<ctrl-p>web<enter>");
  assert.ok(robot.engine.log.includes("close search"));
  assert.equal(robot.engine.openCount, 1);
});

Deno.test("the palette ranks objects of kinds that were looked at", async () => {
  await using robot = await Robot.start();
  await robot.type(":crash");
  robot.expect("crash-0", "pod · default");
  await robot.type("<down><enter>");
  robot.expect("crash-0 describe", "Name:");
  await robot.type(":we<esc>");
  assert.equal(robot.engine.openCount, 1);
});

Deno.test("more hits come to who scrolls, and the cursor stays where it was", async () => {
  const engine = smallCluster();
  for (let k = 0; k < 300; k++) engine.put(podOf(`bulk-${String(k).padStart(3, "0")}`));
  await using robot = await Robot.start({ engine });
  await robot.type("<ctrl-p>bulk<esc><shift-g>");
  assert.match(robot.selected, /bulk-059/);
  await robot.type("j").then((r) => assert.match(r.selected, /bulk-060/));
  await robot.type("<shift-g>").then((r) => assert.match(r.selected, /bulk-299/));
  await robot.type("g/x").then((r) => r.expect("Nothing matches x"));
});

Deno.test("a hit tells why it was found", async () => {
  await using robot = await Robot.start();
  await robot.type("<ctrl-p>ns:default crash");
  robot.expect('why: "crash" in the name · ns:default · score');
});
