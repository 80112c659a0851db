/** The session on the real engine over an API server: what the fake engine can't show. */
import assert from "node:assert/strict";
import { EngineRig } from "../support/engine_rig.ts";
import { Robot } from "../support/robot.ts";
import { onServers } from "../support/two_servers.ts";

async function open(rig: EngineRig, options = {}): Promise<Robot> {
  return await Robot.start({
    clock: rig.clock,
    connect: () => Promise.resolve(rig.engine),
    namespace: rig.server.namespace,
    ...options,
  });
}

onServers("rows from the server, filtered and sorted by the engine, live", async (server) => {
  await using rig = new EngineRig(server);
  for (const half of [0, 1]) {
    const names = Array.from({ length: 20 }, (_, k) => `web-${String(2 * k + half).padStart(2, "0")}`);
    await rig.pods(names, { labels: { half: String(half) } });
  }
  await using robot = await open(rig);
  await robot.until("● live").then((r) => r.expect("web-00", "40"));
  await robot.type("/web-1").then((r) => r.until("10 of 40")).then((r) => r.expectNot("web-00"));
  await robot.type("<esc>/half=1<enter>").then((r) => r.until("20 of 40")).then((r) => r.expectNot("web-00"));
  await robot.type("<esc><shift-n><shift-n>").then((r) => r.until("NAME▼"));
  await robot.until("web-39");
  await rig.pod("web-99");
  await robot.until("web-99");
  await robot.type("<shift-g>").then((r) => r.until("web-00"));
});

onServers("an object's YAML has its kind; describe its events", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pod("web-0");
  await using robot = await open(rig, { rows: 40 });
  await robot.until("web-0");
  await robot.type("y").then((r) => r.until("kind: Pod")).then((r) =>
    r.expect("apiVersion: v1", "name: web-0")
  );
  await robot.type("d").then((r) => r.until("Name:")).then((r) => r.until("Events:"));
  await rig.removePod("web-0");
  await robot.until("was deleted");
});

onServers("pages show as they come, with progress", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pods(Array.from({ length: 600 }, (_, k) => `p-${String(k).padStart(4, "0")}`));
  const gate = server.faults.delay(1000, { path: "continue=" });
  await using robot = await open(rig);
  await robot.until("500/600").then((r) => r.expect("p-0000", "loading"));
  gate[Symbol.dispose]();
  await robot.until("● live").then((r) => r.expect("600"));
});

onServers("a lost server shows in place and heals; a forbidden kind says what is missing", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pod("web-0");
  server.faults.forbid("/secrets", `User "viewer" cannot list resource "secrets"`);
  await using robot = await open(rig);
  await robot.until("● live");
  // Every watch that was asked for, the pods' among them: one that opens later would outlive the cut.
  const watches = () => server.requests.filter(({ path }) => path.includes("watch="));
  const isWatched = () => watches().some(({ path }) => path.includes("/pods?"));
  await rig.until(() => isWatched() && server.watches >= watches().length, "watches to cut");
  const gone = server.faults.refuse();
  server.cutWatches({ reset: true });
  await robot.until("Connection lost", { stepMs: 200 }).then((r) => r.expect("web-0", "shown as of"));
  await robot.until("✗ no answer", { stepMs: 200 });
  gone[Symbol.dispose]();
  await rig.pod("web-1");
  await robot.until("web-1", { stepMs: 200 }).then((r) => r.expectNot("Connection lost"));
  await robot.type(":secrets<enter>").then((r) => r.until("Access denied"));
  robot.expect(`User "viewer" cannot list`, `orka auth can-i list secrets -n ${server.namespace}`);
});

onServers("kinds open one after the other, and history leads back through them", async (server) => {
  await using rig = new EngineRig(server);
  await rig.pod("web-0");
  await using robot = await open(rig);
  await robot.until("web-0");
  for (const kind of ["deploy", "nodes", "cm", "events"]) {
    await robot.type(`:${kind}<enter>`).then((r) => r.until("● live", { stepMs: 50 }));
  }
  await robot.type("[[[[").then((r) => r.until("web-0"));
  assert.equal(robot.isOver, false);
});

onServers(
  "what a filter cannot look into is said over the rows, and a slip of a key is pointed at",
  async (server) => {
    await using rig = new EngineRig(server, { maxRawBytes: 0 });
    await rig.pod("web-0", { labels: { app: "web" } });
    await using robot = await open(rig);
    await robot.until("web-0");
    await robot.type("/-anno:team").then((r) => r.until("bodies are not held: anno:, paths, cpu and memory"));
    robot.expect("None of 1 matches");
    await robot.type("<esc><esc>/label:app=web<enter>").then((r) => r.until("1 of 1"));
    robot.expect("web-0").expectNot("not held");
    await robot.type("<esc>/lable:app");
    await robot.until("unknown key: label: is meant?");
    robot.expect('Unknown key "lable" at column 1: label: is one', "esc shows all").expectNot("web-0");
    await robot.type("<esc><esc>/web-0|a:b").then((r) => r.until("1 of 1"));
  },
);
