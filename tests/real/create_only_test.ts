/** What a role that only creates a pod's exec, attach and portforward allows: WebSockets are refused, SPDY is not. */
import assert from "node:assert/strict";
import { OrkaError } from "../../src/base/mod.ts";
import { connect, WriteGate } from "../../src/client/mod.ts";
import { openExec, startForward } from "../../src/ops/mod.ts";
import { nodeTest, type RealCluster } from "../support/real_cluster.ts";
import { runPod } from "../support/real_pod.ts";

const USER = "jane";

async function allow(cluster: RealCluster, namespace: string): Promise<void> {
  const rules = [
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] },
    { apiGroups: [""], resources: ["pods/exec", "pods/attach", "pods/portforward"], verbs: ["create"] },
  ];
  const metadata = { name: "shell", namespace };
  const group = "rbac.authorization.k8s.io";
  await cluster.create({ apiVersion: `${group}/v1`, kind: "Role", metadata, rules });
  await cluster.create({
    apiVersion: `${group}/v1`,
    kind: "RoleBinding",
    metadata,
    roleRef: { apiGroup: group, kind: "Role", name: "shell" },
    subjects: [{ apiGroup: group, kind: "User", name: USER }],
  });
}

const asUser = (cluster: RealCluster, user = USER) =>
  connect({ kubeconfig: cluster.kubeconfig, as: user }, { writes: new WriteGate({ isOpen: true }) });

nodeTest("create alone: exec and cp do what kubectl does, and caps says so", async (cluster) => {
  await using scratch = await cluster.scratch("create-only");
  const at = ["-n", scratch.name, "--as", USER];
  await Promise.all([runPod(cluster, "box", { namespace: scratch.name }), allow(cluster, scratch.name)]);
  const big = "x".repeat(300_000);
  const cases: readonly (readonly [string, string?])[] = [
    ["echo out; echo err >&2; exit 7"],
    ["wc -c", big],
    ["kill -9 $$"],
  ];
  for (const [script, stdin] of cases) {
    const options = stdin === undefined ? {} : { stdin };
    const args = [
      "exec",
      ...(stdin === undefined ? [] : ["-i"]),
      "box",
      "-c",
      "main",
      "--",
      "sh",
      "-c",
      script,
    ];
    const ours = await cluster.orka([...at, "--write", ...args], options);
    const theirs = await cluster.kubectl([...at, ...args], options);
    assert.deepEqual([ours.code, ours.stdout, ours.stderr], [theirs.code, theirs.stdout, theirs.stderr]);
  }
  // Input that nobody reads: kubectl was seen to wait here for ever.
  const unread = await cluster.orka([...at, "--write", "exec", "-i", "box", "-c", "main", "--", "true"], {
    stdin: big,
  });
  assert.equal(unread.code, 0, unread.stderr);
  const file = await Deno.makeTempFile();
  try {
    const bytes = crypto.getRandomValues(new Uint8Array(60_000));
    await Deno.writeFile(file, bytes);
    const there = await cluster.orka([...at, "--write", "cp", file, "box:/tmp/x", "-c", "main"]);
    assert.equal(there.code, 0, there.stderr);
    const back = await cluster.orka([...at, "--write", "cp", "box:/tmp/x", file, "-c", "main"]);
    assert.equal(back.code, 0, back.stderr);
    assert.deepEqual(await Deno.readFile(file), bytes);
  } finally {
    await Deno.remove(file);
  }
  const { stdout } = await cluster.orka([...at, "caps", "--gvk", "v1/Pod"]);
  for (const operation of ["exec", "attach", "portforward"]) {
    assert.match(stdout, new RegExp(`^${operation} +yes +yes +create pods/${operation}$`, "m"));
  }
});

nodeTest("create alone: a terminal's size, what is typed, and attach's output", async (cluster) => {
  await using scratch = await cluster.scratch("create-only");
  const namespace = scratch.name;
  await Promise.all([runPod(cluster, "box", { namespace }), allow(cluster, namespace)]);
  const client = await asUser(cluster);
  const spec = { namespace, pod: "box", container: "main" };
  const shell = await openExec(client, { ...spec, command: ["sh"] }, {
    stdin: true,
    tty: true,
    size: { columns: 97, rows: 31 },
  });
  const writer = shell.stdin.getWriter();
  const reader = shell.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  const until = async (pattern: RegExp) => {
    while (!pattern.test(seen)) seen += (await reader.read()).value ?? assert.fail(`no ${pattern}: ${seen}`);
  };
  const type = (line: string) => writer.write(new TextEncoder().encode(line));
  await type("stty size\n");
  await until(/31 97/);
  shell.resize({ columns: 120, rows: 40 });
  for (seen = ""; !/40 120/.test(seen);) {
    seen = "";
    await type("stty size\n");
    await until(/\d+ \d+\r?\n/);
  }
  await type("exit 5\n");
  while (!(await reader.read()).done) { /* to its end */ }
  assert.deepEqual(await shell.exit, { code: 5 });

  const attached = await openExec(client, { ...spec, command: null });
  const [first] = await Array.fromAsync({
    async *[Symbol.asyncIterator]() {
      for await (const bytes of attached.stdout) return yield new TextDecoder().decode(bytes);
    },
  });
  assert.match(first!, /tick/);
  attached.close();
  client.close();
});

nodeTest("create alone: a hundred requests at once go through forwarded ports", async (cluster) => {
  await using scratch = await cluster.scratch("create-only");
  const namespace = scratch.name;
  await Promise.all([runPod(cluster, "box", { namespace }), allow(cluster, namespace)]);
  const client = await asUser(cluster);
  const target = { type: "pod", name: "box" } as const;
  const ports = [{ local: 0, remote: 8080 }];
  using forward = await startForward(client, { namespace, target, ports }, { onEvent: () => {} });
  const address = `http://127.0.0.1:${forward.ports[0]!.local}/`;
  const page = async () => {
    // The pod's small server forks for each: on a busy machine it drops some, and they are asked again.
    for (let tries = 0; tries < 5; tries++) {
      const text = await fetch(address).then((answer) => answer.text(), () => "");
      if (text !== "") return text.trim();
    }
  };
  const answers = await Promise.all(Array.from({ length: 100 }, page));
  assert.deepEqual(new Set(answers), new Set(["box"]));
  forward.close();
  client.close();
});

nodeTest(
  "without the right both ways are refused, and the line asks for it as the same user",
  async (cluster) => {
    await using scratch = await cluster.scratch("create-only");
    const namespace = scratch.name;
    await runPod(cluster, "box", { namespace });
    const client = await asUser(cluster, "joe");
    const spec = { namespace, pod: "box", container: "main", command: ["ls"] };
    await assert.rejects(openExec(client, spec), (error) => {
      assert.ok(error instanceof OrkaError && error.code === "forbidden", String(error));
      assert.match(error.message, /User "joe" cannot create resource "pods\/exec"/);
      assert.equal(
        error.hint,
        `to see it: orka auth can-i create pods/box --subresource=exec -n ${namespace} --context test --as joe`,
      );
      return true;
    });
    client.close();
  },
);
