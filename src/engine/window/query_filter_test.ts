import assert from "node:assert/strict";
import { EngineRig, EVERYTHING } from "../../../tests/support/engine_rig.ts";
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
