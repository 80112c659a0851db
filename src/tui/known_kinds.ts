/**
 * Kinds that every cluster serves in these versions, so that their first page can be asked for before discovery has
 * answered. https://kubernetes.io/docs/reference/kubernetes-api/
 */
import type { Resource } from "../kube/mod.ts";

const VERBS = ["delete", "get", "list", "patch", "update", "watch"] as const;

function known(kind: string, shortNames: readonly string[], rest: Partial<Resource> = {}): Resource {
  const singular = kind.toLowerCase();
  return {
    group: "",
    version: "v1",
    kind,
    plural: `${singular}s`,
    singular,
    shortNames,
    categories: [],
    namespaced: true,
    verbs: VERBS,
    subresources: [],
    preferred: true,
    ...rest,
  };
}

export const KNOWN_KINDS: readonly Resource[] = [
  known("Pod", ["po"]),
  known("Node", ["no"], { namespaced: false }),
  known("Namespace", ["ns"], { namespaced: false }),
  known("Service", ["svc"]),
  known("ConfigMap", ["cm"]),
  known("Secret", []),
  known("Event", ["ev"]),
  known("Deployment", ["deploy"], { group: "apps" }),
  known("StatefulSet", ["sts"], { group: "apps" }),
  known("DaemonSet", ["ds"], { group: "apps" }),
  known("ReplicaSet", ["rs"], { group: "apps" }),
  known("Job", [], { group: "batch" }),
  known("CronJob", ["cj"], { group: "batch" }),
];
