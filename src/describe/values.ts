/** Texts that many describers share: times, labels, annotations, booleans, conditions. */
import { ageSince } from "../kube/mod.ts";
import type { CellInput, ObjectTarget, Page, Tone } from "./document.ts";
import type { Tree } from "./tree.ts";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A time in the local zone as Go's RFC1123Z: `Sat, 21 Nov 2026 04:55:10 +0000`. Absent ones are Go's zero time. */
export function fullTime(timestamp: string): string {
  const time = new Date(timestamp);
  if (timestamp === "" || Number.isNaN(time.getTime())) return "Mon, 01 Jan 0001 00:00:00 +0000";
  const two = (n: number) => String(n).padStart(2, "0");
  const date = `${DAYS[time.getDay()]}, ${two(time.getDate())} ${
    MONTHS[time.getMonth()]
  } ${time.getFullYear()}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  const offset = -time.getTimezoneOffset();
  const zone = `${offset < 0 ? "-" : "+"}${two(Math.trunc(Math.abs(offset) / 60))}${
    two(Math.abs(offset) % 60)
  }`;
  return `${date} ${clock} ${zone}`;
}

/** `key=value` lines, sorted. */
export function pairs(map: Tree): string[] {
  return map.entries.map(([key, value]) => `${key}=${value.text}`);
}

/** `key=value,key=value`, or `<none>`. */
export function inlinePairs(map: Tree): string {
  return pairs(map).join(",") || "<none>";
}

/** Characters of an annotation before it moves to lines of its own, and where those are cut. */
const ANNOTATION_LENGTH = 140;
const HIDDEN_ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

/** Annotations; long ones and those of several lines take lines of their own, cut at 138 characters. */
export function annotations(page: Page, label: string, map: Tree, indent = 0): void {
  const shown = map.entries.filter(([key]) => key !== HIDDEN_ANNOTATION);
  const lines = shown.flatMap(([key, tree]) => {
    const value = tree.text.replace(/\n$/, "");
    const short = value.length + key.length + 2 <= ANNOTATION_LENGTH && !value.includes("\n");
    if (short) return [`${key}: ${value}`];
    return [`${key}:`, ...value.split("\n").map((line) => `  ${shorten(line, ANNOTATION_LENGTH - 2)}`)];
  });
  page.field(label, lines, indent);
}

export function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}...` : text;
}

/** Name, namespace where there is one, labels, annotations: what most descriptions begin with. */
export function head(page: Page, object: Tree): void {
  page.field("Name", object.at("metadata.name").text);
  if (object.at("metadata.namespace").exists) page.field("Namespace", object.at("metadata.namespace").text);
  labelsAndAnnotations(page, object);
}

export function labelsAndAnnotations(page: Page, object: Tree): void {
  page.field("Labels", pairs(object.at("metadata.labels")));
  annotations(page, "Annotations", object.at("metadata.annotations"));
}

/** Go's %t in a capital. */
export function bool(value: boolean): string {
  return value ? "True" : "False";
}

/** `True`, `False`, or `<unset>`. */
export function optionalBool(tree: Tree): string {
  return tree.exists ? bool(tree.isTrue) : "<unset>";
}

/** A list as Go's %v has it: `[a b]`. */
export function goList(texts: readonly string[]): string {
  return `[${texts.join(" ")}]`;
}

/** A string as Go's %q has it. */
export function goQuote(text: string): string {
  return JSON.stringify(text);
}

/** Conditions that are bad when true; all others are bad when false. */
const BAD_WHEN_TRUE =
  /Pressure$|^NetworkUnavailable$|Failure|Failed|Degraded|Stalled|Dangling|DisruptionTarget/;

function conditionTone(type: string, status: string): Tone {
  if (status !== "True" && status !== "False") return "warn";
  return (status === "True") === BAD_WHEN_TRUE.test(type) ? "bad" : "good";
}

export function phaseTone(phase: string): Tone {
  if (/^(Running|Active|Bound|Available|Succeeded|Ready|Complete)/.test(phase)) return "good";
  if (/^(Failed|Lost|Error|CrashLoop|.*BackOff)/.test(phase)) return "bad";
  return phase === "" ? "plain" : "warn";
}

/** The phase, or how long the object has been terminating. */
export function statusCell(object: Tree, nowMs: number): CellInput {
  const deleted = object.at("metadata.deletionTimestamp").text;
  const phase = object.at("status.phase").text;
  if (deleted !== "") return { text: `Terminating (lasts ${ageSince(deleted, nowMs)})`, tone: "warn" };
  return { text: phase, tone: phaseTone(phase) };
}

/** Conditions with type, status and reason, as workloads show them. */
export function reasonConditions(page: Page, conditions: Tree): void {
  if (conditions.list.length === 0) return;
  page.heading("Conditions");
  page.table(
    ["Type", "Status", "Reason"],
    conditions.list.map((c) => [`${c.at("type").text} `, statusOf(c), c.at("reason").text]),
  );
}

/** Conditions with the time of their last change and their message. */
export function transitionConditions(page: Page, list: readonly Tree[]): void {
  if (list.length === 0) return;
  page.heading("Conditions");
  page.table(
    ["Type", "Status", "LastTransitionTime", "Reason", "Message"],
    list.map((c) => [
      c.at("type").text,
      statusOf(c),
      fullTime(c.at("lastTransitionTime").text),
      c.at("reason").text,
      c.at("message").text,
    ]),
  );
}

export function statusOf(condition: Tree, suffix = ""): CellInput {
  const status = condition.at("status").text;
  return { text: status + suffix, tone: conditionTone(condition.at("type").text, status) };
}

/** `Kind/name` of the owner that controls the object. */
export function controlledBy(page: Page, object: Tree): void {
  const owner = object.at("metadata.ownerReferences").list.find((o) => o.at("controller").isTrue);
  if (!owner) return;
  const text = `${owner.at("kind").text}/${owner.at("name").text}`;
  page.field("Controlled By", { text, target: targetOf(owner, object.at("metadata.namespace").text) });
}

/** The object that a reference names; its own namespace goes before the given one. */
function targetOf(reference: Tree, namespace: string): ObjectTarget {
  return {
    apiVersion: reference.at("apiVersion").text,
    kind: reference.at("kind").text,
    namespace: reference.at("namespace").or(namespace),
    name: reference.at("name").text,
  };
}

/** A name that leads to an object of a built-in kind. */
export function link(
  name: string,
  target: {
    readonly apiVersion?: string;
    readonly kind: string;
    readonly namespace?: string;
    readonly text?: string;
  },
): CellInput {
  if (name === "") return "";
  const { apiVersion = "v1", kind, namespace = "", text = name } = target;
  return { text, target: { apiVersion, kind, namespace, name } };
}
