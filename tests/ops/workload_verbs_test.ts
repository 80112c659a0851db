import assert from "node:assert/strict";
import { patchObject, readObject, serverApply } from "../../src/apply/mod.ts";
import { ManualClock } from "../../src/base/mod.ts";
import { performChange, planUndo } from "../../src/change/mod.ts";
import type { KubeObject } from "../../src/kube/mod.ts";
import { planScale, planSetImage } from "../../src/ops/mod.ts";
import { openMemory } from "../../src/persist/mod.ts";
import { cliOnEmbedded, type CliOptions, settled } from "../cli/harness.ts";
import { Remembered } from "../cli/remembered.ts";
import { type Embedded, openEmbedded } from "../support/embedded.ts";
import { resource } from "../support/resources.ts";

const TEMPLATE = {
  metadata: { labels: { app: "web" } },
  spec: {
    initContainers: [{ name: "init", image: "init:1" }],
    containers: [
      { name: "web", image: "web:1", env: [{ name: "MODE", value: "slow" }, { name: "OLD", value: "x" }] },
      { name: "side", image: "side:1", resources: { limits: { cpu: "1", memory: "1Gi" } } },
    ],
  },
};

const target = (kind: string, name = "web") => ({ resource: resource(kind), namespace: "default", name });

async function withWorkloads(use: (cluster: Embedded) => Promise<void>): Promise<void> {
  await using cluster = await openEmbedded();
  const selector = { matchLabels: { app: "web" } };
  for (const name of ["web", "api"]) {
    const spec = { replicas: 2, selector, template: TEMPLATE };
    await cluster.create({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name }, spec });
  }
  await cluster.create({
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "backup" },
    spec: {
      schedule: "0 0 * * *",
      jobTemplate: {
        metadata: { labels: { of: "backup" }, annotations: { a: "b" } },
        spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "b:1" }] } } },
      },
    },
  });
  await use(cluster);
}

interface Spec {
  readonly replicas: number;
  readonly template: {
    readonly spec: {
      readonly initContainers: readonly Container[];
      readonly containers: readonly Container[];
    };
  };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly object[];
  readonly resources?: object;
}

async function specOf(cluster: Embedded, name = "web"): Promise<Spec> {
  return (await readObject(cluster.client, target("Deployment", name)))!.spec as Spec;
}

async function images(cluster: Embedded): Promise<readonly string[]> {
  const { initContainers, containers } = (await specOf(cluster)).template.spec;
  return [...initContainers, ...containers].map(({ image }) => image);
}

const isScale = ({ method, url }: Request) => method === "PATCH" && new URL(url).pathname.endsWith("/scale");

Deno.test("scale shows what it would change, and changes it with leave", () =>
  withWorkloads(async (cluster) => {
    const orka = cliOnEmbedded(cluster);
    (await orka("scale", "deploy/web", "--replicas=5")).code(3)
      .stdout(/^deployment\.apps\/web would change\n[^]*replicas/).stderr(/--write/);
    (await orka("scale", "deploy/web", "--replicas=5", "--dry-run=server")).code(0)
      .stdout("deployment.apps/web scaled (server dry run)\n");
    assert.equal((await specOf(cluster)).replicas, 2);
    (await orka("ops", "scale", "deploy", "web", "api", "--replicas=5", "--write")).code(0)
      .stdout("deployment.apps/web scaled\ndeployment.apps/api scaled\n");
    assert.deepEqual([(await specOf(cluster)).replicas, (await specOf(cluster, "api")).replicas], [5, 5]);
    const scale = JSON.parse(
      (await orka("scale", "deploy/web", "--replicas=4", "--write", "--json")).code(0).out,
    );
    assert.deepEqual([scale.kind, scale.spec], ["Scale", { replicas: 4 }]);
  }));

