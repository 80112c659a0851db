/** Job and CronJob. */
import { equal } from "../../patch/mod.ts";
import { dnsLabel, qualifiedName, subdomain } from "../metadata_validation.ts";
import { isObject, type Json, type JsonObject, listOf, mapOf, metaOf, textOf } from "../object.ts";
import { scheduleProblem, timeZoneProblem } from "./cron_schedule.ts";
import { indexCount } from "./job_indexes.ts";
import { checkSelector, selectorMatches } from "./label_selectors.ts";
import { checkPodTemplate, checkTemplateLabels } from "./pod_template.ts";
import { each, numberOf, type Problems } from "./problems.ts";
import { checkImmutable } from "./workloads.ts";

const MAX_PARALLELISM = 100_000;
const MANY_COMPLETIONS = 100_000;
const MANY_LIMIT = 10_000;
const MODES = ["NonIndexed", "Indexed"];
const ACTIONS = ["Count", "FailIndex", "FailJob", "Ignore"];
const STATUSES = ["False", "True", "Unknown"];

function valid(choices: readonly string[]): string {
  return `valid values: [${choices.map((choice) => JSON.stringify(choice)).join(" ")}]`;
}

function requiredChoice(
  problems: Problems,
  field: string,
  [value, choices]: [Json | undefined, readonly string[]],
): void {
  if (value === undefined || value === "") problems.required(field, valid(choices));
  else problems.oneOf(field, value, choices);
}

function checkExitCodes(problems: Problems, at: string, [codes, names]: [JsonObject, Set<string>]): void {
  requiredChoice(problems, `${at}.operator`, [codes.operator, ["In", "NotIn"]]);
  const container = codes.containerName;
  if (container !== undefined && !names.has(String(container))) {
    const detail = "must be one of the container or initContainer names in the pod template";
    problems.invalid(`${at}.containerName`, container, detail);
  }
  const values = listOf(codes, "values") as number[];
  if (values.length === 0) {
    problems.invalid(`${at}.values`, codes.values ?? null, "at least one value is required");
  }
  const seen = new Set<number>();
  for (const [index, value] of values.entries()) {
    if (codes.operator === "In" && value === 0) {
      problems.invalid(`${at}.values[${index}]`, value, "must not be 0 for the In operator");
    }
    if (seen.has(value)) problems.duplicate(`${at}.values[${index}]`, value);
    seen.add(value);
  }
  if (values.some((value, index) => index > 0 && values[index - 1]! > value)) {
    problems.invalid(`${at}.values`, values, "must be ordered");
  }
}

function checkFailurePolicy(problems: Problems, path: string, spec: JsonObject): void {
  const policy = mapOf(spec, "podFailurePolicy");
  const pod = mapOf(mapOf(spec, "template"), "spec");
  const names = new Set(
    [...listOf(pod, "containers"), ...listOf(pod, "initContainers")].filter(isObject).map((one) =>
      textOf(one, "name")
    ),
  );
  for (const { item: rule, at } of each(policy, "rules", `${path}.podFailurePolicy`)) {
    if (rule.action === "FailIndex") {
      if (spec.backoffLimitPerIndex === undefined) {
        problems.invalid(`${at}.action`, "FailIndex", "requires the backoffLimitPerIndex to be set");
      }
    } else requiredChoice(problems, `${at}.action`, [rule.action, ACTIONS]);
    const codes = mapOf(rule, "onExitCodes");
    const conditions = listOf(rule, "onPodConditions");
    if (codes) checkExitCodes(problems, `${at}.onExitCodes`, [codes, names]);
    for (const { item, at: place } of each(rule, "onPodConditions", at)) {
      const type = textOf(item, "type");
      problems.invalidEach(`${place}.type`, type, qualifiedName(type));
      requiredChoice(problems, `${place}.status`, [item.status, STATUSES]);
    }
    checkOneTrigger(problems, at, [codes !== undefined, conditions.length > 0]);
  }
}

function checkOneTrigger(problems: Problems, at: string, [codes, conditions]: [boolean, boolean]): void {
  if (codes !== conditions) return;
  const what = codes ? "specifying both" : "specifying one of";
  const end = codes ? "is not supported" : "is required";
  problems.invalidPlace(at, `${what} OnExitCodes and OnPodConditions ${end}`);
}

