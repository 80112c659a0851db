import assert from "node:assert/strict";
import { ManualClock } from "../../src/base/mod.ts";
import { FakeApi, fakeResource } from "../support/fake_api.ts";
import { type Cli, cliOn, settled } from "./harness.ts";

function api(): FakeApi {
  const server = new FakeApi({ clock: new ManualClock() });
  for (const [name, phase] of [["web-0", "Running"], ["db-0", "Pending"]] as const) {
    server.put({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "shop", creationTimestamp: "2023-11-14T22:08:20Z", labels: { app: name } },
      spec: { nodeName: "n1" },
      status: { phase },
    });
  }
  return server;
}

const cli = (server = api()): Cli => {
  const clock = new ManualClock();
  const orka = cliOn(server, { clock });
  return (...args) => settled(clock, orka(...args));
};

Deno.test("discover: one resource a line, in the seed's form", async () => {
  const server = api();
  server.addResource(fakeResource("example.com/v1", "Widget"));
  const run = (await cli(server)("discover")).code(0);
  assert.match(run.out, /^v1 • Pod • namespaced$/m);
  assert.match(run.out, /^v1 • Node • cluster$/m);
  assert.match(run.out, /^example\.com\/v1 • Widget • namespaced$/m);
  const json = JSON.parse((await cli(server)("discover", "-o", "json", "--api-group", "example.com")).out);
  assert.deepEqual(json.map((r: { kind: string; plural: string }) => [r.kind, r.plural]), [[
    "Widget",
    "widgets",
  ]]);
  (await cli(server)("api-resources", "--namespaced=false", "-o", "name")).stdout(/^nodes$/m);
});

Deno.test("ls: NAMESPACE NAME AGE, then what else the kind shows", async () => {
  (await cli()("ls", "pods", "--ns", "shop"))
    .stdout(
      "NAMESPACE   NAME    AGE   READY   STATUS    RESTARTS\n" +
        "shop        db-0    5m    0/0     Pending   0\nshop        web-0   5m    0/0     Running   0\n",
    ).code(0);
  const rows = JSON.parse((await cli()("ls", "v1/Pod", "-A", "-o", "json", "-l", "app=web-0")).out);
  assert.deepEqual([rows.length, rows[0].name, rows[0].namespace, rows[0].creationTimestamp], [
    1,
    "web-0",
    "shop",
    "2023-11-14T22:08:20Z",
  ]);
  (await cli()("ls", "po", "-n", "shop", "-o", "name")).stdout("pod/db-0\npod/web-0\n");
  (await cli()("ls", "cm", "-n", "shop")).stdout("").stderr("No resources found in shop namespace.\n").code(
    0,
  );
});

Deno.test("describe: by name, by prefix, all, and nothing", async () => {
  (await cli()("describe", "pod", "web-0", "-n", "shop")).stdout(/^Name: +web-0\n/).code(0);
  (await cli()("describe", "pod/we", "-n", "shop")).stdout(/^Name: +web-0\n/).code(0);
  const both = (await cli()("describe", "pods", "-n", "shop")).code(0);
  assert.match(both.out, /^Name: +db-0\n[\s\S]*\n\nName: +web-0\n/);
  (await cli()("describe", "pod", "x", "-n", "shop")).stdout("")
    .stderr('Error from server (NotFound): pods "x" not found\n').code(1);
  (await cli()("describe", "cm", "-n", "shop")).stderr("No resources found in shop namespace.\n").code(0);
});

