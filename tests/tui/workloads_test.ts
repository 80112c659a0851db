/** Operations on workloads and nodes from the session, on the real engine over an API server. */
import assert from "node:assert/strict";
import { readObject } from "../../src/apply/mod.ts";
import type { Engine } from "../../src/engine/mod.ts";
import type { KubeObject } from "../../src/kube/mod.ts";
import { type Memory, openMemory } from "../../src/persist/mod.ts";
import { Robot } from "../support/robot.ts";
import { onServers, type TestObject, type TestServer } from "../support/two_servers.ts";
import { writableEngine } from "../support/writable_engine.ts";

class Rig implements AsyncDisposable {
  private constructor(
    readonly server: TestServer,
    readonly engine: Engine,
    readonly memory: Memory,
    readonly robot: Robot,
  ) {}

  /** A session on a kind, allowed to change things. */
  static async open(
    server: TestServer,
    kind: string,
    rule = { write: true, protected: false },
  ): Promise<Rig> {
    const { clock } = server;
    const engine = writableEngine(server);
    const memory = await openMemory({ directory: null, clock, warn: assert.fail });
    const robot = await Robot.start({
      clock,
      kind,
      cols: 120,
      rows: 30,
      namespace: server.namespace,
      connect: () => Promise.resolve(engine),
      memory: () => Promise.resolve(memory),
      writeRule: () => Promise.resolve(rule),
    });
    return new Rig(server, engine, memory, robot);
  }

  async spec(plural: string, name: string): Promise<Readonly<Record<string, unknown>>> {
    const resource = this.server.resource(plural);
    const namespace = resource.namespaced ? this.server.namespace : "";
    const live = await readObject(this.server.admin, { resource, namespace, name });
    return (live as (KubeObject & { spec: Record<string, unknown> }) | null)?.spec ?? {};
  }

  /** Lets things happen until a change is remembered: on a real cluster a rollout's verdict may be said already. */
  async remembers(verb: string): Promise<void> {
    for (let step = 0; step < 1000 && !this.verbs.includes(verb); step++) await this.server.clock.advance(5);
    assert.ok(this.verbs.includes(verb), `${verb} is not among ${this.verbs}\n${this.robot.screen}`);
  }

  get verbs(): readonly string[] {
    return this.memory.audit.list().map(({ verb, ref }) => `${verb} ${ref.name}`).reverse();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.robot[Symbol.asyncDispose]();
    await this.engine[Symbol.asyncDispose]();
  }
}

const template = {
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "main", image: "images.test/web:1" }] },
};

function deployment(name: string, replicas = 0): TestObject {
  const spec = { replicas, selector: { matchLabels: { app: "web" } }, template };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name }, spec };
}

onServers("scale asks how many, shows what would change, and is remembered", async (server) => {
  await server.put(deployment("web", 1));
  await using rig = await Rig.open(server, "deployments");
  const { robot } = rig;
  await robot.until("web");
  await robot.type("s").then((r) => r.until("Scale Deployment web"));
  robot.expect("replicas (now 1)");
  await robot.type("x").then((r) => r.expect("How many? A whole number"));
  await robot.wait(500).then((r) => r.expectNot("would", "$ orka"));
  await robot.type("<backspace>2").then((r) => r.until("spec.replicas: 1 -> 2"));
  robot.expect(`$ orka scale deployments/web -n ${server.namespace} --replicas=2 --write`);
  await robot.type("<enter><enter>").then((r) => r.until("web scaled"));
  assert.equal((await rig.spec("deployments.apps", "web"))["replicas"], 2);
  assert.deepEqual(rig.verbs, ["scale web"]);
});

onServers("several marked workloads are scaled together", async (server) => {
  await server.putAll([deployment("one"), deployment("two")]);
  await using rig = await Rig.open(server, "deployments");
  const { robot } = rig;
  await robot.until("two");
  await robot.type("  s").then((r) => r.until("Scale 2 deployments"));
  await robot.type("1").then((r) => r.until("deployments.apps/two would change"));
  await robot.type("<enter><enter>").then((r) => r.until("2 deployments scaled"));
  for (const name of ["one", "two"]) assert.equal((await rig.spec("deployments.apps", name))["replicas"], 1);
});

