/** The kinds that operations read besides the one they are about, as every server serves them. */
import type { Resource } from "../kube/mod.ts";

interface Kind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced?: boolean;
}

function builtin({ group, kind, plural, namespaced = true }: Kind): Resource {
  return {
    group,
    version: "v1",
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced,
    verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
    subresources: [],
    preferred: true,
  };
}

export const PODS = builtin({ group: "", kind: "Pod", plural: "pods" });
export const SERVICES = builtin({ group: "", kind: "Service", plural: "services" });
export const NODES = builtin({ group: "", kind: "Node", plural: "nodes", namespaced: false });
export const JOBS = builtin({ group: "batch", kind: "Job", plural: "jobs" });
export const REPLICA_SETS = builtin({ group: "apps", kind: "ReplicaSet", plural: "replicasets" });
export const DAEMON_SETS = builtin({ group: "apps", kind: "DaemonSet", plural: "daemonsets" });
export const CONTROLLER_REVISIONS = builtin({
  group: "apps",
  kind: "ControllerRevision",
  plural: "controllerrevisions",
});
export const DISRUPTION_BUDGETS = builtin({
  group: "policy",
  kind: "PodDisruptionBudget",
  plural: "poddisruptionbudgets",
});
