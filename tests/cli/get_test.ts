import assert from "node:assert/strict";
import { onEmbedded, onServers, type TestObject, type TestServer } from "../support/two_servers.ts";
import { AGED_MS, type Cli, cliOn, type CliOptions } from "./harness.ts";

/** ConfigMaps that the test has made have the label `t`; the server makes one of its own in each namespace. */
const OURS = "-l=t=NS";

/** Three ConfigMaps, five minutes old. */
async function shop(server: TestServer): Promise<Cli> {
  for (const name of ["db-0", "web-0", "web-1"]) {
    const labels = {
      app: name.slice(0, name.indexOf("-")),
      "a.io/tier": name === "db-0" ? "back" : "front",
      t: server.namespace,
    };
    const data = name === "db-0" ? { a: "1", b: "<2>" } : undefined;
    await server.put({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, labels },
      ...(data && { data }),
    });
  }
  await server.clock.advance(server.isReal ? AGED_MS : 300_000);
  return cliOn(server);
}

/** A fourth, in a namespace of its own: where all namespaces are looked at, there may be no other tests. */
async function shopAndFar(server: TestServer): Promise<Cli> {
  await server.namespaces("other");
  const metadata = { name: "far", namespace: "other", labels: { t: server.namespace } };
  await server.put({ apiVersion: "v1", kind: "ConfigMap", metadata });
  return await shop(server);
}

onServers("get prints the server's table in kubectl's layout", async (server) => {
  const orka = await shop(server);
  (await orka("get", "cm", OURS))
    .stdout("NAME    DATA   AGE\ndb-0    2      5m\nweb-0   0      5m\nweb-1   0      5m\n")
    .stderr("")
    .code(0);
});

onServers("get takes flags before the verb, joined values and --ns", async (server) => {
  const orka = await shop(server);
  const plain = await orka("get", "cm", "-n", "NS", "-o", "name", "-l", "app=web");
  plain.stdout("configmap/web-0\nconfigmap/web-1\n");
  for (
    const line of [
      "-n NS get cm -oname -lapp=web",
      "--ns=NS -o=name get configmaps --selector app=web",
      "get --namespace NS ConfigMap --output name -l=app=web",
      `-n${server.namespace} get v1/ConfigMap -o name -l app=db -l app=web`,
    ]
  ) {
    (await orka(...line.split(" "))).stdout(plain.out);
  }
});

onEmbedded("get -A shows the namespace; cluster-scoped kinds have none", async (server) => {
  const orka = await shopAndFar(server);
  (await orka("get", "cm", "-A", OURS, "--no-headers")).stdout(
    "NS   db-0    2     5m\nNS   web-0   0     5m\nNS   web-1   0     5m\nother        far     0     5m\n",
  );
  (await orka("get", "ns", "other", "-o", "wide")).stdout("NAME    STATUS   AGE\nother   Active   5m\n");
  (await orka("get", "ns", "-A", "-o", "wide")).stdout(/^NAME +STATUS +AGE\n(.*\n)*NS +Active +5m\n/);
});

onServers("get asks for objects only where the table needs them", async (server) => {
  const orka = await shop(server);
  await orka("get", "cm");
  await orka("get", "cm", "-A", OURS);
  await orka("get", "cm", "--sort-by=.metadata.name");
  const asked = server.requests.map(({ path }) =>
    new URL(path, "http://x").searchParams.get("includeObject")
  );
  assert.deepEqual(asked, ["None", "Metadata", "Object"]);
});

onServers("get -L, --show-labels and --show-kind add columns and prefixes", async (server) => {
  const orka = await shop(server);
  (await orka(..."get cm db-0 -L app,a.io/tier -L zz --show-labels --show-kind".split(" "))).stdout(
    "NAME             DATA   AGE   APP   TIER   ZZ    LABELS\n" +
      "configmap/db-0   2      5m    db    back         a.io/tier=back,app=db,t=NS\n",
  );
});

onServers("get of several kinds: a blank line, and the kind before each name", async (server) => {
  const orka = await shop(server);
  await server.put({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "key", labels: { t: server.namespace } },
  });
  await server.clock.advance(server.isReal ? AGED_MS : 300_000);
  (await orka("get", "secrets,cm", "-l", "app!=web,t=NS"))
    .stdout(
      /^NAME +TYPE +DATA +AGE\nsecret\/key +Opaque +0 +5m\n\nNAME +DATA +AGE\nconfigmap\/db-0 +2 +\d+m\n$/,
    );
  (await orka("get", "cm/db-0", "ns/NS"))
    .stdout(
      /^NAME +DATA +AGE\nconfigmap\/db-0 +2 +\d+m\n\nNAME +STATUS +AGE\nnamespace\/NS +Active +\d+m\n$/,
    );
});

