/** Changes on screens of any size, with text of any width, and with a connection that breaks in the middle. */
import assert from "node:assert/strict";
import { serverApply } from "../../src/apply/mod.ts";
import { openMemory } from "../../src/persist/mod.ts";
import { Robot } from "../support/robot.ts";
import { TestServer } from "../support/two_servers.ts";
import { writableEngine } from "../support/writable_engine.ts";

const SIZES = [[40, 10], [80, 24], [300, 100]] as const;
const TEXT = "日本語のとても長い値" + "語".repeat(40);
const NEW_TEXT = "한국어의 아주 긴 값" + "값".repeat(40);
/** As long as a notice stays, ms. */
const NOTICE_MS = 5_000;

interface Opened extends AsyncDisposable {
  readonly robot: Robot;
  readonly server: TestServer;
}

/** A ConfigMap with wide text, half of it owned by another manager; whoever edits it changes that text. */
async function open(cols: number, rows: number): Promise<Opened> {
  const server = await TestServer.open("embedded");
  const { clock, namespace } = server;
  const metadata = { name: "web" };
  await server.put({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { text: TEXT, b: "1" } });
  await serverApply(server.admin, { resource: server.resource("configmaps"), namespace, name: "web" }, {
    configuration: { apiVersion: "v1", kind: "ConfigMap", metadata, data: { text: TEXT } },
    fieldManager: "gitops-with-a-long-name",
    force: true,
  });
  const memory = await openMemory({ directory: null, clock, warn: assert.fail });
  const engine = writableEngine(server);
  const robot = await Robot.start({
    clock,
    cols,
    rows,
    namespace,
    kind: "configmaps",
    connect: () => Promise.resolve(engine),
    memory: () => Promise.resolve(memory),
    writeRule: () => Promise.resolve({ write: true, protected: false }),
    editor: async (path) => {
      await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace(TEXT, NEW_TEXT));
    },
  });
  await robot.until("web");
  return {
    robot,
    server,
    async [Symbol.asyncDispose]() {
      const { unsent } = robot.session.app.navigator;
      for (let left = 1000; left > 0 && unsent.size > 0; left--) await clock.advance(1);
      await robot[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function textOf({ server }: Opened): Promise<string> {
  const map = await server.admin.json(`/api/v1/namespaces/${server.namespace}/configmaps/web`);
  return (map as { data: { text: string } }).data.text;
}

for (const [cols, rows] of SIZES) {
  Deno.test(`a conflict, its comparison, the history and undo are whole on ${cols}x${rows}`, async () => {
    await using opened = await open(cols, rows);
    const { robot } = opened;
    await robot.type("/web<enter>e").then((r) => r.until("Others own"));
    robot.expect(".data.text", "gitops-with-a-long-name", "(e)", "(d)", "(t)", "(n)");
    await robot.type("t").then((r) => r.until("Apply the edit"));
    robot.expect("日本", "한국어", "y apply", "esc nothing");
    await robot.type("y").then((r) => r.until("edited"));
    assert.equal(await textOf(opened), NEW_TEXT);
    await robot.type("<shift-h>").then((r) => r.until("edit "));
    await robot.type("<enter>").then((r) => r.until("1 change"));
    robot.expect("日本", "한국어");
    await robot.type("<esc>u").then((r) => r.until("Undo the edit"));
    robot.expect("Cancel (n)", "Undo (y)");
    await robot.type("y").then((r) => r.until("as before"));
    assert.equal(await textOf(opened), TEXT);
  });
}

Deno.test("a comparison turns from the layout that is on the screen, with one key", async () => {
  await using narrow = await open(60, 20);
  await narrow.robot.type("/web<enter>e").then((r) => r.until("Others own"));
  await narrow.robot.type("t").then((r) => r.until("- now  + then"));
  await narrow.robot.type("s").then((r) => r.expectNot("- now  + then"));
  await narrow.robot.type("s").then((r) => r.expect("- now  + then"));
});

Deno.test("a connection that goes while an edit is tried, or applied, loses nothing that was typed", async () => {
  await using opened = await open(80, 24);
  const { robot, server } = opened;
  const kept: string[] = [];
  const isKept = async () => {
    await robot.until("What you typed is kept in");
    const path = /(\/\S*orka-edit-\S+)/.exec(robot.screen)![1]!;
    assert.ok((await Deno.readTextFile(path)).includes(NEW_TEXT));
    kept.push(path.replace(/\/[^/]+$/, ""));
    await robot.type("y").then((r) => r.wait(NOTICE_MS));
  };
  try {
    using tried = server.faults.refuse({ path: /configmaps\/web\?.*dryRun=All/, times: Infinity });
    await robot.type("/web<enter>e");
    await isKept();
    tried[Symbol.dispose]();
    await robot.type("e").then((r) => r.until("Others own")).then((r) => r.type("t"));
    await robot.until("Apply the edit of");
    using sent = server.faults.refuse({ path: /configmaps\/web/, watch: false, times: Infinity });
    await robot.type("y");
    await isKept();
    sent[Symbol.dispose]();
    assert.equal(await textOf(opened), TEXT);
    robot.expect("web");
  } finally {
    for (const directory of kept) await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("undo and history over a broken connection say so, and work once it is back", async () => {
  await using opened = await open(80, 24);
  const { robot, server } = opened;
  await robot.type("/web<enter>e").then((r) => r.until("Others own")).then((r) => r.type("t"));
  await robot.until("Apply the edit of").then((r) => r.type("y")).then((r) => r.until("edited"));
  using cut = server.faults.refuse({ path: /configmaps\/web/, watch: false, times: Infinity });
  await robot.type(":undo<enter>").then((r) => r.until("was refused"));
  await robot.type("<shift-h>").then((r) => r.until("edit "));
  await robot.type("<enter>").then((r) => r.until("1 change"));
  await robot.type("<esc>u").then((r) => r.until("was refused"));
  cut[Symbol.dispose]();
  await robot.type("u").then((r) => r.until("Undo the edit")).then((r) => r.type("y"));
  await robot.until("as before");
  assert.equal(await textOf(opened), TEXT);
});
