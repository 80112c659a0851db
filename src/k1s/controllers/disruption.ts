/**
 * Disruption budgets: how many pods may be evicted now, and evictions that keep to it.
 * https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 *
 * 1. An eviction takes one of the allowed disruptions by a compare-and-set of the budget's status, before the pod is
 *    deleted: evictors of several processes together keep to the budget.
 */
import { matchesLabels, type ObjectSelector, selectorOfObject } from "../../kube/mod.ts";
import { ApiError } from "../http/api_error.ts";
import {
  isObject,
  type JsonObject,
  listOf,
  mapOf,
  metaOf,
  parsed,
  textOf,
  timestamp,
} from "../registry/object.ts";
import { ownersOf } from "../registry/owners.ts";
import type { Change } from "../registry/resource_store.ts";
import { type ControllerHost, rewrite } from "./host.ts";
import { BUDGETS } from "./policy_index.ts";

/** Kinds whose number of replicas a budget may be about. */
const SCALED = ["replicasets.apps", "deployments.apps", "statefulsets.apps", "replicationcontrollers"];
const VIOLATES = "Cannot evict pod as it would violate the pod's disruption budget.";
/** A pod that was to be evicted and is still there after that long was not: ms. */
const DISRUPTED_MS = 120_000;

export class Disruption {
  readonly #host: ControllerHost;

  constructor(host: ControllerHost) {
    this.#host = host;
  }

  /** After a write of this process. */
  async changed(change: Change): Promise<void> {
    const { type, resource, name } = change;
    if (resource.storageName === BUDGETS) {
      if (type !== "deleted" && !isObserved(change.object)) await this.#settle(change.object);
    } else if (resource.storageName === "pods" || SCALED.includes(resource.storageName)) {
      for (const budget of await this.#budgets(name.namespace)) await this.#settle(budget);
    }
  }

  /** Budgets whose pods other processes wrote, or whose evictions came to nothing. */
  async sweep(): Promise<void> {
    for (const budget of await this.#budgets("")) await this.#settle(budget);
  }

  /** Throws 429 where a budget doesn't allow a pod to go; else counts it and tells the pod. */
  async evict(pod: JsonObject, { dryRun }: { readonly dryRun: boolean }): Promise<void> {
    const { name, namespace, deletionTimestamp } = metaOf(pod);
    const phase = textOf(mapOf(pod, "status"), "phase");
    const isRunning = phase === "Running" && deletionTimestamp === undefined;
    const budgets = isRunning
      ? (await this.#budgets(String(namespace))).filter((budget) => selects(budget, pod))
      : [];
    if (budgets.length > 1) {
      const message =
        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
      throw new ApiError(500, "", message);
    }
    const [budget] = budgets;
    if (budget && !isFree(budget, pod)) await this.#take(budget, String(name), dryRun);
    if (!dryRun) await this.#tell({ namespace: String(namespace), name: String(name) });
  }

  async #take(budget: JsonObject, pod: string, dryRun: boolean): Promise<void> {
    check(budget);
    if (dryRun) return;
    const nowMs = this.#host.clock.now();
    await this.#rewrite(budget, (current) => {
      check(current);
      const status = mapOf(current, "status")!;
      const allowed = Number(status.disruptionsAllowed) - 1;
      status.disruptionsAllowed = allowed;
      status.disruptedPods = { ...mapOf(status, "disruptedPods"), [pod]: timestamp(nowMs) };
      status.conditions = [condition(current, allowed > 0, nowMs)];
    });
  }