onServers(
  "restart and a new image change the pod template, and nothing goes without a yes",
  async (server) => {
    await server.put(deployment("web"));
    await using rig = await Rig.open(server, "deployments");
    const { robot } = rig;
    await robot.until("web");
    // first: the notice of a rollout that ends would take the place of this one's
    await robot.type("i").then((r) => r.until("Set the image of Deployment web"));
    await robot.until("nothing would change");
    await robot.type("<tab><tab><enter>").then((r) => r.until("Nothing was changed"));
    await robot.type("r").then((r) => r.until("kubectl.kubernetes.io/restartedAt"));
    await robot.type("n").then((r) => r.expectNot("restartedAt"));
    assert.deepEqual(rig.verbs, []);
    await robot.type("r").then((r) => r.until("restartedAt"));
    await robot.type("y");
    await rig.remembers("rollout restart web");
    await robot.type("i").then((r) => r.until("Set the image of Deployment web"));
    await robot.type("images.test/web:2").then((r) => r.until("images.test/web:1 -> images.test/web:2"));
    robot.expect("$ orka set image deployments/web");
    await robot.type("<enter><enter>");
    await rig.remembers("set image web");
    const { template } = await rig.spec("deployments.apps", "web") as {
      template: { spec: { containers: { image: string }[] } };
    };
    assert.equal(template.spec.containers[0]!.image, "images.test/web:2");
    assert.deepEqual(rig.verbs, ["rollout restart web", "set image web"]);
  },
);

onServers("a CronJob is run now, suspended and resumed", async (server) => {
  await server.put({
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "nightly" },
    spec: {
      schedule: "0 3 * * *",
      jobTemplate: {
        spec: { template: { spec: { restartPolicy: "Never", containers: template.spec.containers } } },
      },
    },
  });
  await using rig = await Rig.open(server, "cronjobs");
  const { robot } = rig;
  await robot.until("nightly");
  await robot.type("t").then((r) => r.until("would be created"));
  await robot.type("by-hand").then((r) => r.until("--name=by-hand"));
  await robot.type("<enter><enter>").then((r) => r.until("jobs.batch/by-hand made"));
  assert.equal((await rig.spec("jobs.batch", "by-hand"))["suspend"], false);
  await robot.type("s").then((r) => r.until("spec.suspend: false -> true"));
  await robot.type("y").then((r) => r.until("nightly suspended"));
  await robot.type("s").then((r) => r.until("Resume CronJob nightly"));
  await robot.type("y").then((r) => r.until("nightly resumed"));
  assert.equal((await rig.spec("cronjobs.batch", "nightly"))["suspend"], false);
});

onServers("kill deletes the marked pods at once, after the question", async (server) => {
  for (const name of ["one", "two", "three"]) {
    await server.put({ apiVersion: "v1", kind: "Pod", metadata: { name } });
  }
  await using rig = await Rig.open(server, "pods");
  const { robot } = rig;
  await robot.until("two");
  await robot.type("  <ctrl-k>").then((r) => r.until("pods/three would be deleted"));
  robot.expect("Kill 2 pods", "--grace-period=0 --force");
  await robot.type("<enter>");
  assert.deepEqual(rig.verbs, [], "the safe answer is under the bar first");
  await robot.type("<ctrl-k>").then((r) => r.until("would be deleted"));
  await robot.type("y").then((r) => r.until("2 pods killed"));
  assert.deepEqual(await rig.spec("pods", "one"), {});
  assert.notDeepEqual(await rig.spec("pods", "two"), {});
});

Deno.test("a drain shows its plan, goes on behind the panes, and can be stopped", async () => {
  const { TestServer } = await import("../support/two_servers.ts");
  await using server = await TestServer.open("embedded");
  const { replicas: _, ...spec } = deployment("web")["spec"] as { replicas: number };
  const set = await server.put({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: "web" },
    spec,
  });
  const uid = set.metadata.uid ?? "";
  const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid, controller: true };
  const pod = (name: string, metadata: object): TestObject => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, ...metadata },
    spec: { nodeName: "node-1", containers: template.spec.containers },
  });
  await server.put({ apiVersion: "v1", kind: "Node", metadata: { name: "node-1" } });
  await server.put(pod("web-1", { ownerReferences: [owner], finalizers: ["orka.test/hold"] }));
  await server.put(pod("alone", {}));
  await using rig = await Rig.open(server, "nodes", { write: true, protected: true });
  const { robot } = rig;
  await robot.until("node-1");
  await robot.type("c").then((r) => r.until("spec.unschedulable: true"));
  await robot.type("y").then((r) => r.until("nodes/node-1 cordoned"));
  await robot.type("r").then((r) => r.until("1 evicted, 0 left alone, 1 in the way"));
  robot.expect(
    'alone  has no controller: see "pods without controller too"',
    "This context is protected: type node-1",
  );
  await robot.type("<shift-tab>").then((r) => r.expectNot("use --force"));
  await robot.type("<right>").then((r) => r.until("2 evicted, 0 left alone, 0 in the way"));
  robot.expect("$ orka drain node-1 --ignore-daemonsets --force --write");
  await robot.type("<tab><tab>node-1<enter>").then((r) => r.expectNot("to go on"));
  await robot.type("<enter>").then((r) => r.until("was cordoned already"));
  await robot.until("0 held back");
  await robot.type("<esc>").then((r) => r.until("SchedulingDisabled"));
  await robot.type("-").then((r) => r.until("drain node-1"));
  await robot.type("<ctrl-d>").then((r) => r.until("the node stays cordoned"));
  assert.equal((await rig.spec("nodes", "node-1"))["unschedulable"], true);
});
