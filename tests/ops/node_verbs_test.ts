import assert from "node:assert/strict";
import { patchObject, readObject } from "../../src/apply/mod.ts";
import { parseTaints } from "../../src/ops/mod.ts";
import { type Cli, cliOnEmbedded } from "../cli/harness.ts";
import { type Embedded, openEmbedded } from "../support/embedded.ts";
import { resource } from "../support/resources.ts";

const target = (name: string) => ({ resource: resource("Node"), namespace: "", name });

async function withNodes(use: (cluster: Embedded, orka: Cli) => Promise<void>): Promise<void> {
  await using cluster = await openEmbedded();
  for (const name of ["n1", "n2"]) {
    await cluster.create({ apiVersion: "v1", kind: "Node", metadata: { name, labels: { pool: name } } });
    const patch = {
      status: {
        allocatable: { cpu: "2", memory: "4Gi", pods: "110" },
        capacity: { cpu: "4", memory: "8Gi" },
      },
    };
    await patchObject(cluster.client, { ...target(name), subresource: "status" }, { type: "merge", patch });
  }
  await use(cluster, cliOnEmbedded(cluster));
}

async function specOf(
  cluster: Embedded,
  name: string,
): Promise<{ unschedulable?: boolean; taints?: object[] }> {
  return (await readObject(cluster.client, target(name)))!.spec as object;
}

Deno.test("cordon and uncordon, by name, by labels and all", () =>
  withNodes(async (cluster, orka) => {
    (await orka("cordon", "n1")).code(3).stdout(/node\/n1 would change\n[^]*unschedulable/);
    (await orka("cordon", "n1", "--write")).code(0).stdout("node/n1 cordoned\n");
    (await orka("ops", "cordon", "node/n1", "--write")).code(0).stdout("node/n1 already cordoned\n");
    assert.equal((await specOf(cluster, "n1")).unschedulable, true);
    (await orka("uncordon", "-l", "pool=n1", "--write")).code(0).stdout("node/n1 uncordoned\n");
    (await orka("uncordon", "n1")).code(0).stdout("node/n1 already uncordoned\n");
    assert.equal((await specOf(cluster, "n1")).unschedulable, undefined);
    (await orka("cordon", "--all", "--write")).code(0).stdout("node/n1 cordoned\nnode/n2 cordoned\n");
    (await orka("cordon", "n1", "-l", "a=b")).code(2);
    (await orka("cordon", "nosuch", "--write")).code(1).stderr(/nodes "nosuch" not found/);
    (await orka("uncordon", "none", "n1", "nosuch", "--write")).code(1).stdout("node/n1 uncordoned\n")
      .stderr(/nodes "none" not found\n.*nodes "nosuch" not found\n1 of 3 went through\n$/);
    (await orka("cordon", "n1", "--write")).code(0);
    (await orka("drain", "none", "n1", "--write")).code(1).stdout("").stderr(/nodes "none" not found\n$/);
    (await orka("cordon")).code(2);
  }));

Deno.test("taints go on, change and come off, in kubectl's words", () =>
  withNodes(async (cluster, orka) => {
    const taint = (...args: string[]) => orka("taint", "node", "n1", ...args, "--write");
    (await taint("dedicated=gpu:NoSchedule", "slow:PreferNoSchedule")).code(0).stdout("node/n1 tainted\n");
    const [own] = (await specOf(cluster, "n2")).taints!; // every new node is not ready
    assert.deepEqual((await specOf(cluster, "n1")).taints, [
      { key: "dedicated", value: "gpu", effect: "NoSchedule" },
      { key: "slow", effect: "PreferNoSchedule" },
      own,
    ]);
    (await taint("dedicated=cpu:NoSchedule")).code(1)
      .stderr(/node n1 already has dedicated taint\(s\) with same effect\(s\) and --overwrite is false/);
    (await taint("dedicated=cpu:NoSchedule", "slow-", "--overwrite")).code(0).stdout("node/n1 modified\n");
    (await taint("dedicated:NoSchedule-")).code(0).stdout("node/n1 untainted\n");
    assert.deepEqual((await specOf(cluster, "n1")).taints, [own]);
    (await taint("dedicated-")).code(1).stderr(/taint "dedicated" not found/);
    (await taint()).code(2).stderr(/at least one taint update is required/);
    (await orka("taint", "n1", "n2", "a:NoSchedule")).code(3).stdout(
      /node\/n1 would change[^]*node\/n2 would change/,
    );
    const terminal = { terminal: true, answers: ["n"] };
    (await cliOnEmbedded(cluster, terminal)("taint", "n1", "a:NoExecute", "--write")).code(3)
      .stderr(/Evict the pods of node "n1" that do not tolerate NoExecute\?/);
  }));

Deno.test("a taint is KEY=VALUE:EFFECT, and nothing else is", () => {
  assert.deepEqual(parseTaints(["a.b/c=v:NoExecute", "x:NoSchedule-", "y-"]), {
    add: [{ key: "a.b/c", value: "v", effect: "NoExecute" }],
    remove: [{ key: "x", effect: "NoSchedule" }, { key: "y", effect: null }],
  });
  for (
    const odd of [
      "a",
      "a=b",
      "a:Nope",
      "a:NoSchedule:x",
      "=v:NoSchedule",
      "a=b=c:NoSchedule",
      "a b:NoSchedule",
      "-",
    ]
  ) {
    assert.throws(() => parseTaints([odd]), { code: "usage" }, odd);
  }
  assert.throws(() => parseTaints(["a=1:NoExecute", "a=2:NoExecute"]), { code: "usage" });
});

