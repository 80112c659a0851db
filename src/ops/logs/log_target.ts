/** The pods that a target means: names, or a selector. */
import { OrkaError } from "../../base/mod.ts";
import type { Client } from "../../client/mod.ts";
import {
  formatObjectSelector,
  type KubeObject,
  type ObjectSelector,
  type Resource,
  resourcePath,
} from "../../kube/mod.ts";
import type { LogTarget } from "./log_spec.ts";

export type PodChoice =
  | Extract<LogTarget, { readonly type: "pods" }>
  | Extract<LogTarget, { readonly type: "selector" }>;

/**
 * Throws OrkaError `not-found` where the workload is gone, `invalid` where it selects no pods (an ExternalName
 * Service, a kind without a selector).
 */
export async function choosePods(
  client: Client,
  target: LogTarget,
  { signal }: { readonly signal?: AbortSignal | undefined },
): Promise<PodChoice> {
  if (target.type !== "workload") return target;
  const { resource, namespace, name } = target;
  if (resource.kind === "Pod" && resource.group === "") {
    return { type: "pods", pods: [{ namespace, name }] };
  }
  const path = resourcePath(resource, { namespace, name });
  const object = await client.json(path, { signal }) as KubeObject;
  if (resource.kind === "CronJob") return await cronJobPods(client, object, { signal });
  const labelSelector = selectorOf(object);
  if (labelSelector === "") throw noPods(resource, name);
  return { type: "selector", namespace, labelSelector };
}

/** A Service's and a ReplicationController's selector is a plain map, everything else's has matchLabels. */
function selectorOf(object: KubeObject): string {
  const spec = (object["spec"] ?? {}) as { readonly selector?: unknown };
  const { selector } = spec;
  if (typeof selector !== "object" || selector === null) return "";
  const isPlain = !("matchLabels" in selector) && !("matchExpressions" in selector);
  return formatObjectSelector(
    isPlain ? { matchLabels: selector as Record<string, string> } : selector as ObjectSelector,
  );
}

/** Its jobs label their pods with their own names; the newest job's pods are meant. */
async function cronJobPods(
  client: Client,
  cronJob: KubeObject,
  { signal }: { readonly signal?: AbortSignal | undefined },
): Promise<PodChoice> {
  const { name, namespace = "", uid } = cronJob.metadata;
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const jobs = (await client.json(path, { signal }) as { readonly items?: readonly KubeObject[] }).items ??
    [];
  const owned = jobs.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid));
  const newest =
    owned.toSorted((a, b) =>
      (b.metadata.creationTimestamp ?? "").localeCompare(a.metadata.creationTimestamp ?? "")
    )[0];
  if (newest === undefined) {
    throw new OrkaError("not-found", `CronJob "${name}" has no job yet`, {
      hint: "It makes one at its next time.",
    });
  }
  const labelSelector = selectorOf(newest) || `job-name=${newest.metadata.name}`;
  return { type: "selector", namespace, labelSelector };
}

function noPods(resource: Resource, name: string): OrkaError {
  return new OrkaError("invalid", `${resource.kind} "${name}" selects no pods`, {
    hint: "Name a pod, or select pods with -l.",
  });
}
