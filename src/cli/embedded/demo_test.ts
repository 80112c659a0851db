import assert from "node:assert/strict";
import { ManualClock } from "../../base/mod.ts";
import { askApi } from "./api.ts";
import { EmbeddedCluster } from "./cluster.ts";
import { CHANGE_MS, loadDemo } from "./demo.ts";
import { missingKubeconfig } from "./missing_kubeconfig.ts";

async function items(cluster: EmbeddedCluster, path: string) {
  const response = await cluster.handler(new Request(`http://in-process${path}`));
  const { items, metadata } = await response.json() as {
    items: { metadata: Record<string, string>; count?: number }[];
    metadata: { resourceVersion: string };
  };
  return { items, revision: metadata.resourceVersion };
}

Deno.test("the demo holds many kinds, of different ages, pods owned by what made them", async () => {
  const clock = new ManualClock();
  await using cluster = await EmbeddedCluster.open({ directory: null, clock });
  for (
    const path of [
      "/api/v1/nodes",
      "/api/v1/services",
      "/api/v1/secrets",
      "/api/v1/events",
      "/apis/apps/v1/deployments",
      "/apis/apps/v1/replicasets",
      "/apis/apps/v1/statefulsets",
      "/apis/apps/v1/daemonsets",
      "/apis/batch/v1/jobs",
      "/apis/demo.orka.example/v1/backups",
    ]
  ) assert.ok((await items(cluster, path)).items.length > 0, path);
  const pods = (await items(cluster, "/api/v1/pods")).items;
  const ages = new Set(pods.map(({ metadata }) => metadata["creationTimestamp"]));
  assert.ok(ages.size >= 5, `${ages.size} different ages`);
  assert.ok(pods.every(({ metadata }) => metadata["ownerReferences"] !== undefined));
  assert.equal(clock.pending, 0, "a cluster for verbs has no timers");
});

Deno.test("loading the demo again writes nothing", async () => {
  const clock = new ManualClock();
  await using cluster = await EmbeddedCluster.open({ directory: null, clock });
  const before = await items(cluster, "/api/v1/pods");
  await loadDemo(cluster.handler, { clock });
  assert.equal((await items(cluster, "/api/v1/pods")).revision, before.revision);
});

Deno.test("a pod of the demo that is deleted ends when its containers have stopped, and so does what waits for it", async () => {
  const clock = new ManualClock();
  await using cluster = await EmbeddedCluster.open({ directory: null, clock, lives: true });
  const postgres = "/api/v1/namespaces/data/pods/postgres-0";
  await askApi(cluster.handler, "DELETE", { path: postgres });
  const deployment = "/apis/apps/v1/namespaces/monitoring/deployments/prometheus";
  await askApi(cluster.handler, "DELETE", { path: deployment, body: { propagationPolicy: "Foreground" } });
  assert.ok((await askApi(cluster.handler, "GET", { path: postgres })).ok, "its grace runs");
  for (let i = 0; i < 6; i++) await clock.advance(CHANGE_MS);
  for (const path of [postgres, deployment]) {
    assert.equal((await askApi(cluster.handler, "GET", { path })).status, 404, path);
  }
});

Deno.test("the demo changes with its clock alone, piles nothing up, and stops with the cluster", async () => {
  const clock = new ManualClock();
  await using cluster = await EmbeddedCluster.open({ directory: null, clock, lives: true });
  const before = await items(cluster, "/api/v1/pods");
  assert.equal((await items(cluster, "/api/v1/pods")).revision, before.revision);
  for (let i = 0; i < 150; i++) await clock.advance(CHANGE_MS);
  const after = await items(cluster, "/api/v1/pods");
  assert.ok(Number(after.revision) >= Number(before.revision) + 150, "every change wrote something");
  assert.ok(Math.abs(after.items.length - before.items.length) <= 1, `${after.items.length} pods`);
  assert.ok((await items(cluster, "/api/v1/events")).items.length < 40, "events count up");
  assert.ok((await items(cluster, "/apis/demo.orka.example/v1/backups")).items.length <= 5);
  await cluster.close();
  assert.equal(clock.pending, 0);
});

Deno.test("a change about what someone deleted hurts no other", async () => {
  const clock = new ManualClock();
  await using cluster = await EmbeddedCluster.open({ directory: null, clock, lives: true });
  await askApi(cluster.handler, "DELETE", { path: "/api/v1/namespaces/shop" });
  for (let i = 0; i < 12; i++) await clock.advance(CHANGE_MS);
  const path = "/apis/demo.orka.example/v1/backups";
  assert.ok((await items(cluster, path)).items.some(({ metadata }) => metadata["name"] === "hourly-1"));
});

Deno.test("a kubeconfig is missing only where nothing names a cluster", async () => {
  const file = await Deno.makeTempFile();
  try {
    const env = (values: Record<string, string>) => (name: string) => values[name];
    const nowhere = env({ HOME: "/no/such/home" });
    assert.deepEqual(missingKubeconfig({}, nowhere), ["/no/such/home/.kube/config"]);
    assert.deepEqual(missingKubeconfig({}, env({ KUBECONFIG: "/no/a:/no/b" })), ["/no/a", "/no/b"]);
    assert.deepEqual(missingKubeconfig({}, env({})), []);
    // an empty file is there, and it is wrong
    assert.equal(missingKubeconfig({}, env({ KUBECONFIG: `/no/a:${file}` })), null);
    assert.equal(missingKubeconfig({ server: "http://x" }, nowhere), null);
    assert.equal(missingKubeconfig({ kubeconfig: "/no/a" }, nowhere), null);
    assert.equal(missingKubeconfig({ context: "a" }, nowhere), null);
    assert.equal(missingKubeconfig({}, env({ HOME: "/no", KUBERNETES_SERVICE_HOST: "10.0.0.1" })), null);
  } finally {
    await Deno.remove(file);
  }
});