Deno.test("scale's preconditions are kept, also over a change in between", () =>
  withWorkloads(async (cluster) => {
    const orka = cliOnEmbedded(cluster);
    (await orka("scale", "deploy/web", "--replicas=5", "--current-replicas=3", "--write")).code(1)
      .stderr(/Expected replicas to be 3, was 2/);
    (await orka("scale", "deploy/web", "--replicas=5", "--resource-version=1", "--write")).code(1)
      .stderr(/Expected resource version to be 1, was \d+/);
    const others = (patch: object) =>
      patchObject(cluster.client, target("Deployment"), { type: "merge", patch });
    const raced = (patch: object) => {
      let raced: Promise<unknown> | null = null;
      return cliOnEmbedded(cluster, {
        fault: (request) => {
          if (!isScale(request) || raced !== null) return null;
          raced = others(patch);
          return { status: 409 };
        },
      });
    };
    const guarded = ["scale", "deploy/web", "--replicas=5", "--current-replicas=2", "--write"];
    (await raced({ spec: { replicas: 9 } })(...guarded)).code(1).stderr(/Expected replicas to be 2, was 9/);
    await others({ spec: { replicas: 2 } });
    (await raced({ metadata: { labels: { a: "b" } } })(...guarded)).code(0);
    assert.equal((await specOf(cluster)).replicas, 5);
  }));

Deno.test("scale --mode=ssa owns the field, and names who owns it already", () =>
  withWorkloads(async (cluster) => {
    const orka = cliOnEmbedded(cluster);
    const hpa = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: { replicas: 2 },
    };
    await serverApply(cluster.client, target("Deployment"), {
      configuration: hpa,
      fieldManager: "hpa",
      force: true,
    });
    const ssa = ["scale", "deploy/web", "--replicas=6", "--mode=ssa", "--write"];
    (await orka(...ssa)).code(1).stderr(/conflicts with "hpa"/);
    (await orka(...ssa, "--force-conflicts")).code(0).stdout("deployment.apps/web scaled\n");
    const live = (await readObject(cluster.client, target("Deployment")))!;
    const owner = (live.metadata.managedFields as { manager: string; operation: string; fieldsV1: object }[])
      .find(({ manager, operation }) => manager === "orka" && operation === "Apply");
    assert.deepEqual(owner?.fieldsV1, { "f:spec": { "f:replicas": {} } });
    (await orka("scale", "deploy/web", "--replicas=7", "--write")).code(0);
    // Its own update by the subresource is no conflict for its apply.
    (await orka("scale", "deploy/web", "--replicas=8", "--mode=ssa", "--write")).code(0);
    assert.equal((await specOf(cluster)).replicas, 8);
    (await orka("scale", "deploy/web", "--replicas=6", "--mode=odd")).code(2);
  }));

Deno.test("what orka had applied before stays applied when it scales by apply", () =>
  withWorkloads(async (cluster) => {
    const labelled = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", labels: { team: "shop" } },
    };
    await serverApply(cluster.client, target("Deployment"), { configuration: labelled });
    (await cliOnEmbedded(cluster)(
      "scale",
      "deploy/web",
      "--replicas=3",
      "--mode=ssa",
      "--force-conflicts",
      "--write",
    ))
      .code(0);
    const live = (await readObject(cluster.client, target("Deployment")))!;
    assert.deepEqual(live.metadata.labels, { team: "shop" });
  }));

Deno.test("scale: what can't be scaled, missing flags, zero asked for on a terminal", () =>
  withWorkloads(async (cluster) => {
    const orka = cliOnEmbedded(cluster);
    (await orka("scale", "cronjob/backup", "--replicas=1", "--write")).code(1)
      .stderr(/cannot scale CronJob "backup": cronjobs.batch have no scale subresource/);
    (await orka("scale", "deploy/web")).code(2).stderr(/required flag\(s\) "replicas" not set/);
    (await orka("scale", "--replicas=1")).code(2);
    (await orka("scale", "deploy/nosuch", "--replicas=1", "--write")).code(1).stderr(
      /deployments.apps "nosuch" not found/,
    );
    const asked: CliOptions = { terminal: true, answers: ["n"] };
    (await cliOnEmbedded(cluster, asked)("scale", "deploy/web", "--replicas=0", "--write")).code(3)
      .stderr(/Scale deployment.apps\/web to zero\?/);
    assert.equal((await specOf(cluster)).replicas, 2);
  }));

Deno.test("a selector that fits nothing is said, and an error where kubectl has one", () =>
  withWorkloads(async (cluster) => {
    const orka = cliOnEmbedded(cluster);
    const none = ["-l", "app=nosuch", "--write"];
    (await orka("scale", "deploy", "--replicas=1", ...none)).stderr("error: no objects passed to scale\n")
      .code(1);
    (await orka("rollout", "restart", "deploy", ...none)).stdout("").stderr("No resources found\n").code(0);
    const stdin = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } });
    const apply = await cliOnEmbedded(cluster, { stdin })("apply", "-f", "-", ...none);
    apply.stderr("error: no objects passed to apply\n-l app=nosuch fits none of those in -.\n").code(1);
  }));

