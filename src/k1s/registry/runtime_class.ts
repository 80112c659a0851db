/**
 * What a pod gets of its runtime class, as the RuntimeClass admission plugin has it: overhead, and where it can run.
 * https://kubernetes.io/docs/concepts/containers/runtime-class/
 */
import { equal } from "../patch/mod.ts";
import type { Storage } from "../storage/mod.ts";
import { isObject, type JsonObject, listOf, mapOf, textOf } from "./object.ts";
import { podForbidden } from "./pod_refusal.ts";

const CLASSES = "runtimeclasses.node.k8s.io";

/** Throws 403 for a class that is not there and for a pod that says otherwise than its class. */
export async function setRuntimeClass(storage: Storage, pod: JsonObject, spec: JsonObject): Promise<void> {
  const name = textOf(spec, "runtimeClassName");
  const stored = name === "" ? undefined : await storage.find({ resource: CLASSES, namespace: "", name });
  const refuse = (why: string) => podForbidden(pod, `pod rejected: ${why}`);
  if (name !== "" && !stored) throw refuse(`RuntimeClass ${JSON.stringify(name)} not found`);
  const found: JsonObject | undefined = stored && JSON.parse(stored.value);
  const overhead = mapOf(mapOf(found, "overhead"), "podFixed");
  const own = mapOf(spec, "overhead");
  if (!overhead && Object.keys(own ?? {}).length > 0) {
    throw refuse("Pod Overhead set without corresponding RuntimeClass defined Overhead");
  }
  if (overhead && own && !equal(own, overhead)) {
    throw refuse("Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  }
  if (overhead) spec.overhead = overhead;
  const scheduling = mapOf(found, "scheduling");
  if (scheduling) place(spec, scheduling, refuse);
}

/** Adds to where the pod can run where its class can. */
function place(spec: JsonObject, scheduling: JsonObject, refuse: (why: string) => Error): void {
  const selector = mapOf(scheduling, "nodeSelector") ?? {};
  const own = mapOf(spec, "nodeSelector") ?? {};
  for (const [key, value] of Object.entries(selector)) {
    if (own[key] === undefined || own[key] === value) continue;
    throw refuse(
      `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${
        own[key]
      }`,
    );
  }
  if (Object.keys(selector).length > 0) spec.nodeSelector = { ...own, ...selector };
  const tolerations = listOf(spec, "tolerations").filter(isObject);
  const more = listOf(scheduling, "tolerations").filter(isObject).filter((toleration) =>
    !tolerations.some((other) => equal(other, toleration))
  );
  if (more.length > 0) spec.tolerations = [...tolerations, ...more];
}
