/**
 * What draining a node would do, before anything is done: which of its pods are evicted, which stay and why, which stand
 * in the way, and which disruption budgets will hold evictions back. The rules are kubectl's.
 * https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/
 */
import { OrkaError } from "../base/mod.ts";
import { type Client, listObjects } from "../client/mod.ts";
import type { KubeObject } from "../kube/mod.ts";
import { readObject } from "../apply/mod.ts";
import { DAEMON_SETS, PODS } from "./builtin_kinds.ts";
import { nodeTarget } from "./cordon.ts";
import { type DrainBudget, readBudgets } from "./drain_budgets.ts";
import { type PodSpecView, readLive } from "./workload.ts";

export interface DrainOptions {
  /** DaemonSets' pods stay; without it they stand in the way. */
  readonly ignoreDaemonSets?: boolean | undefined;
  /** Pods with emptyDir volumes lose what is in them; without it they stand in the way. */
  readonly deleteEmptyDirData?: boolean | undefined;
  /** Pods that no controller makes anew go too; without it they stand in the way. */
  readonly force?: boolean | undefined;
  /** Only the pods with these labels. */
  readonly podSelector?: string | undefined;
  /** Pods that have been terminating for longer are left alone; 0: none are. */
  readonly skipWaitForDeleteSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** evict: it goes. skip: it stays, and that is fine. refuse: the drain can't be done with the options as they are. */
export type PodFate = "evict" | "skip" | "refuse";

export interface DrainPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly fate: PodFate;
  /** In kubectl's words: why it is skipped or refused, or what its eviction costs; empty where nothing is to be said. */
  readonly reason: string;
  readonly object: PodView;
}

export interface DrainPlan {
  readonly node: KubeObject;
  /** By namespace and name. */
  readonly pods: readonly DrainPod[];
  readonly evict: readonly DrainPod[];
  readonly skip: readonly DrainPod[];
  readonly refuse: readonly DrainPod[];
  /** Budgets over pods that are to be evicted; null where they can't be read. */
  readonly budgets: readonly DrainBudget[] | null;
  /** Of the pods' list. */
  readonly resourceVersion: string;
  readonly options: DrainOptions;
}

