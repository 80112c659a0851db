/** Disruption budgets over the pods of a drain: which evictions they will hold back. */
import { OrkaError } from "../base/mod.ts";
import type { Client } from "../client/mod.ts";
import { type KubeObject, matchesLabels, type ObjectSelector, selectorOfObject } from "../kube/mod.ts";
import { DISRUPTION_BUDGETS } from "./builtin_kinds.ts";
import type { DrainPod } from "./drain_plan.ts";
import { listAll } from "./object_list.ts";

/** https://kubernetes.io/docs/tasks/run-application/configure-pdb/ */
export interface DrainBudget {
  readonly namespace: string;
  readonly name: string;
  /** `min available 2`, `max unavailable 50%`. */
  readonly rule: string;
  /** Evictions that it lets through now. */
  readonly allowed: number;
  readonly healthy: number;
  readonly desired: number;
  /** Pods of the drain that it is over. */
  readonly pods: readonly DrainPod[];
  /** now: not one of its pods can go. turns: they go one after the other, as others become ready elsewhere. */
  readonly holds: "now" | "turns" | "no";
}

interface BudgetView extends KubeObject {
  readonly spec?: {
    readonly selector?: ObjectSelector | null;
    readonly minAvailable?: number | string;
    readonly maxUnavailable?: number | string;
    readonly unhealthyPodEvictionPolicy?: string;
  };
  readonly status?: {
    readonly disruptionsAllowed?: number;
    readonly currentHealthy?: number;
    readonly desiredHealthy?: number;
  };
}

/** null where the person may not read them, or the server serves none. */
export async function readBudgets(
  client: Client,
  pods: readonly DrainPod[],
  { signal }: { readonly signal?: AbortSignal | undefined },
): Promise<readonly DrainBudget[] | null> {
  const namespaces = [...new Set(pods.map(({ namespace }) => namespace))].sort();
  try {
    const lists = await Promise.all(
      namespaces.map((namespace) => listAll(client, DISRUPTION_BUDGETS, { namespace, signal })),
    );
    return lists.flat().map((budget) => budgetOf(budget as BudgetView, pods)).filter((budget) =>
      budget.pods.length > 0
    );
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof OrkaError && (error.code === "forbidden" || error.code === "not-found")) return null;
    throw error;
  }
}

function budgetOf({ metadata, spec, status }: BudgetView, pods: readonly DrainPod[]): DrainBudget {
  const { namespace = "", name } = metadata;
  const selector = spec?.selector;
  const requirements = selectorOfObject(selector);
  const covered = selector === undefined || selector === null
    ? []
    : pods.filter(({ object, ...pod }) =>
      pod.namespace === namespace && matchesLabels(requirements, object.metadata.labels)
    );
  const allowed = status?.disruptionsAllowed ?? 0;
  const counted = covered.filter((pod) => counts(pod, spec?.unhealthyPodEvictionPolicy));
  return {
    namespace,
    name,
    rule: spec?.minAvailable !== undefined
      ? `min available ${spec.minAvailable}`
      : `max unavailable ${spec?.maxUnavailable ?? 1}`,
    allowed,
    healthy: status?.currentHealthy ?? 0,
    desired: status?.desiredHealthy ?? 0,
    pods: covered,
    holds: counted.length === 0 ? "no" : allowed <= 0 ? "now" : allowed < counted.length ? "turns" : "no",
  };
}

/** Pods that have ended or never began cost a budget nothing, nor unhealthy ones where the budget says so. */
function counts({ object }: DrainPod, policy: string | undefined): boolean {
  const phase = object.status?.phase ?? "";
  if (["Succeeded", "Failed", "Pending"].includes(phase) || object.metadata.deletionTimestamp !== undefined) {
    return false;
  }
  const isReady = (object.status?.conditions ?? []).some(({ type, status }) =>
    type === "Ready" && status === "True"
  );
  return isReady || policy !== "AlwaysAllow";
}