async function pod(
  cluster: Embedded,
  name: string,
  { node, cpu, memory }: Record<"node" | "cpu" | "memory", string>,
) {
  const resources = { requests: { cpu, memory }, limits: { memory } };
  const spec = { nodeName: node, containers: [{ name: "c", image: "i", resources }] };
  await cluster.create({ apiVersion: "v1", kind: "Pod", metadata: { name }, spec });
}

Deno.test("where nothing is measured top shows requests and limits, and says so", () =>
  withNodes(async (cluster, orka) => {
    await pod(cluster, "small", { node: "n1", cpu: "250m", memory: "512Mi" });
    await pod(cluster, "big", { node: "n1", cpu: "1", memory: "1Gi" });
    (await orka("top", "nodes")).code(0).stderr(/Metrics API not available/).stdout(
      `NAME   PODS   CPU(requests)   CPU(limits)   MEMORY(requests)   MEMORY(limits)   
n1     2      1250m (62%)     0m (0%)       1536Mi (37%)       1536Mi (37%)     
n2     0      0m (0%)         0m (0%)       0Mi (0%)           0Mi (0%)         
`,
    );
    (await orka("top", "node", "n1", "--show-capacity", "--no-headers")).stdout(/^n1 +2 +1250m \(31%\)/);
    (await orka("top", "pods", "--sort-by=cpu", "--sum")).code(0).stdout(
      `NAME    CPU(requests)   CPU(limits)   MEMORY(requests)   MEMORY(limits)   
big     1000m           0m            1024Mi             1024Mi           
small   250m            0m            512Mi              512Mi            
        ________        ________      ________           ________         
        1250m           0m            1536Mi             1536Mi           
`,
    );
    const [first] = JSON.parse((await orka("top", "pods", "big", "--json")).out);
    assert.deepEqual(first.requests, { cpuMillicores: 1000, memoryBytes: 2 ** 30 });
    (await orka("top", "pods", "nosuch")).code(1).stderr(/pods "nosuch" not found/);
    (await orka("top", "nodes", "nosuch")).code(1).stderr(/nodes "nosuch" not found/);
    (await orka("top")).code(2);
    (await orka("top", "deploy")).code(2);
    (await orka("top", "pods", "--sort-by=age")).code(2).stderr(/--sort-by accepts only cpu or memory/);
  }));

const USED: Readonly<Record<string, object>> = {
  "/apis/metrics.k8s.io/v1beta1/nodes": {
    items: [{ metadata: { name: "n1" }, usage: { cpu: "512345678n", memory: "1048576Ki" } }],
  },
  "/apis/metrics.k8s.io/v1beta1/namespaces/default/pods": {
    items: [
      {
        metadata: { name: "web", namespace: "default" },
        containers: [
          { name: "a", usage: { cpu: "1500u", memory: "10Mi" } },
          { name: "b", usage: { cpu: "100m", memory: "30Mi" } },
        ],
      },
      {
        metadata: { name: "api", namespace: "default" },
        containers: [{ name: "c", usage: { cpu: "3m", memory: "99Mi" } }],
      },
    ],
  },
};

Deno.test("where use is measured top looks as kubectl's", () =>
  withNodes(async (cluster) => {
    const { server, client } = cluster;
    const measured: Pick<Embedded, "server" | "client"> = {
      client,
      server: Object.assign(Object.create(server), {
        handler: (request: Request) => {
          const body = USED[new URL(request.url).pathname];
          return body === undefined ? server.handler(request) : Promise.resolve(Response.json(body));
        },
      }),
    };
    const orka = cliOnEmbedded({ ...cluster, ...measured });
    (await orka("top", "nodes")).code(0).stderr("").stdout(
      `NAME   CPU(cores)   CPU(%)      MEMORY(bytes)   MEMORY(%)   
n1     513m         25%         1024Mi          25%         
n2     <unknown>    <unknown>   <unknown>       <unknown>   
`,
    );
    (await orka("top", "pods", "--sum")).stdout(
      `NAME   CPU(cores)   MEMORY(bytes)   
api    3m           99Mi            
web    102m         40Mi            
       ________     ________        
       105m         139Mi           
`,
    );
    (await orka("top", "pods", "--containers", "--sort-by=cpu", "--no-headers")).stdout(
      "web   a     2m     10Mi   \nweb   b     100m   30Mi   \napi   c     3m     99Mi   \n",
    );
    (await orka("top", "nodes", "--requests")).stderr("").stdout(/CPU\(requests\)/);
  }));

Deno.test("a metrics server that is down counts as none, one that refuses does not", () =>
  withNodes(async (cluster) => {
    const answering = (status: number) =>
      cliOnEmbedded(cluster, { fault: ({ url }) => url.includes("metrics.k8s.io/") ? { status } : null });
    (await answering(503)("top", "nodes")).code(0).stderr(/Metrics API not available/);
    (await answering(403)("top", "nodes")).code(1);
    (await answering(500)("top", "nodes")).code(1);
  }));

Deno.test("caps tells what is served and what the user may do", () =>
  withNodes(async (_, orka) => {
    (await orka("caps")).code(0).stdout(/^KIND +SCALE +LOG +EXEC/).stdout(/\npods +- +yes +yes/)
      .stdout(/\ndeployments\.apps +yes +- /);
    (await orka("caps", "--gvk", "v1/Pod")).code(0)
      .stdout(/^OPERATION +SERVED +ALLOWED +RIGHT\nscale +no +- +-\nlog +yes +yes +get pods\/log\n/);
    const deploy = JSON.parse((await orka("caps", "deploy", "--json")).out);
    assert.deepEqual(deploy.operations.scale, {
      served: true,
      allowed: true,
      right: "patch deployments.apps/scale",
    });
    (await orka("caps", "nosuch")).code(1);
  }));
