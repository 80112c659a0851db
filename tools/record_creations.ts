/**
 * Records what a real API server makes of minimal objects of many kinds, as dry runs: fixtures/k1s/creations.json.
 *
 *     kubectl create namespace registry; kubectl proxy --port 8001 &
 *     deno run -A tools/record_creations.ts http://127.0.0.1:8001
 */
const base = Deno.args[0] ?? "http://127.0.0.1:8001";

const pod = {
  containers: [{
    name: "c",
    image: "nginx",
    ports: [{ containerPort: 80 }],
    livenessProbe: { httpGet: { port: 80 } },
    resources: { limits: { cpu: "1000m", memory: "0.5Gi" } },
    env: [{ name: "A", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
  }],
  volumes: [{ name: "v", configMap: { name: "x" } }],
};
const template = { metadata: { labels: { a: "b" } }, spec: pod };
const selector = { matchLabels: { a: "b" } };
const creations: readonly (readonly [string, unknown])[] = [
  ["/api/v1/namespaces/registry/pods", { metadata: { name: "p" }, spec: pod }],
  ["/api/v1/namespaces/registry/pods", {
    metadata: { generateName: "p-" },
    spec: { containers: [{ name: "c", image: "nginx:1.2" }], restartPolicy: "Never" },
  }],
  ["/apis/apps/v1/namespaces/registry/deployments", {
    metadata: { name: "p" },
    spec: { selector, template },
  }],
  ["/apis/apps/v1/namespaces/registry/statefulsets", {
    metadata: { name: "p" },
    spec: {
      serviceName: "x",
      selector,
      template,
      volumeClaimTemplates: [{
        metadata: { name: "d" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      }],
    },
  }],
  ["/apis/apps/v1/namespaces/registry/daemonsets", { metadata: { name: "p" }, spec: { selector, template } }],
  ["/apis/apps/v1/namespaces/registry/replicasets", {
    metadata: { name: "p" },
    spec: { selector, template },
  }],
  ["/api/v1/namespaces/registry/replicationcontrollers", { metadata: { name: "p" }, spec: { template } }],
  ["/apis/batch/v1/namespaces/registry/jobs", {
    metadata: { name: "p" },
    spec: { template: { spec: { ...pod, restartPolicy: "Never" } } },
  }],
  ["/apis/batch/v1/namespaces/registry/cronjobs", {
    metadata: { name: "p" },
    spec: {
      schedule: "* * * * *",
      jobTemplate: { spec: { template: { spec: { ...pod, restartPolicy: "Never" } } } },
    },
  }],
  ["/api/v1/namespaces/registry/services", {
    metadata: { name: "p" },
    spec: { ports: [{ port: 80 }], selector: { a: "b" } },
  }],
  ["/api/v1/namespaces/registry/services", {
    metadata: { name: "p2" },
    spec: { type: "NodePort", ports: [{ port: 80 }], selector: { a: "b" } },
  }],
  ["/api/v1/namespaces/registry/services", {
    metadata: { name: "p3" },
    spec: { type: "ExternalName", externalName: "x.y" },
  }],
  ["/api/v1/namespaces/registry/services", {
    metadata: { name: "p4" },
    spec: { clusterIP: "None", ports: [{ port: 80 }] },
  }],
  ["/api/v1/namespaces/registry/configmaps", {
    metadata: { name: "p", labels: {}, annotations: null, creationTimestamp: null },
  }],
  ["/api/v1/namespaces/registry/secrets", { metadata: { name: "p" }, stringData: { a: "b" } }],
  ["/api/v1/namespaces/registry/serviceaccounts", { metadata: { name: "p" } }],
  ["/api/v1/namespaces/registry/endpoints", {
    metadata: { name: "p" },
    subsets: [{ addresses: [{ ip: "1.2.3.4" }], ports: [{ port: 80 }] }],
  }],
  ["/api/v1/namespaces/registry/persistentvolumeclaims", {
    metadata: { name: "p" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1024Mi" } } },
  }],
  ["/api/v1/persistentvolumes", {
    metadata: { name: "p" },
    spec: { accessModes: ["ReadWriteOnce"], capacity: { storage: "1Gi" }, hostPath: { path: "/x" } },
  }],
  ["/api/v1/namespaces/registry/resourcequotas", { metadata: { name: "p" }, spec: { hard: { pods: "1" } } }],
  ["/api/v1/namespaces/registry/limitranges", {
    metadata: { name: "p" },
    spec: { limits: [{ type: "Container", default: { cpu: "1" } }] },
  }],
  ["/api/v1/nodes", { metadata: { name: "p" } }],
  ["/api/v1/namespaces", { metadata: { name: "pns" } }],
  ["/api/v1/namespaces/registry/events", {
    metadata: { name: "e" },
    involvedObject: { namespace: "registry", name: "x", kind: "Pod" },
    reason: "R",
    count: 0,
  }],
  ["/api/v1/namespaces/registry/podtemplates", { metadata: { name: "p" }, template }],
  ["/apis/networking.k8s.io/v1/namespaces/registry/ingresses", {
    metadata: { name: "p" },
    spec: { defaultBackend: { service: { name: "x", port: { number: 80 } } } },
  }],
  ["/apis/networking.k8s.io/v1/namespaces/registry/networkpolicies", {
    metadata: { name: "p" },
    spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }], egress: [{}] },
  }],
  ["/apis/networking.k8s.io/v1/ingressclasses", { metadata: { name: "p" }, spec: { controller: "x.y/z" } }],
  ["/apis/policy/v1/namespaces/registry/poddisruptionbudgets", {
    metadata: { name: "p" },
    spec: { minAvailable: 1, selector },
  }],
  ["/apis/rbac.authorization.k8s.io/v1/namespaces/registry/roles", {
    metadata: { name: "p" },
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
  }],
  ["/apis/rbac.authorization.k8s.io/v1/namespaces/registry/rolebindings", {
    metadata: { name: "p" },
    subjects: [{ kind: "User", name: "x" }, { kind: "ServiceAccount", name: "d", namespace: "x" }],
    roleRef: { kind: "Role", name: "p" },
  }],
  ["/apis/rbac.authorization.k8s.io/v1/clusterroles", { metadata: { name: "p" } }],
  ["/apis/storage.k8s.io/v1/storageclasses", { metadata: { name: "p" }, provisioner: "x.y/z" }],
  ["/apis/storage.k8s.io/v1/csidrivers", { metadata: { name: "p" }, spec: {} }],
  ["/apis/scheduling.k8s.io/v1/priorityclasses", { metadata: { name: "p" }, value: 5 }],
  ["/apis/autoscaling/v2/namespaces/registry/horizontalpodautoscalers", {
    metadata: { name: "p" },
    spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "x" } },
  }],
  ["/apis/autoscaling/v1/namespaces/registry/horizontalpodautoscalers", {
    metadata: { name: "p1" },
    spec: {
      maxReplicas: 3,
      targetCPUUtilizationPercentage: 50,
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "x" },
    },
  }],
  ["/apis/coordination.k8s.io/v1/namespaces/registry/leases", {
    metadata: { name: "p" },
    spec: { holderIdentity: "x", leaseDurationSeconds: 15, renewTime: "2026-11-21T06:00:00.123456Z" },
  }],
  ["/apis/discovery.k8s.io/v1/namespaces/registry/endpointslices", {
    metadata: { name: "p" },
    addressType: "IPv4",
    endpoints: [{ addresses: ["1.2.3.4"] }],
    ports: [{ port: 80 }],
  }],
  ["/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", {
    metadata: { name: "p" },
    webhooks: [{
      name: "a.b.c",
      sideEffects: "None",
      admissionReviewVersions: ["v1"],
      clientConfig: { service: { name: "x", namespace: "y" } },
      rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
    }],
  }],
  ["/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
    metadata: { name: "ps.regx.dev" },
    spec: {
      group: "regx.dev",
      scope: "Cluster",
      names: { plural: "ps", kind: "P" },
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      }],
    },
  }],
  ["/apis/node.k8s.io/v1/runtimeclasses", { metadata: { name: "p" }, handler: "x" }],
  ["/apis/apps/v1/namespaces/registry/controllerrevisions", {
    metadata: { name: "p" },
    revision: 1,
    data: { a: 1 },
  }],
];

const recorded: unknown[] = [];
for (const [path, body] of creations) {
  const answer = await fetch(`${base}${path}?dryRun=All`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  recorded.push({ path, body, status: answer.status, answer: await answer.json() });
}
await Deno.writeTextFile(
  new URL("../fixtures/k1s/creations.json", import.meta.url),
  `[\n${recorded.map((entry) => JSON.stringify(entry)).join(",\n")}\n]\n`,
);
