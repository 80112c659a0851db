/** A drain's plan, for people and for scripts. */
import { type OrkaError, safeText } from "../../base/mod.ts";
import { type DrainBudget, type DrainPlan, type DrainPod, isCordoned, type PodFate } from "../../ops/mod.ts";
import { TabWriter } from "../print/tab_writer.ts";

/** What the server said to each eviction, by the pod's uid. */
export type Trial = ReadonlyMap<string, OrkaError>;

const WORDS: Readonly<Record<PodFate, string>> = { evict: "evict", skip: "stays", refuse: "stops it" };

export function planText(plan: DrainPlan, trial: Trial): string {
  const { node, pods, evict, skip, refuse, budgets } = plan;
  const stops = refuse.length === 0 ? "" : `, ${refuse.length} in the way`;
  const cordoned = isCordoned(node) ? ", cordoned already" : "";
  const head = `node/${node.metadata.name}: ${
    podCount(evict.length)
  } to evict, ${skip.length} to stay${stops}${cordoned}\n`;
  const rows = pods.map((pod) => [`  ${WORDS[pod.fate]}`, podName(pod), reasonOf(pod, trial)].map(safeText));
  return head + new TabWriter().layout(rows) + budgetLines(budgets);
}

export function podCount(count: number): string {
  return count === 1 ? "1 pod" : `${count} pods`;
}

export function podName({ namespace, name }: Pick<DrainPod, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}

function reasonOf({ uid, reason }: DrainPod, trial: Trial): string {
  const refusal = trial.get(uid)?.message;
  const parts = [reason, refusal === undefined ? "" : `refused now: ${refusal}`];
  return parts.filter((part) => part !== "").join("; ");
}

function budgetLines(budgets: DrainPlan["budgets"]): string {
  if (budgets === null) return "budgets: they can't be read\n";
  const rows = budgets.map((budget) => [`  ${podName(budget)}`, budget.rule, holdText(budget)].map(safeText));
  return rows.length === 0 ? "" : `budgets:\n${new TabWriter().layout(rows)}`;
}

function holdText({ holds, pods, allowed, healthy, desired }: DrainBudget): string {
  const state = `${healthy} healthy, ${desired} needed`;
  const count = podCount(pods.length);
  if (holds === "now") return `holds ${count} back: no eviction allowed now (${state})`;
  if (holds === "turns") return `${count} in turns: ${allowed} at a time (${state})`;
  return `${count} may go (${state})`;
}

/** The plan as JSON. */
export function planJson({ node, evict, skip, refuse, budgets }: DrainPlan, trial: Trial): object {
  const podOf = (pod: DrainPod) => ({
    namespace: pod.namespace,
    name: pod.name,
    ...(pod.reason === "" ? {} : { reason: pod.reason }),
    ...(trial.has(pod.uid) ? { refusedNow: trial.get(pod.uid)!.message } : {}),
  });
  return {
    node: node.metadata.name,
    cordoned: isCordoned(node),
    evict: evict.map(podOf),
    skip: skip.map(podOf),
    refuse: refuse.map(podOf),
    budgets: budgets?.map(({ pods, ...budget }) => ({ ...budget, pods: pods.map(({ name }) => name) })) ??
      null,
  };
}

/** In kubectl's words: `REASON: ns/a, ns/b; REASON: ns/c`. */
export function reasonsText(pods: readonly DrainPod[]): string {
  const byReason = new Map<string, string[]>();
  for (const pod of pods.filter(({ reason }) => reason !== "")) {
    byReason.set(pod.reason, [...byReason.get(pod.reason) ?? [], podName(pod)]);
  }
  return [...byReason].map(([reason, names]) => `${reason}: ${names.join(", ")}`).join("; ");
}
