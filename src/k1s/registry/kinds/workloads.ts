/** Deployment, ReplicaSet, DaemonSet, ReplicationController, PodTemplate, ControllerRevision. */
import { equal } from "../../patch/mod.ts";
import { isObject, type JsonObject, mapOf, textOf } from "../object.ts";
import { isEmptySelector, selectorMatches } from "./label_selectors.ts";
import { checkSelector } from "./label_selectors.ts";
import {
  amountOf,
  checkAtMostAll,
  checkEndless,
  checkIntOrPercent,
  checkPodTemplate,
  checkTemplateLabels,
  checkWorkloadSelector,
  shownStrategy,
} from "./pod_template.ts";
import { numberOf, type Problems } from "./problems.ts";
import { IMMUTABLE } from "./rules.ts";

/** What may never change once it is there. */
export function checkImmutable(
  problems: Problems,
  field: string,
  [object, old]: [JsonObject | undefined, JsonObject | undefined],
): void {
  const name = field.slice(field.lastIndexOf(".") + 1);
  const [now, before] = [object?.[name] ?? null, old?.[name] ?? null];
  if (!equal(now, before)) problems.invalid(field, now, IMMUTABLE);
}

function checkReplicated(problems: Problems, spec: JsonObject | undefined): void {
  const [selector, template] = [mapOf(spec, "selector"), mapOf(spec, "template")];
  if (!checkWorkloadSelector(problems, { selector, kind: "deployment" })) return;
  if (selector && !isEmptySelector(selector)) {
    checkTemplateLabels(problems, "spec.template", { selector, template });
  }
  if (selector === undefined) checkNothingMatches(problems, template);
  checkPodTemplate(problems, "spec.template", template);
  checkEndless(problems, "spec.template.spec", { spec: mapOf(template, "spec"), kind: "ReplicaSet" });
}

/** No selector at all selects nothing, so it does not match either. */
function checkNothingMatches(problems: Problems, template: JsonObject | undefined): void {
  const labels = mapOf(mapOf(template, "metadata"), "labels");
  const detail = "`selector` does not match template `labels`";
  problems.invalid("spec.template.metadata.labels", labels ?? null, detail);
}

export function validateReplicaSet(problems: Problems, object: JsonObject): void {
  const spec = mapOf(object, "spec");
  problems.nonNegative("spec.replicas", spec?.replicas);
  problems.nonNegative("spec.minReadySeconds", spec?.minReadySeconds);
  checkReplicated(problems, spec);
}

export function validateDeployment(problems: Problems, object: JsonObject): void {
  const spec = mapOf(object, "spec");
  problems.nonNegative("spec.replicas", spec?.replicas);
  checkReplicated(problems, spec);
  checkStrategy(problems, mapOf(spec, "strategy"));
  problems.nonNegative("spec.minReadySeconds", spec?.minReadySeconds);
  problems.nonNegative("spec.revisionHistoryLimit", spec?.revisionHistoryLimit);
  const deadline = spec?.progressDeadlineSeconds;
  problems.nonNegative("spec.progressDeadlineSeconds", deadline);
  if (typeof deadline === "number" && deadline <= numberOf(spec, "minReadySeconds")) {
    problems.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
  }
}

function checkStrategy(problems: Problems, strategy: JsonObject | undefined): void {
  const at = "spec.strategy";
  const rolling = mapOf(strategy, "rollingUpdate");
  const type = textOf(strategy, "type");
  if (type === "Recreate") {
    if (!rolling) return;
    const detail = "may not be specified when strategy `type` is 'Recreate'";
    return problems.forbidden(`${at}.rollingUpdate`, detail);
  }
  if (type !== "RollingUpdate") {
    return problems.notSupported(at, shownStrategy(type, rolling), ["Recreate", "RollingUpdate"]);
  }
  if (!rolling) return;
  const [unavailable, surge] = [rolling.maxUnavailable, rolling.maxSurge];
  checkIntOrPercent(problems, `${at}.rollingUpdate.maxUnavailable`, unavailable);
  checkIntOrPercent(problems, `${at}.rollingUpdate.maxSurge`, surge);
  if (amountOf(unavailable) === 0 && amountOf(surge) === 0) {
    const detail = "may not be 0 when `maxSurge` is 0";
    problems.invalid(`${at}.rollingUpdate.maxUnavailable`, unavailable, detail);
  }
  checkAtMostAll(problems, `${at}.rollingUpdate.maxUnavailable`, unavailable);
}

