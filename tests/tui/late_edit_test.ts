/** An edit in the session whose diff lay open while its object changed. */
import assert from "node:assert/strict";
import { openMemory } from "../../src/persist/mod.ts";
import { Robot } from "../support/robot.ts";
import { onEmbedded } from "../support/two_servers.ts";
import { writableEngine } from "../support/writable_engine.ts";

onEmbedded(
  "a late yes to an edit shows it anew on what changed, and is sent when it is given again",
  async (server) => {
    const { clock, namespace } = server;
    const map = (b: string) =>
      server.put({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" }, data: { a: "1", b } });
    await map("1");
    await using engine = writableEngine(server);
    const memory = await openMemory({ directory: null, clock, warn: assert.fail });
    let stale = 0;
    await using robot = await Robot.start({
      clock,
      cols: 120,
      rows: 30,
      namespace,
      kind: "configmaps",
      connect: () => Promise.resolve(engine),
      memory: () => Promise.resolve(memory),
      writeRule: () => Promise.resolve({ write: true, protected: false }),
      freshness: { clock, maxAgeMs: 60_000, onStale: () => stale++ },
      editor: async (path) => {
        const text = await Deno.readTextFile(path);
        await Deno.writeTextFile(path, text.replace('a: "1"', 'a: "2"'));
      },
    });
    await robot.until("web");
    await robot.type("/web<enter>e").then((r) => r.until("Apply the edit of configmaps/web?"));
    await map("9");
    await clock.advance(61_000);
    await robot.type("y").then((r) => r.until("Not sent yet"));
    robot.expect("Apply the edit of configmaps/web?", 'a: "2"');
    assert.equal(stale, 1);
    await robot.type("y").then((r) => r.until("edited"));
    const path = `/api/v1/namespaces/${namespace}/configmaps/web`;
    const { data } = await engine.read(path) as { data: unknown };
    assert.deepEqual(data, { a: "2", b: "9" });
    // The file goes after it was said to be done.
    const { unsent } = robot.session.app.navigator;
    for (let left = 1000; left > 0 && unsent.size > 0; left--) await clock.advance(1);
  },
);
