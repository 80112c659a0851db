import assert from "node:assert/strict";
import { EngineRig, EVERYTHING, type Held } from "../../../tests/support/engine_rig.ts";
import { onEmbedded, type TestServer } from "../../../tests/support/two_servers.ts";

async function rowsOf(rig: EngineRig, query: string, sort: string | null = null): Promise<string> {
  const held = rig.open({ namespace: null }, {
    ...EVERYTHING,
    filter: { type: "query", query },
    sort: sort === null ? null : { column: sort, descending: false },
  });
  await rig.until(() => held.phase === "live", "live");
  const names = held.names.join();
  held.view.close();
  return names;
}

async function shop(server: TestServer): Promise<EngineRig> {
  const rig = new EngineRig(server);
  await server.namespaces("shop", "data");
  await rig.pod("web-0", { namespace: "shop", labels: { app: "web" } });
  await rig.pod("web-1", { namespace: "shop", labels: { app: "web" }, phase: "Failed" });
  await rig.pod("w-e-b", { namespace: "data" });
  await rig.pod("db-0", { namespace: "data" });
  return rig;
}

onEmbedded("typed terms select rows, and words rank them unless a sort is set", async (server) => {
  await using rig = await shop(server);
  assert.equal(await rowsOf(rig, "ns:shop"), "web-0,web-1");
  assert.equal(await rowsOf(rig, "status=failed"), "web-1");
  assert.equal(await rowsOf(rig, "-label:app"), "db-0,w-e-b");
  assert.equal(await rowsOf(rig, "age<1h web"), "web-0,web-1,w-e-b");
  assert.equal(await rowsOf(rig, "age<1h web", "Name"), "w-e-b,web-0,web-1");
  assert.equal(await rowsOf(rig, "ns:shop !0$"), "web-1");
  assert.equal(await rowsOf(rig, "k:deploy ns:data 'db"), "db-0");
  assert.equal(await rowsOf(rig, "ns:"), "", "what does not parse has no rows");
  assert.equal(await rowsOf(rig, " "), "db-0,w-e-b,web-0,web-1");
});

onEmbedded("rows come into a query's view and leave it as they change", async (server) => {
  await using rig = await shop(server);
  const held = rig.open({ namespace: null }, {
    ...EVERYTHING,
    filter: { type: "query", query: "status=failed web" },
  });
  await rig.until(() => held.names.join() === "web-1", "the first answer");
  await rig.pod("web-0", { namespace: "shop", phase: "Failed" });
  await rig.pod("web-1", { namespace: "shop", phase: "Running" });
  await rig.pod("web-22", { namespace: "shop", phase: "Failed" });
  await rig.until(() => held.names.join() === "web-0,web-22", "the changes");
});

/** A pod that requests so much CPU, with annotations. */
async function podWith(rig: EngineRig, name: string, cpu: string, annotations: Record<string, string> = {}) {
  await rig.server.put({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, annotations },
    spec: { containers: [{ name: "main", image: "x", resources: { requests: { cpu } } }] },
  });
}

async function view(rig: EngineRig, query: string): Promise<Held> {
  return await rig.live({}, { ...EVERYTHING, filter: { type: "query", query } });
}

/** What was said of the answer, each time that it changed. */
function notesOf({ updates }: Held): readonly string[] {
  return updates.flatMap(({ note }) => note === undefined ? [] : [note]);
}

onEmbedded("terms look into the objects of a view too, and follow them as they change", async (server) => {
  await using rig = new EngineRig(server);
  await podWith(rig, "small", "100m", { team: "core" });
  await podWith(rig, "large", "2");
  const held = await view(rig, "cpu>500m");
  assert.equal(held.names.join(), "large");
  const teams = await view(rig, "-anno:team=core");
  assert.equal(teams.names.join(), "large");
  await podWith(rig, "small", "100m", { team: "data" });
  await podWith(rig, "more", "700m", { team: "core" });
  await rig.until(() => held.names.join() === "large,more", "the requests");
  await rig.until(() => teams.names.join() === "large,small", "the annotations");
  await server.remove({ apiVersion: "v1", kind: "Pod", name: "large" });
  await rig.until(() => held.names.join() === "more", "what went");
  assert.deepEqual(notesOf(held), []);
});

onEmbedded("many changes at once are read in slices, and none is missed", async (server) => {
  await using rig = new EngineRig(server);
  const names = Array.from({ length: 200 }, (_, i) => `pod-${i}`);
  await rig.pods(names);
  const held = await view(rig, "anno:team");
  assert.equal(held.names.length, 0);
  await server.putAll(names.map((name) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, annotations: { team: "core" } },
  })));
  await rig.until(() => held.names.length === 200, "all of them");
});

onEmbedded(
  "a view whose objects are not held says so, and finds neither what is there nor what is not",
  async (server) => {
    await using rig = new EngineRig(server, { maxRawBytes: 0 });
    await podWith(rig, "large", "2", { team: "core" });
    for (const query of ["cpu>500m", "-cpu>500m", "anno:team", "-anno:team"]) {
      const held = await view(rig, query);
      assert.equal(held.names.join(), "", query);
      assert.match(notesOf(held).join("|"), /^some objects' bodies are not held/, query);
      held.view.setWindow({ ...EVERYTHING, filter: { type: "query", query: "ns:* restart>1" } });
      await rig.until(() => notesOf(held).length === 2, "another note");
      assert.equal(notesOf(held)[1], 'pods have no column "restart"');
      held.view.close();
    }
  },
);

onEmbedded("annotations past the cap are counted in a view's note", async (server) => {
  await using rig = new EngineRig(server, { maxAnnosPerObj: 1 });
  await podWith(rig, "large", "2", { a: "1", team: "core" });
  const held = await view(rig, "anno:team");
  assert.equal(held.names.join(), "");
  assert.deepEqual(notesOf(held), ["1 annotations are not looked at (ORKA_MAX_ANNOS_PER_OBJ)"]);
});
