import assert from "node:assert/strict";
import { OrkaError } from "../../src/base/mod.ts";
import { discover } from "../../src/client/mod.ts";
import { onEmbedded, onServers } from "../support/two_servers.ts";
import { cliOn, settled } from "./harness.ts";

onServers("an unknown kind: kubectl's words, exit 1, and the near miss", async (server) => {
  const orka = cliOn(server);
  (await orka("get", "podz"))
    .stdout("")
    .stderr('error: the server doesn\'t have a resource type "podz"\ndid you mean "pods"?\n')
    .code(1);
  for (const verb of ["describe", "ls", "watch"]) {
    (await orka(verb, "podz")).stderr(/resource type "podz"/).code(1);
  }
});

onServers("a kind that the cache does not know is looked for on the server, once", async (server) => {
  const asked: boolean[] = [];
  const discover = ({ refresh }: { refresh: boolean }) => {
    asked.push(refresh);
    const resources = refresh ? server.resources : server.resources.filter(({ kind }) => kind !== "Pod");
    return { resources, broken: [], cached: !refresh };
  };
  const orka = cliOn(server, { discover });
  (await orka("get", "pods.v1.")).stderr("No resources found in NS namespace.\n").code(0);
  assert.deepEqual(asked, [false, true]);
  (await orka("get", "podz")).stderr(/resource type "podz"/).code(1);
  assert.deepEqual(asked, [false, true, false, true]);
});

onEmbedded("discover asks the server what is served now; --cached trusts the disk", async (server) => {
  const asked: boolean[] = [];
  const discover = ({ refresh }: { refresh: boolean }) => {
    asked.push(refresh);
    return { resources: [], broken: [], cached: !refresh };
  };
  const orka = cliOn(server, { discover });
  (await orka("discover")).code(0);
  (await orka("discover", "--cached")).code(0);
  assert.deepEqual(asked, [true, false]);
});

onServers("API groups that do not answer cost only themselves, and are named", async (server) => {
  const widget = await server.serve("Widget");
  using _broken = server.breakGroup(`${widget.group}/v1`);
  const discovered = await discover(server.client(), { cacheDir: null });
  const orka = cliOn(server, { discover: () => discovered });
  (await orka("get", "pods")).stderr("No resources found in NS namespace.\n").code(0);
  (await orka("discover")).stdout(/v1 • Pod • namespaced/).stderr(/NS\.example\.com\/v1: .*\S/).code(1);
});

onServers("a refusal by RBAC names the line that would show it", async (server) => {
  server.faults.forbid("/secrets", 'secrets is forbidden: User "v" cannot list resource "secrets"');
  const orka = cliOn(server);
  for (const verb of ["get", "ls", "watch", "describe"]) {
    (await settled(server.clock, orka(verb, "secrets")))
      .stdout("")
      .stderr(
        /^Error from server \(Forbidden\): secrets is forbidden.*\n.*orka auth can-i list secrets -n NS.*\n$/,
      )
      .code(1);
  }
});

onServers("one kind refused, the other is printed", async (server) => {
  server.faults.forbid("/secrets");
  await server.put({ apiVersion: "v1", kind: "Service", metadata: { name: "a" } });
  const orka = cliOn(server);
  const run = await orka("get", "secrets,svc", "-o", "name");
  run.stdout("service/a\n").stderr(/^Error from server \(Forbidden\)/).code(1);
  JSON.parse((await orka("get", "secrets,svc", "-o", "json")).code(1).out);
});

onServers("no server: kubectl's words, once, exit 1", async (server) => {
  server.faults.refuse({ times: Infinity });
  const orka = cliOn(server);
  (await orka("get", "pods,cm"))
    .stdout("")
    .stderr("The connection to the server in-process was refused - did you specify the right host or port?\n")
    .code(1);
  (await orka("version")).stdout(/^Client Version: v/).stderr(/was refused/).code(1);
});