Deno.test("events: sorted by when they were last seen, of one object, by type", async () => {
  const server = api();
  const event = (name: string, lastTimestamp: string, about: string, type = "Normal") =>
    server.put({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name, namespace: "shop" },
      type,
      reason: "R",
      message: name,
      involvedObject: { apiVersion: "v1", kind: "Pod", name: about, namespace: "shop" },
      firstTimestamp: lastTimestamp,
      lastTimestamp,
    });
  event("a-late", "2023-11-14T22:13:00Z", "web-0", "Warning");
  event("b-early", "2023-11-14T22:03:20Z", "db-0");
  (await cli(server)("events", "-n", "shop")).stdout(
    "LAST SEEN   TYPE      REASON   OBJECT      MESSAGE\n10m         Normal    R        Pod/db-0    b-early\n20s         Warning   R        Pod/web-0   a-late\n",
  );
  (await cli(server)("events", "-A", "--types=warning", "--no-headers")).stdout(
    "shop   20s   Warning   R     Pod/web-0   a-late\n",
  );
  (await cli(server)("events", "--for", "po/db-0", "-n", "shop")).stdout(/b-early\n$/);
  const list = JSON.parse((await cli(server)("events", "-n", "shop", "-o", "json")).out);
  assert.deepEqual([list.kind, list.metadata, list.items.length, list.items[0].kind], [
    "EventList",
    {},
    2,
    "Event",
  ]);
  (await cli(server)("events", "-n", "shop", "-o", "yaml")).stdout(/\nkind: EventList\nmetadata: \{\}\n$/);
  (await cli(server)("events", "-n", "other", "-o", "json")).stdout("").stderr(/^No events found/);
  (await cli(server)("events", "-n", "other")).stdout("").stderr("No events found in other namespace.\n")
    .code(0);
});

Deno.test("stats: every knob, memory, the metrics address", async () => {
  const orka = cliOn(api(), { env: { ORKA_QUEUE_CAP: "99", ORKA_METRICS_ADDR: "127.0.0.1:9" } });
  (await orka("stats")).stdout(/^ORKA_QUEUE_CAP +99 +16384 /m).stdout(
    /Metrics: http:\/\/127.0.0.1:9\/metrics/,
  ).stdout(/64\.0 MiB/);
  const json = JSON.parse((await orka("stats", "-o", "json")).out);
  assert.equal(json.knobs.find((k: { name: string }) => k.name === "ORKA_QUEUE_CAP").value, 99);
  assert.deepEqual([json.metricsAddress, json.memory.residentBytes], ["127.0.0.1:9", 64 * 1024 * 1024]);
  (await cliOn(api(), { env: { ORKA_QUEUE_CAP: "many" } })("stats")).stderr(/ORKA_QUEUE_CAP/).code(2);
});

Deno.test("version: client alone asks nothing; the version is the project's", async () => {
  const server = api();
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  (await cli(server)("version", "--client")).stdout(`Client Version: v${version}\n`);
  assert.deepEqual(server.requests, []);
  const both = JSON.parse((await cli(server)("version", "-o", "json")).out);
  assert.equal(both.clientVersion.version, version);
  assert.match(both.serverVersion.gitVersion, /^v1\./);
});

Deno.test("__complete: verbs, flags, kinds, names, namespaces, formats", async () => {
  const server = api();
  server.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
  const orka = cliOn(server, { target: { contexts: ["prod", "test"] } });
  const words = async (...line: string[]) => {
    const run = (await orka("__complete", ...line)).stderr("").code(0);
    const lines = run.out.trimEnd().split("\n");
    return [lines.slice(0, -1).map((text) => text.split("\t")[0]).join(" "), lines.at(-1)];
  };
  assert.deepEqual(await words("de"), ["describe", "delete", ":0"]);
  assert.deepEqual(await words("get", "po"), ["pods", ":0"]);
  assert.deepEqual(await words("get", "po,no"), ["po,nodes", ":0"]);
  assert.deepEqual(await words("get", "pods", "-n", "shop", ""), ["db-0 web-0", ":0"]);
  assert.deepEqual(await words("-n", "shop", "get", "pods", "db-0", ""), ["web-0", ":0"]);
  assert.deepEqual(await words("get", "-n", "shop", "po/w"), ["po/web-0", ":0"]);
  assert.deepEqual(await words("get", "pods", "-n", ""), ["shop", ":0"]);
  assert.deepEqual(await words("get", "pods", "--namespace=s"), ["--namespace=shop", ":0"]);
  assert.deepEqual(await words("--context", "p"), ["prod", ":0"]);
  assert.deepEqual(await words("--user", ""), ["u1 u2", ":0"]);
  assert.deepEqual(await words("get", "pods", "-o", "custom-columns-"), ["custom-columns-file=", ":1"]);
  assert.deepEqual(await words("get", "--watch-"), ["--watch-only", ":0"]);
  assert.deepEqual(await words("get", "-f", ""), ["", ":2"]);
  assert.deepEqual(await words("completion", "z"), ["zsh", ":0"]);
  assert.deepEqual(await words("help", "ev"), ["events", ":0"]);
  assert.deepEqual(await words("nonsense", ""), ["", ":0"]);
});

