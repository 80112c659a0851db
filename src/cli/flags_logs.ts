/** The flags of `orka logs`. */
import { ALL_NAMESPACES, flagsOf, type FlagSpec, outputFlag, SELECTOR } from "./flags.ts";

const output = flagsOf("Output");
const selection = flagsOf("Selection");
const watching = flagsOf("Watching");

export const LOGS_FLAGS: readonly FlagSpec[] = [
  SELECTOR,
  ALL_NAMESPACES,
  selection("c|container NAME", "list", "this container; repeats, or commas"),
  selection("all-containers", "bool", "every container of the pods, init and ephemeral ones too"),
  selection("all-pods", "bool", "every pod of a workload (always so), with a prefix"),
  selection("p|previous", "bool", "of the instance before the last restart"),
  selection("tail N", "text", "the last N lines of each container (default all; 10 with -l)"),
  selection("since TIME", "text", "lines of this long ago and newer: 5s, 2m, 3h"),
  selection("since-time TIME", "text", "lines of this time and newer, as 2026-08-01T10:00:00Z"),
  selection("limit-bytes N", "text", "bytes of each container's log; the last line is cut there"),
  selection("include REGEX", "texts", "lines that match; repeats, any of them; (?i) ignores case"),
  selection("exclude REGEX", "texts", "no lines that match; repeats"),
  selection(
    "where FILTER",
    "texts",
    "on fields of JSON and logfmt lines, and on levels: level>=warn, status!=200, path=~^/api; repeats, all hold",
  ),
  watching("f|follow", "bool", "go on with new lines, through restarts; pods of a workload join and leave"),
  watching(
    "max-log-requests N",
    "count",
    "containers to follow at once (default 5 with -l, no limit without)",
  ),
  watching("ignore-errors", "bool", "what goes wrong with one container does not end the others"),
  watching("pod-running-timeout TIME", "text", "", { hidden: true }),
  output("timestamps", "bool", "the node's time before each line"),
  output(
    "prefix",
    "bool",
    "pod and container before each line; by itself where several pods of a workload speak",
  ),
  output("fields NAMES", "list", "only these fields of JSON and logfmt lines: level,msg"),
  output("highlight REGEX", "texts", "what to make stand out on a terminal; repeats"),
  output("no-color", "bool", "no colours, as NO_COLOR=1"),
  outputFlag("json, ndjson (one object a line), or raw: the container's bytes even on a terminal"),
];
