/** The session on the real engine over an API server in memory: what the fake engine can't show. */
import assert from "node:assert/strict";
import { EngineRig } from "../support/engine_rig.ts";
import { Robot } from "../support/robot.ts";

async function open(rig: EngineRig, options = {}): Promise<Robot> {
  return await Robot.start({
    clock: rig.clock,
    connect: () => Promise.resolve(rig.engine),
    namespace: null,
    ...options,
  });
}

Deno.test("rows from the server, filtered and sorted by the engine, live", async () => {
  await using rig = new EngineRig();
  for (let k = 0; k < 40; k++) {
    rig.pod(`web-${String(k).padStart(2, "0")}`, { labels: { half: String(k % 2) } });
  }
  await using robot = await open(rig);
  await robot.until("● live").then((r) => r.expect("web-00", "40"));
  await robot.type("/web-1").then((r) => r.until("10 of 40")).then((r) => r.expectNot("web-00"));
  await robot.type("<esc>/half=1<enter>").then((r) => r.until("20 of 40")).then((r) => r.expectNot("web-00"));
  await robot.type("<esc><shift-n><shift-n>").then((r) => r.until("NAME▼"));
  await robot.until("web-39");
  rig.pod("web-99");
  await robot.until("web-99");
  await robot.type("<shift-g>").then((r) => r.until("web-00"));
});

Deno.test("an object's YAML has its kind; describe its events", async () => {
  await using rig = new EngineRig();
  rig.pod("web-0");
  await using robot = await open(rig);
  await robot.until("web-0");
  await robot.type("y").then((r) => r.until("kind: Pod")).then((r) =>
    r.expect("apiVersion: v1", "name: web-0")
  );
  await robot.type("d").then((r) => r.until("Name:")).then((r) => r.until("Events:"));
  rig.api.remove({ apiVersion: "v1", kind: "Pod", namespace: "default", name: "web-0" });
  await robot.until("was deleted");
});

Deno.test("pages show as they come, with progress", async () => {
  await using rig = new EngineRig();
  for (let k = 0; k < 1200; k++) rig.pod(`p-${String(k).padStart(4, "0")}`);
  const gate = rig.api.faults.delay(1000, { path: "continue=" });
  await using robot = await open(rig);
  await robot.until("500/1,200").then((r) => r.expect("p-0000", "loading"));
  gate[Symbol.dispose]();
  await robot.until("● live").then((r) => r.expect("1,200"));
});

Deno.test("a lost server shows in place and heals; a forbidden kind says what is missing", async () => {
  await using rig = new EngineRig();
  rig.pod("web-0");
  rig.api.faults.forbid("/api/v1/secrets", `User "viewer" cannot list resource "secrets"`);
  await using robot = await open(rig);
  await robot.until("● live");
  const gone = rig.api.faults.refuse();
  rig.api.cutWatches({ reset: true });
  await robot.until("Connection lost", { stepMs: 200 }).then((r) => r.expect("web-0", "shown as of"));
  await robot.until("✗ no answer", { stepMs: 200 });
  gone[Symbol.dispose]();
  rig.pod("web-1");
  await robot.until("web-1", { stepMs: 200 }).then((r) => r.expectNot("Connection lost"));
  await robot.type(":secrets<enter>").then((r) => r.until("Access denied"));
  robot.expect(`User "viewer" cannot list`, "kubectl auth can-i list secrets -A");
});

Deno.test("kinds open one after the other, and history leads back through them", async () => {
  await using rig = new EngineRig();
  rig.pod("web-0");
  await using robot = await open(rig);
  await robot.until("web-0");
  for (const kind of ["deploy", "nodes", "cm", "events"]) {
    await robot.type(`:${kind}<enter>`).then((r) => r.until("● live", { stepMs: 50 }));
  }
  await robot.type("[[[[").then((r) => r.until("web-0"));
  assert.equal(robot.isOver, false);
});
