import assert from "node:assert/strict";
import { ManualClock } from "../../src/base/mod.ts";
import { FakeApi } from "../support/fake_api.ts";
import { cliOn } from "./harness.ts";

const CREATED = "2023-11-14T22:08:20Z"; // 300 s before the manual clock's start

function shop(): FakeApi {
  const api = new FakeApi({ clock: new ManualClock() });
  for (const name of ["db-0", "web-0", "web-1"]) {
    api.put({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name,
        namespace: "shop",
        creationTimestamp: CREATED,
        labels: { app: name.slice(0, name.indexOf("-")), "a.io/tier": name === "db-0" ? "back" : "front" },
        managedFields: [{ manager: "x" }],
      },
      data: name === "db-0" ? { a: "1", b: "<2>" } : {},
    });
  }
  api.put({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "far", namespace: "other", creationTimestamp: CREATED },
  });
  api.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", creationTimestamp: CREATED } });
  return api;
}

const cli = (api = shop()) => cliOn(api, { clock: new ManualClock() });

Deno.test("get prints the server's table in kubectl's layout", async () => {
  (await cli()("get", "cm", "-n", "shop"))
    .stdout("NAME    DATA   AGE\ndb-0    2      5m\nweb-0   0      5m\nweb-1   0      5m\n")
    .stderr("")
    .code(0);
});

Deno.test("get takes flags before the verb, joined values and --ns", async () => {
  const api = shop();
  const plain = await cli(api)("get", "cm", "-n", "shop", "-o", "name", "-l", "app=web");
  plain.stdout("configmap/web-0\nconfigmap/web-1\n");
  for (
    const line of [
      "-n shop get cm -oname -lapp=web",
      "--ns=shop -o=name get configmaps --selector app=web",
      "get --namespace shop ConfigMap --output name -l=app=web",
      "-nshop get v1/ConfigMap -o name -l app=db -l app=web",
    ]
  ) {
    (await cli(api)(...line.split(" "))).stdout(plain.out);
  }
});

Deno.test("get -A shows the namespace; cluster-scoped kinds have none", async () => {
  (await cli()("get", "cm", "-A", "--no-headers"))
    .stdout(
      "other   far     0     5m\nshop    db-0    2     5m\nshop    web-0   0     5m\nshop    web-1   0     5m\n",
    );
  (await cli()("get", "ns", "-A", "-o", "wide")).stdout("NAME   STATUS   AGE\nshop   <none>   5m\n");
});

Deno.test("get asks for objects only where the table needs them", async () => {
  const api = shop();
  await cli(api)("get", "cm", "-n", "shop");
  await cli(api)("get", "cm", "-A");
  await cli(api)("get", "cm", "-n", "shop", "--sort-by=.metadata.name");
  const asked = api.requests.map(({ path }) => new URL(path, "http://x").searchParams.get("includeObject"));
  assert.deepEqual(asked, ["None", "Metadata", "Object"]);
});

Deno.test("get -L, --show-labels and --show-kind add columns and prefixes", async () => {
  (await cli()(
    "get",
    "cm",
    "db-0",
    "-n",
    "shop",
    "-L",
    "app,a.io/tier",
    "-L",
    "zz",
    "--show-labels",
    "--show-kind",
  ))
    .stdout(
      "NAME             DATA   AGE   APP   TIER   ZZ    LABELS\n" +
        "configmap/db-0   2      5m    db    back         a.io/tier=back,app=db\n",
    );
});

Deno.test("get of several kinds: a blank line, and the kind before each name", async () => {
  (await cli()("get", "ns,cm", "-n", "shop", "-l", "app!=web"))
    .stdout(
      "NAME             STATUS   AGE\nnamespace/shop   <none>   5m\n\nNAME             DATA   AGE\nconfigmap/db-0   2      5m\n",
    );
  (await cli()("get", "cm/db-0", "ns/shop", "-n", "shop"))
    .stdout(
      "NAME             DATA   AGE\nconfigmap/db-0   2      5m\n\nNAME             STATUS   AGE\nnamespace/shop   <none>   5m\n",
    );
});