onServers("get --sort-by orders rows by a field of their objects", async (server) => {
  const orka = await shop(server);
  const run = await orka("get", "cm", OURS, "--sort-by={.metadata.labels.a\\.io/tier}", "-o", "name");
  run.code(0);
  assert.equal(run.out.split("\n")[0], "configmap/db-0");
  (await orka("get", "cm", "--sort-by=.spec.nope"))
    .stderr(/couldn't find any field with path "\{\.spec\.nope\}"/).code(2);
});

onServers("get of a missing name prints what is there, then the error, and exits 1", async (server) => {
  const orka = await shop(server);
  (await orka("get", "cm", "db-0", "nope"))
    .stdout("NAME   DATA   AGE\ndb-0   2      5m\n")
    .stderr('Error from server (NotFound): configmaps "nope" not found\n')
    .code(1);
  (await orka("get", "cm", "nope", "--ignore-not-found")).stdout("").stderr("").code(0);
});

onServers("get of nothing says so on stderr and exits 0", async (server) => {
  const orka = cliOn(server);
  (await orka("get", "pods", "-n", "NS")).stdout("").stderr("No resources found in NS namespace.\n").code(0);
  (await orka("get", "pods", "-A", OURS)).stderr("No resources found\n").code(0);
  (await orka("get", "pods", "-o", "name")).stdout("").stderr("").code(0);
});

onServers("get -o json: one object bare, several in a List, managedFields cut", async (server) => {
  const orka = await shop(server);
  const one = await orka("get", "cm/db-0", "-o", "json");
  assert.deepEqual(JSON.parse(one.out).data, { a: "1", b: "<2>" });
  one.stdout(
    /^\{\n {4}"apiVersion": "v1",\n {4}"data": \{\n {8}"a": "1",\n {8}"b": "\\u003c2\\u003e"/,
  );
  assert.equal(JSON.parse(one.out).metadata.managedFields, undefined);
  const all = JSON.parse((await orka("get", "cm", OURS, "-o", "json", "--show-managed-fields")).out);
  assert.deepEqual([all.kind, all.items.length, all.metadata], ["List", 3, { resourceVersion: "" }]);
  assert.equal(all.items[0].metadata.managedFields[0].manager, "orka");
  assert.equal(all.items[2].kind, "ConfigMap");
  (await orka("get", "pods", "-o", "json"))
    .stdout(
      '{\n    "apiVersion": "v1",\n    "items": [],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n',
    );
});

onServers("get -o yaml, ndjson, jsonpath and custom-columns", async (server) => {
  const orka = await shop(server);
  (await orka("get", "cm", "db-0", "far", "-o", "yaml")).stdout(
    /^apiVersion: v1\nitems:\n- apiVersion: v1\n {2}data:\n {4}a: "1"\n/,
  ).code(1);
  const lines = (await orka("get", "cm", OURS, "-o", "ndjson")).out.trimEnd().split("\n");
  assert.deepEqual(lines.map((line) => JSON.parse(line).metadata.name), ["db-0", "web-0", "web-1"]);
  (await orka("get", "cm", OURS, "-o", "jsonpath={.items[*].metadata.name}")).stdout("db-0 web-0 web-1");
  (await orka("get", "cm", OURS, "-o", "jsonpath={range .items[*]}{.metadata.name}:{.data.a};{end}"))
    .stdout("db-0:1;web-0:;web-1:;");
  (await orka("get", "cm", "db-0", "-o", "jsonpath={.data.a}")).stdout("1");
  (await orka("get", "cm", OURS, "-o", "custom-columns=NAME:.metadata.name,A:.data.a"))
    .stdout("NAME    A\ndb-0    1\nweb-0   <none>\nweb-1   <none>\n");
});

onServers("get pages: every page is asked for, and the table keeps its columns", async (server) => {
  const orka = await shop(server);
  const all = await orka("get", "cm", OURS);
  (await orka("get", "cm", OURS, "--chunk-size=1")).stdout(all.out);
  assert.equal(server.requests.filter(({ path }) => path.includes("continue=")).length, 2);
  (await orka("get", "cm", OURS, "--chunk-size=1", "-o", "json"))
    .stdout((await orka("get", "cm", OURS, "-o", "json")).out);
});

/** The continue token has expired by the third page. */
function forgetful(): NonNullable<CliOptions["fault"]> {
  let pages = 0;
  return (request) => request.url.includes("continue=") && ++pages === 2 ? { status: 410 } : null;
}

onServers("a list that the server restarts prints nothing twice", async (server) => {
  await shop(server);
  for (
    const output of [["-o", "ndjson"], ["-o", "name"], ["--no-headers"], [
      "--sort-by=.metadata.name",
      "--no-headers",
    ]]
  ) {
    const asked = server.requests.length;
    const orka = cliOn(server, { fault: forgetful() });
    (await orka("get", "cm", OURS, "--chunk-size=1", ...output)).stdout(/^(?:.*\n){3}$/).code(0);
    const firstPages = server.requests.slice(asked).filter(({ path }) => !path.includes("continue="));
    assert.equal(firstPages.length, 2, "it was listed anew");
  }
});

function manySecrets(count: number): TestObject[] {
  const name = (i: number) => `s-${String(i).padStart(4, "0")}`;
  return Array.from({ length: count }, (_, i) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: name(i) },
  }));
}

