/** Changes from the session, on the real engine over an API server: keys in, the cluster changed, frames out. */
import assert from "node:assert/strict";
import { readObject, serverApply } from "../../src/apply/mod.ts";
import type { Engine } from "../../src/engine/mod.ts";
import type { KubeObject } from "../../src/kube/mod.ts";
import { type Memory, openMemory } from "../../src/persist/mod.ts";
import type { WriteRule } from "../../src/tui/session_options.ts";
import { Robot } from "../support/robot.ts";
import { onServers, type TestServer } from "../support/two_servers.ts";
import { writableEngine } from "../support/writable_engine.ts";

interface RigOptions {
  readonly rule?: WriteRule;
  /** What the person does to the text in their editor, one edit after the other. */
  readonly edits?: ((text: string) => string)[];
}

class Rig implements AsyncDisposable {
  private constructor(
    readonly server: TestServer,
    readonly engine: Engine,
    readonly memory: Memory,
    readonly robot: Robot,
    /** What the editor was shown. */
    readonly shown: string[],
  ) {}

  static async open(server: TestServer, { rule, edits = [] }: RigOptions = {}): Promise<Rig> {
    const { clock } = server;
    const engine = writableEngine(server);
    const memory = await openMemory({ directory: null, clock, warn: assert.fail });
    const shown: string[] = [];
    const robot = await Robot.start({
      clock,
      cols: 120,
      rows: 30,
      namespace: server.namespace,
      kind: "configmaps",
      connect: () => Promise.resolve(engine),
      memory: () => Promise.resolve(memory),
      writeRule: () => Promise.resolve(rule ?? { write: true, protected: false }),
      editor: async (path) => {
        const text = await Deno.readTextFile(path);
        shown.push(text);
        await Deno.writeTextFile(path, edits.shift()?.(text) ?? text);
      },
    });
    return new Rig(server, engine, memory, robot, shown);
  }

  async map(name: string, data: Record<string, string> = { a: "1", b: "1" }): Promise<void> {
    await this.server.put({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });
  }