export interface PodView extends KubeObject {
  readonly spec?: PodSpecView;
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** Throws OrkaError `not-found` for a node that is not there. `nowMs`: since the Unix epoch. */
export async function planDrain(
  client: Client,
  node: string,
  { nowMs, ...options }: DrainOptions & { readonly nowMs: number },
): Promise<DrainPlan> {
  const { signal, podSelector } = options;
  const [live, { pods: found, resourceVersion }] = await Promise.all([
    readLive(client, nodeTarget(node), { signal }),
    listNodePods(client, node, { labelSelector: podSelector, signal }),
  ]);
  const missing = await missingDaemonSets(client, found, { signal });
  const pods = found
    .map((object) => podOf(object, fateOf(object, { options, missing, nowMs })))
    .sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name));
  const of = (fate: PodFate) => pods.filter((pod) => pod.fate === fate);
  const evict = of("evict");
  const budgets = await readBudgets(client, evict, { signal });
  return {
    node: live,
    pods,
    evict,
    skip: of("skip"),
    refuse: of("refuse"),
    budgets,
    resourceVersion,
    options,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface NodePodsOptions {
  readonly labelSelector?: string | undefined;
  /** No older than this; the newest unless given. */
  readonly resourceVersion?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The pods that are bound to the node. */
export async function listNodePods(
  client: Client,
  node: string,
  options: NodePodsOptions,
): Promise<{ readonly pods: readonly PodView[]; readonly resourceVersion: string }> {
  const pods: PodView[] = [];
  const { resourceVersion } = await listObjects(client, PODS, {
    ...options,
    fieldSelector: `spec.nodeName=${node}`,
    // A page of a given version would be exactly that version, which the server may have forgotten.
    limit: 0,
    onRestart: () => void (pods.length = 0),
    onItem: (item) => void pods.push(item.parse() as PodView),
  });
  return { pods, resourceVersion };
}

function podOf(object: PodView, { fate, reason }: Fate): DrainPod {
  const { namespace = "", name, uid = "" } = object.metadata;
  return { namespace, name, uid, fate, reason, object };
}

interface Fate {
  readonly fate: PodFate;
  readonly reason: string;
}

interface Rules {
  readonly options: DrainOptions;
  /** By the keys of DaemonSets that own pods and were not found. */
  readonly missing: ReadonlyMap<string, Missing>;
  readonly nowMs: number;
}

/** The rules in kubectl's order: the first that keeps the pod decides. */
function fateOf(pod: PodView, rules: Rules): Fate {
  const { options, nowMs } = rules;
  if (isEndingForLong(pod, options.skipWaitForDeleteSeconds ?? 0, nowMs)) {
    return { fate: "skip", reason: "is ending already" };
  }
  const isFinished = ["Succeeded", "Failed"].includes(pod.status?.phase ?? "");
  const owner = controllerOf(pod);
  if (owner?.kind === "DaemonSet" && !isFinished) return daemonFate(pod, rules);
  if (pod.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined) {
    return { fate: "skip", reason: "is a mirror pod" };
  }
  if (isFinished) return EVICT;
  const hasEmptyDir = (pod.spec?.volumes ?? []).some(({ emptyDir }) =>
    emptyDir !== undefined && emptyDir !== null
  );
  if (hasEmptyDir && !options.deleteEmptyDirData) {
    return {
      fate: "refuse",
      reason: "cannot delete Pods with local storage (use --delete-emptydir-data to override)",
    };
  }
  if (owner === undefined) {
    return options.force
      ? { fate: "evict", reason: "deleting Pods that declare no controller" }
      : { fate: "refuse", reason: "cannot delete Pods that declare no controller (use --force to override)" };
  }
  return hasEmptyDir ? { fate: "evict", reason: "deleting Pods with local storage" } : EVICT;
}

const EVICT: Fate = { fate: "evict", reason: "" };

function daemonFate(pod: PodView, { options, missing }: Rules): Fate {
  const problem = missing.get(daemonSetKey(pod));
  if (problem !== undefined) {
    return { fate: options.force && problem.isGone ? "evict" : "refuse", reason: problem.said };
  }
  return options.ignoreDaemonSets
    ? { fate: "skip", reason: "ignoring DaemonSet-managed Pods" }
    : { fate: "refuse", reason: "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)" };
}

function isEndingForLong({ metadata }: PodView, seconds: number, nowMs: number): boolean {
  if (seconds <= 0 || metadata.deletionTimestamp === undefined) return false;
  return nowMs - Date.parse(metadata.deletionTimestamp) > seconds * 1000;
}

function controllerOf({ metadata }: KubeObject) {
  return (metadata.ownerReferences ?? []).find(({ controller }) => controller === true);
}

function daemonSetKey(pod: PodView): string {
  return `${pod.metadata.namespace}/${controllerOf(pod)?.name}`;
}

interface Missing {
  /** It is not there; else it could not be read, and may well be. */
  readonly isGone: boolean;
  readonly said: string;
}

/** DaemonSets that are said to own a pod and can't be found, with what the server said. */
async function missingDaemonSets(
  client: Client,
  pods: readonly PodView[],
  { signal }: Pick<DrainOptions, "signal">,
): Promise<ReadonlyMap<string, Missing>> {
  const owned = pods.filter((pod) => controllerOf(pod)?.kind === "DaemonSet");
  const byKey = new Map(owned.map((pod) => [daemonSetKey(pod), pod]));
  const missing = new Map<string, Missing>();
  await Promise.all([...byKey].map(async ([key, pod]) => {
    const { name } = controllerOf(pod)!;
    try {
      const target = { resource: DAEMON_SETS, namespace: pod.metadata.namespace ?? "", name };
      const found = await readObject(client, target, { signal });
      if (found === null) {
        missing.set(key, { isGone: true, said: `daemonsets.apps "${name}" not found` });
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof OrkaError)) throw error;
      missing.set(key, { isGone: error.code === "not-found", said: error.message });
    }
  }));
  return missing;
}