function checkSuccessPolicy(problems: Problems, path: string, spec: JsonObject): void {
  const policy = mapOf(spec, "successPolicy");
  const at = `${path}.successPolicy`;
  const completions = numberOf(spec, "completions");
  if (listOf(policy, "rules").length === 0) {
    const detail = "at least one rules must be specified when the successPolicy is specified";
    problems.required(`${at}.rules`, detail);
  }
  for (const { item: rule, at: place } of each(policy, "rules", at)) {
    const [count, indexes] = [rule.succeededCount, rule.succeededIndexes];
    if (count === undefined && indexes === undefined) {
      const detail = "at least one of succeededCount or succeededIndexes must be specified";
      problems.required(place, detail);
    }
    const total = typeof indexes === "string" ? indexCount(indexes, completions) : 0;
    if (typeof total === "string") {
      problems.invalid(`${place}.succeededIndexes`, indexes, `error parsing succeededIndexes: ${total}`);
    }
    if (typeof count !== "number") continue;
    const field = `${place}.succeededCount`;
    problems.nonNegative(field, count);
    if (count > completions) {
      const detail = `must be less than or equal to ${completions} (the number of specified completions)`;
      problems.invalid(field, count, detail);
    }
    const known = typeof total === "number" ? total : 0;
    if (indexes !== undefined && count > known) {
      const what = "the number of indexes in the specified succeededIndexes field";
      problems.invalid(field, count, `must be less than or equal to ${known} (${what})`);
    }
  }
}

function checkIndexed(problems: Problems, at: string, spec: JsonObject): void {
  const [completions, parallelism] = [spec.completions, numberOf(spec, "parallelism")];
  const failed = spec.maxFailedIndexes;
  if (completions === undefined) problems.required(`${at}.completions`, "when completion mode is Indexed");
  if (parallelism > MAX_PARALLELISM) {
    const detail = `must be less than or equal to ${MAX_PARALLELISM} when completion mode is Indexed`;
    problems.invalid(`${at}.parallelism`, parallelism, detail);
  }
  if (typeof failed === "number" && typeof completions === "number" && failed > completions) {
    problems.invalid(`${at}.maxFailedIndexes`, failed, "must be less than or equal to completions");
  }
  if (typeof failed === "number" && failed > MAX_PARALLELISM) {
    problems.invalid(`${at}.maxFailedIndexes`, failed, `must be less than or equal to ${MAX_PARALLELISM}`);
  }
  if (typeof completions !== "number" || completions <= MANY_COMPLETIONS) return;
  if (spec.backoffLimitPerIndex === undefined) return;
  if (failed === undefined) {
    const detail = `must be specified when completions is above ${MANY_COMPLETIONS}`;
    problems.required(`${at}.maxFailedIndexes`, detail);
  }
  const detail = `must be less than or equal to ${MANY_LIMIT} when completions are above ` +
    `${MANY_COMPLETIONS} and used with backoff limit per index`;
  if (parallelism > MANY_LIMIT) problems.invalid(`${at}.parallelism`, parallelism, detail);
  if (typeof failed === "number" && failed > MANY_LIMIT) {
    problems.invalid(`${at}.maxFailedIndexes`, failed, detail);
  }
}

const COUNTS = [
  "parallelism",
  "completions",
  "activeDeadlineSeconds",
  "backoffLimit",
  "ttlSecondsAfterFinished",
  "backoffLimitPerIndex",
  "maxFailedIndexes",
];

function checkManagedBy(problems: Problems, field: string, value: unknown): void {
  if (typeof value !== "string") return;
  const [domain = "", ...rest] = value.split("/");
  const path = rest.join("/");
  if (value === "") return problems.required(field);
  if (rest.length === 0 || domain === "" || path === "") {
    problems.invalid(field, value, 'must be a domain-prefixed path (such as "acme.io/foo")');
  } else {
    problems.invalidEach(field, domain, subdomain(domain, false));
    if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path)) {
      const detail = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";
      problems.invalid(field, path, detail);
    }
  }
  if (value.length > 63) problems.tooLong(field, 63);
}

