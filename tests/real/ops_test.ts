/**
 * Imperative verbs against kubectl on the same server: the same commands on twin objects give the same words, the same
 * exit codes and the same objects. Nodes are kwok's, made for the test, with a taint that keeps all other pods away.
 */
import assert from "node:assert/strict";
import { clusterTest, type Output, type RealCluster, type RunOptions } from "../support/real_cluster.ts";

/** Where one of the two works: kubectl here, orka there. */
interface Side {
  readonly namespace: string;
  readonly node: string;
  run(args: readonly string[], options?: RunOptions): Promise<Output>;
}

class Twins implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  private constructor(readonly cluster: RealCluster, readonly id: string, readonly state: string) {}

  static async open(cluster: RealCluster): Promise<Twins> {
    const twins = new Twins(cluster, crypto.randomUUID().slice(0, 5), await Deno.makeTempDir());
    twins.#stack.defer(() => Deno.remove(twins.state, { recursive: true }));
    return twins;
  }

  async side(which: "kubectl" | "orka"): Promise<Side> {
    const scratch = this.#stack.use(await this.cluster.scratch(`imp-${which}`));
    const at = ["-n", scratch.name];
    const run: Side["run"] = which === "kubectl"
      ? (args, options) => this.cluster.kubectl([...at, ...args], options)
      : (args, options) =>
        this.cluster.orka([...at, ...args], { ...options, env: { ...this.env, ...options?.env } });
    return { namespace: scratch.name, node: `imp-${which}-${this.id}`, run };
  }

  get env() {
    return { ORKA_WRITE: "1", XDG_STATE_HOME: this.state };
  }

  /** A node of kwok's for this side alone. */
  async node({ node }: Side): Promise<void> {
    const labels = { "imp.test/node": node, "imp.test/run": this.id };
    await this.cluster.create({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: node, labels, annotations: { "kwok.x-k8s.io/node": "fake" } },
      spec: { taints: [{ key: "imp.test/run", value: this.id, effect: "NoSchedule" }] },
      status: {
        allocatable: { cpu: "8", memory: "8Gi", pods: "110" },
        capacity: { cpu: "8", memory: "8Gi", pods: "110" },
      },
    });
    this.#stack.defer(() =>
      this.cluster.kubectlOk(["delete", "node", node, "--wait=false", "--ignore-not-found"]).then(() => {})
    );
    await this.cluster.kubectlOk(["wait", "--for=condition=Ready", `node/${node}`, "--timeout=60s"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** What one says of its own objects, with what differs between the two by intent taken out. */
function spoken(text: string, { namespace, node }: Side): string {
  return text.replaceAll(namespace, "NS").replaceAll(node, "NODE").replaceAll("'kubectl ", "'orka ")
    .replace(/-[a-z0-9]{8,10}-[a-z0-9]{5}\b/g, "-POD").replace(
      /pod-template-hash=\w+/g,
      "pod-template-hash=HASH",
    );
}

/** Runs the same line on both sides; words of failures are compared by their first line. */
async function same(
  sides: readonly [Side, Side],
  args: readonly string[],
  form = (text: string) => text,
): Promise<void> {
  const [theirs, ours] = await Promise.all(
    sides.map((side) => side.run(args.map((arg) => arg.replaceAll("NODE", side.node)))),
  );
  const [kubectl, orka] = sides;
  const line = args.join(" ");
  assert.equal(
    form(spoken(ours!.stdout, orka)),
    form(spoken(theirs!.stdout, kubectl)),
    `${line}\n${ours!.stderr}`,
  );
  assert.equal(ours!.code, theirs!.code, `${line}: exit code\n${ours!.stderr}\n${theirs!.stderr}`);
  const first = (text: string) => text.split("\n")[0]!;
  if (theirs!.code !== 0) {
    assert.equal(
      first(spoken(ours!.stderr, orka)),
      first(spoken(theirs!.stderr, kubectl)),
      `${line}: stderr`,
    );
  }
}

const sortedLines = (text: string) => text.split("\n").sort().join("\n");
const words = (text: string) => text.split(/\s+/).filter((word) => word !== "").join(" ");
const lastLine = (text: string) => text.trim().split("\n").at(-1)!;

const DEPLOYMENT = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { nodeSelector: { type: "none" }, containers: [{ name: "main", image: "example.com/web:1" }] },
    },
  },
};

