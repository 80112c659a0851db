/** HorizontalPodAutoscaler: its target, bounds and how it may move; metrics by their type and target. */
import { pathSegment } from "../metadata_validation.ts";
import { type JsonObject, listOf, mapOf, textOf } from "../object.ts";
import { each, numberOf, type Problems } from "./problems.ts";

const METRICS = ["ContainerResource", "External", "Object", "Pods", "Resource"];
const TARGETS = ["Utilization", "Value", "AverageValue"];

function checkSegment(problems: Problems, field: string, value: string): void {
  if (value === "") problems.required(field);
  else problems.invalidEach(field, value, pathSegment(value, false));
}

function checkReference(problems: Problems, at: string, ref: JsonObject | undefined): void {
  for (const field of ["kind", "name"]) checkSegment(problems, `${at}.${field}`, textOf(ref, field));
}

function checkTarget(problems: Problems, at: string, target: JsonObject | undefined): void {
  const type = textOf(target, "type");
  if (type === "") problems.required(`${at}.type`, "must specify a metric target type");
  if (TARGETS.includes(type)) return;
  problems.invalid(`${at}.type`, type, "must be either Utilization, Value, or AverageValue");
}

function checkMetric(problems: Problems, at: string, metric: JsonObject): void {
  const type = textOf(metric, "type");
  if (type === "") problems.required(`${at}.type`, "must specify a metric source type");
  if (!METRICS.includes(type)) return problems.notSupported(`${at}.type`, type, METRICS);
  const kind = type[0]!.toLowerCase() + type.slice(1);
  const source = mapOf(metric, kind);
  const path = `${at}.${kind}`;
  if (!source) return;
  if (kind === "object") {
    checkReference(problems, `${path}.describedObject`, mapOf(source, "describedObject"));
  }
  if (kind === "resource" || kind === "containerResource") {
    if (textOf(source, "name") === "") problems.required(`${path}.name`, "must specify a resource name");
  } else {
    const named = mapOf(source, "metric");
    const name = textOf(named, "name");
    if (name === "") problems.required(`${path}.metric.name`, "must specify a metric name");
    else problems.invalidEach(`${path}.metric.name`, name, pathSegment(name, false));
  }
  checkTarget(problems, `${path}.target`, mapOf(source, "target"));
}

function checkRules(problems: Problems, at: string, rules: JsonObject | undefined): void {
  if (!rules) return;
  const seconds = rules.stabilizationWindowSeconds;
  problems.nonNegative(`${at}.stabilizationWindowSeconds`, seconds);
  if (numberOf(rules, "stabilizationWindowSeconds") > 3600) {
    problems.invalid(`${at}.stabilizationWindowSeconds`, seconds, "must be less than or equal to 3600");
  }
  if (rules.selectPolicy !== undefined) {
    problems.oneOf(`${at}.selectPolicy`, rules.selectPolicy, ["Disabled", "Max", "Min"]);
  }
  if (listOf(rules, "policies").length === 0) {
    problems.required(`${at}.policies`, "must specify at least one Policy");
  }
  for (const { item, at: place } of each(rules, "policies", at)) {
    problems.oneOf(`${place}.type`, item.type, ["Percent", "Pods"]);
    problems.positive(`${place}.value`, item.value);
    problems.positive(`${place}.periodSeconds`, item.periodSeconds);
    if (numberOf(item, "periodSeconds") > 1800) {
      problems.invalid(`${place}.periodSeconds`, item.periodSeconds, "must be less than or equal to 1800");
    }
  }
}

export function validateAutoscaler(problems: Problems, object: JsonObject): void {
  const spec = mapOf(object, "spec") ?? {};
  const [min, max] = [spec.minReplicas, numberOf(spec, "maxReplicas")];
  if (typeof min === "number" && min < 1) {
    problems.invalid("spec.minReplicas", min, "must be greater than or equal to 1");
  }
  if (max < 1) problems.required("spec.maxReplicas", "must be set and greater than 0");
  if (typeof min === "number" && max < min) {
    problems.invalid("spec.maxReplicas", max, "must be greater than or equal to `minReplicas`");
  }
  checkReference(problems, "spec.scaleTargetRef", mapOf(spec, "scaleTargetRef"));
  for (const { item, at } of each(spec, "metrics", "spec")) checkMetric(problems, at, item);
  const behavior = mapOf(spec, "behavior");
  for (const direction of ["scaleUp", "scaleDown"]) {
    checkRules(problems, `spec.behavior.${direction}`, mapOf(behavior, direction));
  }
}
