import assert from "node:assert/strict";
import { ManualClock } from "../../src/base/mod.ts";
import { FakeApi, fakeResource } from "../support/fake_api.ts";
import { type Cli, cliOn, settled } from "./harness.ts";

function api(): FakeApi {
  const server = new FakeApi({ clock: new ManualClock() });
  const created = { creationTimestamp: "2023-11-14T22:08:20Z" };
  for (const [name, restartCount] of [["payments-api-0", 7], ["payments-db-0", 0]] as const) {
    server.put({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "prod", labels: { app: "payments" }, ...created },
      status: { phase: "Running", containerStatuses: [{ name: "c", restartCount }] },
    });
  }
  server.put({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "payments", namespace: "test", ...created },
  });
  return server;
}

const cli = (server = api()): Cli => {
  const clock = new ManualClock();
  const orka = cliOn(server, { clock });
  return (...args) => settled(clock, orka(...args));
};

Deno.test("search: a table, best first", async () => {
  (await cli()("search", "payments")).code(0).stdout(
    "KIND        NAMESPACE   NAME             AGE\n" +
      "Pod         prod        payments-db-0    5m\n" +
      "ConfigMap   test        payments         5m\n" +
      "Pod         prod        payments-api-0   5m\n",
  );
  (await cli()("search", "k:cm", "pay", "-o", "wide", "--no-headers")).code(0).stdout(
    "ConfigMap   test   payments   5m    80    v1\n",
  );
  (await cli()("search", "payments", "-o", "name", "--limit", "1")).stdout("pod/payments-db-0\n");
  (await cli()("search", "nothing-like-it")).code(0).stdout("").stderr("No objects found\n");
});

Deno.test("search -o json: hits with kind, namespace, name and score", async () => {
  const ran = (await cli()("search", "k:pods ns:prod restarts>5", "-o", "json")).code(0);
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
    creationTimestamp: "2023-11-14T22:08:20Z",
    marks: { kind: [], namespace: [], name: [] },
  });
});

Deno.test("search: custom kinds by k:, namespaces by -n, kinds by --kinds", async () => {
  const server = api();
  server.addResource(fakeResource("argoproj.io/v1alpha1", "Application"));
  for (const namespace of ["prod", "test"]) {
    server.put({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Application",
      metadata: { name: "payments", namespace },
    });
  }
  const orka = cli(server);
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

Deno.test("search --explain, --min-score and --max-candidates", async () => {
  (await cli()("search", "k:cm payments", "--explain", "--no-headers")).stdout(
    "ConfigMap   test   payments   5m\n    k:cm: holds\n" +
      '    payments: 200 for fuzzy "payments" in "ConfigMap test/payments"\n',
  );
  (await cli()("search", "k:pods payments", "--min-score", "201")).stdout("").stderr("No objects found\n");
  (await cli()("search", "k:pods payments", "--max-candidates", "1", "-o", "name"))
    .stdout("pod/payments-api-0\n").stderr("Note: 1 more candidates were not scored\n");
});

Deno.test("search: what is wrong with a query is pointed at, and no server is asked", async () => {
  const server = api();
  const ran = (await cli(server)("search", "k:Pod ns:")).code(2);
  assert.ok(ran.err.includes("column 10\n  k:Pod ns:\n           ^\n"), ran.err);
  assert.equal(server.requests.length, 0);
  (await cli(server)("search")).code(2).stderr(/search takes a query/);
  (await cli(server)("search", "x", "-o", "yaml")).code(2).stderr(
    /allowed formats are: table,json,wide,name/,
  );
});

Deno.test("search: refused kinds are named, and all refused is an error", async () => {
  const server = api();
  server.faults.forbid(/\/configmaps/, "no configmaps for you");
  (await cli(server)("search", "payments", "-o", "name")).code(0)
    .stdout("pod/payments-db-0\npod/payments-api-0\n").stderr("configmaps: no configmaps for you\n");
  (await cli(server)("search", "k:configmaps")).code(1).stdout("").stderr(/no configmaps for you/);
  (await cli(server)("search", "k:podz")).code(1).stdout("").stderr(/podz[\s\S]*pods/);
});
