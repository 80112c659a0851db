/** Kinds that are served in one version and stored in another: two views of one object. */
import type { ServedResource } from "../builtin/mod.ts";
import { isObject, type Json, type JsonObject, listOf, mapOf } from "./object.ts";

export interface Conversion {
  toStored(object: JsonObject): JsonObject;
  toServed(object: JsonObject): JsonObject;
}

const SAME: Conversion = { toStored: (object) => object, toServed: (object) => object };

/** What to do between the served version of a built-in kind and the stored one. */
export function conversionOf({ group, version, kind }: ServedResource): Conversion {
  if (group === "events.k8s.io") return EVENTS;
  if (group === "autoscaling" && version === "v1" && kind === "HorizontalPodAutoscaler") return AUTOSCALERS;
  return SAME;
}

/** True for a view: reading it means converting. */
export function isConverted(resource: ServedResource): boolean {
  return conversionOf(resource) !== SAME;
}

/** Fields of events.k8s.io/v1 and what the core Event calls them. */
const EVENT_FIELDS: readonly (readonly [string, string])[] = [
  ["note", "message"],
  ["regarding", "involvedObject"],
  ["deprecatedSource", "source"],
  ["deprecatedFirstTimestamp", "firstTimestamp"],
  ["deprecatedLastTimestamp", "lastTimestamp"],
  ["deprecatedCount", "count"],
  ["reportingController", "reportingComponent"],
];

function renamed(object: JsonObject, pairs: readonly (readonly [string, string])[]): JsonObject {
  const names = new Map(pairs);
  const result: JsonObject = {};
  for (const [field, value] of Object.entries(object)) result[names.get(field) ?? field] = value;
  return result;
}

const EVENTS: Conversion = {
  toStored(object) {
    const stored = renamed(object, EVENT_FIELDS);
    stored.reportingComponent ??= "";
    stored.reportingInstance ??= "";
    return { ...stored, apiVersion: "v1" };
  },
  toServed(object) {
    const served: JsonObject = {
      ...renamed(object, EVENT_FIELDS.map(([served, stored]) => [stored, served])),
      apiVersion: "events.k8s.io/v1",
    };
    for (const field of ["reportingController", "reportingInstance"]) {
      if (served[field] === "") delete served[field];
    }
    return served;
  },
};

const CPU_FIELD = "targetCPUUtilizationPercentage";
const CURRENT_FIELD = "currentCPUUtilizationPercentage";

function isCpu(metric: Json): metric is JsonObject {
  return isObject(metric) && metric.type === "Resource" && mapOf(metric, "resource")?.name === "cpu";
}

/** autoscaling/v1 has one metric, CPU; the others of v2 stay out of its view. */
const AUTOSCALERS: Conversion = {
  toStored(object) {
    const stored: JsonObject = { ...object, apiVersion: "autoscaling/v2" };
    const { [CPU_FIELD]: target, ...spec } = mapOf(object, "spec") ?? {};
    const { [CURRENT_FIELD]: current, ...status } = mapOf(object, "status") ?? {};
    stored.spec = spec;
    if (target !== undefined) {
      const resource = { name: "cpu", target: { type: "Utilization", averageUtilization: target } };
      spec.metrics = [{ type: "Resource", resource }];
    }
    if (object.status === undefined) return stored;
    const metrics = current === undefined
      ? null
      : [{ type: "Resource", resource: { name: "cpu", current: { averageUtilization: current } } }];
    stored.status = { ...status, currentMetrics: metrics };
    return stored;
  },
  toServed(object) {
    const { metrics: _metrics, behavior: _behavior, ...spec } = mapOf(object, "spec") ?? {};
    const served: JsonObject = { ...object, apiVersion: "autoscaling/v1", spec };
    const wanted = listOf(mapOf(object, "spec"), "metrics").find(isCpu);
    const target = mapOf(mapOf(wanted, "resource"), "target")?.averageUtilization;
    if (target !== undefined) spec[CPU_FIELD] = target;
    const { currentMetrics: _current, conditions: _conditions, ...status } = mapOf(object, "status") ?? {};
    const seen = listOf(mapOf(object, "status"), "currentMetrics").find(isCpu);
    const current = mapOf(mapOf(seen, "resource"), "current")?.averageUtilization;
    served.status = {
      currentReplicas: 0,
      ...status,
      ...(current === undefined ? {} : { [CURRENT_FIELD]: current }),
    };
    return served;
  },
};