Deno.test("scale to zero and back is told as numbers, remembered, and undone", async () => {
  await using rig = await Remembered.open();
  const spec = { replicas: 2, selector: { matchLabels: { app: "web" } }, template: TEMPLATE };
  await rig.cluster.create({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec });
  (await rig.orka("scale deploy/web --replicas=0")).code(3).stdout(/~ spec\.replicas: 2 -> 0/);
  (await rig.orka("scale deploy/web --replicas=0 --write --yes")).code(0);
  (await rig.orka("history deploy/web")).code(0).stdout(/spec\.replicas: 2 -> 0/);
  (await rig.orka("scale deploy/web --replicas=3")).code(3).stdout(/~ spec\.replicas: 0 -> 3/);
  (await rig.orka("undo --write --yes")).code(0);
  assert.equal((await specOf(rig.cluster)).replicas, 2);
});

Deno.test("scale --wait returns when there are as many, and says how many when its time is over", () =>
  withWorkloads(async (cluster) => {
    const clock = new ManualClock();
    let polls = 0;
    const orka = cliOnEmbedded(cluster, {
      clock,
      fault: ({ method, url }) => {
        if (method === "GET" && url.endsWith("/scale") && ++polls === 4) {
          const at = { ...target("Deployment"), subresource: "status" };
          void patchObject(cluster.client, at, { type: "merge", patch: { status: { replicas: 3 } } });
        }
        return null;
      },
    });
    (await settled(clock, orka("scale", "deploy/web", "--replicas=3", "--wait", "--write"))).code(0);
    assert.ok(polls >= 4);
    (await settled(clock, orka("scale", "deploy/web", "--replicas=4", "--timeout=2s", "--write"))).code(1)
      .stderr(/timed out waiting for Deployment "web": 3 of 4 replicas/);
  }));

Deno.test("a scale and an image are remembered and taken back", () =>
  withWorkloads(async (cluster) => {
    const { client } = cluster;
    const memory = await openMemory({ directory: null, clock: new ManualClock(), warn: assert.fail });
    const at = {
      ...target("Deployment"),
      resource: { ...resource("Deployment"), subresources: ["scale", "status"] },
    };
    const undo = async () => {
      const entry = memory.audit.list()[0]!;
      const bodies = memory.audit.bodies(entry.id);
      const { change } = await planUndo({ client, resource: at.resource, entry, bodies });
      await performChange(change, { client, memory, user: "jane" });
    };
    await performChange(await planScale(client, at, { replicas: 7 }), { client, memory, user: "jane" });
    const [entry] = memory.audit.list();
    assert.deepEqual([entry!.verb, entry!.subresource, entry!.user], ["scale", "scale", "jane"]);
    assert.equal((await specOf(cluster)).replicas, 7);
    await undo();
    assert.equal((await specOf(cluster)).replicas, 2);
    const change = await planSetImage(client, at, { images: { web: "web:2" } });
    await performChange(change!, { client, memory, user: "jane" });
    await undo();
    assert.deepEqual(await images(cluster), ["init:1", "web:1", "side:1"]);
    memory.close();
  }));

Deno.test("set image sets the named containers, or all, and names those that are there", () =>
  withWorkloads(async (cluster) => {
    const orka = cliOnEmbedded(cluster);
    (await orka("set", "image", "deploy/web", "web=web:2")).code(3).stdout(/image[^]*web:1[^]*web:2/);
    (await orka("set", "image", "deploy/web", "web=web:2", "init=init:2", "--write")).code(0)
      .stdout("deployment.apps/web image updated\n");
    assert.deepEqual(await images(cluster), ["init:2", "web:2", "side:1"]);
    (await orka("set", "image", "deploy/web", "web=web:2", "--write")).code(0).stdout(
      "deployment.apps/web unchanged\n",
    );
    (await orka("set", "image", "deploy", "web", "*=all:1", "--write")).code(0);
    assert.deepEqual(await images(cluster), ["all:1", "all:1", "all:1"]);
    (await orka("set", "image", "deploy/web", "nosuch=x", "--write")).code(1)
      .stderr(/unable to find container named "nosuch"\nContainers of Deployment "web": init, web, side\./);
    (await orka("set", "image", "cronjob/backup", "c=b:2", "--write")).code(0).stdout(
      "cronjob.batch/backup image updated\n",
    );
    (await orka("set", "image", "deploy/web")).code(2);
    (await orka("set", "image", "sa/default", "c=x", "--write")).code(1).stderr(
      /does not have a pod template/,
    );
    (await orka("set", "colour", "deploy/web", "c=x")).code(2);
  }));

