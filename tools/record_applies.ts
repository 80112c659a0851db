/**
 * Records a sequence of applies and other writes with the real server's answers: fixtures/k1s/applies.json.
 *
 *     kubectl create namespace registry; kubectl proxy --port 8001 &
 *     deno run -A tools/record_applies.ts http://127.0.0.1:8001
 *
 * Needs objects that no controller of the cluster writes to.
 */
const base = Deno.args[0] ?? "http://127.0.0.1:8001";

type Json = Record<string, unknown>;

const J = "application/json";
const A = "application/apply-patch+yaml";
const M = "application/merge-patch+json";
const CM = "/api/v1/namespaces/registry/configmaps";
const D = "/apis/apps/v1/namespaces/registry/deployments";

const cm = (d: Json, m: Json = {}): Json => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "ssa", ...m },
  data: d,
});
const dep = (spec: Json, c: Json = {}): Json => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "ssa" },
  spec: {
    selector: { matchLabels: { a: "b" } },
    template: {
      metadata: { labels: { a: "b" } },
      spec: { containers: [{ name: "c", image: "nginx:1", ports: [{ containerPort: 80 }], ...c }] },
    },
    ...spec,
  },
});
const steps: readonly (readonly [string, string, string, unknown])[] = [
  ["PATCH", CM + "/ssa?fieldManager=a", A, cm({ k: "1" })],
  ["PATCH", CM + "/ssa?fieldManager=b", A, cm({ k: "2", j: "1" })],
  ["PATCH", CM + "/ssa?fieldManager=b", A, cm({ k: "1", j: "1" })],
  ["PATCH", CM + "/ssa?fieldManager=a", A, cm({})],
  ["PATCH", CM + "/ssa?fieldManager=b&force=true", A, cm({ k: "3" }, { labels: { x: "y" } })],
  ["PATCH", CM + "/ssa", M, { data: { k: "4", n: "1" } }],
  ["PATCH", CM + "/ssa?fieldManager=b", A, cm({ k: "5" })],
  ["PATCH", CM + "/ssa?fieldManager=b", A, { ...cm({ k: "5" }), datax: { a: 1 } }],
  ["PATCH", CM + "/ssa?fieldManager=b", A, { apiVersion: "v1", kind: "ConfigMap", data: {} }],
  ["PATCH", CM + "/ssa?fieldManager=b", A, cm({ k: 1 })],
  ["PUT", CM + "/ssa?fieldManager=p", J, cm({ z: "1" })],
  ["PATCH", CM + "/ssa", M, { metadata: { managedFields: [] } }],
  ["PATCH", CM + "/ssa", M, { data: { after: "1" } }],
  ["PATCH", CM + "/ssa?fieldManager=z", A, cm({ zz: "5" })],
  ["POST", D + "?fieldManager=kubectl-create&dryRun=All", J, dep({})],
  ["PATCH", D + "/ssd?fieldManager=a&dryRun=All", A, { ...dep({ replicas: 3 }), metadata: { name: "ssd" } }],
  ["PATCH", "/apis/networking.k8s.io/v1/namespaces/registry/networkpolicies/np?fieldManager=a", A, {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "np" },
    spec: { podSelector: { matchLabels: { x: "y" } }, ingress: [{ ports: [{ port: 80 }] }] },
  }],
  ["PATCH", "/apis/networking.k8s.io/v1/namespaces/registry/networkpolicies/np", M, {
    spec: { podSelector: { matchLabels: { z: "1" } } },
  }],
  ["PATCH", "/apis/networking.k8s.io/v1/namespaces/registry/networkpolicies/np?fieldManager=a", A, {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "np", annotations: { x: "1" } },
    spec: { podSelector: { matchLabels: { x: "y" } } },
  }],
  [
    "PATCH",
    "/apis/networking.k8s.io/v1/namespaces/registry/networkpolicies/np?fieldManager=b&force=true",
    A,
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "np", annotations: { x: "2" } },
      spec: { podSelector: { matchLabels: { x: "n" } } },
    },
  ],
  ["DELETE", "/apis/networking.k8s.io/v1/namespaces/registry/networkpolicies/np", J, undefined],
  ["PATCH", CM + "/nn?fieldManager=z&dryRun=All", A, { ...cm({ zz: "5" }), metadata: { name: "nn" } }],
];

const recorded: unknown[] = [];
for (const [method, path, type, body] of steps) {
  const answer = await fetch(base + path, {
    method,
    headers: { "content-type": type, "user-agent": "mytool/1" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  recorded.push({ method, path, type, body, status: answer.status, answer: await answer.json() });
}
await Deno.writeTextFile(
  new URL("../fixtures/k1s/applies.json", import.meta.url),
  `[\n${recorded.map((entry) => JSON.stringify(entry)).join(",\n")}\n]\n`,
);
