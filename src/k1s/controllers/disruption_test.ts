/** Statuses and messages are the real server's, as recorded from kube-apiserver 1.36.3. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../kube/mod.ts";
import { MERGE } from "../../../tests/support/api_rig.ts";
import { type Server, withServer, withServers } from "../../../tests/support/cluster_rig.ts";

const IN = "/api/v1/namespaces/default";
const BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";

async function runningPod(server: Server, name: string, app: string, owner?: KubeObject): Promise<void> {
  const ownerReferences = owner === undefined ? [] : [{
    apiVersion: "apps/v1",
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
  }];
  await server.ok(`POST ${IN}/pods`, {
    metadata: { name, labels: { app }, ownerReferences },
    spec: { nodeName: "nowhere", containers: [{ name: "c", image: "x" }] },
  });
  const status = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
  await server.ok(`PATCH ${IN}/pods/${name}/status`, { status }, MERGE);
}

const budget = (name: string, app: string, spec: object) => ({
  metadata: { name },
  spec: { selector: { matchLabels: { app } }, ...spec },
});
const evict = (server: Server, name: string, query = "") =>
  server.send(`POST ${IN}/pods/${name}/eviction${query}`, {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name, namespace: "default" },
  });
interface BudgetStatus {
  readonly disruptionsAllowed: number;
  readonly conditions: readonly Readonly<Record<string, unknown>>[];
  readonly [field: string]: unknown;
}

const statusOf = async (server: Server, name: string) =>
  (await server.ok(`GET ${BUDGETS}/${name}`)).status as BudgetStatus;

Deno.test("an eviction that a budget forbids is refused, one that it allows tells the pod why", () =>
  withServer(async (server) => {
    await server.ok(`POST ${BUDGETS}`, budget("e", "e", { minAvailable: 1 }));
    await runningPod(server, "e1", "e");
    const refused = await evict(server, "e1");
    assert.equal(refused.status, 429);
    assert.deepEqual(refused.body, {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      reason: "TooManyRequests",
      details: {
        causes: [{
          reason: "DisruptionBudget",
          message: "The disruption budget e needs 1 healthy pods and has 1 currently",
        }],
      },
      code: 429,
    });
    await runningPod(server, "e2", "e");
    assert.equal((await statusOf(server, "e")).disruptionsAllowed, 1);
    assert.equal((await evict(server, "e1", "?dryRun=All")).status, 201);
    assert.equal((await statusOf(server, "e")).disruptionsAllowed, 1, "a dry run takes nothing");
    assert.equal((await evict(server, "e1")).status, 201);
    const pod = await server.send(`GET ${IN}/pods/e1`);
    assert.ok(pod.object.metadata.deletionTimestamp);
    assert.deepEqual(pod.listAt("status.conditions").at(-1), {
      lastProbeTime: null,
      lastTransitionTime: "2023-11-14T22:13:20Z",
      message: "Eviction API: evicting",
      reason: "EvictionByEvictionAPI",
      status: "True",
      type: "DisruptionTarget",
    });
    const { conditions, ...counts } = await statusOf(server, "e");
    assert.deepEqual(counts, {
      currentHealthy: 1,
      desiredHealthy: 1,
      disruptionsAllowed: 0,
      expectedPods: 2,
      observedGeneration: 1,
    });
    assert.deepEqual([conditions[0]?.reason, conditions[0]?.status], ["InsufficientPods", "False"]);
    assert.equal((await evict(server, "e2")).status, 429);
  }));

Deno.test("a budget in parts of a whole asks the pods' deployment how many there should be", () =>
  withServer(async (server) => {
    const template = {
      metadata: { labels: { app: "d" } },
      spec: { containers: [{ name: "c", image: "x" }] },
    };
    const spec = { replicas: 4, selector: { matchLabels: { app: "d" } }, template };
    const deployments = "/apis/apps/v1/namespaces/default/deployments";
    const deployment = await server.ok(`POST ${deployments}`, { metadata: { name: "d" }, spec });
    const { uid } = deployment.metadata;
    const owner = { apiVersion: "apps/v1", kind: "Deployment", name: "d", uid, controller: true };
    const set = await server.ok("POST /apis/apps/v1/namespaces/default/replicasets", {
      metadata: { name: "d-1", ownerReferences: [owner] },
      spec: { ...spec, replicas: 2 },
    });
    for (const name of ["a", "b", "c"]) await runningPod(server, name, "d", set);
    await server.ok(`POST ${BUDGETS}`, budget("most", "d", { minAvailable: "30%" }));
    await server.ok(`POST ${BUDGETS}`, budget("few", "none", { maxUnavailable: 1 }));
    const { conditions: _, ...counts } = await statusOf(server, "most");
    assert.deepEqual(counts, {
      currentHealthy: 3,
      desiredHealthy: 2,
      disruptionsAllowed: 1,
      expectedPods: 4,
      observedGeneration: 1,
    });
    assert.deepEqual((await statusOf(server, "few")).disruptionsAllowed, 0);
    await server.ok(`PATCH ${deployments}/d`, { spec: { replicas: 2 } }, MERGE);
    assert.equal((await statusOf(server, "most")).disruptionsAllowed, 2);
  }));

Deno.test("evictors of several processes together keep to a budget", () =>
  withServers(2, async ({ servers }) => {
    const [one] = servers;
    await one!.ok(`POST ${BUDGETS}`, budget("e", "e", { minAvailable: 5 }));
    await servers[1]!.knows("poddisruptionbudgets.policy", "default");
    const names = Array.from({ length: 8 }, (_, i) => `p${i}`);
    for (const name of names) await runningPod(one!, name, "e");
    const replies = await Promise.all(names.map((name, i) => evict(servers[i % 2]!, name)));
    assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 201, 201, 429, 429, 429, 429, 429]);
  }));