clusterTest("scale, set and rollout say and do what kubectl's do", async (cluster) => {
  await using twins = await Twins.open(cluster);
  const sides = [await twins.side("kubectl"), await twins.side("orka")] as const;
  const spec = structuredClone(DEPLOYMENT.spec);
  spec.template.spec.nodeSelector = { type: "none" };
  for (const { namespace } of sides) {
    await cluster.create({
      ...DEPLOYMENT,
      metadata: { name: "web", namespace },
      spec: { ...spec, replicas: 0 },
    });
  }
  await same(sides, ["rollout", "status", "deploy/web", "--timeout=60s"], lastLine);
  await same(sides, ["set", "image", "deploy/web", "main=example.com/web:2"]);
  await same(sides, ["rollout", "status", "deploy/web", "--timeout=60s"], lastLine);
  await same(sides, ["rollout", "history", "deploy/web"]);
  await same(sides, ["rollout", "history", "deploy/web", "--revision=2"], words);
  for (
    const line of [
      "scale deploy/web --replicas=3",
      "scale deploy/web --replicas=4 --current-replicas=9",
      "scale deploy/web --replicas=0 --current-replicas=3",
      "scale deploy/nosuch --replicas=1",
      "scale deploy/nosuch deploy/web --replicas=1",
      "scale deploy/web --replicas=0",
      "label deploy nosuch web of=twins",
      "label deploy web of=others",
      "delete deploy/nosuch deploy/none",
      "set image deploy/web nosuch=x",
      "set env deploy/web MODE=fast",
      "set resources deploy/web --limits=cpu=200m,memory=512Mi --requests=cpu=100m",
      "rollout undo deploy/web --to-revision=77",
      "rollout undo deploy/web --to-revision=1",
      "rollout pause deploy/web",
      "rollout pause deploy/web",
      "rollout restart deploy/web",
      "rollout undo deploy/web",
      "rollout resume deploy/web",
      "rollout resume deploy/web",
      "rollout restart deploy/web",
      "rollout status deploy/nosuch",
      "rollout status deploy/web --revision=77",
    ]
  ) await same(sides, line.split(" "));
  await same(sides, ["rollout", "status", "deploy/web", "--timeout=60s"], lastLine);
  for (const { namespace } of sides) {
    const place = ["-n", namespace, "create"];
    await cluster.kubectlOk([...place, "secret", "generic", "s", "--from-literal=db.user=x"]);
    await cluster.kubectlOk([...place, "configmap", "c", "--from-literal=db.user=x", "--from-literal=B=y"]);
  }
  for (
    const line of [
      "set env deploy/web --from=secret/s --prefix=P_ X=1",
      "set env deploy/web --from=secret/s",
      "set env deploy/web --from=configmap/c --keys=db.user",
      "set env deploy/web DB_USER=plain",
      "set env deploy/web DB_USER=other --overwrite=false",
      "set env deploy/web --from=configmap/c --keys=B --prefix=B_",
      "set serviceaccount deploy/web default",
    ]
  ) await same(sides, line.split(" "));
  await same(sides, ["set", "env", "deploy/web", "--list"]);
  const [theirs, ours] = await Promise.all(
    sides.map(({ namespace }) => specOf(cluster, namespace, "deploy/web")),
  );
  assert.deepEqual(ours, theirs);
});

async function specOf(cluster: RealCluster, namespace: string, name: string): Promise<unknown> {
  const { spec } = JSON.parse(await cluster.kubectlOk(["-n", namespace, "get", name, "-o", "json"]));
  const annotations = spec.template?.metadata?.annotations;
  if (annotations !== undefined) annotations["kubectl.kubernetes.io/restartedAt"] = "";
  return spec;
}

clusterTest("a triggered Job is the one that kubectl makes of the CronJob", async (cluster) => {
  await using twins = await Twins.open(cluster);
  const { namespace, run } = await twins.side("orka");
  await cluster.kubectlOk([
    "-n",
    namespace,
    "create",
    "cronjob",
    "backup",
    "--image=x",
    "--schedule=0 0 1 1 *",
    "--",
    "sh",
  ]);
  await cluster.kubectlOk(["-n", namespace, "create", "job", "theirs", "--from=cronjob/backup"]);
  assert.equal((await run(["trigger", "cronjob/backup", "--name=ours"])).stdout, "job.batch/ours created\n");
  const jobs = await Promise.all(["theirs", "ours"].map(async (name) => {
    const job = JSON.parse(await cluster.kubectlOk(["-n", namespace, "get", "job", name, "-o", "json"]));
    const { labels, annotations, ownerReferences } = job.metadata;
    const text = JSON.stringify({ labels, annotations, ownerReferences, spec: job.spec });
    return JSON.parse(text.replaceAll(job.metadata.uid, "UID").replaceAll(`"${name}"`, '"NAME"'));
  }));
  assert.deepEqual(jobs[1], jobs[0]);
  assert.equal((await run(["suspend", "cronjob/backup"])).stdout, "cronjob.batch/backup suspended\n");
});