Deno.test("set env sets, takes away and lists", () =>
  withWorkloads(async (cluster) => {
    const orka = cliOnEmbedded(cluster);
    (await orka("set", "env", "deploy/web", "-c", "web", "MODE=fast=er", "OLD-", "-e", "NEW=a,b", "--write"))
      .code(0)
      .stdout("deployment.apps/web env updated\n");
    (await orka("set", "env", "deploy/web", "--list", "-c", "w*")).code(0)
      .stdout("# Deployment web, container web\nMODE=fast=er\nNEW=a,b\n");
    (await orka("set", "env", "deploy/web", "MODE=fast=er", "-c", "web", "--write")).stdout(
      "deployment.apps/web unchanged\n",
    );
    (await orka("set", "env", "deploy/web", "A=1", "-c", "nosuch", "--write")).code(1).stderr(
      /There are init, web, side/,
    );
    (await orka("set", "env", "deploy/web")).code(2);
  }));

Deno.test("set env --from names the keys of a ConfigMap or a Secret, not their values", () =>
  withWorkloads(async (cluster) => {
    const orka = cliOnEmbedded(cluster, { stdin: "# file\nA=1\n\nB=two words\n" });
    const data = { "db.user": "eA==", pass: "eA==" };
    await cluster.create({ apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data });
    await cluster.create({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "c" },
      data: { pass: "x" },
    });
    const set = (...args: string[]) => orka("set", "env", "deploy/web", "-c", "web", "--write", ...args);
    const listed = async () => (await orka("set", "env", "deploy/web", "-c", "web", "--list")).code(0);
    (await set("--from=secret/s", "--prefix=P_", "X=1", "OLD-")).code(0)
      .stdout("deployment.apps/web env updated\n")
      .stderr("Warning: key db.user transferred to DB_USER\nWarning: key pass transferred to PASS\n");
    (await listed()).stdout(
      /container web\n(.*\n)*P_X=1\n# P_DB_USER from secret s, key db\.user\n# P_PASS from secret s, key pass\n$/,
    );
    (await set("--from=secret/s", "--prefix=P_")).stdout("deployment.apps/web unchanged\n");
    (await set("--from=configmap/c", "--prefix=P_", "--keys=pass")).code(0);
    (await listed()).stdout(/# P_PASS from configmap c, key pass\n/);
    (await set("P_PASS=plain", "-e", "-")).code(0);
    (await listed()).stdout(/P_PASS=plain\n[^]*A=1\nB=two words\n/);
    (await set("--from=configmap/c", "--prefix=P_")).code(0);
    (await listed()).stdout(/# P_PASS from configmap c, key pass\n/);
    (await set("A=2", "--overwrite=false")).code(1).stderr(
      /'A' already has a value \(1\), and --overwrite is false/,
    );
    (await set("--from=secret/s", "--keys=nope")).code(1).stderr(
      /Secret "s" has no key "nope"\nIt has db\.user, pass\./,
    );
    (await set("--from=secret/none")).code(1).stderr(/secrets "none" not found/);
    (await set("--from=deploy/web")).code(2).stderr(/unsupported resource specified in --from: Deployment/);
    (await set("--from=secret")).code(2);
    (await set("--keys=a", "X=1")).code(2).stderr(/must be provided with --from/);
    (await set("1a=3")).code(2).stderr(/"1a" is not a valid key name/);
    (await set("-e", "A")).code(2);
  }));

Deno.test("set serviceaccount sets the account that pods run as", () =>
  withWorkloads(async (cluster) => {
    const orka = cliOnEmbedded(cluster);
    (await orka("set", "serviceaccount", "deploy/web", "robot", "--write")).code(0).stdout(
      "deployment.apps/web serviceaccount updated\n",
    );
    (await orka("set", "sa", "deploy", "web", "robot", "--write")).stdout("deployment.apps/web unchanged\n");
    (await orka("set", "sa")).code(2).stderr(/serviceaccount is required/);
    (await orka("set", "sa", "robot")).code(2);
    (await orka("set", "selector", "svc/web", "a=b")).code(2).stderr(/orka patch/);
  }));

Deno.test("set resources sets amounts by name, and zero takes one away", () =>
  withWorkloads(async (cluster) => {
    const orka = cliOnEmbedded(cluster);
    const set = ["set", "resources", "deploy/web", "-c", "side", "--write"];
    (await orka(...set, "--limits=cpu=0,memory=2Gi", "--requests=cpu=100m")).code(0)
      .stdout("deployment.apps/web resource requirements updated\n");
    const side = (await specOf(cluster)).template.spec.containers.find(({ name }) => name === "side")!;
    assert.deepEqual(side.resources, { limits: { memory: "2Gi" }, requests: { cpu: "100m" } });
    (await orka(...set, "--limits=cpu=lots")).code(2).stderr(/invalid quantity "lots" for cpu/);
    (await orka(...set, "--limits=cpu")).code(2);
    (await orka(...set)).code(2);
  }));

Deno.test("trigger makes the Job that the CronJob would make, owned by it", () =>
  withWorkloads(async (cluster) => {
    const orka = cliOnEmbedded(cluster);
    (await orka("trigger", "cronjob/backup", "--name=now")).code(3).stdout(
      "job.batch/now would be created\n",
    );
    (await orka("trigger", "cronjob/backup", "--name=now", "--write")).code(0).stdout(
      "job.batch/now created\n",
    );
    const job = (await readObject(cluster.client, target("Job", "now"))) as KubeObject;
    const cronJob = (await readObject(cluster.client, target("CronJob", "backup")))!;
    assert.deepEqual(job.metadata.annotations, { "cronjob.kubernetes.io/instantiate": "manual", a: "b" });
    assert.equal(job.metadata.labels?.of, "backup");
    assert.equal(job.metadata.ownerReferences?.[0]?.uid, cronJob.metadata.uid);
    (await orka("trigger", "cronjob/backup", "--name=now", "--write")).code(1).stderr(/already exists/);
    (await orka("trigger", "cronjob/backup", "--write")).code(0).stdout(
      /^job\.batch\/backup-manual-[a-z0-9]{5} created\n$/,
    );
    (await orka("trigger", "deploy/web", "--write")).code(1).stderr(/is no CronJob/);
  }));

Deno.test("suspend and resume say when there is nothing to do", () =>
  withWorkloads(async (cluster) => {
    const orka = cliOnEmbedded(cluster);
    const isSuspended = async () =>
      ((await readObject(cluster.client, target("CronJob", "backup")))!.spec as { suspend: boolean }).suspend;
    (await orka("suspend", "cronjob/backup", "--write")).code(0).stdout("cronjob.batch/backup suspended\n");
    (await orka("suspend", "cronjob/backup", "--write")).code(0).stdout(
      "cronjob.batch/backup already suspended\n",
    );
    assert.equal(await isSuspended(), true);
    (await orka("resume", "cronjob/backup", "--write")).code(0).stdout("cronjob.batch/backup resumed\n");
    assert.equal(await isSuspended(), false);
    (await orka("suspend", "deploy/web", "--write")).code(1);
  }));

Deno.test("of several objects, those that went through are told from those that did not", () =>
  withWorkloads(async (cluster) => {
    const orka = cliOnEmbedded(cluster, {
      fault: (request) => isScale(request) && request.url.includes("/web/") ? { status: 500 } : null,
    });
    (await orka("scale", "deploy", "web", "api", "--replicas=3", "--write")).code(1)
      .stdout("deployment.apps/api scaled\n").stderr(/1 of 2 went through/);
    (await orka("scale", "deploy", "web", "api", "--replicas=4", "--current-replicas=3", "--write")).code(1)
      .stdout("deployment.apps/api scaled\n").stderr(
        /error: deployment.apps\/web: Expected replicas to be 3, was 2/,
      );
  }));