onServers("bad credentials say so", async (server) => {
  server.faults.fail({
    status: 401,
    body: { reason: "Unauthorized", message: "Unauthorized" },
    times: Infinity,
  });
  (await cliOn(server)("get", "pods"))
    .stderr(/^error: You must be logged in to the server \(Unauthorized\)\n/).code(1);
});

onEmbedded("a server that never answers does not hang a command", async (server) => {
  server.faults.stall({ times: Infinity });
  (await settled(server.clock, cliOn(server)("get", "pods"))).stdout("").stderr(/\S/).code(1);
});

onServers("Ctrl-C ends a command with 130 and says nothing", async (server) => {
  server.faults.stall({ times: Infinity });
  const stop = new AbortController();
  const run = cliOn(server, { signal: stop.signal })("get", "pods");
  await Promise.resolve();
  stop.abort(new DOMException("SIGINT", "AbortError"));
  (await run).stdout("").stderr("").code(130);
});

onEmbedded("usage errors: exit 2, one line and a hint, nothing asked of the server", async (server) => {
  const lines: [string, RegExp][] = [
    ["get", /You must specify the type of resource to get/],
    ["delete", /you must provide one or more resources/],
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
    ["events --for x", /--for must be in resource\/name form/],
    ["describe deploy web -o yaml", /orka get deploy web -o yaml/],
    ["history", /one object has to be named/],
    ["label cm c", /at least one label update is required\nAs tier=front/],
    ["completion csh", /Unsupported shell type "csh"[\s\S]*"zsh"|bash, zsh, fish/],
    ["version -o wide", /must be 'yaml' or 'json'/],
    ["get pods --request-timeout=soon", /Invalid timeout value "soon"/],
    ["get pods -o jsonpath={.x", /unclosed action|jsonpath/],
    ["get pods -o custom-columns=A", /unexpected custom-columns spec/],
  ];
  for (const [line, message] of lines) {
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
    (await cliOn(server)(...line.split(" "))).stdout("").stderr(message).code(2);
  }
});

onEmbedded("orka alone opens the session on a terminal, and says why it cannot elsewhere", async (server) => {
  (await cliOn(server)()).stdout("").stderr(/session needs a terminal[\s\S]*orka help/).code(2);
  const asked: unknown[] = [];
  const session = (request: unknown) => Promise.resolve(asked.push(request) && 0);
  const orka = cliOn(server, { terminal: true, session });
  await orka();
  (await orka("-A")).code(0);
  await orka("-n", "shop", "--context", "prod");
  assert.deepEqual(asked.map((a) => (a as { namespace: unknown }).namespace), [undefined, null, "shop"]);
  assert.equal((asked[2] as { connect: { context: string } }).connect.context, "prod");
});

onEmbedded("a session that fails reports it like any command", async (server) => {
  const session = () =>
    Promise.reject(new OrkaError("no-context", "context was not found for specified context: x"));
  (await cliOn(server, { terminal: true, session })("--context", "x"))
    .stderr("Error in configuration: context was not found for specified context: x\n").code(1);
});

onEmbedded("help is help: exit 0, on stdout", async (server) => {
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
    (await cliOn(server)(...line.split(" "))).stdout(/Usage:|Flags that every command takes/).stderr("").code(
      0,
    );
  }
  (await cliOn(server)("help", "gte")).stderr(/"get"/).code(2);
});

onEmbedded("global flags reach the connection", async (server) => {
  const run = await cliOn(server)(
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

onServers("-v 6 logs requests to stderr, and only there", async (server) => {
  const plain = await cliOn(server)("get", "pods", "-n", "NS", "-o", "json");
  const verbose = await cliOn(server)("get", "pods", "-n", "NS", "-o", "json", "-v6");
  verbose.stdout(plain.out).stderr(
    /GET http:\/\/in-process\/api\/v1\/namespaces\/NS\/pods\?limit=500 200 in \d+ milliseconds/,
  );
});
