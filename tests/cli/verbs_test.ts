import assert from "node:assert/strict";
import { discover } from "../../src/client/mod.ts";
import { onEmbedded, onServers, type TestServer } from "../support/two_servers.ts";
import { AGED_MS, type Cli, cliOn, type CliOptions, settled } from "./harness.ts";

/** Two pods, five minutes old. */
async function shop(server: TestServer): Promise<Cli> {
  for (const [name, phase] of [["web-0", "Running"], ["db-0", "Pending"]] as const) {
    const metadata = { name, labels: { app: name, t: server.namespace } };
    await server.put({ apiVersion: "v1", kind: "Pod", metadata, status: { phase } });
  }
  await server.clock.advance(server.isReal ? AGED_MS : 300_000);
  return lines(server);
}

/** Command lines while whose commands run the clock does. */
function lines(server: TestServer, options: CliOptions = {}): Cli {
  const orka = cliOn(server, options);
  return (...args) => settled(server.clock, orka(...args));
}

onServers("discover: one resource a line, in the seed's form", async (server) => {
  const { group } = await server.serve("Widget");
  const orka = lines(server);
  const run = (await orka("discover")).code(0);
  run.stdout(/^v1 • Pod • namespaced$/m).stdout(/^v1 • Node • cluster$/m)
    .stdout(/^NS\.example\.com\/v1 • Widget • namespaced$/m);
  const json = JSON.parse((await orka("discover", "-o", "json", "--api-group", group)).out);
  assert.deepEqual(json.map((r: { kind: string; plural: string }) => [r.kind, r.plural]), [[
    "Widget",
    "widgets",
  ]]);
  (await orka("api-resources", "--namespaced=false", "-o", "name")).stdout(/^nodes$/m);
});

onServers("ls: NAMESPACE NAME AGE, then what else the kind shows", async (server) => {
  const orka = await shop(server);
  (await orka("ls", "pods", "--ns", "NS")).stdout(
    "NAMESPACE    NAME    AGE   READY   STATUS    RESTARTS\n" +
      "NS   db-0    5m    0/1     Pending   0\nNS   web-0   5m    0/1     Running   0\n",
  ).code(0);
  const rows = JSON.parse((await orka("ls", "v1/Pod", "-A", "-o", "json", "-l", "t=NS,app=web-0")).out);
  const { name, namespace, creationTimestamp } = rows[0];
  assert.deepEqual([rows.length, name, namespace], [1, "web-0", server.namespace]);
  assert.match(creationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  (await orka("ls", "po", "-o", "name")).stdout("pod/db-0\npod/web-0\n");
  (await orka("ls", "secrets")).stdout("").stderr("No resources found in NS namespace.\n").code(0);
});

onServers("describe: by name, by prefix, all, and nothing", async (server) => {
  const orka = await shop(server);
  (await orka("describe", "pod", "web-0", "-n", "NS")).stdout(/^Name: +web-0\n/).code(0);
  (await orka("describe", "pod/we")).stdout(/^Name: +web-0\n/).code(0);
  const both = (await orka("describe", "pods")).code(0);
  assert.match(both.out, /^Name: +db-0\n[\s\S]*\n\nName: +web-0\n/);
  (await orka("describe", "pod", "x")).stdout("")
    .stderr('Error from server (NotFound): pods "x" not found\n').code(1);
  (await orka("describe", "secrets")).stderr("No resources found in NS namespace.\n").code(0);
});

onServers("events: sorted by when they were last seen, of one object, by type", async (server) => {
  const orka = lines(server);
  const event = (name: string, agoMs: number, about: string, type = "Normal") => {
    const seen = new Date(server.clock.now() - agoMs).toISOString().replace(/\.\d+/, "");
    return server.put({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name },
      type,
      reason: "R",
      message: name,
      involvedObject: { apiVersion: "v1", kind: "Pod", name: about },
      firstTimestamp: seen,
      lastTimestamp: seen,
    });
  };
  await event("a-late", 3_600_000, "web-0", "Warning");
  await event("b-early", 36_000_000, "db-0");
  (await orka("events", "-n", "NS")).stdout(
    "LAST SEEN   TYPE      REASON   OBJECT      MESSAGE\n10h         Normal    R        Pod/db-0    b-early\n60m         Warning   R        Pod/web-0   a-late\n",
  );
  (await orka("events", "--types=warning", "--no-headers")).stdout(
    "60m   Warning   R     Pod/web-0   a-late\n",
  );
  (await orka("events", "--for", "po/db-0")).stdout(/b-early\n$/);
  const list = JSON.parse((await orka("events", "-o", "json")).out);
  assert.deepEqual([list.kind, list.metadata, list.items.length, list.items[0].kind], [
    "EventList",
    {},
    2,
    "Event",
  ]);
  (await orka("events", "-o", "yaml")).stdout(/\nkind: EventList\nmetadata: \{\}\n$/);
  (await orka("events", "-n", "other", "-o", "json")).stdout("").stderr(/^No events found/);
  (await orka("events", "-n", "other")).stdout("").stderr("No events found in other namespace.\n").code(0);
});

