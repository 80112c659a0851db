/** What an autoscaler goes by: metrics of five sources, each with a target. */
import { parseQuantity } from "../../../kube/mod.ts";
import { pathSegment } from "../metadata_validation.ts";
import { type JsonObject, mapOf, textOf } from "../object.ts";
import { each, numberOf, type Problems } from "./problems.ts";

const METRICS = ["ContainerResource", "External", "Object", "Pods", "Resource"];
const TARGETS = ["Utilization", "Value", "AverageValue"];
/** In the order that they are looked at. */
const SOURCES = ["object", "external", "pods", "resource", "containerResource"] as const;

function checkSegment(problems: Problems, field: string, value: string): void {
  if (value === "") problems.required(field);
  else problems.invalidEach(field, value, pathSegment(value, false));
}

/** Of kind and name. */
export function checkReference(problems: Problems, at: string, ref: JsonObject | undefined): void {
  for (const field of ["kind", "name"]) checkSegment(problems, `${at}.${field}`, textOf(ref, field));
}

function checkName(problems: Problems, at: string, source: JsonObject): void {
  const name = textOf(mapOf(source, "metric"), "name");
  if (name === "") problems.required(`${at}.metric.name`, "must specify a metric name");
  else problems.invalidEach(`${at}.metric.name`, name, pathSegment(name, false));
}

function isPositive(value: unknown): boolean {
  return typeof value === "string" && (parseQuantity(value)?.nano ?? 0n) > 0n;
}

function checkTarget(problems: Problems, at: string, target: JsonObject | undefined): void {
  const type = textOf(target, "type");
  if (type === "") problems.required(`${at}.type`, "must specify a metric target type");
  if (!TARGETS.includes(type)) {
    problems.invalid(`${at}.type`, type, "must be either Utilization, Value, or AverageValue");
  }
  for (const field of ["value", "averageValue"]) {
    const value = target?.[field];
    if (value !== undefined && !isPositive(value)) {
      problems.invalid(`${at}.${field}`, value, "must be positive");
    }
  }
  const utilization = target?.averageUtilization;
  if (utilization !== undefined && numberOf(target, "averageUtilization") < 1) {
    problems.invalid(`${at}.averageUtilization`, utilization, "must be greater than 0");
  }
}

/** Which of a target's values there must be, and which not together. */
function checkValues(
  problems: Problems,
  at: string,
  [kind, target]: [(typeof SOURCES)[number], JsonObject | undefined],
): void {
  const has = (field: string) => target?.[field] !== undefined;
  if (kind === "pods") {
    if (has("averageValue")) return;
    return problems.required(`${at}.averageValue`, "must specify a positive target averageValue");
  }
  if (kind === "object" || kind === "external") {
    const what = kind === "object"
      ? "must set either a target value or averageValue"
      : "must set either a target value for metric or a per-pod target";
    if (!has("value") && !has("averageValue")) problems.required(`${at}.averageValue`, what);
    if (kind === "external" && has("value") && has("averageValue")) {
      const detail = "may not set both a target value for metric and a per-pod target";
      problems.forbidden(`${at}.value`, detail);
    }
    return;
  }
  if (!has("averageUtilization") && !has("averageValue")) {
    const detail = "must set either a target raw value or a target utilization";
    problems.required(`${at}.averageUtilization`, detail);
  }
  if (has("averageUtilization") && has("averageValue")) {
    const detail = "may not set both a target raw value and a target utilization";
    problems.forbidden(`${at}.averageValue`, detail);
  }
}

function checkSource(
  problems: Problems,
  at: string,
  [kind, source]: [(typeof SOURCES)[number], JsonObject],
): void {
  if (kind === "object") {
    checkReference(problems, `${at}.describedObject`, mapOf(source, "describedObject"));
  }
  if (kind === "resource" || kind === "containerResource") {
    if (textOf(source, "name") === "") problems.required(`${at}.name`, "must specify a resource name");
    if (kind === "containerResource" && textOf(source, "container") === "") {
      problems.required(`${at}.container`, "must specify a container");
    }
  } else checkName(problems, at, source);
  const target = mapOf(source, "target");
  checkTarget(problems, `${at}.target`, target);
  checkValues(problems, `${at}.target`, [kind, target]);
}

function checkMetric(problems: Problems, at: string, metric: JsonObject): void {
  const type = textOf(metric, "type");
  if (type === "") problems.required(`${at}.type`, "must specify a metric source type");
  if (!METRICS.includes(type)) problems.notSupported(`${at}.type`, type, METRICS);
  const present = SOURCES.filter((kind) => mapOf(metric, kind) !== undefined);
  const [first] = present;
  if (first !== undefined) checkSource(problems, `${at}.${first}`, [first, mapOf(metric, first)!]);
  const own = METRICS.includes(type) ? type[0]!.toLowerCase() + type.slice(1) : "";
  if (own === "") problems.notSupported(`${at}.type`, type, METRICS);
  else if (mapOf(metric, own) === undefined) {
    problems.required(`${at}.${own}`, "must populate information for the given metric source");
  }
  if (present.length === 1) return;
  for (const kind of present) {
    if (kind !== own) problems.forbidden(`${at}.${kind}`, "must populate the given metric source only");
  }
}

export function checkMetrics(problems: Problems, spec: JsonObject): void {
  for (const { item, at } of each(spec, "metrics", "spec")) checkMetric(problems, at, item);
}