  /** The condition that tells why a pod goes. */
  async #tell(name: { readonly namespace: string; readonly name: string }): Promise<void> {
    const lastTransitionTime = timestamp(this.#host.clock.now());
    await rewrite(this.#host.builtin("", "v1", "pods"), name, (pod) => {
      const status = (pod.status ??= {}) as JsonObject;
      const others = listOf(status, "conditions").filter(isObject).filter(({ type }) =>
        type !== "DisruptionTarget"
      );
      status.conditions = [...others, {
        type: "DisruptionTarget",
        status: "True",
        reason: "EvictionByEvictionAPI",
        message: "Eviction API: evicting",
        lastProbeTime: null,
        lastTransitionTime,
      }];
    });
  }

  async #settle(budget: JsonObject): Promise<void> {
    const namespace = textOf(metaOf(budget), "namespace");
    const { items } = await this.#host.storage.list({ resource: "pods", namespace });
    const pods = items.map(parsed).filter((pod) => selects(budget, pod));
    const { expected, desired } = await this.#wanted(budget, pods);
    const nowMs = this.#host.clock.now();
    await this.#rewrite(budget, (current) => {
      const disrupted = stillDisrupted(current, pods, nowMs);
      const healthy = pods.filter((pod) =>
        isHealthy(pod) && !(textOf(metaOf(pod), "name") in disrupted)
      ).length;
      const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
      current.status = {
        ...(Object.keys(disrupted).length === 0 ? {} : { disruptedPods: disrupted }),
        observedGeneration: metaOf(current).generation ?? 0,
        disruptionsAllowed: allowed,
        currentHealthy: healthy,
        desiredHealthy: desired,
        expectedPods: expected,
        conditions: [condition(current, allowed > 0, nowMs)],
      };
    });
  }

  /** How many pods there should be, and how many of them healthy. */
  async #wanted(
    budget: JsonObject,
    pods: readonly JsonObject[],
  ): Promise<{ expected: number; desired: number }> {
    const { minAvailable, maxUnavailable } = mapOf(budget, "spec") ?? {};
    if (typeof minAvailable === "number") return { expected: pods.length, desired: minAvailable };
    const expected = await this.#replicas(pods);
    if (maxUnavailable !== undefined) {
      return { expected, desired: Math.max(0, expected - share(maxUnavailable, expected)) };
    }
    return { expected, desired: share(minAvailable, expected) };
  }

  /** The replicas that the pods' controllers ask for, each controller counted once. */
  async #replicas(pods: readonly JsonObject[]): Promise<number> {
    const counts = new Map<string, number>();
    for (const pod of pods) {
      let owner = controllerOf(pod);
      if (!owner) continue;
      let object = await this.#owner(owner, pod);
      // a replica set of a deployment changes with every rollout: the deployment tells
      const above = object && controllerOf(object);
      const outer = above && await this.#owner(above, pod);
      if (above && outer && isScaled(outer)) [owner, object] = [above, outer];
      if (object && isScaled(object)) {
        counts.set(textOf(owner, "uid"), Number(mapOf(object, "spec")?.replicas));
      }
    }
    return [...counts.values()].reduce((sum, count) => sum + count, 0);
  }

  async #owner(owner: JsonObject, pod: JsonObject): Promise<JsonObject | undefined> {
    const { catalog } = this.#host;
    const [version = "", group = ""] = textOf(owner, "apiVersion").split("/").reverse();
    const kind = catalog.all().find(({ served }) =>
      served.group === group && served.version === version && served.kind === owner.kind
    );
    if (!kind) return undefined;
    const name = { namespace: textOf(metaOf(pod), "namespace"), name: textOf(owner, "name") };
    const stored = await this.#host.store(kind).find(name);
    return stored && stored.uid === owner.uid ? parsed(stored) : undefined;
  }

  async #budgets(namespace: string): Promise<JsonObject[]> {
    if (!this.#host.policies.mayHave(BUDGETS, namespace)) return [];
    return (await this.#host.storage.list({ resource: BUDGETS, namespace })).items.map(parsed);
  }

  async #rewrite(budget: JsonObject, change: (current: JsonObject) => void): Promise<void> {
    const name = { namespace: textOf(metaOf(budget), "namespace"), name: textOf(metaOf(budget), "name") };
    await rewrite(this.#host.builtin("policy", "v1", "poddisruptionbudgets"), name, change);
  }
}

