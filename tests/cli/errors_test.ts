import assert from "node:assert/strict";
import { ManualClock, OrkaError } from "../../src/base/mod.ts";
import { FakeApi } from "../support/fake_api.ts";
import { cliOn, settled } from "./harness.ts";

const api = () => new FakeApi({ clock: new ManualClock() });

Deno.test("an unknown kind: kubectl's words, exit 1, and the near miss", async () => {
  (await cliOn(api())("get", "podz"))
    .stdout("")
    .stderr('error: the server doesn\'t have a resource type "podz"\ndid you mean "pods"?\n')
    .code(1);
  for (const verb of ["describe", "ls", "watch"]) {
    (await cliOn(api())(verb, "podz")).stderr(/resource type "podz"/).code(1);
  }
});

Deno.test("a kind that the cache does not know is looked for on the server, once", async () => {
  const server = api();
  const asked: boolean[] = [];
  const discover = ({ refresh }: { refresh: boolean }) => {
    asked.push(refresh);
    const resources = refresh ? server.resources : server.resources.filter(({ kind }) => kind !== "Pod");
    return { resources, broken: [], cached: !refresh };
  };
  (await cliOn(server, { discover })("get", "pods")).stderr("No resources found in default namespace.\n")
    .code(0);
  assert.deepEqual(asked, [false, true]);
  (await cliOn(server, { discover })("get", "podz")).stderr(/resource type "podz"/).code(1);
  assert.deepEqual(asked, [false, true, false, true]);
});

Deno.test("discover asks the server what is served now; --cached trusts the disk", async () => {
  const asked: boolean[] = [];
  const discover = ({ refresh }: { refresh: boolean }) => {
    asked.push(refresh);
    return { resources: [], broken: [], cached: !refresh };
  };
  const orka = cliOn(new FakeApi(), { discover });
  (await orka("discover")).code(0);
  (await orka("discover", "--cached")).code(0);
  assert.deepEqual(asked, [true, false]);
});

Deno.test("API groups that do not answer cost only themselves, and are named", async () => {
  const server = api();
  const error = { family: "expected" as const, message: "service unavailable" };
  const discover = () => ({
    resources: server.resources,
    broken: [{ groupVersion: "metrics.k8s.io/v1beta1", error }],
    cached: false,
  });
  const orka = cliOn(server, { discover });
  (await orka("get", "pods")).stderr("No resources found in default namespace.\n").code(0);
  (await orka("discover")).stdout(/v1 • Pod • namespaced/).stderr(
    /metrics\.k8s\.io\/v1beta1: service unavailable/,
  ).code(1);
});

Deno.test("a refusal by RBAC names the line that would show it", async () => {
  const server = api();
  server.faults.forbid("/secrets", 'secrets is forbidden: User "v" cannot list resource "secrets"');
  for (const verb of ["get", "ls", "watch", "describe"]) {
    const clock = new ManualClock();
    (await settled(clock, cliOn(server, { clock })(verb, "secrets", "-n", "shop")))
      .stdout("")
      .stderr(
        /^Error from server \(Forbidden\): secrets is forbidden.*\n.*kubectl auth can-i list secrets -n shop\n$/,
      )
      .code(1);
  }
});

Deno.test("one kind refused, the other is printed", async () => {
  const server = api();
  server.faults.forbid("/secrets");
  server.put({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "default" } });
  const run = await cliOn(server)("get", "secrets,cm", "-o", "name");
  run.stdout("configmap/a\n").stderr(/^Error from server \(Forbidden\)/).code(1);
  JSON.parse((await cliOn(server)("get", "secrets,cm", "-o", "json")).code(1).out);
});

Deno.test("no server: kubectl's words, once, exit 1", async () => {
  const server = api();
  server.faults.refuse({ times: Infinity });
  (await cliOn(server)("get", "pods,cm"))
    .stdout("")
    .stderr("The connection to the server in-process was refused - did you specify the right host or port?\n")
    .code(1);
  (await cliOn(server)("version")).stdout(/^Client Version: v/).stderr(/was refused/).code(1);
});

Deno.test("bad credentials say so", async () => {
  const server = api();
  server.faults.fail({
    status: 401,
    body: { reason: "Unauthorized", message: "Unauthorized" },
    times: Infinity,
  });
  (await cliOn(server)("get", "pods"))
    .stderr(/^error: You must be logged in to the server \(Unauthorized\)\n/).code(1);
});

Deno.test("a server that never answers does not hang a command", async () => {
  const clock = new ManualClock();
  const server = new FakeApi({ clock });
  server.faults.stall({ times: Infinity });
  (await settled(clock, cliOn(server, { clock })("get", "pods"))).stdout("").stderr(/\S/).code(1);
});

