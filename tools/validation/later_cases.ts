/** More mistakes that no mutation makes, of what came to be checked later. */
import { creations, type ExtraCase, set, updates } from "./extra_case.ts";
import type { Operation } from "./mutations.ts";

const added = "/spec/ephemeralContainers";
const debug = { name: "other", image: "busybox" };

/** Changes of a pod's ephemeral containers; it has one, called debug. */
function debugging(patches: readonly (readonly Operation[])[]): ExtraCase[] {
  return patches.map((patch) => ({
    path: "/pods",
    name: "debugged",
    update: true,
    subresource: "ephemeralcontainers",
    patch,
  }));
}

const adds = (fields: Record<string, unknown>): Operation[] => [
  set(`${added}/-`, { ...debug, ...fields } as Operation["value"]),
];

const probe = { exec: { command: ["x"] } };

export const LATER_CASES: readonly ExtraCase[] = [
  ...debugging([
    adds({}),
    adds({ targetContainerName: "main", stdin: true, tty: true }),
    adds({ targetContainerName: "setup" }),
    adds({ targetContainerName: "debug" }),
    adds({ targetContainerName: "nowhere" }),
    adds({ name: "debug" }),
    adds({ name: "main" }),
    adds({ name: "setup" }),
    adds({ name: "" }),
    adds({ name: "Bad_" }),
    adds({ image: "" }),
    adds({ image: " x" }),
    adds({ terminationMessagePolicy: "Bogus" }),
    adds({ imagePullPolicy: "Bogus" }),
    adds({ ports: [{ containerPort: 80 }] }),
    adds({ resources: { limits: { cpu: "1" } } }),
    adds({ resources: {} }),
    adds({ resizePolicy: [{ resourceName: "cpu", restartPolicy: "NotRequired" }] }),
    adds({ restartPolicy: "Always" }),
    adds({ livenessProbe: probe }),
    adds({ readinessProbe: probe }),
    adds({ startupProbe: probe }),
    adds({ lifecycle: { preStop: probe } }),
    adds({ ports: [{ containerPort: 80 }], livenessProbe: probe, targetContainerName: "nowhere" }),
    adds({ volumeMounts: [{ name: "scratch", mountPath: "/x" }] }),
    adds({ volumeMounts: [{ name: "scratch", mountPath: "/x", subPath: "y" }] }),
    adds({ volumeMounts: [{ name: "scratch", mountPath: "/x", subPathExpr: "$(Y)" }] }),
    adds({ volumeMounts: [{ name: "nowhere", mountPath: "/x" }] }),
    adds({ volumeDevices: [{ name: "scratch", devicePath: "/x" }] }),
    adds({ env: [{ name: "A", value: "b" }, { name: "" }] }),
    adds({ securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
    [...adds({}), ...adds({ name: "third" })],
    [...adds({}), ...adds({})],
    [{ op: "remove", path: `${added}/0` }],
    [{ op: "remove", path: added }],
    [set(added, [])],
    [{ op: "remove", path: `${added}/0` }, ...adds({})],
    [set(`${added}/0/image`, "other")],
    [set(`${added}/0/command`, ["sh"])],
    [set(`${added}/0/name`, "renamed")],
    [set(`${added}/0/image`, "other"), ...adds({ ports: [{ containerPort: 80 }] })],
    // only ephemeral containers are written there
    [set("/spec/containers/0/image", "y")],
    [set("/metadata/labels", { a: "b" })],
    [set("/metadata/labels", { a: "b" }), ...adds({})],
  ]),
  ...updates("/pods", "debugged", [
    [set(`${added}/-`, debug)],
    [set(`${added}/0/image`, "other")],
    [{ op: "remove", path: added }],
    [set("/spec/containers/0/image", "y")],
    [set("/metadata/annotations", { "kubernetes.io/config.mirror": "x" })],
  ]),
  ...creations("/pods", "debugged", [
    [],
    [set("/spec/automountServiceAccountToken", false)],
    [set("/spec/serviceAccountName", "rich")],
    [set("/spec/serviceAccountName", "default"), set("/spec/imagePullSecrets", [{ name: "own" }])],
    [set("/spec/serviceAccountName", "none-such")],
    [set("/spec/serviceAccountName", "Bad_")],
    [set("/spec/serviceAccount", "none-such")],
    [
      { op: "remove", path: "/metadata/name" },
      set("/metadata/generateName", "made-"),
      set("/spec/serviceAccountName", "none-such"),
    ],
    [
      { op: "remove", path: "/metadata/name" },
      set("/metadata/generateName", "made-"),
      set("/spec/priorityClassName", "none-such"),
    ],
    [set("/spec/containers/0/volumeMounts", [{
      name: "scratch",
      mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
    }])],
    [
      set("/spec/containers/0/volumeMounts", [{
        name: "scratch",
        mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
      }]),
      { op: "remove", path: "/spec/initContainers" },
    ],
    [set("/spec/volumes/-", { name: "kube-api-access-own", emptyDir: {} })],
    [set("/spec/volumes/0/name", "kube-api-access-own")],
    [set("/metadata/annotations", { "kubernetes.io/config.mirror": "x" })],
    [
      set("/metadata/annotations", { "kubernetes.io/config.mirror": "x" }),
      set("/spec/nodeName", "none-such"),
    ],
    [
      set("/metadata/annotations", { "kubernetes.io/config.mirror": "x" }),
      set("/spec/serviceAccountName", "default"),
    ],
  ]),
  ...secretCases(),
  ...requestCases(),
];

function secretCases(): ExtraCase[] {
  const text = (value: string) => btoa(value);
  const docker = ["not json", "[]", '"x"', "null", '{"auths":', "", "{} x", '{"auths":1}', "tru"];
  return [
    ...creations("/secrets", "opaque", [
      [set("/type", "kubernetes.io/tls")],
      [set("/type", "kubernetes.io/tls"), set("/stringData", { "tls.crt": "x" })],
      [set("/type", "kubernetes.io/tls"), set("/stringData", { "tls.crt": "", "tls.key": "" })],
      [set("/type", "kubernetes.io/dockercfg")],
      [set("/type", "kubernetes.io/dockerconfigjson")],
      [set("/type", "kubernetes.io/basic-auth")],
      [set("/type", "kubernetes.io/basic-auth"), set("/stringData/username", "x")],
      [set("/type", "kubernetes.io/ssh-auth")],
      [set("/type", "kubernetes.io/ssh-auth"), set("/stringData/ssh-privatekey", "")],
      [set("/type", "kubernetes.io/service-account-token")],
      [set("/type", "bootstrap.kubernetes.io/token")],
      [set("/type", "helm.sh/release.v1")],
      [set("/type", "bogus type")],
      [set("/immutable", true), set("/type", "kubernetes.io/tls")],
      [set("/stringData/a b", "x"), set("/type", "kubernetes.io/tls")],
    ]),
    ...creations("/secrets", "docker", docker.map((value) => [set("/data/.dockerconfigjson", text(value))])),
    ...creations("/secrets", "dockercfg", docker.map((value) => [set("/data/.dockercfg", text(value))])),
    ...updates("/secrets", "opaque", [[set("/type", "other"), set("/metadata/finalizers", ["nonsense"])]]),
    ...updates("/configmaps", "fixed", [[set("/data/x", "y"), set("/metadata/finalizers", ["nonsense"])]]),
    ...updates("/secrets", "tls", [
      [{ op: "remove", path: "/data/tls.key" }],
      [set("/data", {})],
      [set("/type", "Opaque")],
      [{ op: "remove", path: "/type" }],
    ]),
    ...updates("/secrets", "fixed", [
      [set("/stringData", { a: "b" })],
      [set("/stringData", { a: "c" })],
      [{ op: "remove", path: "/immutable" }],
      [set("/metadata/labels", { a: "b" })],
      [set("/type", "other"), set("/data/a", "eA==")],
    ]),
  ];
}

function requestCases(): ExtraCase[] {
  const path = "/certificatesigningrequests";
  const signers = [
    "kubernetes.io/legacy-unknown",
    "a",
    "a/b",
    "a.b/c/d",
    "A.b/c",
    "a.b/",
    "a.b/C_",
    "a..b/c",
    "",
  ];
  return [
    ...creations(path, "validation-jane", [
      ...signers.map((signer) => [set("/spec/signerName", signer)]),
      [set("/spec/signerName", `${"a".repeat(254)}.b/c`)],
      [set("/spec/usages", [])],
      [set("/spec/usages", ["client auth", "client auth"])],
      [set("/spec/usages", ["bogus", "server auth"])],
      [set("/spec/expirationSeconds", 599)],
      [set("/spec/request", btoa("x"))],
      [set("/spec/request", btoa("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))],
      [set("/spec/username", "someone"), set("/spec/groups", ["system:masters"]), set("/spec/uid", "1")],
      [set("/spec/extra", { a: ["b"] })],
      [set("/status", { conditions: [{ type: "Approved", status: "True" }] })],
      [set("/spec/signerName", "kubernetes.io/kube-apiserver-client")],
    ]),
    ...updates(path, "validation-jane", [
      [set("/spec/username", "someone")],
      [set("/spec/usages", ["server auth"])],
      [set("/spec/signerName", "")],
      [set("/metadata/labels", { a: "b" })],
    ]),
  ];
}