clusterTest("cordons and taints say and do what kubectl's do", async (cluster) => {
  await using twins = await Twins.open(cluster);
  const sides = [await twins.side("kubectl"), await twins.side("orka")] as const;
  for (const side of sides) await twins.node(side);
  for (
    const line of [
      "cordon NODE",
      "cordon NODE",
      "uncordon NODE",
      "uncordon NODE",
      "taint node NODE imp.test/a=b:NoSchedule",
      "taint node NODE imp.test/a=c:NoSchedule",
      "taint node NODE imp.test/a=c:NoSchedule imp.test/b:PreferNoSchedule --overwrite",
      "taint node NODE imp.test/a:NoSchedule- imp.test/c:NoExecute",
      "taint node NODE imp.test/a-",
      "taint node NODE imp.test/b-",
    ]
  ) await same(sides, line.split(" "));
  const taints = await Promise.all(
    sides.map(async ({ node }) =>
      JSON.parse(await cluster.kubectlOk(["get", "node", node, "-o", "json"])).spec.taints
    ),
  );
  const own = (list: { key: string }[]) => list.filter(({ key }) => key.startsWith("imp.test/"));
  const effects = (list: { key: string }[]) =>
    JSON.stringify(
      own(list).map(({ timeAdded: _, ...rest }: Record<string, unknown> & { key: string }) => rest),
    );
  assert.equal(effects(taints[1]!), effects(taints[0]!));
});

/** Pods of a Deployment that can run on the side's node alone, and are ready. */
async function deployed(cluster: RealCluster, { namespace, node }: Side, { id }: Twins): Promise<void> {
  const template = {
    metadata: { labels: { app: "web" } },
    spec: {
      nodeSelector: { "imp.test/node": node },
      tolerations: [{ key: "imp.test/run", value: id, effect: "NoSchedule" }],
      terminationGracePeriodSeconds: 1,
      containers: [{ name: "main", image: "example.com/web:1" }],
    },
  };
  const spec = { replicas: 2, selector: { matchLabels: { app: "web" } }, template };
  await cluster.create({ ...DEPLOYMENT, metadata: { name: "web", namespace }, spec });
  await cluster.kubectlOk(["-n", namespace, "rollout", "status", "deploy/web", "--timeout=60s"]);
}

clusterTest("a drain refuses, evicts and says what kubectl's does", async (cluster) => {
  await using twins = await Twins.open(cluster);
  const sides = [await twins.side("kubectl"), await twins.side("orka")] as const;
  for (const side of sides) {
    await twins.node(side);
    await deployed(cluster, side, twins);
    const spec = { nodeName: side.node, containers: [{ name: "c", image: "x" }] };
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "bare", namespace: side.namespace },
      spec,
    };
    await cluster.create(pod);
    const volumes = [{ name: "cache", emptyDir: {} }];
    await cluster.create({
      ...pod,
      metadata: { ...pod.metadata, name: "cache" },
      spec: { ...spec, volumes },
    });
  }
  const [theirs, ours] = await Promise.all(sides.map((side) => side.run(["drain", side.node])));
  const reasons = (text: string) => /due to error: (.*?)(, continuing command.*)?\n/.exec(text)![1]!;
  // kubectl joins several reasons as it joins names: `[cannot …: a, b, cannot …: c]`.
  const spokenReasons = (output: Output, side: Side) =>
    spoken(reasons(output.stderr), side).replace(/^\[|\]$/g, "").split(/[;,] (?=cannot )/).sort();
  assert.deepEqual(spokenReasons(ours!, sides[1]), spokenReasons(theirs!, sides[0]));
  assert.deepEqual([ours!.code, theirs!.code], [1, 1]);
  // kubectl has cordoned the node before it looked; orka has changed nothing.
  await cluster.kubectlOk(["uncordon", sides[0].node]);
  const args = ["drain", "NODE", "--force", "--delete-emptydir-data", "--ignore-daemonsets", "--timeout=60s"];
  await same(sides, args, sortedLines);
  for (const { namespace, node } of sides) {
    const left = await cluster.kubectlOk([
      "-n",
      namespace,
      "get",
      "pods",
      "-o",
      "name",
      `--field-selector=spec.nodeName=${node}`,
    ]);
    assert.equal(left, "");
  }
});

