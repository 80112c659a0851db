/**
 * Limit ranges: defaults for containers that say nothing, and bounds for containers, pods and claims.
 * https://kubernetes.io/docs/concepts/policy/limit-range/
 */
import { formatQuantity, quantityValue } from "../../kube/mod.ts";
import type { RegisteredResource } from "../registry/catalog.ts";
import { isObject, type JsonObject, listOf, mapOf, metaOf, parsed, textOf } from "../registry/object.ts";
import type { ControllerHost } from "./host.ts";
import { LIMIT_RANGES } from "./policy_index.ts";
import { refused } from "./resource_quota.ts";
import { type Amounts, amountsOf, podAmounts } from "./resources.ts";

/** In the order of the annotation. */
const DEFAULTS = [["requests", "defaultRequest", "request"], ["limits", "default", "limit"]] as const;
const ANNOTATION = "kubernetes.io/limit-ranger";

/** Fills in defaults, then refuses what is out of bounds with 403. */
export async function applyLimitRanges(
  { storage, policies }: ControllerHost,
  resource: RegisteredResource,
  object: JsonObject,
): Promise<void> {
  const { storageName } = resource;
  if (storageName !== "pods" && storageName !== "persistentvolumeclaims") return;
  const namespace = textOf(metaOf(object), "namespace");
  if (!policies.mayHave(LIMIT_RANGES, namespace)) return;
  const ranges = (await storage.list({ resource: LIMIT_RANGES, namespace })).items.map(parsed);
  if (ranges.length === 0) return;
  const limits = ranges.flatMap((range) => listOf(mapOf(range, "spec"), "limits").filter(isObject));
  if (storageName === "pods") { for (const limit of limits) setDefaults(object, limit); }
  const problems = limits.flatMap((limit) =>
    storageName === "pods" ? podProblems(object, limit) : claimProblems(object, limit)
  );
  if (problems.length === 0) return;
  throw refused(resource, object, problems.length === 1 ? problems[0]! : `[${problems.join(", ")}]`);
}

function containersOf(pod: JsonObject): { readonly container: JsonObject; readonly what: string }[] {
  const spec = mapOf(pod, "spec");
  return [
    ...listOf(spec, "containers").filter(isObject).map((container) => ({ container, what: "container" })),
    ...listOf(spec, "initContainers").filter(isObject).map((container) => ({
      container,
      what: "init container",
    })),
  ];
}

/** What a container gets is told in an annotation. */
function setDefaults(pod: JsonObject, limit: JsonObject): void {
  if (limit.type !== "Container") return;
  const told: string[] = [];
  for (const { container, what } of containersOf(pod)) {
    const resources = (container.resources ??= {}) as JsonObject;
    for (const [field, from, word] of DEFAULTS) {
      const defaults = mapOf(limit, from) ?? {};
      const given = (mapOf(resources, field) ?? {}) as JsonObject;
      const missing = Object.keys(defaults).filter((name) => given[name] === undefined).sort();
      if (missing.length === 0) continue;
      for (const name of missing) given[name] = defaults[name]!;
      resources[field] = given;
      told.push(`${missing.join(", ")} ${word} for ${what} ${textOf(container, "name")}`);
    }
  }
  if (told.length === 0) return;
  const annotations = (metaOf(pod).annotations ??= {}) as JsonObject;
  annotations[ANNOTATION] = `LimitRanger plugin set: ${told.join("; ")}`;
}

function podProblems(pod: JsonObject, limit: JsonObject): string[] {
  if (limit.type === "Container") {
    return containersOf(pod).flatMap(({ container }) => {
      const resources = mapOf(container, "resources");
      return problems(limit, amountsOf(mapOf(resources, "requests")), amountsOf(mapOf(resources, "limits")));
    });
  }
  return limit.type === "Pod" ? problems(limit, podAmounts(pod, "requests"), podAmounts(pod, "limits")) : [];
}

function problems(limit: JsonObject, requests: Amounts, limits: Amounts): string[] {
  const found: string[] = [];
  const per = `usage per ${limit.type} is`;
  for (const [name, bound] of amountsOf(mapOf(limit, "min"))) {
    const [request, most] = [requests.get(name), limits.get(name)];
    const what = `minimum ${name} ${per} ${formatQuantity(bound)}`;
    if (!request) found.push(`${what}.  No request is specified`);
    else if (request.nano < bound.nano) found.push(`${what}, but request is ${formatQuantity(request)}`);
    else if (most && most.nano < bound.nano) found.push(`${what}, but limit is ${formatQuantity(most)}`);
  }
  for (const [name, bound] of amountsOf(mapOf(limit, "max"))) {
    const [request, most] = [requests.get(name), limits.get(name)];
    const what = `maximum ${name} ${per} ${formatQuantity(bound)}`;
    if (!most) found.push(`${what}.  No limit is specified`);
    else if (most.nano > bound.nano) found.push(`${what}, but limit is ${formatQuantity(most)}`);
    else if (request && request.nano > bound.nano) {
      found.push(`${what}, but request is ${formatQuantity(request)}`);
    }
  }
  for (const [name, bound] of amountsOf(mapOf(limit, "maxLimitRequestRatio"))) {
    const [request, most] = [requests.get(name), limits.get(name)];
    const what = `${name} max limit to request ratio per ${limit.type} is ${formatQuantity(bound)}`;
    if (!request || request.nano === 0n) found.push(`${what}, but no request is specified or request is 0`);
    else if (!most || most.nano === 0n) found.push(`${what}, but no limit is specified or limit is 0`);
    else {
      const ratio = Number(most.nano) / Number(request.nano);
      if (ratio > quantityValue(bound)) found.push(`${what}, but provided ratio is ${ratio.toFixed(6)}`);
    }
  }
  return found;
}

function claimProblems(claim: JsonObject, limit: JsonObject): string[] {
  if (limit.type !== "PersistentVolumeClaim") return [];
  const requests = amountsOf(mapOf(mapOf(mapOf(claim, "spec"), "resources"), "requests"));
  const found: string[] = [];
  for (const [field, word] of [["min", "minimum"], ["max", "maximum"]] as const) {
    for (const [name, bound] of amountsOf(mapOf(limit, field))) {
      const request = requests.get(name);
      const what = `${word} ${name} usage per PersistentVolumeClaim is ${formatQuantity(bound)}`;
      if (!request) found.push(`${what}.  No request is specified`);
      else if (word === "minimum" ? request.nano < bound.nano : request.nano > bound.nano) {
        found.push(`${what}, but request is ${formatQuantity(request)}`);
      }
    }
  }
  return found;
}
