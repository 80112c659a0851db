import assert from "node:assert/strict";
import { onEmbedded, type TestServer } from "../support/two_servers.ts";
import { AGED_MS, type Cli, cliOn, settled } from "./harness.ts";

/** A command line on two pods and a ConfigMap in two namespaces, five minutes old. */
async function shop(server: TestServer): Promise<Cli> {
  await server.namespaces("prod", "test");
  for (const [name, restartCount] of [["payments-api-0", 7], ["payments-db-0", 0]] as const) {
    const state = { ready: true, image: "", imageID: "" };
    await server.put({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "prod", labels: { app: "payments" } },
      status: { phase: "Running", containerStatuses: [{ name: "main", restartCount, ...state }] },
    });
  }
  await server.put({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "payments", namespace: "test" },
  });
  await server.clock.advance(server.isReal ? AGED_MS : 300_000);
  const orka = cliOn(server);
  return (...args) => settled(server.clock, orka(...args));
}

onEmbedded("search: a table, best first", async (server) => {
  const orka = await shop(server);
  (await orka("search", "payments")).code(0).stdout(
    "KIND        NAMESPACE   NAME             AGE\n" +
      "Pod         prod        payments-db-0    5m\n" +
      "ConfigMap   test        payments         5m\n" +
      "Pod         prod        payments-api-0   5m\n",
  );
  (await orka("search", "k:cm", "pay", "-o", "wide", "--no-headers")).code(0).stdout(
    "ConfigMap   test   payments   5m    80    v1\n",
  );
  (await orka("search", "payments", "-o", "name", "--limit", "1")).stdout("pod/payments-db-0\n");
  (await orka("search", "nothing-like-it")).code(0).stdout("").stderr("No objects found\n");
});

onEmbedded("search -o json: hits with kind, namespace, name and score", async (server) => {
  const orka = await shop(server);
  const ran = (await orka("search", "k:pods ns:prod restarts>5", "-o", "json")).code(0);
  const { hits, matched, searched } = JSON.parse(ran.out);
  assert.deepEqual([matched, searched, hits.length], [1, 2, 1]);
  const { uid, ...hit } = hits[0];
  assert.ok(uid.length > 0);
  assert.deepEqual(hit, {
    kind: "Pod",
    apiVersion: "v1",
    namespace: "prod",
    name: "payments-api-0",
    score: 0,
    creationTimestamp: "2023-11-14T22:13:20Z",
    marks: { kind: [], namespace: [], name: [] },
  });
});

onEmbedded("search: custom kinds by k:, namespaces by -n, kinds by --kinds", async (server) => {
  const orka = await shop(server);
  await server.serve("Application", { group: "argoproj.io", versions: ["v1alpha1"] });
  for (const namespace of ["prod", "test"]) {
    await server.put({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Application",
      metadata: { name: "payments", namespace },
    });
  }
  (await orka("search", "k:Application ns:prod payments", "-o", "name")).stdout(
    "application.argoproj.io/payments\n",
  );
  (await orka("search", "k:Application", "-n", "test", "--no-headers")).stdout(
    /^Application +test +payments +\S+\n$/,
  );
  (await orka("search", "payments", "--kinds", "cm,applications", "-o", "name")).stdout(
    "configmap/payments\napplication.argoproj.io/payments\napplication.argoproj.io/payments\n",
  );
});

onEmbedded("search --explain, --min-score and --max-candidates", async (server) => {
  const orka = await shop(server);
  (await orka("search", "k:cm payments", "--explain", "--no-headers")).stdout(
    "ConfigMap   test   payments   5m\n    k:cm: holds\n" +
      '    payments: 200 for fuzzy "payments" in "ConfigMap test/payments"\n',
  );
  (await orka("search", "k:pods payments", "--min-score", "201")).stdout("").stderr("No objects found\n");
  (await orka("search", "k:pods payments", "--max-candidates", "1", "-o", "name"))
    .stdout("pod/payments-api-0\n").stderr("Note: 1 more candidates were not scored\n");
});

onEmbedded("search: what is wrong with a query is pointed at, and no server is asked", async (server) => {
  const orka = await shop(server);
  const ran = (await orka("search", "k:Pod ns:")).code(2);
  assert.ok(ran.err.includes("column 10\n  k:Pod ns:\n           ^\n"), ran.err);
  assert.equal(server.requests.length, 0);
  (await orka("search")).code(2).stderr(/search takes a query/);
  (await orka("search", "x", "-o", "yaml")).code(2).stderr(
    /allowed formats are: table,json,wide,name/,
  );
});

onEmbedded("search: refused kinds are named, and all refused is an error", async (server) => {
  const orka = await shop(server);
  server.faults.forbid(/\/configmaps/, "no configmaps for you");
  (await orka("search", "payments", "-o", "name")).code(0)
    .stdout("pod/payments-db-0\npod/payments-api-0\n").stderr("configmaps: no configmaps for you\n");
  (await orka("search", "k:configmaps")).code(1).stdout("").stderr(/no configmaps for you/);
  (await orka("search", "k:podz")).code(1).stdout("").stderr(/podz[\s\S]*pods/);
});