onServers(
  "a table that was half printed when the server restarted the list goes on where it was",
  async (server) => {
    await server.putAll(manySecrets(120));
    const orka = cliOn(server, { fault: forgetful() });
    const run = await orka("get", "secrets", "--no-headers", "--chunk-size=50");
    const names = run.code(0).out.trimEnd().split("\n").map((line) => line.split(" ")[0]);
    assert.deepEqual([names.length, new Set(names).size], [120, 120]);
  },
);

onServers("pages are on screen before the last has come", async (server) => {
  await server.putAll(manySecrets(510));
  const gate = Promise.withResolvers<void>();
  let first = "";
  const gated = async (request: Request) => {
    if (request.url.includes("continue=")) await gate.promise;
    return await server.fetch(request);
  };
  const onStdout = (text: string) => {
    first ||= text;
    gate.resolve();
  };
  const { resources, namespace, clock, isReal } = server;
  const orka = cliOn({ fetch: gated, resources, namespace, clock, isReal }, { onStdout });
  const run = await orka("get", "secrets");
  assert.equal(first.split("\n").length, 502, "the header and a page of 500");
  assert.equal(run.out.trimEnd().split("\n").length, 511);
});

onServers("control characters never reach a terminal raw", async (server) => {
  const evil = "a\u001b]0;pwned\u0007\u009b31m";
  await server.put({
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "e" },
    involvedObject: { kind: "Pod", name: "p" },
    type: evil,
    message: evil,
  });
  const terminal = cliOn(server, { terminal: true });
  for (const args of [["get", "events"], ["events"], ["get", "events", "-o", "custom-columns=T:.type"]]) {
    const shown = (await terminal(...args)).out;
    // deno-lint-ignore no-control-regex -- they are what must not be there
    assert.doesNotMatch(shown, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/, args.join(" "));
    assert.match(shown, /pwned/);
  }
  for (const format of ["json", "ndjson", "yaml", "jsonpath={.items[*].type}"]) {
    const shown = (await terminal("get", "events", "-o", format)).out;
    // deno-lint-ignore no-control-regex -- as above
    assert.doesNotMatch(shown, /[\x00-\x08\x0b-\x1f\x7f-\x9f]/, format);
  }
  // To a file it is kubectl's own escaping.
  (await cliOn(server)("get", "events")).stdout(/a\^\[\]0;pwned/);
});

onServers("-f takes kind and name from manifests, - from stdin", async (server) => {
  await shop(server);
  const manifest =
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: db-0, namespace: ${server.namespace}}\n`;
  const orka = cliOn(server, {
    stdin: manifest,
    files: { "m/a.yaml": `${manifest}---\n${manifest.replace("db-0", "web-1")}`, "m/notes.txt": "x" },
  });
  (await orka("get", "-f", "-")).stdout("NAME   DATA   AGE\ndb-0   2      5m\n");
  (await orka("get", "-f", "m", "-o", "name")).stdout("configmap/db-0\nconfigmap/web-1\n");
  (await orka("get", "pods", "-f", "-")).stderr(/you may not specify resource arguments as well/).code(2);
});

onServers("--raw prints the server's bytes", async (server) => {
  const orka = cliOn(server);
  (await orka("get", "--raw", "/api/v1/namespaces/NS")).stdout(/"name":\s*"NS"/).code(0);
  (await orka("get", "--raw", "/nope")).stderr(/^Error from server \(NotFound\)/).code(1);
});

onServers("a server without Tables gets names and ages", async (server) => {
  const orka = await shop(server);
  // A second may pass on the real server.
  (await orka("get", "cm", "-l", "app=db")).stdout(/^NAME +AGE\ndb-0 +5m\d?s?\n$/);
  (await orka("get", "cm", "db-0")).stdout(/^NAME +AGE\ndb-0 +5m\d?s?\n$/);
}, { tables: false });

onServers("a malformed object is named on stderr, the others are printed", async (server) => {
  const orka = await shop(server);
  server.damage("web-1", '{"a":tru}');
  (await orka("get", "cm", OURS, "-o", "name")).stdout(/web-0/);
  const whole = await orka("get", "cm", OURS, "-o", "ndjson");
  assert.equal(whole.out.trimEnd().split("\n").length, 2);
  whole.stderr(/malformed ConfigMap/).code(1);
});
