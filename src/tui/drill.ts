/** Where `enter` leads from an object: to the objects behind it where the kind has such, else to its description. */
import type { ObjectRef } from "../engine/protocol.ts";
import {
  formatLabelSelector,
  groupResource,
  type KubeObject,
  type Resource,
  selectorOfObject,
} from "../kube/mod.ts";

export type Drill =
  | { readonly type: "describe" }
  /** A pod's containers. */
  | { readonly type: "containers" }
  /** Make this namespace the current one. */
  | { readonly type: "namespace"; readonly namespace: string }
  /** The objects of `kind` that the selectors pick. */
  | {
    readonly type: "view";
    readonly kind: string;
    readonly namespace: string | null;
    readonly labelSelector?: string;
    readonly fieldSelector?: string;
    /** Typed into the filter line, for what no selector can say. */
    readonly filter?: string;
  }
  | { readonly type: "nothing"; readonly why: string };

const SELECTING = new Set([
  "deployments.apps",
  "replicasets.apps",
  "statefulsets.apps",
  "daemonsets.apps",
  "replicationcontrollers",
  "services",
  "jobs.batch",
  "poddisruptionbudgets.policy",
  "networkpolicies.networking.k8s.io",
]);

/** Whether `drillOf` needs the object itself. */
export function drillNeedsObject(resource: Resource): boolean {
  return SELECTING.has(groupResource(resource));
}

export function drillOf(ref: ObjectRef, object: KubeObject | null): Drill {
  const kind = groupResource(ref.resource);
  if (kind === "pods") return { type: "containers" };
  if (kind === "namespaces") return { type: "namespace", namespace: ref.name };
  if (kind === "nodes") {
    return { type: "view", kind: "pods", namespace: null, fieldSelector: `spec.nodeName=${ref.name}` };
  }
  if (kind === "cronjobs.batch") {
    return { type: "view", kind: "jobs.batch", namespace: ref.namespace, filter: `\\b${ref.name}-` };
  }
  if (kind === "customresourcedefinitions.apiextensions.k8s.io") {
    return { type: "view", kind: ref.name, namespace: null };
  }
  return object !== null && SELECTING.has(kind) ? podsOf(ref, object) : { type: "describe" };
}

function podsOf(ref: ObjectRef, object: KubeObject): Drill {
  const spec = record(object["spec"]);
  const selector = record(spec["selector"] ?? spec["podSelector"]);
  const text = selectorText(selector);
  if (text === "") {
    return { type: "nothing", why: `${object.kind} "${ref.name}" selects no pods: it has no selector` };
  }
  return { type: "view", kind: "pods", namespace: ref.namespace, labelSelector: text };
}

/** A label selector, or a plain map of labels as Services have it, as `-l` takes it. */
function selectorText(selector: Readonly<Record<string, unknown>>): string {
  const isSelector = "matchLabels" in selector || "matchExpressions" in selector;
  const full = isSelector ? selector : { matchLabels: selector as Record<string, string> };
  return formatLabelSelector(selectorOfObject(full));
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
