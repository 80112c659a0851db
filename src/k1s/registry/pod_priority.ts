/**
 * A pod's priority from its class, as the Priority admission plugin has it.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
 */
import type { Storage } from "../storage/mod.ts";
import { type JsonObject, metaOf, textOf } from "./object.ts";
import { podForbidden } from "./pod_refusal.ts";

const CLASSES = "priorityclasses.scheduling.k8s.io";
const DEFAULT_PREEMPTION = "PreemptLowerPriority";

/** Classes that every cluster has. */
export const SYSTEM_CLASSES: readonly JsonObject[] = [
  {
    metadata: { name: "system-node-critical" },
    value: 2_000_001_000,
    description: "Used for system critical pods that must not be moved from their current node.",
  },
  {
    metadata: { name: "system-cluster-critical" },
    value: 2_000_000_000,
    description:
      "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
  },
];

/** Sets class, priority and preemption of a new pod. Throws 403 for a class that is not there and for a pod that says otherwise. */
export async function setPodPriority(storage: Storage, pod: JsonObject, spec: JsonObject): Promise<void> {
  const asked = textOf(spec, "priorityClassName");
  const found = asked === "" ? await defaultClass(storage) : await storedClass(storage, asked);
  if (asked !== "" && found === undefined) {
    throw podForbidden(pod, `no PriorityClass with name ${asked} was found`);
  }
  const priority = typeof found?.value === "number" ? found.value : 0;
  const preemption = textOf(found, "preemptionPolicy") || DEFAULT_PREEMPTION;
  const computed = (what: string, value: number | string) =>
    `${what} must not be provided in pod spec; priority admission controller computed ${value} ` +
    `from the given PriorityClass name`;
  if (typeof spec.priority === "number" && spec.priority !== priority) {
    throw podForbidden(pod, computed(`the integer value of priority (${spec.priority})`, priority));
  }
  const own = textOf(spec, "preemptionPolicy");
  if (own !== "" && own !== preemption) {
    throw podForbidden(pod, computed(`the string value of PreemptionPolicy (${own})`, preemption));
  }
  if (found !== undefined) spec.priorityClassName = textOf(metaOf(found), "name");
  spec.priority = priority;
  spec.preemptionPolicy = preemption;
}

async function storedClass(storage: Storage, name: string): Promise<JsonObject | undefined> {
  const stored = await storage.find({ resource: CLASSES, namespace: "", name });
  return stored === undefined ? undefined : JSON.parse(stored.value);
}

/** The one that pods without a class get; of several the least. */
async function defaultClass(storage: Storage): Promise<JsonObject | undefined> {
  const { items } = await storage.list({ resource: CLASSES });
  const classes = items.filter(({ value }) => value.includes('"globalDefault":true'))
    .map(({ value }): JsonObject => JSON.parse(value));
  return classes.sort((a, b) => Number(a.value) - Number(b.value))[0];
}
