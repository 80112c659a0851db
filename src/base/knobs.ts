import { OrkaError } from "./errors.ts";
import { parseLogSpec } from "./log.ts";

/** One environment knob, as `stats` lists it. */
export interface KnobSpec {
  readonly env: string;
  readonly kind: "count" | "seconds" | "bytes" | "megabytes" | "text" | "flag" | "levels";
  /** null: unset, no limit. */
  readonly fallback: number | string | boolean | null;
  readonly about: string;
}

/** Every `ORKA_*` knob, its default and its meaning: the one table. `stats` prints it in this order. */
export const KNOBS = {
  shards: knob("ORKA_SHARDS", "count", 1, "namespace buckets that metrics are kept by"),
  queueCap: knob(
    "ORKA_QUEUE_CAP",
    "count",
    16_384,
    "changes that one feed queues before it drops and relists",
  ),
  relistSecs: knob(
    "ORKA_RELIST_SECS",
    "seconds",
    300,
    "a live feed is checked with a fresh list this often; 0: never",
  ),
  watchBackoffMaxSecs: knob("ORKA_WATCH_BACKOFF_MAX_SECS", "seconds", 30, "longest wait between tries"),
  maxLabelsPerObj: knob("ORKA_MAX_LABELS_PER_OBJ", "count", null, "labels kept of one object"),
  maxAnnosPerObj: knob(
    "ORKA_MAX_ANNOS_PER_OBJ",
    "count",
    null,
    "annotations of one object that search looks at",
  ),
  maxPostingsPerKey: knob(
    "ORKA_MAX_POSTINGS_PER_KEY",
    "count",
    null,
    "postings that search keeps under one key",
  ),
  // 32 MiB is some 8,000 pods; past that the rows come without their bodies.
  maxRawBytes: knob(
    "ORKA_MAX_RAW_BYTES",
    "bytes",
    32 * 1024 * 1024,
    "JSON of one kind that is fetched with its rows",
  ),
  maxRssMb: knob("ORKA_MAX_RSS_MB", "megabytes", null, "resident memory above which raw JSON is dropped"),
  searchKinds: knob("ORKA_SEARCH_KINDS", "text", null, "kinds that search looks at when a query names none"),
  maxIndexBytes: knob(
    "ORKA_MAX_INDEX_BYTES",
    "bytes",
    null,
    "search index; what is past it is not found, and said so",
  ),
  dropRawTtlSecs: knob(
    "ORKA_DROP_RAW_TTL_SECS",
    "seconds",
    null,
    "raw JSON of a kind nobody looked at for so long is dropped",
  ),
  maxSnapshotAgeSecs: knob(
    "ORKA_MAX_SNAPSHOT_AGE_SECS",
    "seconds",
    null,
    "an edit whose object was read longer ago is checked before it is sent",
  ),
  disableApplyPreflight: knob(
    "ORKA_DISABLE_APPLY_PREFLIGHT",
    "flag",
    false,
    "edits are sent without that check",
  ),
  metricsAddr: knob("ORKA_METRICS_ADDR", "text", null, "host:port that serves /metrics while a session runs"),
  log: knob("ORKA_LOG", "levels", "off", "level, and levels by target: info,engine=debug"),
} as const satisfies Readonly<Record<string, KnobSpec>>;

export type KnobName = keyof typeof KNOBS;

/** The knobs as read. Sizes are in bytes or megabytes and waits in seconds, as the name says. */
export interface Knobs {
  readonly shards: number;
  readonly queueCap: number;
  readonly relistSecs: number;
  readonly watchBackoffMaxSecs: number;
  readonly maxLabelsPerObj: number | null;
  readonly maxAnnosPerObj: number | null;
  readonly maxPostingsPerKey: number | null;
  readonly maxRawBytes: number;
  readonly maxRssMb: number | null;
  readonly searchKinds: string | null;
  readonly maxIndexBytes: number | null;
  readonly dropRawTtlSecs: number | null;
  readonly maxSnapshotAgeSecs: number | null;
  readonly disableApplyPreflight: boolean;
  readonly metricsAddr: string | null;
  readonly log: string;
}

/** Reads every knob; throws OrkaError "usage" that names the variable when a value makes no sense. */
export function readKnobs(env: (name: string) => string | undefined): Knobs {
  const values: Record<string, number | string | boolean | null> = {};
  for (const [name, spec] of Object.entries(KNOBS)) values[name] = readKnob(spec, env(spec.env));
  return values as unknown as Knobs;
}

/** The knobs with nothing set. */
export function defaultKnobs(): Knobs {
  return readKnobs(() => undefined);
}

/** How long ago an edit's object may have been read when the edit is sent, ms; null: however long. */
export function maxEditAgeMs(
  { maxSnapshotAgeSecs, disableApplyPreflight }: Pick<Knobs, "maxSnapshotAgeSecs" | "disableApplyPreflight">,
): number | null {
  return maxSnapshotAgeSecs === null || disableApplyPreflight ? null : maxSnapshotAgeSecs * 1000;
}

function knob(env: string, kind: KnobSpec["kind"], fallback: KnobSpec["fallback"], about: string): KnobSpec {
  return { env, kind, fallback, about };
}

function readKnob(spec: KnobSpec, text: string | undefined): KnobSpec["fallback"] {
  const word = text?.trim() ?? "";
  if (word === "") return spec.fallback;
  if (spec.kind === "text") return word;
  if (spec.kind === "levels") {
    parseLogSpec(word);
    return word;
  }
  if (spec.kind === "flag") return word !== "0" && word.toLowerCase() !== "false";
  const value = Number(word);
  const least = spec.kind === "count" ? 1 : 0;
  if (Number.isInteger(value) && value >= least) return value;
  throw new OrkaError("usage", `${spec.env}: "${word}" is not a whole number of ${least} or more`, {
    hint: `${spec.env}: ${spec.about}${spec.fallback === null ? "" : ` (default ${spec.fallback})`}.`,
  });
}
