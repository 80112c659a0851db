/** Jobs and cron jobs. */
import { formatLabelSelector, humanDuration, type ObjectSelector, selectorOfObject } from "../kube/mod.ts";
import { type CellInput, none, type Page } from "./document.ts";
import { describePodTemplate } from "./pod_template.ts";
import type { Tree } from "./tree.ts";
import {
  controlledBy,
  fullTime,
  head,
  labelsAndAnnotations,
  link,
  optionalBool,
  reasonConditions,
} from "./values.ts";

export function describeJob(page: Page, job: Tree): void {
  const spec = job.at("spec");
  page.field("Name", job.at("metadata.name").text);
  page.field("Namespace", job.at("metadata.namespace").text);
  page.field("Selector", selectorText(spec.at("selector")));
  labelsAndAnnotations(page, job);
  controlledBy(page, job);
  given(page, "Parallelism", spec.at("parallelism"));
  page.field("Completions", spec.at("completions").or("<unset>"));
  given(page, "Completion Mode", spec.at("completionMode"));
  given(page, "Suspend", spec.at("suspend"));
  given(page, "Backoff Limit", spec.at("backoffLimit"));
  given(page, "TTL Seconds After Finished", spec.at("ttlSecondsAfterFinished"));
  times(page, job);
  given(page, "Active Deadline Seconds", spec.at("activeDeadlineSeconds"), "s");
  podsStatuses(page, job.at("status"));
  if (spec.at("completionMode").text === "Indexed") {
    page.field("Completed Indexes", indexes(job.at("status.completedIndexes").text));
  }
  describePodTemplate(page, spec.at("template"), job.at("metadata.namespace").text);
  reasonConditions(page, failedOnly(job.at("status.conditions")));
}

function selectorText(selector: Tree): string {
  return formatLabelSelector(selectorOfObject(selector.value as ObjectSelector | undefined));
}

function given(page: Page, label: string, value: Tree, unit = ""): void {
  if (value.exists) page.field(label, value.text + unit);
}

function times(page: Page, job: Tree): void {
  const started = job.at("status.startTime").text;
  const completed = job.at("status.completionTime").text;
  if (started !== "") page.field("Start Time", fullTime(started));
  if (completed !== "") page.field("Completed At", fullTime(completed));
  if (started === "" || completed === "") return;
  page.field("Duration", humanDuration(Date.parse(completed) - Date.parse(started)));
}

function podsStatuses(page: Page, status: Tree): void {
  const ready = status.at("ready").exists ? ` (${status.at("ready").number} Ready)` : "";
  const failed = status.at("failed").number;
  page.field("Pods Statuses", {
    text: `${status.at("active").number} Active${ready} / ${
      status.at("succeeded").number
    } Succeeded / ${failed} Failed`,
    tone: failed > 0 ? "bad" : "plain",
  });
}

/** Indexes after which a long list is cut, at the next comma. */
const INDEXES_LENGTH = 50;

function indexes(text: string): CellInput {
  if (text === "") return none();
  const comma = text.indexOf(",", INDEXES_LENGTH);
  return comma < 0 ? text : `${text.slice(0, comma + 1)}...`;
}

/** kubectl leaves a job's conditions out; a failed one's say why, so they are shown. */
function failedOnly(conditions: Tree): Tree {
  const failed = conditions.list.some((c) =>
    c.at("type").text === "Failed" && c.at("status").text === "True"
  );
  return failed ? conditions : conditions.at("none");
}

export function describeCronJob(page: Page, cron: Tree): void {
  const spec = cron.at("spec");
  head(page, cron);
  page.field("Schedule", spec.at("schedule").text);
  page.field("Concurrency Policy", spec.at("concurrencyPolicy").text);
  page.field("Suspend", optionalBool(spec.at("suspend")));
  page.field("Time Zone", spec.at("timeZone").or("<unset>"));
  page.field("Successful Job History Limit", spec.at("successfulJobsHistoryLimit").or("<unset>"));
  page.field("Failed Job History Limit", spec.at("failedJobsHistoryLimit").or("<unset>"));
  const deadline = spec.at("startingDeadlineSeconds");
  page.field("Starting Deadline Seconds", deadline.exists ? `${deadline.number}s` : "<unset>");
  jobTemplate(page, spec.at("jobTemplate.spec"), cron.at("metadata.namespace").text);
  const last = cron.at("status.lastScheduleTime").text;
  page.field("Last Schedule Time", last === "" ? "<unset>" : fullTime(last));
  activeJobs(page, cron);
}

function jobTemplate(page: Page, spec: Tree, namespace: string): void {
  const selector = spec.at("selector");
  page.field("Selector", selector.exists ? selectorText(selector) : "<unset>");
  page.field("Parallelism", spec.at("parallelism").or("<unset>"));
  page.field("Completions", spec.at("completions").or("<unset>"));
  given(page, "Active Deadline Seconds", spec.at("activeDeadlineSeconds"), "s");
  describePodTemplate(page, spec.at("template"), namespace);
}

function activeJobs(page: Page, cron: Tree): void {
  const names = cron.at("status.active").list.map((job) => job.at("name").text);
  if (names.length === 0) return page.field("Active Jobs", none());
  const namespace = cron.at("metadata.namespace").text;
  const [first = ""] = names;
  page.field(
    "Active Jobs",
    link(first, { apiVersion: "batch/v1", kind: "Job", namespace, text: names.join(", ") }),
  );
}