Deno.test("Ctrl-C ends a command with 130 and says nothing", async () => {
  const server = api();
  server.faults.stall({ times: Infinity });
  const stop = new AbortController();
  const run = cliOn(server, { signal: stop.signal })("get", "pods");
  await Promise.resolve();
  stop.abort(new DOMException("SIGINT", "AbortError"));
  (await run).stdout("").stderr("").code(130);
});

Deno.test("usage errors: exit 2, one line and a hint, nothing asked of the server", async () => {
  const lines: [string, RegExp][] = [
    ["get", /You must specify the type of resource to get/],
    ["get pods -o foo", /unable to match a printer suitable for the output format "foo"/],
    ["get pods --output-watch-events", /can only be used with --watch or --watch-only/],
    ["gte pods", /unknown command "gte"[\s\S]*"get"/],
    ["watch", /must specify the kind/],
    ["watch pods --until soon", /invalid argument "soon"/],
    ["ls", /ls takes one kind/],
    ["ls pods -o foo", /allowed formats/],
    ["stats x", /no arguments/],
    ["discover x", /no arguments/],
    ["events pods/x", /orka events --for pods\/x/],
    ["events --types Bad", /valid --types/],
    ["completion csh", /Unsupported shell type "csh"[\s\S]*"zsh"|bash, zsh, fish/],
    ["version -o wide", /must be 'yaml' or 'json'/],
    ["get pods --request-timeout=soon", /Invalid timeout value "soon"/],
    ["get pods -o jsonpath={.x", /unclosed action|jsonpath/],
    ["get pods -o custom-columns=A", /unexpected custom-columns spec/],
  ];
  for (const [line, message] of lines) {
    const server = api();
    const run = await cliOn(server)(...line.split(" "));
    run.stdout("").stderr(message).code(2);
    assert.deepEqual(server.requests, [], line);
  }
  const contradictions: [string, RegExp][] = [
    ["get pods a -l x=y", /name cannot be provided when a selector is specified/],
    ["get pods a -A", /cannot be retrieved by name across all namespaces/],
    ["get pods,cm -w", /may only specify a single resource type/],
    ["get pod/a pods", /no need to specify a resource type/],
  ];
  for (const [line, message] of contradictions) {
    (await cliOn(api())(...line.split(" "))).stdout("").stderr(message).code(2);
  }
});

Deno.test("orka alone opens the session on a terminal, and says why it cannot elsewhere", async () => {
  (await cliOn(api())()).stdout("").stderr(/session needs a terminal[\s\S]*orka help/).code(2);
  const asked: unknown[] = [];
  const session = (request: unknown) => Promise.resolve(asked.push(request) && 0);
  const orka = cliOn(api(), { terminal: true, session });
  await orka();
  (await orka("-A")).code(0);
  await orka("-n", "shop", "--context", "prod");
  assert.deepEqual(asked.map((a) => (a as { namespace: unknown }).namespace), [undefined, null, "shop"]);
  assert.equal((asked[2] as { connect: { context: string } }).connect.context, "prod");
});

Deno.test("a session that fails reports it like any command", async () => {
  const session = () =>
    Promise.reject(new OrkaError("no-context", "context was not found for specified context: x"));
  (await cliOn(api(), { terminal: true, session })("--context", "x"))
    .stderr("Error in configuration: context was not found for specified context: x\n").code(1);
});

Deno.test("help is help: exit 0, on stdout", async () => {
  for (
    const line of [
      "help",
      "--help",
      "-h",
      "help get",
      "get --help",
      "get -h pods",
      "help options",
      "--help get",
    ]
  ) {
    (await cliOn(api())(...line.split(" "))).stdout(/Usage:|Flags that every command takes/).stderr("").code(
      0,
    );
  }
  (await cliOn(api())("help", "gte")).stderr(/"get"/).code(2);
});

Deno.test("global flags reach the connection", async () => {
  const run = await cliOn(api())(
    ..."get pods --context c --cluster k --user u -s https://h:1 --token t --as a --as-group g1,g2 --as-group g3 --as-user-extra k=v --request-timeout 5s --insecure-skip-tls-verify"
      .split(" "),
  );
  const asked = JSON.parse(JSON.stringify(run.connected[0]));
  assert.equal(asked.context, "c");
  assert.deepEqual(JSON.stringify(asked).match(/g1|g2|g3|5000|https:\/\/h:1/g)?.sort(), [
    "5000",
    "g1",
    "g2",
    "g3",
    "https://h:1",
  ]);
});

Deno.test("-v 6 logs requests to stderr, and only there", async () => {
  const plain = await cliOn(api())("get", "pods", "-n", "x", "-o", "json");
  const verbose = await cliOn(api())("get", "pods", "-n", "x", "-o", "json", "-v6");
  verbose.stdout(plain.out).stderr(
    /GET http:\/\/in-process\/api\/v1\/namespaces\/x\/pods\?limit=500 200 in \d+ milliseconds/,
  );
});
