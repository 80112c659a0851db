/** The program as a process: exit codes, signals, pipes, completion in a real bash. */
import assert from "node:assert/strict";
import { serveTarget, type Target } from "../support/shop.ts";
import { TestServer } from "../support/two_servers.ts";
import { orka, run, type RunOptions } from "../support/real_cluster.ts";

const MAIN = decodeURIComponent(new URL("../../main.ts", import.meta.url).pathname);

const role = (name: string) => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "Role",
  metadata: { name },
});

interface Served extends AsyncDisposable {
  readonly api: TestServer;
  /** A home of its own: no kubeconfig but that of the server, no caches. */
  readonly target: Target;
  readonly options: RunOptions;
}

/** Three Roles, whose names may hold colons, in the namespace that the contexts `served` and `far` name. */
async function served(): Promise<Served> {
  const api = await TestServer.open("embedded");
  for (const name of ["web-0", "web-1", "db:0"]) {
    await api.put(role(name));
  }
  const target = await serveTarget(api, { namespace: api.namespace, contexts: ["served", "far"] });
  return {
    api,
    target,
    options: { env: target.env, timeoutMs: 20_000 },
    [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
  };
}

Deno.test("process: get prints, and its second run asks one request", async () => {
  await using server = await served();
  const first = await orka(["get", "roles", "-o", "name"], server.options);
  assert.deepEqual([first.code, first.stdout, first.stderr], [
    0,
    "db:0 web-0 web-1 ".replaceAll(/(\S+) /g, "role.rbac.authorization.k8s.io/$1\n"),
    "",
  ]);
  const before = server.api.requests.length;
  await orka(["get", "roles"], server.options);
  assert.deepEqual(server.api.requests.slice(before).map(({ path }) => path.split("?")[0]), [
    `/apis/rbac.authorization.k8s.io/v1/namespaces/${server.api.namespace}/roles`,
  ]);
});

Deno.test("process: exit codes of errors and usage", async () => {
  await using server = await served();
  const codes: [string[], number, RegExp][] = [
    [["get", "roles", "nope"], 1, /Error from server \(NotFound\)/],
    [["gte"], 2, /"get"/],
    [[], 2, /needs a terminal/],
    [["get", "pods", "--context", "nowhere"], 1, /^Error in configuration: .*nowhere/],
    [
      ["get", "pods", "-s", closedPort()],
      1,
      /^The connection to the server 127\.0\.0\.1:\d+ was refused/,
    ],
    [["get", "pods", "--kubeconfig", "/no/such/file"], 1, /no such file|does not exist|\/no\/such\/file/],
  ];
  for (const [args, code, stderr] of codes) {
    const ran = await orka(args, server.options);
    assert.deepEqual([ran.code, ran.stdout], [code, ""], args.join(" ") + ran.stderr);
    assert.match(ran.stderr, stderr);
    assert.doesNotMatch(ran.stderr, /this is a bug/);
  }
});

/** An address that nothing listens on. */
function closedPort(): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return `http://127.0.0.1:${listener.addr.port}`;
}

Deno.test("process: a broken kubeconfig is named", async () => {
  await using server = await served();
  await Deno.writeTextFile(`${server.target.dir}/config`, "a: [b\nc: }");
  const ran = await orka(["get", "pods"], server.options);
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /config/);
  assert.doesNotMatch(ran.stderr, /this is a bug/);
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`process: ${signal} ends a watch with ${code}, quietly`, async () => {
    await using server = await served();
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, "watch", "roles"],
      env: { ...server.options.env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("web-1")) {
      const { value, done } = await reader.read();
      assert.ok(!done, text);
      text += value;
    }
    child.kill(signal);
    await reader.cancel();
    const [status, stderr] = await Promise.all([child.status, new Response(child.stderr).text()]);
    assert.deepEqual([status.code, stderr], [code, ""]);
  });
}

Deno.test("process: a pipe whose reader goes ends it quietly, as SIGPIPE would", async () => {
  await using server = await served();
  await server.api.putAll(Array.from({ length: 3_000 }, (_, i) => role(`many-${i}-${"x".repeat(60)}`)));
  const line = `"${Deno.execPath()}" run -A "${MAIN}" get roles | head -1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await run("bash", ["-c", line], server.options);
  assert.match(stdout, /^NAME .*\n141\n$/);
  assert.equal(stderr, "");
});

Deno.test("process: what follows notices that its reader has gone though nothing happens", async () => {
  await using server = await served();
  for (const args of ["get roles -w", "watch roles", "get roles -w -o name"]) {
    const line = `"${Deno.execPath()}" run -A "${MAIN}" ${args} | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await run("bash", ["-c", line], server.options);
    assert.match(stdout, /^\S.*\n141\n$/, args);
    assert.equal(stderr, "");
  }
});

Deno.test("process: a full disk is one line and exit code 1", async () => {
  await using server = await served();
  for (const args of ["get roles", "get roles -o json", "version --client", "get roles -w", "help"]) {
    const line = `"${Deno.execPath()}" run -A "${MAIN}" ${args} > /dev/full`;
    const { code, stderr } = await run("bash", ["-c", line], server.options);
    assert.deepEqual([args, stderr, code], [args, "error: write stdout: no space left on device\n", 1]);
  }
});

/** What bash proposes for a line, by the real script in a real bash. */
async function bashProposes(server: Served, line: string): Promise<string[]> {
  const bin = `${server.target.dir}/bin`;
  await Deno.mkdir(bin, { recursive: true });
  await Deno.writeTextFile(`${bin}/orka`, `#!/bin/sh\nexec "${Deno.execPath()}" run -A "${MAIN}" "$@"\n`, {
    mode: 0o755,
  });
  // Readline's own split of the line, at its word breaks.
  const words: string[] = line.match(/[^\s:=]+|[:=]+/g) ?? [];
  if (/\s$/.test(line)) words.push("");
  const script = `
source <(orka completion bash)
COMP_LINE=${quote(line)} COMP_POINT=${line.length}
COMP_WORDS=(${words.map(quote).join(" ")}) COMP_CWORD=${words.length - 1}
__orka_complete
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...server.options.env, PATH: `${bin}:${Deno.env.get("PATH")}` };
  const ran = await run("bash", ["--norc", "-c", script], { ...server.options, env });
  assert.deepEqual([ran.code, ran.stderr], [0, ""]);
  return ran.stdout.trimEnd().split("\n");
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

Deno.test("process: bash completes verbs, kinds, names, namespaces and contexts", async () => {
  await using server = await served();
  assert.deepEqual(await bashProposes(server, "orka desc"), ["describe"]);
  assert.deepEqual(await bashProposes(server, "orka get configm"), ["configmaps"]);
  assert.deepEqual(await bashProposes(server, "orka get roles web"), ["web-0", "web-1"]);
  assert.deepEqual(await bashProposes(server, "orka get pods -n kube-"), [
    "kube-node-lease",
    "kube-public",
    "kube-system",
  ]);
  assert.deepEqual(await bashProposes(server, "orka --context "), ["served", "far"]);
  assert.deepEqual(await bashProposes(server, "orka get role/web-1"), ["role/web-1"]);
  // Readline holds what stands before a break: only the rest is given.
  assert.deepEqual(await bashProposes(server, "orka get roles db:"), ["0"]);
  assert.deepEqual(await bashProposes(server, "orka get pods --namespace=o"), [server.api.namespace]);
});
