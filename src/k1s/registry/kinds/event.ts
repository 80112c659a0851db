/** Event, as core/v1 and as events.k8s.io/v1: one kind with two strictnesses. */
import { equal } from "../../patch/mod.ts";
import { qualifiedName, subdomain } from "../metadata_validation.ts";
import { isObject, type JsonObject, mapOf, metaOf, textOf } from "../object.ts";
import { numberOf, type Problems } from "./problems.ts";

const MAX_SHORT = 128;
const MAX_NOTE = 1024;

function isNew(event: JsonObject): boolean {
  return event.apiVersion === "events.k8s.io/v1";
}

function checkPlace(problems: Problems, event: JsonObject): void {
  const object = mapOf(event, isNew(event) ? "regarding" : "involvedObject");
  const [namespace, own] = [textOf(object, "namespace"), textOf(metaOf(event), "namespace")];
  const timed = isTimed(event);
  const elsewhere = timed ? ["default", "kube-system"] : ["", "default"];
  const fits = namespace === "" ? elsewhere.includes(own) : timed || namespace === own;
  if (fits) return;
  problems.invalid("involvedObject.namespace", namespace, "does not match event.namespace");
}

function isTimed(event: JsonObject): boolean {
  return typeof event.eventTime === "string";
}

function checkShort(problems: Problems, field: string, text: string): void {
  if (text === "") problems.required(field);
  if (text.length > MAX_SHORT) problems.invalid(field, "", `can have at most ${MAX_SHORT} characters`);
}

/** What is asked of every event. */
function checkAny(problems: Problems, event: JsonObject): void {
  checkPlace(problems, event);
  if (isTimed(event)) {
    const shown = isNew(event) ? "reportingController" : "reportingComponent";
    const controller = textOf(event, shown);
    if (controller === "") problems.required(shown);
    problems.invalidEach(shown, controller, qualifiedName(controller));
    for (const field of ["reportingInstance", "action", "reason"]) {
      checkShort(problems, field, textOf(event, field));
    }
    if (textOf(event, isNew(event) ? "note" : "message").length > MAX_NOTE) {
      problems.invalid("message", "", `can have at most ${MAX_NOTE} characters`);
    }
  }
  const namespace = textOf(metaOf(event), "namespace");
  problems.invalidEach("namespace", namespace, subdomain(namespace, false));
}

function checkSeries(problems: Problems, event: JsonObject): void {
  const series = mapOf(event, "series");
  if (!series) return;
  if (numberOf(series, "count") < 2) problems.invalid("series.count", "", "should be at least 2");
  if (typeof series.lastObservedTime !== "string") problems.required("series.lastObservedTime");
}

/** Fields of before that new events leave empty, and what the old version calls them. */
const UNSET: readonly (readonly [string, string])[] = [
  ["deprecatedFirstTimestamp", "firstTimestamp"],
  ["deprecatedLastTimestamp", "lastTimestamp"],
  ["deprecatedCount", "count"],
  ["deprecatedSource", "source"],
];

export function validateEvent(problems: Problems, event: JsonObject): void {
  checkAny(problems, event);
  if (!isNew(event)) return;
  checkSeries(problems, event);
  if (!isTimed(event)) problems.required("eventTime");
  const type = textOf(event, "type");
  if (type !== "Normal" && type !== "Warning") problems.invalid("type", "", `has invalid value: ${type}`);
  for (const [field, shown] of UNSET) {
    const value = event[field];
    const isEmpty = value === undefined || value === null || value === 0 ||
      isObject(value) && Object.keys(value).length === 0;
    if (!isEmpty) problems.invalid(shown, "", "needs to be unset");
  }
}

/** Fields of the stored event that never change, with their names in the new version. */
const FIXED: readonly (readonly [string, string])[] = [
  ["involvedObject", "regarding"],
  ["reason", "reason"],
  ["message", "note"],
  ["source", "deprecatedSource"],
  ["firstTimestamp", "deprecatedFirstTimestamp"],
  ["lastTimestamp", "deprecatedLastTimestamp"],
  ["count", "deprecatedCount"],
  ["reason", "reason"],
  ["type", "type"],
  ["eventTime", "eventTime"],
  ["action", "action"],
  ["related", "related"],
  ["reportingController", "reportingController"],
  ["reportingInstance", "reportingInstance"],
];

export function validateEventUpdate(problems: Problems, event: JsonObject, old: JsonObject): void {
  checkAny(problems, event);
  if (!isNew(event)) return;
  if (!equal(event.series ?? null, old.series ?? null)) checkSeries(problems, event);
  for (const [shown, field] of FIXED) {
    const [now, before] = [event[field] ?? null, old[field] ?? null];
    const none = typeof before === "string" ? "" : null;
    if (!equal(now, before)) problems.invalid(shown, now ?? none, "field is immutable");
  }
}
