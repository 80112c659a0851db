/** What is wrong with a feed, in a line or two over its rows: what, since when, when the next try is, what to do. */
import type { WireError } from "../../base/mod.ts";
import type { FeedStatus } from "../../engine/protocol.ts";
import { groupResource, humanDuration, nextChangeMs, type Resource } from "../../kube/mod.ts";
import type { Frame } from "../pane.ts";
import type { TokenName } from "../term/mod.ts";

export interface FeedNotice {
  readonly tone: Extract<TokenName, "info" | "warn" | "error">;
  /** Lines, the important one first; each is cut to the screen. */
  readonly lines: readonly string[];
}

/** What a feed is of. */
export interface FeedSubject {
  readonly resource: Resource;
  /** The one object: `Pod "web-0"`; a collection otherwise. */
  readonly object?: string;
}

/** Null while all is well. */
export function feedNotice(
  status: FeedStatus | null,
  subject: FeedSubject,
  frame: Frame,
): FeedNotice | null {
  if (status === null) return null;
  const { phase, error } = status;
  const { resource, object } = subject;
  // a collection that is not found is a kind that is not served
  if (error?.code === "not-found" && object === undefined) return goneNotice(subject);
  if (phase === "denied") {
    const head = `Access denied: ${messageOf(error, `may not list ${groupResource(resource)}`)}`;
    return { tone: "error", lines: [head, error?.hint ?? ""] };
  }
  const tail = [freshText(status, frame), retryText(status.retryMs, frame)].filter((part) => part !== "")
    .join(" · ");
  if (phase === "unauthorized") {
    const head = `Credentials refused: ${messageOf(error, "they are missing or have expired")}`;
    return { tone: "error", lines: [head, tail] };
  }
  if (phase === "stale") {
    const head = error === null ? "Listing anew" : `Connection lost: ${messageOf(error, "no answer")}`;
    return { tone: error === null ? "info" : "warn", lines: [head, tail] };
  }
  if (phase !== "failed" && error === null) return null;
  const what = object === undefined ? `list ${groupResource(resource)}` : `read ${object}`;
  return { tone: "error", lines: [`Cannot ${what}: ${messageOf(error, "no answer")}`, tail] };
}

function messageOf(error: WireError | null, otherwise: string): string {
  return error === null || error.message === "" ? otherwise : shortNames(error.message.replace(/\s+/g, " "));
}

/** Names listed at length, as those of a certificate: the first three, and how many more. */
function shortNames(text: string): string {
  return text.replace(/(?:[^\s,;]+, ){4,}[^\s,;]+/g, (list) => {
    const names = list.split(", ");
    return `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
  });
}

/** Says that a kind was served once, if it was. */
export function goneNotice({ resource }: FeedSubject): FeedNotice {
  const hint = resource.group.includes(".") ? "Its CRD or API service may have been removed" : "";
  return { tone: "warn", lines: [`${groupResource(resource)} are not served any more`, hint] };
}

/** `shown as of 14s ago`, while there is anything to show. */
function freshText({ freshMs }: FeedStatus, frame: Frame): string {
  if (freshMs === 0) return "";
  return `shown as of ${agoText(freshMs, frame)} ago`;
}

/** When the next try is. */
export function retryText(retryMs: number | null, frame: Frame): string {
  if (retryMs === null) return "trying";
  const leftMs = retryMs - frame.nowMs;
  if (leftMs <= 0) return "trying now";
  frame.wakeAt(frame.nowMs + (leftMs % 1000 || 1000));
  return `next try in ${humanDuration(Math.ceil(leftMs / 1000) * 1000)} · ctrl-r tries now`;
}

/** An age that asks to be drawn again when it reads differently. */
export function agoText(atMs: number, { nowMs, wakeAt }: Frame): string {
  const ageMs = nowMs - atMs;
  wakeAt(nowMs + nextChangeMs(ageMs));
  return humanDuration(ageMs);
}