Deno.test("get --sort-by orders rows by a field of their objects", async () => {
  const run = await cli()(
    "get",
    "cm",
    "-n",
    "shop",
    "--sort-by={.metadata.labels.a\\.io/tier}",
    "-o",
    "name",
  );
  run.code(0);
  assert.equal(run.out.split("\n")[0], "configmap/db-0");
  (await cli()("get", "cm", "-n", "shop", "--sort-by=.spec.nope"))
    .stderr(/couldn't find any field with path "\{\.spec\.nope\}"/).code(2);
});

Deno.test("get of a missing name prints what is there, then the error, and exits 1", async () => {
  (await cli()("get", "cm", "db-0", "nope", "-n", "shop"))
    .stdout("NAME   DATA   AGE\ndb-0   2      5m\n")
    .stderr('Error from server (NotFound): configmaps "nope" not found\n')
    .code(1);
  (await cli()("get", "cm", "nope", "-n", "shop", "--ignore-not-found")).stdout("").stderr("").code(0);
});

Deno.test("get of nothing says so on stderr and exits 0", async () => {
  (await cli()("get", "pods", "-n", "shop")).stdout("").stderr("No resources found in shop namespace.\n")
    .code(0);
  (await cli()("get", "pods", "-A")).stderr("No resources found\n").code(0);
  (await cli()("get", "pods", "-n", "shop", "-o", "name")).stdout("").stderr("").code(0);
});

Deno.test("get -o json: one object bare, several in a List, managedFields cut", async () => {
  const one = await cli()("get", "cm/db-0", "-n", "shop", "-o", "json");
  assert.deepEqual(JSON.parse(one.out).data, { a: "1", b: "<2>" });
  one.stdout(
    /^\{\n {4}"apiVersion": "v1",\n {4}"data": \{\n {8}"a": "1",\n {8}"b": "\\u003c2\\u003e"/,
  );
  assert.equal(JSON.parse(one.out).metadata.managedFields, undefined);
  const all = JSON.parse((await cli()("get", "cm", "-n", "shop", "-o", "json", "--show-managed-fields")).out);
  assert.deepEqual([all.kind, all.items.length, all.metadata], ["List", 3, { resourceVersion: "" }]);
  assert.deepEqual(all.items[0].metadata.managedFields, [{ manager: "x" }]);
  assert.equal(all.items[2].kind, "ConfigMap");
  (await cli()("get", "pods", "-n", "shop", "-o", "json"))
    .stdout(
      '{\n    "apiVersion": "v1",\n    "items": [],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n',
    );
});

Deno.test("get -o yaml, ndjson, jsonpath and custom-columns", async () => {
  (await cli()("get", "cm", "db-0", "far", "-n", "shop", "-o", "yaml")).stdout(
    /^apiVersion: v1\nitems:\n- apiVersion: v1\n {2}data:\n {4}a: "1"\n/,
  ).code(1);
  const lines = (await cli()("get", "cm", "-A", "-o", "ndjson")).out.trimEnd().split("\n");
  assert.deepEqual(lines.map((line) => JSON.parse(line).metadata.name), ["far", "db-0", "web-0", "web-1"]);
  (await cli()("get", "cm", "-A", "-o", "jsonpath={.items[*].metadata.name}")).stdout("far db-0 web-0 web-1");
  (await cli()("get", "cm", "-A", "-o", "jsonpath={range .items[*]}{.metadata.name}:{.data.a};{end}"))
    .stdout("far:;db-0:1;web-0:;web-1:;");
  (await cli()("get", "cm", "db-0", "-n", "shop", "-o", "jsonpath={.data.a}")).stdout("1");
  (await cli()("get", "cm", "-n", "shop", "-o", "custom-columns=NAME:.metadata.name,A:.data.a"))
    .stdout("NAME    A\ndb-0    1\nweb-0   <none>\nweb-1   <none>\n");
});

Deno.test("get pages: every page is asked for, and the table keeps its columns", async () => {
  const api = shop();
  const all = await cli(api)("get", "cm", "-A");
  (await cli(api)("get", "cm", "-A", "--chunk-size=1")).stdout(all.out);
  assert.equal(api.requests.filter(({ path }) => path.includes("continue=")).length, 3);
  (await cli(api)("get", "cm", "-A", "--chunk-size=1", "-o", "json"))
    .stdout((await cli(api)("get", "cm", "-A", "-o", "json")).out);
});

/** `api`, whose continue token has expired by the third page. */
function forgetful(api: FakeApi): FakeApi {
  let pages = 0;
  return new Proxy(api, {
    get: (target, key) => {
      if (key !== "fetch") return Reflect.get(target, key);
      return (request: Request) => {
        if (request.url.includes("continue=") && ++pages === 2) target.expireContinues();
        return target.fetch(request);
      };
    },
  });
}

Deno.test("a list that the server restarts prints nothing twice", async () => {
  for (
    const output of [["-o", "ndjson"], ["-o", "name"], ["--no-headers"], [
      "--sort-by=.metadata.name",
      "--no-headers",
    ]]
  ) {
    const api = shop();
    const run = await cliOn(forgetful(api), { clock: new ManualClock() })(
      "get",
      "cm",
      "-A",
      "--chunk-size=1",
      ...output,
    );
    run.stdout(/^(?:.*\n){4}$/).code(0);
    const firstPages = api.requests.filter(({ path }) =>
      path.includes("/configmaps") && !path.includes("continue=")
    );
    assert.equal(firstPages.length, 2, "it was listed anew");
  }
});

Deno.test("a table that was half printed when the server restarted the list goes on where it was", async () => {
  const api = new FakeApi({ clock: new ManualClock() });
  for (let i = 0; i < 1_200; i++) {
    api.put({ apiVersion: "v1", kind: "Pod", metadata: { name: `p-${i}`, namespace: "many" } });
  }
  const run = await cliOn(forgetful(api), { clock: new ManualClock() })(
    "get",
    "pods",
    "-n",
    "many",
    "--no-headers",
  );
  const names = run.code(0).out.trimEnd().split("\n").map((line) => line.split(" ")[0]);
  assert.deepEqual([names.length, new Set(names).size], [1_200, 1_200]);
});

Deno.test("pages are on screen before the last has come", async () => {
  const api = shop();
  for (let i = 0; i < 600; i++) {
    api.put({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: `p-${String(i).padStart(4, "0")}`, namespace: "many" },
    });
  }
  const gate = Promise.withResolvers<void>();
  let first = "";
  const gated = new Proxy(api, {
    get: (target, key) => {
      if (key !== "fetch") return Reflect.get(target, key);
      return async (request: Request) => {
        if (request.url.includes("continue=")) await gate.promise;
        return await target.fetch(request);
      };
    },
  });
  const onStdout = (text: string) => {
    first ||= text;
    gate.resolve();
  };
  const run = await cliOn(gated, { clock: new ManualClock(), onStdout })("get", "pods", "-n", "many");
  assert.equal(first.split("\n").length, 502, "the header and a page of 500");
  assert.equal(run.out.trimEnd().split("\n").length, 601);
});

Deno.test("control characters never reach a terminal raw", async () => {
  const api = new FakeApi({ clock: new ManualClock() });
  const evil = "a\u001b]0;pwned\u0007\u009b31m";
  api.put({
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "e", namespace: "default" },
    type: evil,
    message: evil,
  });
  for (const args of [["get", "events"], ["events"], ["get", "events", "-o", "custom-columns=T:.type"]]) {
    const shown = (await cliOn(api, { terminal: true })(...args)).out;
    // deno-lint-ignore no-control-regex -- they are what must not be there
    assert.doesNotMatch(shown, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/, args.join(" "));
    assert.match(shown, /pwned/);
  }
  for (const format of ["json", "ndjson", "yaml", "jsonpath={.items[*].type}"]) {
    const shown = (await cliOn(api, { terminal: true })("get", "events", "-o", format)).out;
    // deno-lint-ignore no-control-regex -- as above
    assert.doesNotMatch(shown, /[\x00-\x08\x0b-\x1f\x7f-\x9f]/, format);
  }
  // To a file it is kubectl's own escaping.
  (await cliOn(api)("get", "events")).stdout(/a\^\[\]0;pwned/);
});

Deno.test("-f takes kind and name from manifests, - from stdin", async () => {
  const api = shop();
  const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: db-0, namespace: shop}\n";
  const orka = cliOn(api, {
    clock: new ManualClock(),
    stdin: manifest,
    files: { "m/a.yaml": `${manifest}---\n${manifest.replace("db-0", "web-1")}`, "m/notes.txt": "x" },
  });
  (await orka("get", "-f", "-")).stdout("NAME   DATA   AGE\ndb-0   2      5m\n");
  (await orka("get", "-f", "m", "-o", "name")).stdout("configmap/db-0\nconfigmap/web-1\n");
  (await orka("get", "pods", "-f", "-")).stderr(/you may not specify resource arguments as well/).code(2);
});

Deno.test("--raw prints the server's bytes", async () => {
  (await cli()("get", "--raw", "/api/v1/namespaces/shop")).stdout(/"name":\s*"shop"/).code(0);
  (await cli()("get", "--raw", "/nope")).stderr(/^Error from server \(NotFound\)/).code(1);
});

Deno.test("a server without Tables gets names and ages", async () => {
  const api = new FakeApi({ clock: new ManualClock(), tables: false });
  api.put({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a", namespace: "default", creationTimestamp: CREATED },
  });
  (await cli(api)("get", "cm")).stdout("NAME   AGE\na      5m\n");
  (await cli(api)("get", "cm", "a")).stdout("NAME   AGE\na      5m\n");
});

Deno.test("a malformed object is named on stderr, the others are printed", async () => {
  const api = shop();
  api.putRaw(
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "broken", namespace: "shop" } },
    '{"a":tru}',
  );
  const run = await cli(api)("get", "cm", "-n", "shop", "-o", "name");
  run.stdout(/web-0/);
  const whole = await cli(api)("get", "cm", "-n", "shop", "-o", "ndjson");
  assert.equal(whole.out.trimEnd().split("\n").length, 3);
  whole.stderr(/malformed ConfigMap/).code(1);
});
