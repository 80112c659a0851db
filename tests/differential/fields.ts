/** Makers of field values that several kinds share. */
import type { Json, JsonObject } from "../../src/k1s/registry/mod.ts";
import type { Pick } from "./pick.ts";

/** A dotted path and what may stand there. */
export type FieldMaker = readonly [path: string, make: (pick: Pick) => Json];

/** Few, so that requests meet. */
export const names = ["one", "two", "three"];

/** A pod's containers, one or two. */
export function containers(p: Pick): Json[] {
  const made = p.some<Json>(
    [{ name: "a", image: p.of(["one", "two:1"]) }, { name: "b", image: "three" }],
    0.6,
  );
  return made.length > 0 ? made : [{ name: "a", image: "one" }];
}

/** A list of containers as a patch or a change may give it: parts of them, one more, one that is wrong. */
function partialContainers(p: Pick): Json[] {
  const made = p.some<JsonObject>([
    { name: "a", image: p.of(["one", "four"]) },
    { name: "a", env: p.some<Json>([{ name: "X", value: "1" }, { name: "Y", value: "2" }], 0.6) },
    { name: "b", image: "three", ports: [{ containerPort: p.of([80, 81]) }] },
    { name: "b", image: "three", args: p.of<Json>([["x"], ["x", "y"]]) },
    { name: "a", resources: { requests: { cpu: p.of(["100m", "0.1", "1"]) } } },
    { name: "a", image: "one", imagePullPolicy: p.of(["Always", "Odd"]) },
  ], 0.2);
  return made.length > 0 ? made : [{ name: "a", image: "five" }];
}

/** Fields of a pod's spec under `prefix`. */
function specFields(prefix: string): FieldMaker[] {
  return [
    [`${prefix}.containers`, partialContainers],
    [`${prefix}.containers`, partialContainers],
    [`${prefix}.nodeSelector`, (p) => p.of<Json>([{ d: "ssd" }, {}, { d: "hdd", e: "f" }])],
    [`${prefix}.tolerations`, (p) => [{ key: p.of(["k", "l"]), operator: p.of(["Exists", "Equal", "Odd"]) }]],
    [
      `${prefix}.volumes`,
      (p) => p.of<Json>([[{ name: "v", emptyDir: {} }], [{ name: "v", configMap: { name: "c" } }], []]),
    ],
    [`${prefix}.terminationGracePeriodSeconds`, (p) => p.of<Json>([0, 5, 30])],
    [`${prefix}.securityContext`, (p) => p.of<Json>([{ runAsUser: 1 }, {}])],
    [`${prefix}.hostNetwork`, (p) => p.chance(0.3)],
    [`${prefix}.imagePullSecrets`, (p) => p.of<Json>([[{ name: "x" }], [{ name: "x" }, { name: "y" }]])],
  ];
}

export const podFields: readonly FieldMaker[] = [
  ...specFields("spec"),
  ["spec.activeDeadlineSeconds", (p) => p.of([5, 10, 0])],
  ["spec.restartPolicy", (p) => p.of(["Always", "Never", "Odd"])],
  ["spec.nodeName", () => "nowhere"],
  ["spec.priorityClassName", (p) => p.of(["system-node-critical", "missing"])],
];

/** Fields of a pod template at `at`. */
export function templateFields(at: string): readonly FieldMaker[] {
  return [
    ...specFields(`${at}.spec`),
    [`${at}.metadata.labels.app`, (p) => p.of(["a", "b"])],
    [`${at}.metadata.annotations.note`, (p) => p.of(["x", "y"])],
  ];
}

/** A service that no controller makes endpoints for. */
export const selectorless: readonly FieldMaker[] = [
  ["spec.type", (p) => p.of(["ClusterIP", "NodePort", "ExternalName", "LoadBalancer", "Odd"])],
  ["spec.externalName", (p) => p.of(["x.example", "bad_name"])],
  ["spec.ports", (p) =>
    p.some<Json>([
      { name: "http", port: 80, targetPort: p.of<Json>([8080, "web"]) },
      { name: "dns", port: 53, protocol: p.of(["UDP", "TCP", "ODD"]) },
      { name: "Bad", port: 70_000 },
    ], 0.4)],
  ["spec.ports", (p) => [{ port: p.of([80, 443, 8080]), appProtocol: "x" }]],
  ["spec.clusterIP", (p) => p.of(["None", "", "bad"])],
  ["spec.sessionAffinity", (p) => p.of(["ClientIP", "None", "Odd"])],
  ["spec.externalIPs", (p) => p.of<Json>([["1.2.3.4"], ["1.2.3.4", "5.6.7.8"], []])],
  ["spec.publishNotReadyAddresses", (p) => p.chance(0.5)],
  ["spec.ipFamilyPolicy", (p) => p.of(["SingleStack", "PreferDualStack"])],
];

export function rules(p: Pick): Json {
  return p.some<Json>([
    { apiGroups: [""], resources: ["pods"], verbs: p.of<Json>([["get"], ["get", "list"], []]) },
    { apiGroups: ["apps"], resources: ["deployments"], verbs: ["*"], resourceNames: ["x"] },
    { nonResourceURLs: ["/healthz"], verbs: ["get"] },
  ], 0.4);
}