export function validateSelectorUpdate(problems: Problems, object: JsonObject, old: JsonObject): void {
  checkImmutable(problems, "spec.selector", [mapOf(object, "spec"), mapOf(old, "spec")]);
}

export function validateDaemonSet(problems: Problems, object: JsonObject): void {
  const spec = mapOf(object, "spec");
  const [selector, template] = [mapOf(spec, "selector"), mapOf(spec, "template")];
  const before = problems.list.length;
  checkSelector(problems, "spec.selector", selector);
  if (selector === undefined) checkNothingMatches(problems, template);
  else if (problems.list.length === before) {
    checkTemplateLabels(problems, "spec.template", { selector, template });
  }
  if (selector && isEmptySelector(selector)) {
    problems.invalid("spec.selector", selector, "empty selector is invalid for daemonset");
  }
  checkPodTemplate(problems, "spec.template", template);
  checkEndless(problems, "spec.template.spec", { spec: mapOf(template, "spec"), kind: "DaemonSet" });
  problems.nonNegative("spec.minReadySeconds", spec?.minReadySeconds);
  checkDaemonStrategy(problems, mapOf(spec, "updateStrategy"));
  problems.nonNegative("spec.revisionHistoryLimit", spec?.revisionHistoryLimit);
}

function checkDaemonStrategy(problems: Problems, strategy: JsonObject | undefined): void {
  const type = textOf(strategy, "type");
  if (type === "OnDelete") return;
  const rolling = mapOf(strategy, "rollingUpdate");
  if (type !== "RollingUpdate") {
    const shown = shownStrategy(type, rolling);
    return problems.notSupported("spec.updateStrategy", shown, ["RollingUpdate", "OnDelete"]);
  }
  const at = "spec.updateStrategy.rollingUpdate";
  if (!rolling) return problems.required(at);
  const [unavailable, surge] = [rolling.maxUnavailable, rolling.maxSurge];
  checkIntOrPercent(problems, `${at}.maxUnavailable`, unavailable);
  checkIntOrPercent(problems, `${at}.maxSurge`, surge);
  checkAtMostAll(problems, `${at}.maxUnavailable`, unavailable);
  checkAtMostAll(problems, `${at}.maxSurge`, surge);
  const [isDown, isUp] = [amountOf(unavailable) !== 0, amountOf(surge) !== 0];
  if (isDown && isUp) {
    problems.invalid(`${at}.maxSurge`, surge, "may not be set when maxUnavailable is non-zero");
  } else if (!isDown && !isUp) {
    problems.required(`${at}.maxUnavailable`, "cannot be 0 when maxSurge is 0");
  }
}

export function validateReplicationController(problems: Problems, object: JsonObject): void {
  const spec = mapOf(object, "spec");
  problems.nonNegative("spec.minReadySeconds", spec?.minReadySeconds);
  const selector = mapOf(spec, "selector");
  const isEmpty = Object.keys(selector ?? {}).length === 0;
  if (isEmpty) problems.required("spec.selector");
  problems.nonNegative("spec.replicas", spec?.replicas);
  const template = mapOf(spec, "template");
  if (!template) return problems.required("spec.template");
  const labels = mapOf(mapOf(template, "metadata"), "labels");
  if (!isEmpty && !selectorMatches({ matchLabels: selector! }, labels ?? {})) {
    const detail = "`selector` does not match template `labels`";
    problems.invalid("spec.template.metadata.labels", labels ?? null, detail);
  }
  checkPodTemplate(problems, "spec.template", template);
  const place = { spec: mapOf(template, "spec"), kind: "ReplicationController" };
  checkEndless(problems, "spec.template.spec", place);
}

export function validatePodTemplate(problems: Problems, object: JsonObject): void {
  checkPodTemplate(problems, "template", mapOf(object, "template"));
}

export function validateRevision(problems: Problems, object: JsonObject): void {
  problems.nonNegative("revision", object.revision);
  const { data } = object;
  if (data === undefined || data === null) problems.required("data", "data is mandatory");
  else if (!isObject(data)) problems.required("data", "data must be a valid JSON object");
}

export function validateRevisionUpdate(problems: Problems, object: JsonObject, old: JsonObject): void {
  checkImmutable(problems, "data", [object, old]);
}
