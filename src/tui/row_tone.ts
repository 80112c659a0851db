/**
 * What a row's cells say about its object's health, for any kind: from the columns that kubectl itself prints.
 * Judged by words and counts, so that custom resources with the usual columns are judged alike.
 */
import { type Column, type Row, sinceText } from "../engine/protocol.ts";

/** plain: nothing said. done: ended well. pending: on its way up or down. */
export type Tone = "plain" | "ok" | "warn" | "error" | "done" | "pending" | "terminating";

const OK =
  /^(running|ready|active|bound|available|true|healthy|established|synced|approved|issued|succeeded|normal|deployed|current)\b/i;
const DONE = /^(completed?|succeeded|finished|released)$/i;
const PENDING =
  /^(pending|containercreating|podinitializing|init:\d|progressing|waiting|creating|provisioning|reconciling|terminating|schedulinggated|suspended|unknown)/i;
const ERROR =
  /(error|fail|backoff|crash|oomkilled|evicted|invalid|lost|notready|unschedulable|nodelost|deadlineexceeded|imagepull|errimage|unhealthy|degraded|outofsync|denied|rejected|preempting|shutdown)/i;
const STATUS_COLUMNS = ["status", "phase", "state", "health", "sync status", "type"];

/** Where the telling columns of a view are; made once per change of columns. */
export interface ToneColumns {
  readonly status: number;
  readonly ready: number;
}

export function toneColumns(columns: readonly Column[]): ToneColumns {
  const names = columns.map((column) => column.name.toLowerCase());
  const status = STATUS_COLUMNS.map((name) => names.indexOf(name)).find((at) => at >= 0) ?? -1;
  return { status, ready: names.indexOf("ready") };
}

export function rowTone(row: Row, { status, ready }: ToneColumns): Tone {
  if (row.malformed !== undefined) return "error";
  if (row.deleting) return "terminating";
  const word = cellText(row, status);
  const byStatus = word === "" ? "plain" : statusTone(word);
  const byReady = readyTone(cellText(row, ready));
  if (byStatus === "done" || byStatus === "error" || byStatus === "pending" || byStatus === "terminating") {
    return byStatus;
  }
  return byReady === "plain" ? byStatus : byReady;
}

function cellText(row: Row, at: number): string {
  return at < 0 ? "" : sinceText(row.cells[at] ?? "", 0, () => "").trim();
}

/** One status word, e.g. a pod's STATUS or a condition's reason. */
export function statusTone(word: string): Tone {
  if (/^ready,schedulingdisabled/i.test(word)) return "warn";
  if (/^warning$/i.test(word)) return "warn";
  if (/^(false|no)$/i.test(word)) return "error";
  if (DONE.test(word)) return "done";
  if (/^terminating/i.test(word)) return "terminating";
  if (ERROR.test(word)) return "error";
  if (PENDING.test(word)) return "pending";
  return OK.test(word) ? "ok" : "plain";
}

/** READY as `1/2`, or a condition's `True`. */
function readyTone(text: string): Tone {
  const counts = /^(\d+)\/(\d+)$/.exec(text);
  if (counts) return Number(counts[1]) >= Number(counts[2]) ? "ok" : "warn";
  if (/^true$/i.test(text)) return "ok";
  return /^(false|unknown)$/i.test(text) ? "error" : "plain";
}
