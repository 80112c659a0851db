/** The flags of `orka logs`. */
import { ALL_NAMESPACES, flag, type FlagSpec, JSON_OUTPUT, outputFlag, SELECTOR } from "./flags.ts";

export const LOGS_FLAGS: readonly FlagSpec[] = [
  SELECTOR,
  ALL_NAMESPACES,
  flag("Selection", "c|container NAME", "list", "this container; repeats, or commas"),
  flag("Selection", "all-containers", "bool", "every container of the pods, init and ephemeral ones too"),
  flag("Selection", "all-pods", "bool", "every pod of a workload (always so), with a prefix"),
  flag("Selection", "p|previous", "bool", "of the instance before the last restart"),
  flag("Selection", "tail N", "text", "the last N lines of each container (default all; 10 with -l)"),
  flag("Selection", "since TIME", "text", "lines of this long ago and newer: 5s, 2m, 3h"),
  flag("Selection", "since-time TIME", "text", "lines of this time and newer, as 2026-08-01T10:00:00Z"),
  flag("Selection", "limit-bytes N", "text", "bytes of each container's log; the last line is cut there"),
  flag("Selection", "include REGEX", "texts", "lines that match; repeats, any of them; (?i) ignores case"),
  flag("Selection", "exclude REGEX", "texts", "no lines that match; repeats"),
  flag(
    "Selection",
    "where FILTER",
    "texts",
    "on fields of JSON and logfmt lines, and on levels: level>=warn, status!=200, path=~^/api; repeats, all hold",
  ),
  flag(
    "Watching",
    "f|follow",
    "bool",
    "go on with new lines, through restarts; pods of a workload join and leave",
  ),
  flag(
    "Watching",
    "max-log-requests N",
    "count",
    "containers to follow at once (default 5 with -l, no limit without)",
  ),
  flag("Watching", "ignore-errors", "bool", "what goes wrong with one container does not end the others"),
  flag("Watching", "pod-running-timeout TIME", "text", "", { hidden: true }),
  flag("Output", "timestamps", "bool", "the node's time before each line"),
  flag(
    "Output",
    "prefix",
    "bool",
    "pod and container before each line; by itself where several pods of a workload speak",
  ),
  flag("Output", "fields NAMES", "list", "only these fields of JSON and logfmt lines: level,msg"),
  flag("Output", "highlight REGEX", "texts", "what to make stand out on a terminal; repeats"),
  flag("Output", "no-color", "bool", "no colours, as NO_COLOR=1"),
  outputFlag("json, ndjson (one object a line), or raw: the container's bytes even on a terminal"),
  JSON_OUTPUT,
];