  async read(name: string): Promise<KubeObject | null> {
    const { server } = this;
    return await readObject(server.admin, {
      resource: server.resource("configmaps"),
      namespace: server.namespace,
      name,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // an edit ends with its file's removal, after it was said to be done
    const { unsent } = this.robot.session.app.navigator;
    for (let left = 1000; left > 0 && unsent.size > 0; left--) await this.server.clock.advance(1);
    await this.robot[Symbol.asyncDispose]();
    await this.engine[Symbol.asyncDispose]();
  }
}

onServers("a session is read-only until :write, and goes back", async (server) => {
  await using rig = await Rig.open(server, { rule: { write: false, protected: false } });
  const { robot } = rig;
  await rig.map("web");
  await robot.until("web");
  await robot.type("<ctrl-d>").then((r) => r.expect("read-only", ":write allows changes"));
  await robot.type(":write<enter>").then((r) => r.expect("WRITE", "Changes are on"));
  await robot.type("/web<enter><ctrl-d>").then((r) => r.until("would be deleted"));
  await robot.type("<esc>:write<enter>").then((r) => r.expect("read-only", "Changes are off"));
  assert.notEqual(await rig.read("web"), null);
});

onServers("delete shows the dry run, takes the safe answer first, and is remembered", async (server) => {
  await using rig = await Rig.open(server);
  const { robot } = rig;
  await rig.map("web");
  await robot.until("web");
  await robot.type("/web<enter><ctrl-d>").then((r) => r.until("would be deleted"));
  robot.expect(
    "Delete ConfigMap web",
    "dependents",
    "Background",
    "grace period",
    "$ orka delete configmaps web",
  );
  await robot.type("<enter>").then((r) => r.expectNot("would be deleted"));
  assert.notEqual(await rig.read("web"), null, "enter on a fresh dialog deletes nothing");
  await robot.type("<ctrl-d>").then((r) => r.until("would be deleted"));
  await robot.type("y").then((r) => r.until("configmaps/web deleted"));
  assert.equal(await rig.read("web"), null);
  assert.deepEqual(rig.memory.audit.list().map(({ verb, ref }) => [verb, ref.name]), [["delete", "web"]]);
});

onServers("a key about an object says that there is none", async (server) => {
  await using rig = await Rig.open(server);
  const { robot } = rig;
  await robot.type(":secrets<enter>/nowhere<enter>").then((r) => r.until("No "));
  for (const key of ["e", "<ctrl-d>", "d", "y", "<shift-h>", "<enter>"]) {
    await robot.type(key).then((r) => r.until("nothing under the cursor"));
    await robot.wait(5_000).then((r) => r.expectNot("nothing under the cursor"));
  }
  await robot.type(":pods<enter>").then((r) => r.until("No pods"));
  await robot.type("l").then((r) => r.until("nothing under the cursor"));
  await robot.type("f").then((r) => r.until("forwards"));
});

onServers("marked objects go together, and each refusal is told", async (server) => {
  await using rig = await Rig.open(server);
  const { robot } = rig;
  for (const name of ["web-1", "web-2", "web-3"]) await rig.map(name);
  await robot.until("web-3");
  await robot.type("/web<enter><space><space>").then((r) => r.expect("2 marked"));
  server.faults.forbid("/configmaps/web-2", "not web-2");
  await robot.type("<ctrl-d>").then((r) => r.until("web-1 would be deleted"));
  robot.expect("Delete 2 configmaps", "✗ configmaps/web-2");
  await robot.type("y").then((r) => r.until("1 of 2 configmaps deleted"));
  assert.equal(await rig.read("web-1"), null);
  assert.notEqual(await rig.read("web-2"), null);
  assert.notEqual(await rig.read("web-3"), null);
  // the one that went took its mark along, whatever the filter shows; the other one keeps it
  await robot.until("1 marked").then((r) => r.type("/web-3<enter>"));
  await server.remove({ apiVersion: "v1", kind: "ConfigMap", name: "web-2" });
  await rig.map("web-2");
  while (robot.screen.includes("marked")) await server.clock.advance(5);
  await robot.type("<ctrl-d>").then((r) => r.until("web-3 would be deleted"));
});

onServers("in a protected context the name has to be typed", async (server) => {
  await using rig = await Rig.open(server, { rule: { write: true, protected: true } });
  const { robot } = rig;
  await rig.map("web");
  await robot.until("web");
  robot.expect("WRITE protected");
  await robot.type("/web<enter><ctrl-d>").then((r) => r.until("would be deleted"));
  await robot.type("y<enter><enter>").then((r) => r.expect("type web to go on"));
  assert.notEqual(await rig.read("web"), null);
  await robot.type("<ctrl-u>web<enter><enter>").then((r) => r.until("web deleted"));
  assert.equal(await rig.read("web"), null);
});

onServers("an edit is shown as a diff, applied after a yes as orka, and remembered", async (server) => {
  await using rig = await Rig.open(server, { edits: [(text) => text.replace('a: "1"', 'a: "2"')] });
  const { robot } = rig;
  await rig.map("web");
  await robot.until("web");
  await robot.type("/web<enter>e").then((r) => r.until("Apply the edit of configmaps/web?"));
  robot.expect('a: "1"', 'a: "2"', "1 change");
  assert.doesNotMatch(rig.shown[0]!, /managedFields|resourceVersion/);
  await robot.type("y").then((r) => r.until("edited"));
  const object = await rig.read("web");
  assert.deepEqual(object?.data, { a: "2", b: "1" });
  assert.match(JSON.stringify(object?.metadata.managedFields), /"manager":"orka","operation":"Apply"/);
  assert.deepEqual(rig.memory.audit.list().map(({ verb }) => verb), ["edit"]);
});

onServers("what can't be sent goes back to the editor, and what was typed is kept", async (server) => {
  await using rig = await Rig.open(server, {
    edits: [(text) => text.replace("data:", "dta:"), (text) => text],
  });
  const { robot } = rig;
  await rig.map("web");
  await robot.until("web");
  await robot.type("/web<enter>e").then((r) => r.until("This can't be sent"));
  robot.expect("dta", "did you mean");
  await robot.type("e").then((r) => r.until("This can't be sent"));
  assert.match(rig.shown[1]!, /^#\|.*\n/);
  await robot.type("<esc>").then((r) => r.until("What you typed is kept in"));
  const path = /(\/\S*orka-edit-\S+)/.exec(robot.screen)![1]!;
  assert.match(await Deno.readTextFile(path), /dta:/);
  await Deno.remove(path.replace(/\/[^/]+$/, ""), { recursive: true });
  await robot.type("y").then((r) => r.expectNot("What you typed"));
  assert.deepEqual((await rig.read("web"))?.data, { a: "1", b: "1" });
});

onServers("an edit without a change changes nothing and keeps nothing", async (server) => {
  await using rig = await Rig.open(server);
  const { robot } = rig;
  await rig.map("web");
  await robot.until("web");
  await robot.type("/web<enter>e").then((r) => r.until("Edit cancelled"));
  robot.expectNot("is kept in");
});

onServers(":undo shows the inverse and takes the newest change back", async (server) => {
  await using rig = await Rig.open(server, { edits: [(text) => text.replace('a: "1"', 'a: "2"')] });
  const { robot } = rig;
  await rig.map("web");
  await robot.until("web");
  await robot.type(":undo<enter>").then((r) => r.until("No change of this cluster to undo"));
  await robot.type("/web<enter>e").then((r) => r.until("Apply the edit of")).then((r) => r.type("y"));
  await robot.until("edited");
  const { ref } = rig.memory.audit.list()[0]!;
  const restart = {
    ref,
    verb: "rollout restart",
    user: "",
    fieldManager: "orka",
    changes: [],
    inverse: null,
  };
  rig.memory.audit.add({ ...restart, before: null, after: null });
  await robot.type(":undo<enter>").then((r) => r.until("rollout restart has no way back"));
  await robot.until(":undo 1").then((r) => r.type(":undo 1<enter>"))
    .then((r) => r.until("would change"));
  robot.expect("Undo the edit of ConfigMap web", "~ data.a", '"2" -> "1"', "$ orka undo 1 --write");
  await robot.type("y").then((r) => r.until("as before the edit"));
  assert.deepEqual((await rig.read("web"))?.data, { a: "1", b: "1" });
  await robot.type(":undo<enter>").then((r) => r.until("rollout restart has no way back"));
});

onServers(
  "a history tells what Orka did, what was seen, and who wrote; versions compare; u undoes",
  async (server) => {
    await using rig = await Rig.open(server, { edits: [(text) => text.replace('a: "1"', 'a: "2"')] });
    const { robot } = rig;
    await rig.map("web");
    await robot.until("web");
    await robot.type("/web<enter>e").then((r) => r.until("Apply the edit of")).then((r) => r.type("y"));
    await robot.until("edited");
    await robot.type("y").then((r) => r.until("kind: ConfigMap"));
    await server.clock.advance(10_000);
    await rig.map("web", { a: "2", b: "9" });
    await robot.until('b: "9"').then((r) => r.type("<shift-h>")).then((r) => r.until("created"));
    robot.expect("web history", "edit", 'data.a: "1" -> "2"', "seen", "created");
    await robot.type("<enter>").then((r) => r.expect('b: "1"', 'b: "9"', "1 change"));
    await robot.type("<esc>/edit<enter><enter>").then((r) => r.expect("before: version", 'a: "1"', 'a: "2"'));
    await robot.type("<esc>u").then((r) => r.until("~ data.a")).then((r) => r.type("y"));
    await robot.until("(undone)");
    assert.deepEqual((await rig.read("web"))?.data, { a: "1", b: "9" });
    await robot.type(":history<enter>").then((r) => r.until("ConfigMap ")).then((r) => r.expect("undo of 1"));
  },
);

onServers("a Secret's values are on no screen of its changes", async (server) => {
  const [before, after] = [btoa("hunter2"), btoa("correct horse")];
  await using rig = await Rig.open(server, { edits: [(text) => text.replace(before, after)] });
  const { robot } = rig;
  await server.put({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "token" },
    data: { password: before },
  });
  await robot.type(":secrets<enter>").then((r) => r.until("token"));
  const check = () => robot.expectNot(before, after, "hunter2", "correct horse");
  await robot.type("/token<enter>e").then((r) => r.until("*** (after)"));
  check();
  await robot.type("y").then((r) => r.until("edited"));
  await robot.type("<shift-h>").then((r) => r.until("token history")).then((r) => r.until("edit"));
  check();
  await robot.type("<enter>");
  check();
});

onServers("fields of others are dropped from an edit, or taken over", async (server) => {
  const edit = (text: string) => text.replace('a: "1"', 'a: "2"').replace('b: "1"', 'b: "2"');
  await using rig = await Rig.open(server, { edits: [edit, edit] });
  const { robot } = rig;
  await rig.map("web");
  const target = { resource: server.resource("configmaps"), namespace: server.namespace, name: "web" };
  const configuration = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" }, data: { a: "1" } };
  await serverApply(server.admin, target, { configuration, fieldManager: "gitops", force: true });
  await robot.until("web");
  await robot.type("/web<enter>e").then((r) => r.until("Others own fields"));
  robot.expect(".data.a", "is set by gitops", "is in conflict with others");
  await robot.type("d").then((r) => r.until("Apply the edit of")).then((r) => r.expectNot('a: "2"'));
  await robot.type("y").then((r) => r.until("edited"));
  assert.deepEqual((await rig.read("web"))?.data, { a: "1", b: "2" });
  await robot.type("e").then((r) => r.until("Others own fields")).then((r) => r.type("t"));
  await robot.until("Apply the edit of");
  robot.expect('a: "2"', `edit configmaps web -n ${server.namespace} --force-conflicts`);
  await robot.type("y");
  await robot.until("edited");
  assert.deepEqual((await rig.read("web"))?.data, { a: "2", b: "2" });
});

/** Every rules review answers that all may be read, and nothing changed. */
function onlyReads(server: TestServer): void {
  const rules = [{ verbs: ["get", "list", "watch"], apiGroups: ["*"], resources: ["*"] }];
  const status = { incomplete: false, resourceRules: rules, nonResourceRules: [] };
  const body = JSON.stringify({
    kind: "SelfSubjectRulesReview",
    apiVersion: "authorization.k8s.io/v1",
    status,
  });
  server.faults.fail({ path: "/selfsubjectrulesreviews", status: 201, times: Infinity, body });
}

onServers("a missing right greys the key, and is named", async (server) => {
  onlyReads(server);
  await using rig = await Rig.open(server);
  const { robot } = rig;
  await rig.map("web");
  await robot.until("web");
  await robot.type("/web<enter><ctrl-d>").then((r) => r.until("may not delete configmaps in"));
  await robot.type("e").then((r) => r.expect("may not patch configmaps in"));
});

onServers(
  "a key that changes something waits for the word on its right, and no editor opens without it",
  async (server) => {
    server.faults.delay(5_000, { path: "/selfsubjectrulesreviews", times: Infinity });
    onlyReads(server);
    await using rig = await Rig.open(server);
    const { robot } = rig;
    await rig.map("web");
    await robot.until("web");
    await robot.type("/web<enter>e").then((r) => r.until("Asking the server whether you may"));
    assert.deepEqual(rig.shown, []);
    await robot.wait(5_000).then((r) => r.until("may not patch configmaps in"));
    assert.deepEqual(rig.shown, []);
  },
);

onServers("the word on a right that comes after another key opens nothing", async (server) => {
  using _slow = server.faults.delay(1_000, { path: "/selfsubjectrulesreviews", times: Infinity });
  await using rig = await Rig.open(server, { edits: [(text) => text.replace('a: "1"', 'a: "2"')] });
  const { robot } = rig;
  await rig.map("web");
  await robot.until("web");
  await robot.type("/web<enter>e").then((r) => r.until("Asking the server whether you may"));
  await robot.type("?").then((r) => r.until("Every key that works here"));
  await robot.wait(5_000).then((r) => r.type("<esc>"));
  assert.deepEqual(rig.shown, []);
  await robot.type("e").then((r) => r.until("Apply the edit of"));
});