onEmbedded("stats: every knob, memory, the metrics address", async (server) => {
  const orka = cliOn(server, { env: { ORKA_QUEUE_CAP: "99", ORKA_METRICS_ADDR: "127.0.0.1:9" } });
  (await orka("stats")).stdout(/^ORKA_QUEUE_CAP +99 +16384 /m).stdout(
    /Metrics: http:\/\/127.0.0.1:9\/metrics/,
  ).stdout(/64\.0 MiB/);
  const json = JSON.parse((await orka("stats", "-o", "json")).out);
  assert.equal(json.knobs.find((k: { name: string }) => k.name === "ORKA_QUEUE_CAP").value, 99);
  assert.deepEqual([json.metricsAddress, json.memory.residentBytes], ["127.0.0.1:9", 64 * 1024 * 1024]);
  (await cliOn(server, { env: { ORKA_QUEUE_CAP: "many" } })("stats")).stderr(/ORKA_QUEUE_CAP/).code(2);
});

onServers("version: client alone asks nothing; the version is the project's", async (server) => {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  (await lines(server)("version", "--client")).stdout(`Client Version: v${version}\n`);
  assert.deepEqual(server.requests, []);
  const both = JSON.parse((await lines(server)("version", "-o", "json")).out);
  assert.equal(both.clientVersion.version, version);
  assert.match(both.serverVersion.gitVersion, /^v1\./);
});

onServers("__complete: verbs, flags, kinds, names, namespaces, formats", async (server) => {
  await shop(server);
  const { namespace } = server;
  const orka = cliOn(server, { target: { contexts: ["prod", "test"] } });
  const words = async (...line: string[]) => {
    const run = (await orka("__complete", ...line)).stderr("").code(0);
    const lines = run.out.trimEnd().split("\n");
    return [lines.slice(0, -1).map((text) => text.split("\t")[0]).join(" "), lines.at(-1)];
  };
  assert.deepEqual(await words("descr"), ["describe", ":0"]);
  assert.deepEqual(await words("get", "pods"), ["pods", ":0"]);
  assert.deepEqual(await words("get", "po,nod"), ["po,nodes", ":0"]);
  assert.deepEqual(await words("get", "pods", "-n", "NS", ""), ["db-0 web-0", ":0"]);
  assert.deepEqual(await words("-n", "NS", "get", "pods", "db-0", ""), ["web-0", ":0"]);
  assert.deepEqual(await words("get", "-n", "NS", "po/w"), ["po/web-0", ":0"]);
  assert.deepEqual(await words("get", "pods", "-n", "NS"), [namespace, ":0"]);
  assert.deepEqual(await words("get", "pods", "--namespace=NS"), [`--namespace=${namespace}`, ":0"]);
  assert.deepEqual(await words("--context", "p"), ["prod", ":0"]);
  assert.deepEqual(await words("--user", ""), ["u1 u2", ":0"]);
  assert.deepEqual(await words("get", "pods", "-o", "custom-columns-"), ["custom-columns-file=", ":1"]);
  assert.deepEqual(await words("get", "--watch-"), ["--watch-only", ":0"]);
  assert.deepEqual(await words("get", "-f", ""), ["", ":2"]);
  assert.deepEqual(await words("completion", "z"), ["zsh", ":0"]);
  assert.deepEqual(await words("help", "even"), ["events", ":0"]);
  assert.deepEqual(await words("nonsense", ""), ["", ":0"]);
});

onEmbedded("__complete gives up after a second, quietly", async (server) => {
  server.faults.stall({ times: Infinity });
  const run = cliOn(server)("__complete", "get", "pods", "");
  await server.clock.advance(1_100);
  (await run).stdout(":0\n").stderr("").code(0);
});

onServers("api-versions: group/version, sorted, with those that do not answer", async (server) => {
  const { group } = await server.serve("Widget");
  using _broken = server.breakGroup(`${group}/v1`);
  const found = await discover(server.client(), { cacheDir: null });
  const { out } = (await cliOn(server, { discover: () => found })("api-versions")).code(0).stderr("");
  const versions = out.trimEnd().split("\n");
  assert.deepEqual(versions, [...new Set(versions)].sort());
  for (const version of ["v1", "apps/v1", `${group}/v1`]) assert.ok(versions.includes(version), version);
  (await cliOn(server)("api-versions", "x")).code(2);
});

onEmbedded("--version prints the version, of the program alone and of any command", async (server) => {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  for (const line of [["--version"], ["-V"], ["get", "pods", "--version"]]) {
    (await lines(server)(...line)).stdout(`orka ${version}\n`).code(0);
  }
  assert.deepEqual(server.requests, []);
  (await lines(server)("-v")).stderr(/--version/).code(2);
});

onEmbedded("-k is refused with what to do instead", async (server) => {
  (await lines(server)("get", "-k", "dir")).stderr(/kubectl kustomize dir \| orka get -f -\n$/).code(2);
  (await lines(server)("describe", "-k", "dir")).stderr(/orka describe -f -\n$/).code(2);
});

onServers("describe lays tabs within values out as kubectl's tab writer does", async (server) => {
  await server.put({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "t",
      annotations: { a: "x\ty", bb: "longer value\tz\tq", c: "none" },
    },
    data: { f: "a\tb\nlonger\tc\nplain\n\tlead\n\ttwo\tthree\n" },
  });
  (await lines(server)("describe", "cm", "t"))
    .stdout(/\nAnnotations: {2}a: x {14}y\n {14}bb: longer value {2}z {2}q\n {14}c: none\n/)
    .stdout(/\na {7}b\nlonger {2}c\nplain\n {2}lead\n {2}two {2}three\n/);
});

onEmbedded(
  "what a request needs is begun before the command's code is loaded, where one will be made",
  async (server) => {
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
  },
);
