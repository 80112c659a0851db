/** `logs` against kubectl on the same pods of a real node: the same bytes, the same codes; and what kubectl cannot. */
import assert from "node:assert/strict";
import { nodeTest, type RealCluster } from "../support/real_cluster.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";

interface PodSpec {
  readonly name: string;
  /** A shell script each, by container. */
  readonly containers: Readonly<Record<string, string>>;
  readonly restartPolicy?: "Always" | "Never";
}

function pod({ name, containers, restartPolicy = "Never" }: PodSpec): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { app: "logs" } },
    spec: {
      restartPolicy,
      terminationGracePeriodSeconds: 0,
      nodeSelector: { node: "real" },
      tolerations: [{ key: "real", operator: "Exists" }],
      containers: Object.entries(containers).map(([container, script]) => ({
        name: container,
        image: "localhost/busybox:1",
        imagePullPolicy: "Never",
        command: ["sh", "-c", script],
      })),
    },
  };
}

/** Runs pods in a namespace of the test's own, up to a phase; the cluster has a node that runs them. */
async function run(cluster: RealCluster, pods: readonly PodSpec[], phase: string) {
  const scratch = await cluster.scratch("orka-logs");
  for (const spec of pods) {
    await cluster.kubectlOk(["-n", scratch.name, "create", "-f", "-"], { stdin: JSON.stringify(pod(spec)) });
  }
  for (const { name } of pods) {
    const wait = [
      "-n",
      scratch.name,
      "wait",
      `--for=jsonpath={.status.phase}=${phase}`,
      `pod/${name}`,
      "--timeout=60s",
    ];
    await cluster.kubectlOk(wait);
  }
  return scratch;
}

// Odd bytes, an escape, no line break at the end.
const ODD =
  `printf 'one\\n\\ntwo \\033[31mred\\033[0m\\nb\\377d \\303\\274\\n'; i=0; while [ $i -lt 300 ]; do echo "line $i"; i=$((i+1)); done; echo err >&2; printf 'no end'`;

nodeTest("logs prints what kubectl prints, byte by byte", async (cluster) => {
  const pods = [{ name: "odd", containers: { main: ODD, side: "echo side" } }];
  await using scratch = await run(cluster, pods, "Succeeded");
  const lines: readonly (readonly string[])[] = [
    ["odd", "-c", "main"],
    ["odd"],
    ["odd", "side"],
    ["odd", "-c", "main", "--tail=5"],
    ["odd", "-c", "main", "--tail=0"],
    ["odd", "-c", "main", "--timestamps"],
    ["odd", "-c", "main", "--limit-bytes=40"],
    ["odd", "-c", "main", "--limit-bytes=40", "--timestamps"],
    ["odd", "-c", "main", "--since=1h", "--prefix"],
    ["odd", "-c", "main", "--since=1s"],
    ["odd", "-c", "main", "--since-time=2020-01-01T00:00:00Z", "--tail=3"],
    ["odd", "-c", "main", "-f"],
    ["pod/odd", "-c", "main", "--tail=2", "-f", "--timestamps"],
    ["odd", "-c", "none"],
    ["odd", "-c", "main", "-p"],
    ["nobody"],
    ["-l", "app=none"],
    ["-l", "app=logs", "-c", "side", "--prefix"],
  ];
  for (const args of lines) {
    const line = ["-n", scratch.name, "logs", ...args];
    const [theirs, ours] = [await cluster.kubectl(line), await cluster.orka(line)];
    assert.equal(ours.stdout, theirs.stdout, `orka ${line.join(" ")}\n${ours.stderr}${theirs.stderr}`);
    assert.equal(ours.code, theirs.code, `orka ${line.join(" ")}\n${ours.stderr}`);
    if (theirs.code === 0) assert.equal(ours.stderr, theirs.stderr, `orka ${line.join(" ")}`);
  }
});

