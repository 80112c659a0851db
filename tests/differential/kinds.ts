/** The kinds that sequences play with: none that a controller or kubelet of the real server touches. */
import type { Json, JsonObject } from "../../src/k1s/registry/mod.ts";
import { definitions, GADGET, GROUP, WIDGET } from "./custom_kinds.ts";
import {
  containers,
  type FieldMaker,
  names,
  podFields,
  rules,
  selectorless,
  templateFields,
} from "./fields.ts";
import type { Pick } from "./pick.ts";

export { definitions };

export interface PlayedKind {
  readonly kind: string;
  readonly apiVersion: string;
  readonly plural: string;
  /** Cluster-scoped: its names begin with the run's namespace. */
  readonly cluster?: true;
  /** A controller of the real server works on it: written as dry runs alone. */
  readonly dry?: true;
  /** What a valid object has at least. */
  readonly base: (pick: Pick) => JsonObject;
  /** Fields by dotted path; a maker may give what is refused. */
  readonly fields: readonly FieldMaker[];
  /** Fields of status, where it is a subresource. */
  readonly status?: readonly FieldMaker[];
  readonly scale?: true;
  /** Paths that a field selector may name. */
  readonly selectors?: readonly string[];
}

/** The collection's path, `$NS` in it. */
export function pathOf({ apiVersion, plural, cluster }: PlayedKind): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return cluster ? `${root}/${plural}` : `${root}/namespaces/$NS/${plural}`;
}

const none = () => ({});
const text = (p: Pick) => p.of(["a", "b", "", "long text", "ünï"]);

