/** Resource names and quantities: of containers, claims, quotas and limits. */
import { parseQuantity, type Quantity } from "../../../kube/mod.ts";
import { qualifiedName } from "../metadata_validation.ts";
import { type JsonObject, mapOf } from "../object.ts";
import type { Problems } from "./problems.ts";
import { NEGATIVE } from "./rules.ts";

/** Names without a domain that mean something, for quotas. */
const STANDARD = new Set([
  "cpu",
  "memory",
  "ephemeral-storage",
  "requests.cpu",
  "requests.memory",
  "requests.ephemeral-storage",
  "limits.cpu",
  "limits.memory",
  "limits.ephemeral-storage",
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "storage",
  "requests.storage",
  "services.nodeports",
  "services.loadbalancers",
]);
const WHOLE = new Set([
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "services.nodeports",
  "services.loadbalancers",
]);
const FOR_CONTAINERS = new Set(["cpu", "memory", "ephemeral-storage"]);

/** A quantity as a number, near enough to compare; undefined for none. */
export function quantityOf(value: unknown): number | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const read: Quantity | null = parseQuantity(value);
  return read === null ? undefined : approximate(read);
}

function approximate(quantity: Quantity): number {
  return Number(quantity.nano) / 1e9;
}

export function isHugePage(name: string): boolean {
  return name.startsWith("hugepages-");
}

function isNative(name: string): boolean {
  return !name.includes("/") || name.includes("kubernetes.io/");
}

export function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith("requests.") && qualifiedName(`requests.${name}`).length === 0;
}

export function checkResourceName(problems: Problems, field: string, name: string): boolean {
  const bad = qualifiedName(name);
  problems.invalidEach(field, name, bad);
  if (bad.length > 0) return false;
  if (
    name.includes("/") || STANDARD.has(name) || isHugePage(name) || name.startsWith("requests.hugepages-")
  ) {
    return true;
  }
  problems.invalid(field, name, "must be a standard resource type or fully qualified");
  return false;
}

function checkContainerName(problems: Problems, field: string, name: string): void {
  checkResourceName(problems, field, name);
  if (!name.includes("/")) {
    if (FOR_CONTAINERS.has(name) || isHugePage(name)) return;
    problems.invalid(field, name, "must be a standard resource for containers");
  } else if (!isNative(name) && !isExtended(name)) {
    problems.invalid(field, name, "doesn't follow extended resource name standard");
  }
}

export function checkNotNegative(problems: Problems, field: string, value: unknown): void {
  if ((quantityOf(value) ?? 0) < 0) problems.invalid(field, value, NEGATIVE);
}

export function checkQuantity(problems: Problems, field: string, [name, value]: [string, unknown]): void {
  checkNotNegative(problems, field, value);
  if ((WHOLE.has(name) || isExtended(name)) && !Number.isInteger(quantityOf(value) ?? 0)) {
    problems.invalid(field, value, "must be an integer");
  }
}

/** A claim's or container's `resources`; requests within limits. */
export function checkResources(problems: Problems, at: string, resources: JsonObject | undefined): void {
  if (resources === undefined) return;
  const [limits, requests] = [mapOf(resources, "limits") ?? {}, mapOf(resources, "requests") ?? {}];
  for (const [name, value] of Object.entries(limits)) {
    const field = `${at}.limits[${name}]`;
    checkContainerName(problems, field, name);
    checkQuantity(problems, field, [name, value]);
    checkHugePage(problems, field, [name, value]);
  }
  for (const [name, value] of Object.entries(requests)) {
    const field = `${at}.requests[${name}]`;
    checkContainerName(problems, field, name);
    checkQuantity(problems, field, [name, value]);
    checkWithin(problems, at, { name, value, limit: limits[name] });
    checkHugePage(problems, field, [name, value]);
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  const computes = names.some((name) => name === "cpu" || name === "memory");
  if (!computes && names.some(isHugePage)) problems.forbidden(at, "HugePages require cpu or memory");
}

interface Request {
  readonly name: string;
  readonly value: unknown;
  readonly limit: unknown;
}

function checkWithin(problems: Problems, at: string, { name, value, limit }: Request): void {
  const overcommits = isNative(name) && !isHugePage(name);
  if (limit === undefined) {
    if (overcommits) return;
    return problems.required(`${at}.limits`, "Limit must be set for non overcommitable resources");
  }
  const [asked, most] = [quantityOf(value) ?? 0, quantityOf(limit) ?? 0];
  if (asked !== most && !overcommits) {
    problems.invalid(`${at}.requests`, value, `must be equal to ${name} limit of ${String(limit)}`);
  } else if (asked > most) {
    const detail = `must be less than or equal to ${name} limit of ${String(limit)}`;
    problems.invalid(`${at}.requests`, value, detail);
  }
}

function checkHugePage(problems: Problems, field: string, [name, value]: [string, unknown]): void {
  if (!isHugePage(name)) return;
  const size = quantityOf(name.slice("hugepages-".length)) ?? 0;
  const amount = quantityOf(value) ?? 0;
  if (size > 0 && amount % size === 0) return;
  problems.invalid(field, value, `${String(value)} is not positive integer multiple of ${name}`);
}
