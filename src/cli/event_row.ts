import { ageSince, type KubeObject } from "../kube/mod.ts";

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/, in its core/v1 form. */
export interface KubeEvent extends KubeObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string | null } | null;
  readonly involvedObject?: { readonly kind?: string; readonly name?: string; readonly apiVersion?: string };
}

/** When the event was last seen, epoch ms; 0 where it does not say. */
export function eventTimeMs({ series, lastTimestamp, eventTime }: KubeEvent): number {
  for (const time of [series?.lastObservedTime, lastTimestamp, eventTime]) {
    const ms = time ? Date.parse(time) : NaN;
    if (!Number.isNaN(ms)) return ms;
  }
  return 0;
}

/** Last seen, type, reason, object and message, as kubectl events prints them. */
export function eventCells(event: KubeEvent, nowMs: number): string[] {
  const { kind = "", name = "" } = event.involvedObject ?? {};
  return [
    lastSeen(event, nowMs),
    event.type ?? "",
    event.reason ?? "",
    `${kind}/${name}`,
    (event.message ?? "").trim(),
  ];
}

/** `51m`, or `4s (x7 over 80s)` of what came several times. */
function lastSeen(
  { eventTime, firstTimestamp, lastTimestamp, series, count = 0 }: KubeEvent,
  nowMs: number,
): string {
  const first = ageSince(eventTime || firstTimestamp, nowMs);
  if (series) return `${ageSince(series.lastObservedTime, nowMs)} (x${series.count ?? 0} over ${first})`;
  return count > 1 ? `${ageSince(lastTimestamp, nowMs)} (x${count} over ${first})` : first;
}