export const KINDS: readonly PlayedKind[] = [
  {
    kind: "ConfigMap",
    apiVersion: "v1",
    plural: "configmaps",
    base: none,
    fields: [
      ["data", (p) => p.of<Json>([{ a: "1" }, { a: "2", b: "x" }, {}, null])],
      ["data.a", text],
      ["data.b", text],
      ["data.c", (p) => p.of<Json>(["z", 1, true, null])],
      ["binaryData.bin", (p) => p.of(["aGk=", "AA==", "not base64"])],
      ["immutable", (p) => p.chance(0.2)],
      ["bogus", () => "x"],
    ],
  },
  {
    kind: "Secret",
    apiVersion: "v1",
    plural: "secrets",
    base: none,
    fields: [
      ["data.a", (p) => p.of(["aGk=", "AA==", "", "%%"])],
      ["data.b", (p) => p.of<Json>(["aGk=", null])],
      ["stringData.a", text],
      ["stringData.c", text],
      ["type", (p) => p.of(["Opaque", "kubernetes.io/basic-auth", "x.dev/own", "kubernetes.io/tls", ""])],
      ["immutable", (p) => p.chance(0.2)],
    ],
    selectors: ["type"],
  },
  {
    kind: "Service",
    apiVersion: "v1",
    plural: "services",
    base: (p) => ({ spec: { ports: [{ port: p.of([80, 443]) }] } }),
    fields: selectorless,
    status: [[
      "loadBalancer.ingress",
      (p) => p.of<Json>([[{ ip: "1.2.3.4" }], [], [{ hostname: "h.example" }]]),
    ]],
    selectors: ["spec.type", "spec.clusterIP"],
  },
  {
    kind: "Pod",
    apiVersion: "v1",
    plural: "pods",
    base: (p) => ({
      spec: { schedulerName: "nobody", automountServiceAccountToken: false, containers: containers(p) },
    }),
    fields: podFields,
    status: [
      ["phase", (p) => p.of(["Running", "Pending", "Failed", "Odd"])],
      ["conditions", (p) => [{ type: "Ready", status: p.of(["True", "False"]) }]],
      ["message", text],
      ["podIP", (p) => p.of(["10.0.0.1", "10.0.0.2"])],
    ],
    selectors: ["status.phase", "spec.nodeName", "spec.restartPolicy", "spec.schedulerName"],
  },
  {
    kind: "PodTemplate",
    apiVersion: "v1",
    plural: "podtemplates",
    base: (p) => ({ template: { metadata: { labels: { app: "a" } }, spec: { containers: containers(p) } } }),
    fields: templateFields("template"),
  },
  {
    kind: "Job",
    apiVersion: "batch/v1",
    plural: "jobs",
    base: (p) => ({
      spec: {
        managedBy: "differential.orka.dev/none",
        suspend: true,
        template: { spec: { restartPolicy: "Never", containers: containers(p) } },
      },
    }),
    fields: [
      ["spec.parallelism", (p) => p.of<Json>([0, 1, 3, -1])],
      ["spec.completions", (p) => p.of<Json>([1, 3, null])],
      ["spec.backoffLimit", (p) => p.of([0, 6])],
      ["spec.activeDeadlineSeconds", (p) => p.of([1, 0, 600])],
      ["spec.ttlSecondsAfterFinished", (p) => p.of([100_000, -1])],
      ["spec.completionMode", (p) => p.of(["Indexed", "NonIndexed", "Odd"])],
      ["spec.suspend", (p) => p.chance(0.5)],
      ["spec.template.metadata.labels.app", text],
      ["spec.template.spec.restartPolicy", (p) => p.of(["Never", "OnFailure", "Always"])],
    ],
    status: [["active", (p) => p.below(3)], ["failed", (p) => p.below(3)]],
  },
  {
    kind: "Lease",
    apiVersion: "coordination.k8s.io/v1",
    plural: "leases",
    base: none,
    fields: [
      ["spec.holderIdentity", (p) => p.of(["me", "you", ""])],
      ["spec.leaseDurationSeconds", (p) => p.of<Json>([15, 0, -1, null])],
      [
        "spec.renewTime",
        (p) => p.of<Json>(["2001-02-03T04:05:06.123456Z", "2001-02-03T04:05:06Z", "soon", null]),
      ],
      ["spec.acquireTime", (p) => p.of(["2001-02-03T04:05:06.000000Z"])],
      ["spec.leaseTransitions", (p) => p.of([0, 1, -1])],
    ],
  },
  {
    kind: "ServiceAccount",
    apiVersion: "v1",
    plural: "serviceaccounts",
    base: none,
    fields: [
      ["automountServiceAccountToken", (p) => p.chance(0.5)],
      ["secrets", (p) => p.of<Json>([[{ name: "s1" }], [{ name: "s1" }, { name: "s2" }], []])],
      ["imagePullSecrets", (p) => p.of<Json>([[{ name: "p1" }], [{ name: "p2" }, { name: "p1" }]])],
    ],
  },
  {
    kind: "Role",
    apiVersion: "rbac.authorization.k8s.io/v1",
    plural: "roles",
    base: none,
    fields: [["rules", rules], ["rules", rules], ["bogus.deep", () => 1]],
  },
  {
    kind: "RoleBinding",
    apiVersion: "rbac.authorization.k8s.io/v1",
    plural: "rolebindings",
    base: (p) => ({
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: p.of(["Role", "ClusterRole"]), name: "view" },
    }),
    fields: [
      ["subjects", (p) =>
        p.some<Json>([
          { kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "u" },
          { kind: "User", name: "v" },
          { kind: "ServiceAccount", name: "s", namespace: "n" },
          { kind: "Group", name: "g" },
          { kind: "Odd", name: "o" },
        ], 0.3)],
      ["roleRef.name", (p) => p.of(["view", "edit"])],
    ],
  },
  {
    kind: "NetworkPolicy",
    apiVersion: "networking.k8s.io/v1",
    plural: "networkpolicies",
    base: () => ({ spec: { podSelector: {} } }),
    fields: [
      ["spec.podSelector", (p) => p.of<Json>([{}, { matchLabels: { a: "b" } }])],
      ["spec.policyTypes", (p) => p.of<Json>([["Ingress"], ["Ingress", "Egress"], ["Odd"]])],
      [
        "spec.ingress",
        (p) => p.of<Json>([[{}], [], [{ ports: [{ port: 80 }, { port: "http", protocol: "TCP" }] }]]),
      ],
      [
        "spec.egress",
        (p) =>
          p.of<Json>([[{ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }], [{
            to: [{ ipBlock: { cidr: "bad" } }],
          }]]),
      ],
    ],
  },
  {
    kind: "Ingress",
    apiVersion: "networking.k8s.io/v1",
    plural: "ingresses",
    base: () => ({ spec: { defaultBackend: { service: { name: "x", port: { number: 80 } } } } }),
    fields: [
      ["spec.ingressClassName", (p) => p.of(["nginx", "other"])],
      ["spec.tls", (p) => p.of<Json>([[{ hosts: ["a.b"], secretName: "s" }], []])],
      ["spec.rules", (p) => [{
        host: p.of(["a.example", "*.b.example", "Bad_Host"]),
        http: {
          paths: [{
            path: p.of(["/", "x"]),
            pathType: p.of(["Prefix", "Exact", "Odd"]),
            backend: { service: { name: "y", port: { name: "http" } } },
          }],
        },
      }]],
    ],
    status: [["loadBalancer.ingress", (p) => p.of<Json>([[{ ip: "1.2.3.4" }], [{ hostname: "h.example" }]])]],
  },
  {
    kind: "EndpointSlice",
    apiVersion: "discovery.k8s.io/v1",
    plural: "endpointslices",
    base: () => ({ addressType: "IPv4", endpoints: [] }),
    fields: [
      ["endpoints", (p) => [{ addresses: [p.of(["1.2.3.4", "bad", "1.2.3.5"])] }]],
      ["ports", (p) => p.of<Json>([[{ port: 80 }], [{ name: "x", port: 81, protocol: "UDP" }], []])],
      ["addressType", (p) => p.of(["IPv4", "IPv6", "Odd"])],
    ],
  },
  {
    kind: "ControllerRevision",
    apiVersion: "apps/v1",
    plural: "controllerrevisions",
    base: (p) => ({ revision: p.below(3) }),
    fields: [["data", (p) => p.of<Json>([{ a: 1 }, { a: { b: [1, 2] } }])], ["revision", (p) => p.below(9)]],
  },
  {
    kind: "PriorityClass",
    apiVersion: "scheduling.k8s.io/v1",
    plural: "priorityclasses",
    cluster: true,
    base: (p) => ({ value: p.of([1, 5]) }),
    fields: [
      ["description", text],
      ["preemptionPolicy", (p) => p.of(["Never", "PreemptLowerPriority", "Odd"])],
      ["value", (p) => p.of([1, 5, 2_000_000_000])],
    ],
  },
  {
    kind: "ClusterRole",
    apiVersion: "rbac.authorization.k8s.io/v1",
    plural: "clusterroles",
    cluster: true,
    base: none,
    fields: [["rules", rules]],
  },
  {
    kind: "Widget",
    apiVersion: `${GROUP}/v1`,
    plural: "widgets",
    base: (p) => ({ spec: { size: p.below(5) } }),
    fields: WIDGET.fields,
    status: WIDGET.status,
    scale: true,
    selectors: ["spec.colour"],
  },
  {
    kind: "Gadget",
    apiVersion: `${GROUP}/v1`,
    plural: "gadgets",
    cluster: true,
    base: none,
    fields: GADGET.fields,
  },
  {
    kind: "Deployment",
    apiVersion: "apps/v1",
    plural: "deployments",
    dry: true,
    base: (p) => ({
      spec: {
        selector: { matchLabels: { app: "a" } },
        template: { metadata: { labels: { app: "a" } }, spec: { containers: containers(p) } },
      },
    }),
    fields: [
      ...templateFields("spec.template"),
      ["spec.replicas", (p) => p.of<Json>([0, 3, -1, null])],
      [
        "spec.strategy",
        (p) =>
          p.of<Json>([{ type: "Recreate" }, { type: "RollingUpdate", rollingUpdate: { maxSurge: "10%" } }, {
            type: "Recreate",
            rollingUpdate: { maxSurge: 1 },
          }]),
      ],
      ["spec.paused", (p) => p.chance(0.5)],
      ["spec.minReadySeconds", (p) => p.of([0, 5, -5])],
    ],
    scale: true,
  },
  {
    kind: "HorizontalPodAutoscaler",
    apiVersion: "autoscaling/v2",
    plural: "horizontalpodautoscalers",
    dry: true,
    base: () => ({
      spec: { maxReplicas: 3, scaleTargetRef: { kind: "Deployment", name: "x", apiVersion: "apps/v1" } },
    }),
    fields: [
      ["spec.minReplicas", (p) => p.of([1, 2, 5])],
      ["spec.maxReplicas", (p) => p.of([1, 5, 0])],
      ["spec.behavior.scaleDown.stabilizationWindowSeconds", (p) => p.of([0, 60])],
    ],
  },
  {
    kind: "HorizontalPodAutoscaler",
    apiVersion: "autoscaling/v1",
    plural: "horizontalpodautoscalers",
    dry: true,
    base: () => ({
      spec: { maxReplicas: 3, scaleTargetRef: { kind: "Deployment", name: "x", apiVersion: "apps/v1" } },
    }),
    fields: [
      ["spec.minReplicas", (p) => p.of([1, 2, 5])],
      ["spec.targetCPUUtilizationPercentage", (p) => p.of([50, 0, 80])],
    ],
  },
  {
    kind: "Namespace",
    apiVersion: "v1",
    plural: "namespaces",
    cluster: true,
    dry: true,
    base: none,
    fields: [["spec.finalizers", () => ["kubernetes", "x.dev/f"]], ["status.phase", () => "Active"]],
  },
];

/** Objects that are there from the start, and only changed as dry runs. */
export const FIXED: readonly { readonly path: string; readonly object: Json }[] = [
  {
    path: "/apis/apps/v1/namespaces/$NS/deployments",
    object: {
      metadata: { name: names[0]! },
      spec: {
        paused: true,
        replicas: 0,
        selector: { matchLabels: { app: "a" } },
        template: { metadata: { labels: { app: "a" } }, spec: { containers: [{ name: "a", image: "one" }] } },
      },
    },
  },
];

/** Names of the definitions that a run makes. */
export const CLUSTER_PLURALS = [`widgets.${GROUP}`, `gadgets.${GROUP}`];
