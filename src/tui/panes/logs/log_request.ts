/** Whose logs a pane shows and how much of them; the same as a command line. */
import type { LogSpec, LogTarget } from "../../../ops/mod.ts";
import type { ObjectRef } from "../../../engine/protocol.ts";
import { groupResource } from "../../../kube/mod.ts";
import { objectCommand, quoteWord } from "../../command_line.ts";
import { filterFlags } from "./log_filter.ts";

export interface LogRequest {
  /** Pods, workloads, or both: all that were marked. */
  readonly objects: readonly ObjectRef[];
  /** default: each pod's default one. */
  readonly containers: LogSpec["containers"];
  readonly previous: boolean;
}

/** How much is read at first. `tail` and `head` count lines and bytes, the rest is a time before now. */
export interface LogStart {
  /** `tail`, `head`, `5m`: what the pane says. */
  readonly name: string;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly limitBytes?: number;
  readonly follow: boolean;
}

/** More than a screen, and less than a second to fetch. */
const TAIL_LINES = 500;
const HEAD_BYTES = 512 * 1024;

/** The keys 0 to 6, as in k9s. */
export const LOG_STARTS: readonly LogStart[] = [
  { name: "tail", tailLines: TAIL_LINES, follow: true },
  { name: "head", limitBytes: HEAD_BYTES, follow: false },
  { name: "1m", sinceSeconds: 60, follow: true },
  { name: "5m", sinceSeconds: 300, follow: true },
  { name: "15m", sinceSeconds: 900, follow: true },
  { name: "30m", sinceSeconds: 1800, follow: true },
  { name: "1h", sinceSeconds: 3600, follow: true },
];

/** One spec for the pods together, and one for each workload. */
export function logSpecs(
  { objects, containers, previous }: LogRequest,
  start: Omit<LogStart, "name">,
  sinceTime: string | null,
): readonly LogSpec[] {
  const pods = objects.filter(isPod).map(({ namespace, name }) => ({ namespace, name }));
  const targets: LogTarget[] = [
    ...(pods.length > 0 ? [{ type: "pods", pods } as const] : []),
    ...objects.filter((object) => !isPod(object)).map((object) => ({ type: "workload", ...object } as const)),
  ];
  const { tailLines, sinceSeconds, limitBytes } = start;
  const amount = sinceTime !== null ? { sinceTime } : { tailLines, sinceSeconds, limitBytes };
  const follow = start.follow && !previous;
  return targets.map((target) => ({
    target,
    containers,
    previous,
    follow,
    wait: follow,
    ignoreErrors: objects.length > 1,
    ...amount,
  }));
}

function isPod({ resource }: ObjectRef): boolean {
  return groupResource(resource) === "pods";
}

/** `web-0`, or how many of what. */
export function requestText({ objects, containers }: LogRequest): string {
  const [first] = objects;
  if (first === undefined) return "";
  const kinds = new Set(objects.map(({ resource }) => resource.plural));
  const what = objects.length === 1
    ? first.name
    : `${objects.length} ${kinds.size === 1 ? first.resource.plural : "objects"}`;
  return Array.isArray(containers) ? `${what} ${containers.join(",")}` : what;
}

export function requestCommand(
  { objects, containers, previous }: LogRequest,
  { start, timestamps, filter, context }: {
    readonly start: LogStart;
    readonly timestamps: boolean;
    /** As typed after `&`. */
    readonly filter: string;
    readonly context: string;
  },
): string {
  const flags = [
    ...(Array.isArray(containers) ? containers.map((name) => `-c ${name}`) : []),
    ...(containers === "all" ? ["--all-containers"] : []),
    ...(start.tailLines === undefined ? [] : [`--tail=${start.tailLines}`]),
    ...(start.sinceSeconds === undefined ? [] : [`--since=${start.name}`]),
    ...(start.limitBytes === undefined ? [] : [`--limit-bytes=${start.limitBytes}`]),
    ...(previous ? ["--previous"] : start.follow ? ["-f"] : []),
    ...(timestamps ? ["--timestamps"] : []),
    ...filterFlags(filter).map(quoteWord),
  ];
  return objects.map((object) => objectCommand(["logs", ...flags].join(" "), object, { context })).join(
    " & ",
  );
}
