/** The events of an object, last in its description. */
import { ageSince, formatFieldSelector } from "../kube/mod.ts";
import type { Context } from "./context.ts";
import { type CellInput, none, type Page } from "./document.ts";
import type { Tree } from "./tree.ts";

const MIRROR_POD = "kubernetes.io/config.mirror";

/** Reads the object's events and writes them as kubectl does; a refusal becomes a line. */
export async function describeEvents(page: Page, object: Tree, context: Context): Promise<void> {
  const answers = await Promise.all(
    selectors(object).map((fields) => {
      const namespace = object.at("metadata.namespace").text;
      const scope = namespace === "" ? "" : `/namespaces/${namespace}`;
      return context.list(`/api/v1${scope}/events`, { fieldSelector: formatFieldSelector(fields) });
    }),
  );
  const events: Tree[] = [];
  for (const answer of answers) {
    if (!answer.ok) return page.problem("Events", answer.problem);
    events.push(...answer.value);
  }
  writeEvents(page, events, context.nowMs);
}

/** Events tell of their object by uid; those of a node by its uid or, from the kubelet, its name. */
function selectors(object: Tree): Record<string, string>[] {
  const kind = object.at("kind").text;
  const name = object.at("metadata.name").text;
  const namespace = object.at("metadata.namespace").text;
  const mirrored = object.at("metadata.annotations").key(MIRROR_POD).text;
  const uid = kind === "Pod" && mirrored !== "" ? mirrored : object.at("metadata.uid").text;
  const base: Record<string, string> = { "involvedObject.name": name };
  if (namespace !== "") base["involvedObject.namespace"] = namespace;
  if (kind !== "Pod") base["involvedObject.kind"] = kind;
  const own = uid === "" ? base : { ...base, "involvedObject.uid": uid };
  return kind === "Node" ? [own, { ...base, "involvedObject.uid": name }] : [own];
}

/** A table of events, oldest first. */
function writeEvents(page: Page, events: readonly Tree[], nowMs: number): void {
  if (events.length === 0) return page.field("Events", none());
  const sorted = [...events].sort((a, b) => lastSeenMs(a) - lastSeenMs(b));
  page.heading("Events");
  page.line("header", ["Type", "Reason", "Age", "From", "Message"], 2);
  // kubectl's rule below "Age" is a dash long.
  page.line("rule", ["----", "------", "----", "----", "-------"], 2);
  for (const event of sorted) page.line("row", row(event, nowMs), 2);
}

/** Times are compared by lastTimestamp, which events of the newer API leave empty, as kubectl does. */
function lastSeenMs(event: Tree): number {
  return Date.parse(event.at("lastTimestamp").text) || 0;
}

function row(event: Tree, nowMs: number): CellInput[] {
  const type = event.at("type").text;
  const path = event.at("involvedObject.fieldPath").text;
  const message = event.at("message").text.trim();
  return [
    { text: type, tone: type === "Warning" ? "warn" : "plain" },
    event.at("reason").text,
    eventAge(event, nowMs),
    event.at("source.component").or(event.at("reportingComponent").text),
    path === "" ? message : `${path}: ${message}`,
  ];
}

/** `80s`, or `4s (x7 over 80s)` of an event that came several times. */
function eventAge(event: Tree, nowMs: number): string {
  const first = ageSince(event.at("eventTime").or(event.at("firstTimestamp").text), nowMs);
  const series = event.at("series");
  if (series.exists) {
    return `${ageSince(series.at("lastObservedTime").text, nowMs)} (x${
      series.at("count").number
    } over ${first})`;
  }
  const count = event.at("count").number;
  return count > 1 ? `${ageSince(event.at("lastTimestamp").text, nowMs)} (x${count} over ${first})` : first;
}
