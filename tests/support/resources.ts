/** Resources as discovery would tell of them, for tests that ask no discovery. */
import type { Resource } from "../../src/kube/mod.ts";

const KINDS: Readonly<Record<string, readonly [group: string, plural: string, namespaced: boolean]>> = {
  Pod: ["", "pods", true],
  ConfigMap: ["", "configmaps", true],
  Secret: ["", "secrets", true],
  Service: ["", "services", true],
  ServiceAccount: ["", "serviceaccounts", true],
  Namespace: ["", "namespaces", false],
  Node: ["", "nodes", false],
  Deployment: ["apps", "deployments", true],
  StatefulSet: ["apps", "statefulsets", true],
  DaemonSet: ["apps", "daemonsets", true],
  ReplicaSet: ["apps", "replicasets", true],
  ControllerRevision: ["apps", "controllerrevisions", true],
  Job: ["batch", "jobs", true],
  CronJob: ["batch", "cronjobs", true],
  PodDisruptionBudget: ["policy", "poddisruptionbudgets", true],
  Lease: ["coordination.k8s.io", "leases", true],
};

/** Any kind, `things` in the group without a name unless said otherwise. */
export function resourceOf(kind: string, more: Partial<Resource> = {}): Resource {
  const singular = kind.toLowerCase();
  return {
    group: "",
    version: "v1",
    kind,
    plural: `${singular}s`,
    singular,
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: ["get", "list", "watch"],
    subresources: [],
    preferred: true,
    ...more,
  };
}

/** Throws for a kind that is not in this file. */
export function resource(kind: string): Resource {
  const found = KINDS[kind];
  if (found === undefined) throw new Error(`tests/support/resources.ts has no ${kind}`);
  const [group, plural, namespaced] = found;
  const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
  return resourceOf(kind, { group, plural, namespaced, verbs, subresources: ["status"] });
}
