import { jsonText } from "../kube/mod.ts";

/** What the store takes of one object, whatever shape it came in. */
export interface RowInput {
  /** The object's uid, or a made-up one where it has none: it identifies the row. */
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  /** Epoch ms; 0 when there is none. */
  readonly createdMs: number;
  readonly deleting: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** What is wrong with the object; empty when nothing is. */
  readonly malformed: string;
  /** As the server's Table row has them, in column order. */
  readonly cells: readonly unknown[];
}

const NO_LABELS: Readonly<Record<string, string>> = {};
const NO_CELLS: readonly unknown[] = [];

/**
 * Reads one object and its cells. Never throws: an object that is not what Kubernetes sends becomes a row that says
 * so, under a uid made from its content so that it stays one row over several lists.
 */
export function readRow(object: unknown, cells: unknown): RowInput {
  const problems: string[] = [];
  const whole = record(object);
  const meta = record(whole?.["metadata"]);
  if (whole === null) problems.push("not an object");
  else if (meta === null) problems.push("no metadata");
  const name = text(meta?.["name"]);
  if (meta !== null && name === "") problems.push("no name");
  const namespace = text(meta?.["namespace"]);
  const created = meta?.["creationTimestamp"];
  const createdMs = typeof created === "string" ? parseTimestamp(created) : 0;
  if (created !== undefined && created !== null && createdMs === 0) {
    problems.push("creationTimestamp is no time");
  }
  const uid = text(meta?.["uid"]);
  return {
    uid: uid !== ""
      ? uid
      : name !== ""
      ? `name:${namespace}/${name}`
      : `content:${contentHash([object ?? null, cells ?? null])}`,
    namespace,
    name,
    resourceVersion: text(meta?.["resourceVersion"]),
    createdMs,
    deleting: typeof meta?.["deletionTimestamp"] === "string",
    labels: readLabels(meta?.["labels"], problems),
    malformed: problems.join("; "),
    cells: Array.isArray(cells) ? cells : NO_CELLS,
  };
}

function readLabels(labels: unknown, problems: string[]): Readonly<Record<string, string>> {
  if (labels === undefined || labels === null) return NO_LABELS;
  const map = record(labels);
  if (map === null) {
    problems.push("labels are no map");
    return NO_LABELS;
  }
  for (const key in map) {
    if (typeof map[key] === "string") continue;
    problems.push(`label ${key} is no string`);
    return Object.fromEntries(
      Object.entries(map).map(([k, v]) => [k, typeof v === "string" ? v : jsonText(v)]),
    );
  }
  return map as Readonly<Record<string, string>>;
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** RFC 3339 to epoch ms; 0 where it is no time. */
function parseTimestamp(stamp: string): number {
  const ms = Date.parse(stamp);
  return Number.isNaN(ms) || ms < 0 ? 0 : ms;
}

function contentHash(value: unknown): string {
  const json = value === undefined ? "" : jsonText(value);
  let hash = 0x811c9dc5;
  for (let i = 0; i < json.length; i++) hash = Math.imul(hash ^ json.charCodeAt(i), 0x01000193);
  return `${(hash >>> 0).toString(16)}-${json.length}`;
}

/** Kubernetes' own resourceVersions are whole numbers that grow; null for any other. */
export function versionNumber(version: string): number | null {
  if (!/^\d{1,15}$/.test(version)) return null;
  return Number(version);
}
