/** What to read the logs of, and how much of them. */
import type { Clock } from "../../base/mod.ts";
import type { Resource } from "../../kube/mod.ts";
import type { LogEntry, LogMark, LogSource } from "./log_entry.ts";

/** Whose logs. */
export type LogTarget =
  /** Pods by name; several marked ones together. */
  | { readonly type: "pods"; readonly pods: readonly { readonly namespace: string; readonly name: string }[] }
  /** Every pod that matches; null looks in all namespaces. */
  | {
    readonly type: "selector";
    readonly namespace: string | null;
    readonly labelSelector: string;
    readonly fieldSelector?: string | undefined;
  }
  /** The pods of a workload, a Service, a CronJob, or of anything with a `spec.selector`. */
  | {
    readonly type: "workload";
    readonly resource: Resource;
    readonly namespace: string;
    readonly name: string;
  };

export interface LogSpec {
  readonly target: LogTarget;
  /**
   * default: the pod's `kubectl.kubernetes.io/default-container`, else its first. all: init and ephemeral ones too.
   * A list: these; a pod without one of them is an error where it was named, and left out where it was selected.
   */
  readonly containers?: "default" | "all" | readonly string[] | undefined;
  /** Goes on: new lines, restarts, pods that join. */
  readonly follow?: boolean | undefined;
  /** With `follow`: a container that has not begun is waited for, instead of thrown. Selected pods always are. */
  readonly wait?: boolean | undefined;
  /** The last so many lines of each container. */
  readonly tailLines?: number | undefined;
  readonly sinceSeconds?: number | undefined;
  /** RFC 3339. */
  readonly sinceTime?: string | undefined;
  /** Of the instance before the last restart. */
  readonly previous?: boolean | undefined;
  /** Of each container's log; the last line is cut there. */
  readonly limitBytes?: number | undefined;
  /** The limit counts the stamps that are shown too. */
  readonly limitCountsStamps?: boolean | undefined;
  /** More containers than this at once are refused (follow); no limit unless given. */
  readonly maxStreams?: number | undefined;
  /** What goes wrong with one container becomes a mark, and the others go on. */
  readonly ignoreErrors?: boolean | undefined;
}

export interface LogOptions {
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
  /** Lines that nobody has taken yet: kept in memory up to `memoryBytes`, then in a file up to `diskBytes`, then dropped. */
  readonly memoryBytes?: number | undefined;
  readonly diskBytes?: number | undefined;
}

/** Everything that has come since the last batch; up to a few thousand entries. Never empty. */
export type LogBatch = readonly LogEntry[];

/** Whole lines of one source as the server sent them, each with its time before it; see `LineBuffer`. */
export interface LogBlock {
  readonly type: "block";
  readonly source: LogSource;
  readonly bytes: Uint8Array;
  /** The last line has its line break. */
  readonly isWhole: boolean;
}

/**
 * Logs as they come.
 *
 * 1. Lines of one source come in the order in which the server has them, each once, over any number of
 *    reconnections; what can't be had is marked in its place.
 * 2. Without `follow`, lines of several sources are in the order of their times; with it, in the order of arrival.
 * 3. It is read once. The iteration ends after the last line, or after `close`; it throws the signal's reason when that
 *    aborts, and OrkaError for what a person has to know.
 */
export interface LogStream extends AsyncIterable<LogBatch>, AsyncDisposable {
  /** Those that joined so far and have not left. */
  readonly sources: readonly LogSource[];
  /** Instead of the iteration, for who needs no lines: in the same order, several times as fast. `older` knows nothing of it. */
  blocks(): AsyncIterable<readonly (LogBlock | LogMark)[]>;
  /**
   * Lines before the first one given so far (of one source, or of all), oldest first, at most `count` a source; a
   * restart's mark stands between two instances. Empty: there are none. Calls do not overlap.
   */
  older(count: number, options?: { readonly source?: LogSource | undefined }): Promise<LogBatch>;
  close(): void;
}