Deno.test("__complete gives up after a second, quietly", async () => {
  const clock = new ManualClock();
  const server = new FakeApi({ clock });
  server.faults.stall({ times: Infinity });
  const run = cliOn(server, { clock })("__complete", "get", "pods", "");
  await clock.advance(1_100);
  (await run).stdout(":0\n").stderr("").code(0);
});

Deno.test("api-versions: group/version, sorted, with those that do not answer", async () => {
  const server = api();
  server.addResource(fakeResource("example.com/v1", "Widget"));
  const clock = new ManualClock();
  const error = { family: "expected", code: "server", message: "no answer" } as const;
  const discover = () => ({
    resources: server.resources,
    broken: [{ groupVersion: "metrics.k8s.io/v1beta1", error }],
    cached: false,
  });
  const { out } = (await cliOn(server, { clock, discover })("api-versions")).code(0).stderr("");
  const lines = out.trimEnd().split("\n");
  assert.deepEqual(lines, [...new Set(lines)].sort());
  for (const version of ["v1", "apps/v1", "example.com/v1", "metrics.k8s.io/v1beta1"]) {
    assert.ok(lines.includes(version), version);
  }
  (await cli(server)("api-versions", "x")).code(2);
});

Deno.test("--version prints the version, of the program alone and of any command", async () => {
  const server = api();
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  for (const line of [["--version"], ["-V"], ["get", "pods", "--version"]]) {
    (await cli(server)(...line)).stdout(`orka ${version}\n`).code(0);
  }
  assert.deepEqual(server.requests, []);
  (await cli(server)("-v")).stderr(/--version/).code(2);
});

Deno.test("-k is refused with what to do instead", async () => {
  (await cli()("get", "-k", "dir")).stderr(/kubectl kustomize dir \| orka get -f -\n$/).code(2);
  (await cli()("describe", "-k", "dir")).stderr(/orka describe -f -\n$/).code(2);
});

Deno.test("describe lays tabs within values out as kubectl's tab writer does", async () => {
  const server = api();
  server.put({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "t",
      namespace: "shop",
      annotations: { a: "x\ty", bb: "longer value\tz\tq", c: "none" },
    },
    data: { f: "a\tb\nlonger\tc\nplain\n\tlead\n\ttwo\tthree\n" },
  });
  (await cli(server)("describe", "cm", "t", "-n", "shop"))
    .stdout(/\nAnnotations: {2}a: x {14}y\n {14}bb: longer value {2}z {2}q\n {14}c: none\n/)
    .stdout(/\na {7}b\nlonger {2}c\nplain\n {2}lead\n {2}two {2}three\n/);
});

Deno.test("what a request needs is begun before the command's code is loaded, where one will be made", async () => {
  const server = api();
  let prepared = 0;
  const orka = cliOn(server, { onPrepare: () => prepared++ });
  await orka("get", "ns");
  await orka("version");
  assert.equal(prepared, 2);
  for (
    const line of [["version", "--client"], ["help"], ["get", "--help"], ["stats"], ["completion", "bash"]]
  ) {
    await orka(...line);
  }
  assert.equal(prepared, 2);
});
