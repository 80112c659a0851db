/** Descriptions against kubectl describe's own text, on ordinary objects of the kinds that people describe most. */
import assert from "node:assert/strict";
import { systemClock } from "../../src/base/mod.ts";
import { describe, renderText } from "../../src/describe/mod.ts";
import type { KubeObject, Resource } from "../../src/kube/mod.ts";
import { clusterTest, type RealCluster } from "../support/real_cluster.ts";
import { onClusters } from "../support/two_clusters.ts";

const CONTAINER = {
  name: "app",
  image: "nginx:1.25",
  args: ["--foo", "--bar=1"],
  ports: [{ name: "http", containerPort: 80 }, { name: "tls", containerPort: 443 }],
  resources: { limits: { cpu: "500m", memory: "128Mi" }, requests: { cpu: "100m" } },
  livenessProbe: { httpGet: { path: "/healthz", port: 8080, scheme: "HTTPS" }, initialDelaySeconds: 3 },
  readinessProbe: { exec: { command: ["cat", "/tmp/x"] } },
  startupProbe: { tcpSocket: { port: 80 }, failureThreshold: 30 },
  env: [
    { name: "PLAIN", value: "1" },
    { name: "NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "FROM_CONFIG", valueFrom: { configMapKeyRef: { name: "config", key: "key", optional: true } } },
    { name: "FROM_SECRET", valueFrom: { secretKeyRef: { name: "secret", key: "user", optional: true } } },
    { name: "LIMIT", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } },
  ],
  envFrom: [{ configMapRef: { name: "config" } }, {
    prefix: "P_",
    secretRef: { name: "secret", optional: true },
  }],
  volumeMounts: [{ name: "config", mountPath: "/etc/config", readOnly: true }, {
    name: "empty",
    mountPath: "/tmp",
  }],
};

const SPEC = {
  initContainers: [{ name: "init", image: "busybox", command: ["sh", "-c", "echo hi\nsleep 1"] }],
  containers: [CONTAINER, { name: "two", image: "redis" }],
  nodeSelector: { "kubernetes.io/os": "linux" },
  tolerations: [{ operator: "Exists" }, { key: "k", value: "v", effect: "NoExecute", tolerationSeconds: 30 }],
  volumes: [
    { name: "config", configMap: { name: "config", optional: true } },
    { name: "secret", secret: { secretName: "secret", optional: true } },
    { name: "empty", emptyDir: { medium: "Memory", sizeLimit: "1Gi" } },
    { name: "host", hostPath: { path: "/tmp", type: "Directory" } },
    { name: "info", downwardAPI: { items: [{ path: "l", fieldRef: { fieldPath: "metadata.labels" } }] } },
  ],
};

const LABELS = { app: "web", tier: "front" };
const METADATA = { labels: LABELS, annotations: { note: "hello", lines: "one\ntwo", long: "x".repeat(200) } };

const OBJECTS: readonly Record<string, unknown>[] = [
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { ...METADATA, name: "config" },
    data: { "a.conf": "x=1\ny=2\n", key: "value" },
    binaryData: { blob: "aGVsbG8=" },
  },
  {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { ...METADATA, name: "secret" },
    data: { user: "YWRtaW4=", password: "aGVsbG8=" },
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...METADATA, name: "service" },
    spec: {
      selector: LABELS,
      type: "NodePort",
      ports: [{ name: "http", port: 80, targetPort: 8080 }, { name: "tls", port: 443, targetPort: "tls" }],
    },
  },
  { apiVersion: "v1", kind: "Pod", metadata: { ...METADATA, name: "pod" }, spec: SPEC },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { ...METADATA, name: "deployment" },
    spec: { replicas: 2, selector: { matchLabels: LABELS }, template: { metadata: METADATA, spec: SPEC } },
  },
  {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { ...METADATA, name: "job" },
    spec: { completions: 2, template: { spec: { ...SPEC, restartPolicy: "Never" } } },
  },
  {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { ...METADATA, name: "cronjob" },
    spec: {
      schedule: "0 0 1 1 *",
      jobTemplate: { spec: { template: { spec: { ...SPEC, restartPolicy: "OnFailure" } } } },
    },
  },
  { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { ...METADATA, name: "lease" }, spec: {} },
];

async function described(cluster: RealCluster, args: readonly string[]): Promise<string> {
  const object = JSON.parse(await cluster.kubectlOk(["get", ...args, "-o", "json"])) as KubeObject;
  const slash = object.apiVersion.indexOf("/");
  const resource: Resource = {
    group: slash < 0 ? "" : object.apiVersion.slice(0, slash),
    version: object.apiVersion.slice(slash + 1),
    kind: object.kind,
    plural: "",
    singular: "",
    shortNames: [],
    categories: [],
    namespaced: object.metadata.namespace !== undefined,
    verbs: [],
    subresources: [],
    preferred: true,
  };
  const read = async (path: string) => JSON.parse(await cluster.kubectlOk(["get", "--raw", path])) as unknown;
  return renderText(await describe(object, { resource, read, clock: systemClock, showEvents: true }));
}

/** Ages and heartbeats move between two looks; the columns that hold them are as wide as they are. */
function withoutAges(text: string): string {
  return text.replace(/\b(\d+[smhdy]){1,2}\b/g, "AGE").replace(/[A-Z][a-z]{2}, \d\d [^+]* \+\d{4}/g, "TIME")
    .replace(/ {2,}/g, "  ").replace(/-{3,}/g, "---");
}

/** Compares until a moment is found at which the object stood still; the last difference is the failure. */
async function sameAsKubectl(cluster: RealCluster, args: readonly string[]): Promise<void> {
  for (let left = 4;; left--) {
    const theirs = withoutAges(await cluster.kubectlOk(["describe", ...args]));
    const ours = withoutAges(await described(cluster, args));
    if (ours === theirs) return;
    if (left === 0) assert.equal(ours, theirs, args.join(" "));
  }
}

onClusters("ordinary objects are described in kubectl's words", async (cluster) => {
  await using scratch = await cluster.scratch("describe");
  await cluster.apply({
    apiVersion: "v1",
    kind: "List",
    items: OBJECTS.map((o) => ({ ...o, metadata: { ...o.metadata as object, namespace: scratch.name } })),
  });
  for (const object of OBJECTS) {
    const { name } = object.metadata as { name: string };
    await sameAsKubectl(cluster, [(object.kind as string).toLowerCase(), name, "-n", scratch.name]);
  }
  await sameAsKubectl(cluster, ["namespace", scratch.name]);
});

clusterTest("a node and the cluster's own roles are described in kubectl's words", async (cluster) => {
  const nodes = (await cluster.kubectlOk(["get", "nodes", "-o", "name"])).trim().split("\n").filter((n) =>
    n !== ""
  );
  if (nodes[0] !== undefined) await sameAsKubectl(cluster, [nodes[0]]);
  await sameAsKubectl(cluster, ["clusterrole", "view"]);
  await sameAsKubectl(cluster, ["clusterrolebinding", "cluster-admin"]);
  await sameAsKubectl(cluster, ["priorityclass", "system-node-critical"]);
});
