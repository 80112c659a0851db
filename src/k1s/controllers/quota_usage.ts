/** What an object counts against a quota, and which quotas it counts against. */
import { isObject, type JsonObject, listOf, mapOf, textOf, textsOf } from "../registry/object.ts";
import { add, type Amounts, amountsOf, ones, podAmounts, times } from "./resources.ts";

/** Kinds that are counted under their own name, too. */
const PLAIN = [
  "pods",
  "services",
  "persistentvolumeclaims",
  "configmaps",
  "secrets",
  "replicationcontrollers",
  "resourcequotas",
];
/** Kinds that count something which an update can change. */
const VARYING = ["pods", "services", "persistentvolumeclaims"];
const COMPUTE = ["cpu", "memory", "ephemeral-storage"];
const CLASS_SUFFIX = ".storageclass.storage.k8s.io";

export function variesByUpdate(storageName: string): boolean {
  return VARYING.includes(storageName);
}

/** The kind whose objects a quota's entry counts, by its name in storage. */
export function countedKind(entry: string): string {
  if (entry.startsWith("count/")) return entry.slice("count/".length);
  if (entry.startsWith("services")) return "services";
  if (PLAIN.includes(entry)) return entry;
  const isStorage = entry === "requests.storage" || entry.includes(CLASS_SUFFIX);
  return isStorage ? "persistentvolumeclaims" : "pods";
}

/** What one object counts as. */
export function usageOf(storageName: string, object: JsonObject): Amounts {
  const usage = ones([`count/${storageName}`]);
  if (storageName === "pods") add(usage, podUsage(object));
  else if (PLAIN.includes(storageName)) add(usage, ones([storageName]));
  if (storageName === "services") add(usage, serviceUsage(object));
  if (storageName === "persistentvolumeclaims") add(usage, claimUsage(object));
  return usage;
}

/** A pod that has ended takes nothing but its place. */
function podUsage(pod: JsonObject): Amounts {
  if (["Succeeded", "Failed"].includes(textOf(mapOf(pod, "status"), "phase"))) return new Map();
  const usage = ones(["pods"]);
  add(usage, computeUsage(podAmounts(pod, "requests"), podAmounts(pod, "limits")));
  return usage;
}

function computeUsage(requests: Amounts, limits: Amounts): Amounts {
  const usage: Amounts = new Map();
  for (const [name, amount] of requests) {
    usage.set(`requests.${name}`, amount);
    if (COMPUTE.includes(name)) usage.set(name, amount);
  }
  for (const [name, amount] of limits) if (COMPUTE.includes(name)) usage.set(`limits.${name}`, amount);
  return usage;
}

function serviceUsage(service: JsonObject): Amounts {
  const spec = mapOf(service, "spec");
  const ports = times(listOf(spec, "ports").length);
  switch (textOf(spec, "type")) {
    case "NodePort":
      return new Map([["services.nodeports", ports]]);
    case "LoadBalancer": {
      const usage = ones(["services.loadbalancers"]);
      if (spec?.allocateLoadBalancerNodePorts !== false) usage.set("services.nodeports", ports);
      return usage;
    }
  }
  return new Map();
}

function claimUsage(claim: JsonObject): Amounts {
  const spec = mapOf(claim, "spec");
  const usage: Amounts = new Map();
  const storage = amountsOf(mapOf(mapOf(spec, "resources"), "requests")).get("storage");
  if (storage) usage.set("requests.storage", storage);
  const storageClass = textOf(spec, "storageClassName");
  if (storageClass === "") return usage;
  add(usage, ones([`${storageClass}${CLASS_SUFFIX}/persistentvolumeclaims`]));
  if (storage) usage.set(`${storageClass}${CLASS_SUFFIX}/requests.storage`, storage);
  return usage;
}

/** Whether an object is in the scopes of a quota; only pods have any. */
export function inScopes(quota: JsonObject, storageName: string, object: JsonObject): boolean {
  const spec = mapOf(quota, "spec");
  const scopes: JsonObject[] = textsOf(spec, "scopes").map((scopeName) => ({
    scopeName,
    operator: "Exists",
  }));
  scopes.push(...listOf(mapOf(spec, "scopeSelector"), "matchExpressions").filter(isObject));
  if (scopes.length === 0) return true;
  return storageName === "pods" && scopes.every((scope) => matchesScope(scope, object));
}

function matchesScope(scope: JsonObject, pod: JsonObject): boolean {
  const spec = mapOf(pod, "spec");
  switch (scope.scopeName) {
    case "Terminating":
      return typeof spec?.activeDeadlineSeconds === "number";
    case "NotTerminating":
      return typeof spec?.activeDeadlineSeconds !== "number";
    case "BestEffort":
      return isBestEffort(pod);
    case "NotBestEffort":
      return !isBestEffort(pod);
    case "PriorityClass":
      return matchesName(scope, textOf(spec, "priorityClassName"));
    case "CrossNamespacePodAffinity":
      return crossesNamespaces(mapOf(spec, "affinity"));
  }
  return false;
}

function isBestEffort(pod: JsonObject): boolean {
  const asked = [...podAmounts(pod, "requests").keys(), ...podAmounts(pod, "limits").keys()];
  return !asked.some((name) => name === "cpu" || name === "memory");
}

function matchesName(scope: JsonObject, name: string): boolean {
  const values = textsOf(scope, "values");
  switch (scope.operator) {
    case "Exists":
      return name !== "";
    case "DoesNotExist":
      return name === "";
    case "In":
      return values.includes(name);
    case "NotIn":
      return !values.includes(name);
  }
  return false;
}

function crossesNamespaces(affinity: JsonObject | undefined): boolean {
  return ["podAffinity", "podAntiAffinity"].some((kind) => {
    const rules = mapOf(affinity, kind);
    const terms = listOf(rules, "requiredDuringSchedulingIgnoredDuringExecution").filter(isObject);
    const preferred = listOf(rules, "preferredDuringSchedulingIgnoredDuringExecution").filter(isObject)
      .map((weighted) => mapOf(weighted, "podAffinityTerm")).filter(isObject);
    return [...terms, ...preferred].some((term) =>
      listOf(term, "namespaces").length > 0 || mapOf(term, "namespaceSelector") !== undefined
    );
  });
}

/** Entries of which every container of a pod must say how much, once a quota bounds them. */
const REQUIRED = ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"];

/** `must specify limits.memory for: web`, or undefined where every container says what the quota wants to know. */
export function unspecified(entries: readonly string[], pod: JsonObject): string | undefined {
  const missing = new Map<string, string[]>();
  const spec = mapOf(pod, "spec");
  const required = entries.filter((entry) => REQUIRED.includes(entry)).sort();
  for (
    const container of [...listOf(spec, "containers"), ...listOf(spec, "initContainers")].filter(isObject)
  ) {
    const resources = mapOf(container, "resources");
    const said = computeUsage(amountsOf(mapOf(resources, "requests")), amountsOf(mapOf(resources, "limits")));
    for (const entry of required) {
      if (!said.has(entry)) missing.set(entry, [...missing.get(entry) ?? [], textOf(container, "name")]);
    }
  }
  const told = required.filter((entry) => missing.has(entry)).map((entry) =>
    `${entry} for: ${missing.get(entry)!.sort().join(",")}`
  );
  return told.length === 0 ? undefined : `must specify ${told.join("; ")}`;
}