/** A job's spec, without its selector: that of a template has none. */
function checkJobSpec(problems: Problems, at: string, spec: JsonObject): void {
  for (const field of COUNTS) problems.nonNegative(`${at}.${field}`, spec[field]);
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    problems.required(`${at}.backoffLimitPerIndex`, "when maxFailedIndexes is specified");
  }
  checkManagedBy(problems, `${at}.managedBy`, spec.managedBy);
  const mode = spec.completionMode ?? "NonIndexed";
  if (!MODES.includes(String(mode))) problems.notSupported(`${at}.completionMode`, mode, MODES);
  if (mode === "Indexed") checkIndexed(problems, at, spec);
  for (const field of mode === "NonIndexed" ? ["backoffLimitPerIndex", "maxFailedIndexes"] : []) {
    if (spec[field] !== undefined) {
      problems.invalid(`${at}.${field}`, spec[field], "requires indexed completion mode");
    }
  }
  if (spec.podFailurePolicy !== undefined) checkFailurePolicy(problems, at, spec);
  if (spec.successPolicy !== undefined) {
    if (mode === "Indexed") checkSuccessPolicy(problems, at, spec);
    else {
      const shown = { Rules: listOf(mapOf(spec, "successPolicy"), "rules") };
      problems.invalid(`${at}.successPolicy`, shown, "requires indexed completion mode");
    }
  }
  const replacement = spec.podReplacementPolicy;
  if (replacement !== undefined) {
    const choices = spec.podFailurePolicy === undefined ? ["Failed", "TerminatingOrFailed"] : ["Failed"];
    problems.oneOf(`${at}.podReplacementPolicy`, replacement, choices);
  }
  checkPodTemplate(problems, `${at}.template`, mapOf(spec, "template"));
  checkJobRestart(problems, `${at}.template.spec.restartPolicy`, spec);
}

function checkJobRestart(problems: Problems, field: string, spec: JsonObject): void {
  const policy = textOf(mapOf(mapOf(spec, "template"), "spec"), "restartPolicy");
  if (policy === "Always" || policy === "") {
    problems.required(field, 'valid values: "OnFailure", "Never"');
  } else if (policy !== "OnFailure" && policy !== "Never") {
    problems.notSupported(field, policy, ["OnFailure", "Never"]);
  } else if (spec.podFailurePolicy !== undefined && policy !== "Never") {
    problems.invalid(field, policy, 'only "Never" is supported when podFailurePolicy is specified');
  }
}

function checkOwnSelector(problems: Problems, at: string, spec: JsonObject): void {
  const [selector, template] = [mapOf(spec, "selector"), mapOf(spec, "template")];
  if (selector === undefined) {
    problems.required(`${at}.selector`);
    const labels = mapOf(mapOf(template, "metadata"), "labels") ?? null;
    const detail = "`selector` does not match template `labels`";
    return problems.invalid(`${at}.template.metadata.labels`, labels, detail);
  }
  checkSelector(problems, `${at}.selector`, selector);
  checkTemplateLabels(problems, `${at}.template`, { selector, template });
}

/** What the server puts on a job's pods itself must be what is there. */
function checkGenerated(problems: Problems, job: JsonObject): void {
  const spec = mapOf(job, "spec");
  const selector = mapOf(spec, "selector");
  if (spec?.manualSelector === true || selector === undefined) return;
  const [uid, name] = [textOf(metaOf(job), "uid"), textOf(metaOf(job), "name")];
  const wanted = {
    "controller-uid": uid,
    "job-name": name,
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
  };
  const labels = mapOf(mapOf(mapOf(spec, "template"), "metadata"), "labels") ?? {};
  for (const [key, value] of Object.entries(wanted)) {
    if (labels[key] === undefined) {
      problems.required(`spec.template.metadata.labels[${key}]`, `must be '${value}'`);
    } else if (labels[key] !== value) {
      problems.invalid(`spec.template.metadata.labels[${key}]`, labels, `must be '${value}'`);
    }
  }
  if (!selectorMatches(selector, wanted)) {
    problems.invalid("spec.selector", selector, "`selector` not auto-generated");
  }
}

export function validateJob(problems: Problems, job: JsonObject): void {
  const spec = mapOf(job, "spec") ?? {};
  checkJobSpec(problems, "spec", spec);
  checkOwnSelector(problems, "spec", spec);
}

export function validateNewJob(problems: Problems, job: JsonObject): void {
  checkGenerated(problems, job);
  validateJob(problems, job);
  const spec = mapOf(job, "spec") ?? {};
  const completions = numberOf(spec, "completions");
  if (spec.completionMode !== "Indexed" || completions <= 0) return;
  const name = textOf(metaOf(job), "name");
  const host = `${name}-${completions - 1}`;
  if (dnsLabel(host, false).length === 0) return;
  const detail = `will not able to create pod with invalid DNS label: ${host}`;
  problems.invalid("metadata.name", name, detail);
}

const DIRECTIVES = ["nodeSelector", "tolerations", "schedulingGates"];