clusterTest("a drain waits for a blocking budget, gives up in time, and can be stopped", async (cluster) => {
  await using twins = await Twins.open(cluster);
  const side = await twins.side("orka");
  const { namespace, node, run } = side;
  await twins.node(side);
  await deployed(cluster, side, twins);
  await cluster.kubectlOk([
    "-n",
    namespace,
    "create",
    "pdb",
    "web",
    "--selector=app=web",
    "--min-available=2",
  ]);
  await cluster.kubectlOk([
    "-n",
    namespace,
    "wait",
    "pdb/web",
    "--for=jsonpath={.status.currentHealthy}=2",
    "--timeout=30s",
  ]);

  const plan = await run(["drain", node, "--write=false"]);
  assert.equal(plan.code, 3, plan.stderr);
  assert.match(
    plan.stdout,
    /web {3}min available 2 {3}holds 2 pods back: no eviction allowed now \(2 healthy, 2 needed\)/,
  );
  assert.match(
    plan.stdout,
    /refused now: Cannot evict pod as it would violate the pod's disruption budget\./,
  );

  const late = await run(["drain", node, "--timeout=3s"]);
  assert.equal(late.code, 1);
  assert.match(late.stderr, /drain did not complete within 3s: .*web-\S+ is held back/);
  assert.match(late.stderr, /0 of 2 pods are gone/);

  const { code, ms, stderr } = await interrupted(cluster, twins, ["-n", namespace, "drain", node]);
  assert.equal(code, 130, stderr);
  assert.match(stderr, /stopped: 0 of 2 pods are gone; .* stays cordoned/);
  assert.ok(ms < 1_000, `${ms} ms from Ctrl-C to the end`);

  const draining = run(["drain", node, "--timeout=60s"]);
  await cluster.kubectlOk(["-n", namespace, "delete", "pdb", "web"]);
  const done = await draining;
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stdout, /drained\n$/);
});

/** Ctrl-C once a budget has held an eviction back. `ms`: from there to the end. */
async function interrupted(cluster: RealCluster, { env }: Twins, args: readonly string[]) {
  const main = decodeURIComponent(new URL("../../main.ts", import.meta.url).pathname);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", main, ...args],
    env: { ...env, KUBECONFIG: cluster.kubeconfig, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let stderr = "";
  let stoppedAt = 0;
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    stderr += text;
    if (stoppedAt > 0 || !stderr.includes("will retry after")) continue;
    stoppedAt = performance.now();
    child.kill("SIGINT");
  }
  const { code } = await child.status;
  return { code, stderr, ms: performance.now() - stoppedAt };
}

clusterTest("who may not do it is told so in RBAC's words, and caps says it before", async (cluster) => {
  await using twins = await Twins.open(cluster);
  const { namespace, run } = await twins.side("orka");
  await cluster.create({
    ...DEPLOYMENT,
    metadata: { name: "web", namespace },
    spec: { ...DEPLOYMENT.spec, replicas: 0 },
  });
  const viewer = ["--context", "viewer"];
  const scale = await run([...viewer, "scale", "deploy/web", "--replicas=1"]);
  assert.equal(scale.code, 1);
  assert.match(
    scale.stderr,
    /^Error from server \(Forbidden\): deployments\.apps "web" is forbidden: .*cannot patch resource "deployments\/scale"/,
  );
  const caps = await run([...viewer, "caps", "pods"]);
  assert.match(caps.stdout, /\nlog +yes +yes +get pods\/log\n/);
  assert.match(caps.stdout, /\nexec +yes +no +create pods\/exec\n/);
  assert.match((await run([...viewer, "drain", "node-0"])).stderr, /Forbidden/);
});

clusterTest("top says that nothing is measured, and shows requests of the real pods", async (cluster) => {
  await using twins = await Twins.open(cluster);
  const side = await twins.side("orka");
  await twins.node(side);
  const { namespace, node, run } = side;
  const resources = { requests: { cpu: "2", memory: "1Gi" }, limits: { memory: "2Gi" } };
  const spec = { nodeName: node, containers: [{ name: "c", image: "x", resources }] };
  await cluster.create({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace }, spec });
  const nodes = await run(["top", "nodes", node, "--no-headers"]);
  assert.match(nodes.stdout, / 1 +2000m \(25%\) +0m \(0%\) +1024Mi \(12%\) +2048Mi \(25%\) +\n$/);
  assert.match(nodes.stderr, /Metrics API not available/);
  const pods = await run(["top", "pods", "--no-headers"]);
  assert.match(pods.stdout, /^p +2000m +0m +1024Mi +2048Mi +\n$/);
});
