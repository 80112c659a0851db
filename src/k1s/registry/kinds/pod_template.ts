/** Templates of pods inside workloads. */
import { annotationErrors } from "../metadata_validation.ts";
import { type JsonObject, mapOf } from "../object.ts";
import { checkLabels, checkSelector, isEmptySelector, selectorMatches } from "./label_selectors.ts";
import { checkPodSpec, hasEphemeral } from "./pod_spec.ts";
import type { Problems } from "./problems.ts";
import { percent } from "./rules.ts";

export function checkPodTemplate(problems: Problems, at: string, template: JsonObject | undefined): void {
  const meta = mapOf(template, "metadata");
  checkLabels(problems, `${at}.labels`, mapOf(meta, "labels"));
  problems.list.push(...annotationErrors(mapOf(meta, "annotations") ?? {}, `${at}.annotations`));
  const spec = mapOf(template, "spec");
  checkPodSpec(problems, `${at}.spec`, { spec, podName: "", isPod: false });
  if (hasEphemeral(spec)) {
    problems.forbidden(`${at}.spec.ephemeralContainers`, "ephemeral containers not allowed in pod template");
  }
}

/** The template's labels must be what the selector means. */
export function checkTemplateLabels(
  problems: Problems,
  at: string,
  { selector, template }: { selector: JsonObject | undefined; template: JsonObject | undefined },
): void {
  const labels = mapOf(mapOf(template, "metadata"), "labels");
  if (selectorMatches(selector, labels ?? {})) return;
  const detail = "`selector` does not match template `labels`";
  problems.invalid(`${at}.metadata.labels`, labels ?? null, detail);
}

/** A strategy as the server's own type has it. */
export function shownStrategy(type: string, rolling: JsonObject | undefined): Record<string, unknown> {
  const RollingUpdate = rolling
    ? { MaxUnavailable: rolling.maxUnavailable ?? 0, MaxSurge: rolling.maxSurge ?? 0 }
    : null;
  return { Type: type, RollingUpdate };
}

/** The workload's selector: there, well formed, and of something. False where it is none that could match. */
export function checkWorkloadSelector(
  problems: Problems,
  { selector, kind }: { selector: JsonObject | undefined; kind: string },
): boolean {
  if (selector === undefined) {
    problems.required("spec.selector");
    return true;
  }
  const before = problems.list.length;
  checkSelector(problems, "spec.selector", selector);
  const isGood = problems.list.length === before;
  if (isEmptySelector(selector)) {
    problems.invalid("spec.selector", selector, `empty selector is invalid for ${kind}`);
  }
  if (!isGood) {
    problems.invalid("spec.selector", selector, kind === "statefulset" ? "" : "invalid label selector");
  }
  return isGood;
}

/** Pods of workloads restart always, and end when the workload says so. */
export function checkEndless(
  problems: Problems,
  at: string,
  { spec, kind }: { spec: JsonObject | undefined; kind: string },
): void {
  if (spec?.restartPolicy !== "Always") {
    problems.notSupported(`${at}.restartPolicy`, spec?.restartPolicy ?? "", ["Always"]);
  }
  if (spec?.activeDeadlineSeconds !== undefined) {
    problems.forbidden(`${at}.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`);
  }
}

/** A whole number or a percentage. */
export function checkIntOrPercent(problems: Problems, field: string, value: unknown): void {
  if (typeof value === "string") problems.invalidEach(field, value, percent(value));
  else problems.nonNegative(field, value);
}

/** The amount of a whole number or percentage, 0 for what is neither. */
export function amountOf(value: unknown): number {
  if (typeof value === "number") return value;
  const amount = Number.parseInt(String(value), 10);
  return Number.isNaN(amount) ? 0 : amount;
}

export function checkAtMostAll(problems: Problems, field: string, value: unknown): void {
  if (typeof value !== "string" || percent(value).length > 0 || amountOf(value) <= 100) return;
  problems.invalid(field, value, "must not be greater than 100%");
}