nodeTest("100,000 lines followed through cut connections: none missing, none twice", async (cluster) => {
  const script =
    "i=0; while [ $i -lt 100000 ]; do echo $i; i=$((i+1)); [ $((i%10000)) -eq 0 ] && sleep 1; done";
  await using scratch = await run(cluster, [{ name: "many", containers: { main: script } }], "Running");
  const text = await Deno.readTextFile(cluster.kubeconfig);
  const server = new URL(/https:\/\/[^"\s]+/.exec(text)![0]);
  await using proxy = new TcpProxy({ hostname: server.hostname, port: Number(server.port) });
  const file = await Deno.makeTempFile({ prefix: "orka-kubeconfig-" });
  try {
    await Deno.writeTextFile(file, text.replaceAll(server.host, `127.0.0.1:${proxy.port}`));
    const started = Date.now();
    const cutting = setInterval(() => Date.now() - started > 3_000 && proxy.cut(), 1_300);
    const { code, stdout, stderr } = await cluster.orka(["-n", scratch.name, "logs", "-f", "many"], {
      env: { KUBECONFIG: file },
      timeoutMs: 120_000,
    }).finally(() => clearInterval(cutting));
    assert.equal(code, 0, stderr);
    assert.ok(proxy.cuts >= 4, `only ${proxy.cuts} connections were cut`);
    const lines = stdout.trimEnd().split("\n");
    const wrong = lines.findIndex((line, at) => line !== String(at));
    assert.equal(wrong, -1, `line ${wrong} is ${JSON.stringify(lines[wrong])}\n${stderr}`);
    assert.equal(lines.length, 100_000);
  } finally {
    await Deno.remove(file);
  }
});

nodeTest("a restart is stitched, and the instance before it is kubectl's", async (cluster) => {
  const script =
    'if [ -e /tmp/x ]; then :; fi; date +%s%N; i=0; while [ $i -lt 20 ]; do echo "$i"; i=$((i+1)); sleep 0.2; done; printf last; exit 7';
  const spec = { name: "crash", containers: { main: script }, restartPolicy: "Always" as const };
  await using scratch = await run(cluster, [spec], "Running");
  const following = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "main.ts", "-n", scratch.name, "logs", "-f", "crash", "-o", "ndjson"],
    env: { KUBECONFIG: cluster.kubeconfig },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let text = "";
  for await (const chunk of following.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const stitch = text.indexOf('"mark":"restarted"');
    if (stitch >= 0 && text.indexOf('"text":"3"', stitch) >= 0) break;
  }
  following.kill("SIGINT");
  assert.equal((await following.status).code, 130);
  const entries = text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  const at = entries.findIndex(({ mark }) => mark === "restarted");
  assert.match(entries[at].text, /^exit code 7/);
  const before = entries.slice(0, at).map((entry) => entry.text);
  assert.deepEqual(before.slice(1), [...Array.from({ length: 20 }, (_, n) => String(n)), "last"]);
  const previous = await cluster.orka(["-n", scratch.name, "logs", "crash", "-p"]);
  const theirs = await cluster.kubectl(["-n", scratch.name, "logs", "crash", "-p"]);
  assert.equal(previous.stdout, theirs.stdout);
});

nodeTest(
  "logs of the pods of a workload join, leave, and are refused where RBAC says so",
  async (cluster) => {
    await using scratch = await run(cluster, [
      { name: "a", containers: { main: "while :; do echo a; sleep 0.3; done" } },
      { name: "b", containers: { main: "while :; do echo b; sleep 0.3; done" } },
    ], "Running");
    const base = ["-n", scratch.name, "logs"];
    const refused = await cluster.orka([...base, "a", "--as=nobody"]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /forbidden/i);
    const [first] = await Promise.all([
      cluster.orka([...base, "a", "-f", "--tail=1"]),
      new Promise((resolve) => setTimeout(resolve, 2_000)).then(() =>
        cluster.kubectlOk(["-n", scratch.name, "delete", "pod", "a", "--wait=false"])
      ),
    ]);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /^(a\n)+$/);
    assert.match(first.stderr, /left/);
  },
);
