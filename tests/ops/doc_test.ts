/** docs/imperative-ops.md shows what the program prints. */
import assert from "node:assert/strict";
import { patchObject } from "../../src/apply/mod.ts";
import { ManualClock } from "../../src/base/mod.ts";
import { cliOnEmbedded, settled } from "../cli/harness.ts";
import { withRunExamples } from "./console_examples.ts";
import { NodeRig } from "./node_rig.ts";

const PAGE = new URL("../../docs/imperative-ops.md", import.meta.url);
const labels = { app: "web" };
const template = (image: string) => ({
  metadata: { labels },
  spec: { containers: [{ name: "web", image }] },
});

/** What the page's examples are about. */
async function openShop(): Promise<NodeRig> {
  const rig = await NodeRig.open();
  await rig.cluster.create({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: template("web:2") },
  });
  const { uid } = (await rig.read("Deployment", "web"))!.metadata;
  for (const number of [1, 2]) {
    await rig.cluster.create({
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: {
        name: `web-${number}`,
        labels,
        annotations: { "deployment.kubernetes.io/revision": String(number) },
        ownerReferences: [{
          apiVersion: "apps/v1",
          kind: "Deployment",
          name: "web",
          uid: uid!,
          controller: true,
        }],
      },
      spec: { replicas: 0, selector: { matchLabels: labels }, template: template(`web:${number}`) },
    });
  }
  const container = { name: "backup", image: "backup:1" };
  const job = { template: { spec: { restartPolicy: "Never", containers: [container] } } };
  await rig.cluster.create({
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "backup" },
    spec: { schedule: "0 3 * * *", jobTemplate: { spec: job } },
  });
  await rig.pod("web-1-x7k2p", { requests: { cpu: "250m", memory: "256Mi" } });
  await rig.pod("web-1-9qzwm", { requests: { cpu: "250m", memory: "512Mi" } });
  await rig.pod("by-hand", { owner: null, labels: {} });
  await rig.budget("web", { minAvailable: 2 });
  const status = { allocatable: { cpu: "2", memory: "4Gi" } };
  await patchObject(rig.client, { ...rig.target("Node", "n1"), subresource: "status" }, {
    type: "merge",
    patch: { status },
  });
  return rig;
}

Deno.test("the examples of docs/imperative-ops.md run as they stand there", async () => {
  await using rig = await openShop();
  const page = await Deno.readTextFile(PAGE);
  const clock = new ManualClock();
  const orka = cliOnEmbedded(rig.cluster, { clock });
  const run = await withRunExamples(page, (...args) => settled(clock, orka(...args)));
  if (Deno.env.get("ORKA_UPDATE_DOCS") === "1") return await Deno.writeTextFile(PAGE, run);
  assert.equal(page, run);
});
