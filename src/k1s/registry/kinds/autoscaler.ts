/** HorizontalPodAutoscaler: its target, bounds and how it may move; metrics by their type and target. */
import { checkMetrics, checkReference } from "./autoscaler_metrics.ts";
import { type JsonObject, listOf, mapOf, textOf } from "../object.ts";
import { each, numberOf, type Problems } from "./problems.ts";

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

/** The one metric of autoscaling/v1, which is told of as the newer version has it. */
function checkUtilization(problems: Problems, spec: JsonObject): void {
  const value = spec.targetCPUUtilizationPercentage;
  if (typeof value !== "number" || value >= 1) return;
  problems.invalid("spec.metrics[0].resource.target.averageUtilization", value, "must be greater than 0");
}

/** Something that scales is of a group, but for what the core has. */
function checkGroup(problems: Problems, target: JsonObject | undefined): void {
  const [field, version] = ["spec.scaleTargetRef.apiVersion", textOf(target, "apiVersion")];
  const parts = version.split("/");
  if (parts.length > 2) {
    problems.invalid(field, version, `unexpected GroupVersion string: ${version}`);
  } else if (parts.length < 2 && !(version === "v1" && target?.kind === "ReplicationController")) {
    problems.invalid(field, version, "apiVersion must specify API group");
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
  const target = mapOf(spec, "scaleTargetRef");
  checkReference(problems, "spec.scaleTargetRef", target);
  checkGroup(problems, target);
  checkMetrics(problems, spec);
  checkUtilization(problems, spec);
  const behavior = mapOf(spec, "behavior");
  for (const direction of ["scaleUp", "scaleDown"]) {
    checkRules(problems, `spec.behavior.${direction}`, mapOf(behavior, direction));
  }
}
