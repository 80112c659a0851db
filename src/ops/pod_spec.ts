/** Where a kind keeps the spec of its pods: a pod's own, a template's, a template's in a template. */
import type { ObjectTarget } from "../apply/mod.ts";
import { OrkaError } from "../base/mod.ts";
import { isKind, type PodSpecView, type WorkloadView } from "./workload.ts";

const TEMPLATED = ["Deployment", "DaemonSet", "StatefulSet", "ReplicaSet"];

function pathOf(target: ObjectTarget): readonly string[] {
  if (isKind(target, "", "Pod")) return ["spec"];
  if (isKind(target, "batch", "CronJob")) return ["spec", "jobTemplate", "spec", "template", "spec"];
  const isTemplated = TEMPLATED.some((kind) => isKind(target, "apps", kind)) ||
    isKind(target, "batch", "Job") ||
    isKind(target, "", "ReplicationController");
  if (isTemplated) return ["spec", "template", "spec"];
  const { resource: { kind }, name } = target;
  throw new OrkaError("invalid", `${kind} "${name}" does not have a pod template`);
}

/** Throws OrkaError `invalid` for a kind without pods. */
export function podSpecOf(object: WorkloadView, target: ObjectTarget): PodSpecView {
  let at: unknown = object;
  for (const step of pathOf(target)) at = (at as Readonly<Record<string, unknown>> | undefined)?.[step];
  return (at ?? {}) as PodSpecView;
}

/** The patch of the whole object that patches its pods' spec. */
export function patchPodSpec(target: ObjectTarget, spec: object): object {
  return pathOf(target).reduceRight<object>((inner, step) => ({ [step]: inner }), spec);
}