function isObserved(budget: JsonObject): boolean {
  return mapOf(budget, "status")?.observedGeneration === metaOf(budget).generation &&
    mapOf(budget, "status")?.desiredHealthy !== undefined;
}

/** No selector selects nothing, an empty one every pod of the namespace. */
function selects(budget: JsonObject, pod: JsonObject): boolean {
  const selector = mapOf(mapOf(budget, "spec"), "selector");
  if (!selector) return false;
  const labels = (mapOf(metaOf(pod), "labels") ?? {}) as Record<string, string>;
  return matchesLabels(selectorOfObject(selector as unknown as ObjectSelector), labels);
}

function isReady(pod: JsonObject): boolean {
  const conditions = listOf(mapOf(pod, "status"), "conditions").filter(isObject);
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

function isHealthy(pod: JsonObject): boolean {
  return metaOf(pod).deletionTimestamp === undefined && isReady(pod);
}

/** A pod that is not ready anyway may go where the budget is met without it. */
function isFree(budget: JsonObject, pod: JsonObject): boolean {
  if (isReady(pod)) return false;
  if (mapOf(budget, "spec")?.unhealthyPodEvictionPolicy === "AlwaysAllow") return true;
  const status = mapOf(budget, "status");
  const desired = Number(status?.desiredHealthy ?? 0);
  return desired > 0 && Number(status?.currentHealthy ?? 0) >= desired;
}

/** Throws 429 where nothing may be disrupted now. */
function check(budget: JsonObject): void {
  const name = textOf(metaOf(budget), "name");
  const status = mapOf(budget, "status");
  if (Number(status?.disruptionsAllowed ?? 0) > 0) return;
  const cause = status
    ? `The disruption budget ${name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`
    : `The disruption budget ${name} is still being processed by the server.`;
  throw new ApiError(429, "TooManyRequests", VIOLATES, {
    details: { causes: [{ reason: "DisruptionBudget", message: cause }] },
  });
}

function condition(budget: JsonObject, isAllowed: boolean, nowMs: number): JsonObject {
  const status = isAllowed ? "True" : "False";
  const [before] = listOf(mapOf(budget, "status"), "conditions").filter(isObject);
  return {
    type: "DisruptionAllowed",
    status,
    observedGeneration: metaOf(budget).generation ?? 0,
    lastTransitionTime: before?.status === status ? before.lastTransitionTime! : timestamp(nowMs),
    reason: isAllowed ? "SufficientPods" : "InsufficientPods",
    message: "",
  };
}

/** Evicted pods that are there and not yet ending. */
function stillDisrupted(budget: JsonObject, pods: readonly JsonObject[], nowMs: number): JsonObject {
  const there = new Set(
    pods.filter((pod) => metaOf(pod).deletionTimestamp === undefined).map((pod) =>
      textOf(metaOf(pod), "name")
    ),
  );
  const disrupted = Object.entries(mapOf(mapOf(budget, "status"), "disruptedPods") ?? {});
  return Object.fromEntries(disrupted.filter(([name, at]) => {
    const ageMs = nowMs - Date.parse(String(at));
    return there.has(name) && ageMs < DISRUPTED_MS;
  }));
}

function controllerOf(object: JsonObject): JsonObject | undefined {
  return ownersOf(object).find(({ controller }) => controller === true);
}

function isScaled(object: JsonObject): boolean {
  return typeof mapOf(object, "spec")?.replicas === "number";
}

/** A number, or a part in percent of all, rounded up. */
function share(part: unknown, all: number): number {
  if (typeof part === "number") return part;
  const percent = /^(\d+)%$/.exec(String(part))?.[1];
  return percent === undefined ? 0 : Math.ceil(Number(percent) * all / 100);
}