/** A suspended job that never ran may still be told where its pods go, and what they ask for. */
function checkTemplateChange(problems: Problems, job: JsonObject, old: JsonObject): void {
  const [spec, before] = [mapOf(job, "spec"), mapOf(old, "spec")];
  const [template, oldTemplate] = [mapOf(spec, "template") ?? {}, mapOf(before, "template") ?? {}];
  if (equal(template, oldTemplate)) return;
  const status = mapOf(old, "status");
  const waits = before?.suspend === true && status?.startTime === undefined && !numberOf(status, "active");
  if (!waits) return problems.invalid("spec.template", template, "field is immutable");
  const compared = structuredClone(mapOf(oldTemplate, "spec") ?? {});
  const pod = mapOf(template, "spec") ?? {};
  for (const field of [...DIRECTIVES, "affinity"]) {
    if (field === "affinity" && !sameButNodes(pod, compared)) continue;
    if (pod[field] === undefined) delete compared[field];
    else compared[field] = pod[field];
  }
  for (const kind of ["containers", "initContainers"]) keepResources(compared, pod, kind);
  if (!equal(pod, compared)) problems.invalid("spec.template.spec", pod, "field is immutable");
}

function sameButNodes(pod: JsonObject, old: JsonObject): boolean {
  const others = (spec: JsonObject) => ({ ...mapOf(spec, "affinity"), nodeAffinity: null });
  return equal(others(pod), others(old));
}

function keepResources(compared: JsonObject, pod: JsonObject, kind: string): void {
  const [now, before] = [listOf(pod, kind), listOf(compared, kind)];
  if (now.length !== before.length) return;
  for (const [index, container] of before.entries()) {
    const next = now[index];
    if (!isObject(container) || !isObject(next) || container.name !== next.name) continue;
    container.resources = next.resources ?? {};
    if (next.resources === undefined) delete container.resources;
  }
}

const JOB_IMMUTABLE = [
  "completionMode",
  "podFailurePolicy",
  "backoffLimitPerIndex",
  "managedBy",
  "successPolicy",
];

export function validateJobUpdate(problems: Problems, job: JsonObject, old: JsonObject): void {
  const [spec, before] = [mapOf(job, "spec"), mapOf(old, "spec")];
  if (spec?.completionMode !== "Indexed") {
    checkImmutable(problems, "spec.completions", [spec, before]);
  } else if (
    spec.completions !== undefined && spec.completions !== before?.completions &&
    spec.completions !== spec.parallelism
  ) {
    const detail = "can only be modified in tandem with spec.parallelism";
    problems.invalid("spec.completions", spec.completions, detail);
  }
  checkImmutable(problems, "spec.selector", [spec, before]);
  checkTemplateChange(problems, job, old);
  for (const field of JOB_IMMUTABLE) checkImmutable(problems, `spec.${field}`, [spec, before]);
}

/** A scheduled job's name leaves room for the time that its jobs carry. */
const MAX_CRON_NAME = 52;

export function validateCronJob(problems: Problems, cron: JsonObject): void {
  const spec = mapOf(cron, "spec") ?? {};
  const schedule = textOf(spec, "schedule");
  if (schedule === "") problems.required("spec.schedule");
  else {
    const problem = scheduleProblem(schedule);
    if (problem !== null) problems.invalid("spec.schedule", schedule, problem);
    if (schedule.includes("TZ")) {
      const detail = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
      problems.invalid("spec.schedule", schedule, detail);
    }
  }
  problems.nonNegative("spec.startingDeadlineSeconds", spec.startingDeadlineSeconds);
  if (typeof spec.timeZone === "string") {
    problems.invalidEach("spec.timeZone", spec.timeZone, timeZoneProblem(spec.timeZone));
  }
  problems.requiredOneOf("spec.concurrencyPolicy", spec.concurrencyPolicy, ["Allow", "Forbid", "Replace"]);
  const job = mapOf(mapOf(spec, "jobTemplate"), "spec") ?? {};
  checkJobSpec(problems, "spec.jobTemplate.spec", job);
  if (job.selector !== undefined) {
    const detail = "`selector` will be auto-generated";
    problems.invalid("spec.jobTemplate.spec.selector", job.selector, detail);
  }
  if (job.manualSelector === true) {
    problems.notSupported("spec.jobTemplate.spec.manualSelector", true, ["nil", "false"]);
  }
  problems.nonNegative("spec.successfulJobsHistoryLimit", spec.successfulJobsHistoryLimit);
  problems.nonNegative("spec.failedJobsHistoryLimit", spec.failedJobsHistoryLimit);
}

export function validateNewCronJob(problems: Problems, cron: JsonObject): void {
  validateCronJob(problems, cron);
  const name = textOf(metaOf(cron), "name");
  if (name.length > MAX_CRON_NAME) {
    problems.invalid("metadata.name", name, `must be no more than ${MAX_CRON_NAME} characters`);
  }
}
