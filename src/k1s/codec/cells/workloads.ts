/** Cells of apps, batch and autoscaling kinds. */
import { humanDuration } from "../../../kube/mod.ts";
import {
  age,
  type CellContext,
  type CellWriter,
  condition,
  containers,
  firstOf,
  formatLabels,
  formatSelector,
  isTrue,
  name,
  since,
} from "./format.ts";
import { at, flagAt, type Json, listAt, mapAt, numberAt, scalarAt, textAt, timeAt } from "./read.ts";

const template = (object: Json) => containers(at(object, "spec.template.spec"));

const replicated = (selector: (object: Json) => string): CellWriter => (object, context) => [
  name(object),
  numberAt(object, "spec.replicas"),
  numberAt(object, "status.replicas"),
  numberAt(object, "status.readyReplicas"),
  age(object, context),
  ...template(object),
  selector(object),
];

const autoscaler: CellWriter = (hpa, context) => [
  name(hpa),
  `${textAt(hpa, "spec.scaleTargetRef.kind")}/${textAt(hpa, "spec.scaleTargetRef.name")}`,
  metrics(hpa),
  scalarAt(hpa, "spec.minReplicas", "<unset>"),
  numberAt(hpa, "spec.maxReplicas"),
  numberAt(hpa, "status.currentReplicas"),
  age(hpa, context),
];

export const WORKLOAD_CELLS: Readonly<Record<string, CellWriter>> = {
  "/replicationcontrollers": replicated((object) => formatLabels(mapAt(object, "spec.selector"))),
  "apps/replicasets": replicated((object) => formatSelector(at(object, "spec.selector"))),
  "apps/deployments": (object, context) => [
    name(object),
    `${numberAt(object, "status.readyReplicas")}/${numberAt(object, "spec.replicas")}`,
    numberAt(object, "status.updatedReplicas"),
    numberAt(object, "status.availableReplicas"),
    age(object, context),
    ...template(object),
    formatSelector(at(object, "spec.selector"), ""),
  ],
  "apps/statefulsets": (object, context) => [
    name(object),
    `${numberAt(object, "status.readyReplicas")}/${numberAt(object, "spec.replicas")}`,
    age(object, context),
    ...template(object),
  ],
  "apps/daemonsets": (object, context) => [
    name(object),
    numberAt(object, "status.desiredNumberScheduled"),
    numberAt(object, "status.currentNumberScheduled"),
    numberAt(object, "status.numberReady"),
    numberAt(object, "status.updatedNumberScheduled"),
    numberAt(object, "status.numberAvailable"),
    formatLabels(mapAt(object, "spec.template.spec.nodeSelector")),
    age(object, context),
    ...template(object),
    formatSelector(at(object, "spec.selector")),
  ],
  "apps/controllerrevisions": (object, context) => [
    name(object),
    controller(object),
    numberAt(object, "revision"),
    age(object, context),
  ],
  "batch/jobs": (job, context) => [
    name(job),
    jobStatus(job),
    completions(job),
    jobDuration(job, context),
    age(job, context),
    ...template(job),
    formatSelector(at(job, "spec.selector")),
  ],
  "batch/cronjobs": (object, context) => [
    name(object),
    textAt(object, "spec.schedule"),
    textAt(object, "spec.timeZone", "<none>"),
    at(object, "spec.suspend") === undefined ? "<unset>" : flagAt(object, "spec.suspend") ? "True" : "False",
    listAt(object, "status.active").length,
    since(timeAt(object, "status.lastScheduleTime"), context, "<none>"),
    age(object, context),
    ...containers(at(object, "spec.jobTemplate.spec.template.spec")),
    formatSelector(at(object, "spec.jobTemplate.spec.selector")),
  ],
  "autoscaling/horizontalpodautoscalers": autoscaler,
};

function controller(object: Json): string {
  const owner = listAt(object, "metadata.ownerReferences").find((reference) =>
    flagAt(reference, "controller")
  );
  if (!owner) return "<none>";
  const group = textAt(owner, "apiVersion").split("/").slice(0, -1).join("/");
  const kind = `${textAt(owner, "kind")}${group === "" ? "" : `.${group}`}`;
  return `${kind.toLowerCase()}/${textAt(owner, "name")}`;
}

/** The first true of these, in this order, names a job's status. */
const JOB_CONDITIONS = [["Complete", "Complete"], ["Failed", "Failed"]] as const;
const LATER_JOB_CONDITIONS = ["Suspended", "FailureTarget", "SuccessCriteriaMet"] as const;

function jobStatus(job: Json): string {
  for (const [type, status] of JOB_CONDITIONS) if (isTrue(condition(job, type))) return status;
  if (at(job, "metadata.deletionTimestamp") !== undefined) return "Terminating";
  return LATER_JOB_CONDITIONS.find((type) => isTrue(condition(job, type))) ?? "Running";
}

function completions(job: Json): string {
  const succeeded = numberAt(job, "status.succeeded");
  const wanted = at(job, "spec.completions");
  if (typeof wanted === "number") return `${succeeded}/${wanted}`;
  const parallelism = numberAt(job, "spec.parallelism");
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration(job: Json, { nowMs }: CellContext): string {
  const startMs = timeAt(job, "status.startTime");
  const endMs = timeAt(job, "status.completionTime");
  return Number.isNaN(startMs) ? "" : humanDuration((Number.isNaN(endMs) ? nowMs : endMs) - startMs);
}

/** How many metrics an autoscaler's cell names. */
const METRICS_SHOWN = 2;

function metrics(hpa: Json): string {
  const statuses = listAt(hpa, "status.currentMetrics");
  const texts = listAt(hpa, "spec.metrics").map((spec, index) => metric(spec, statuses[index]));
  return firstOf(texts, { most: METRICS_SHOWN, empty: "<none>", separator: ", " });
}

function metric(spec: Json, status: Json): string {
  const type = textAt(spec, "type");
  const key = type.charAt(0).toLowerCase() + type.slice(1);
  const average = at(spec, `${key}.target.averageValue`) !== undefined;
  const current = scalarAt(status, `${key}.current.${average ? "averageValue" : "value"}`, "<unknown>");
  switch (type) {
    case "External":
    case "Object": {
      const target = scalarAt(spec, `${key}.target.${average ? "averageValue" : "value"}`, "");
      return `${current}/${target}${average ? " (avg)" : ""}`;
    }
    case "Pods":
      return `${current}/${scalarAt(spec, "pods.target.averageValue", "")}`;
    case "Resource":
    case "ContainerResource": {
      const resource = textAt(spec, `${key}.name`);
      if (average) return `${resource}: ${current}/${scalarAt(spec, `${key}.target.averageValue`, "")}`;
      const used = at(status, `${key}.current.averageUtilization`);
      const wanted = at(spec, `${key}.target.averageUtilization`);
      return `${resource}: ${percent(used, "<unknown>")}/${percent(wanted, "<auto>")}`;
    }
    default:
      return "<unknown type>";
  }
}

function percent(value: Json, otherwise: string): string {
  return typeof value === "number" ? `${value}%` : otherwise;
}
