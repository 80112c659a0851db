/** One request for a container's log. Lines always come with their times: the reader takes them off again. */
import { type Clock, OrkaError } from "../../base/mod.ts";
import { type Client, queryPath, readChunks } from "../../client/mod.ts";
import { resourcePath } from "../../kube/mod.ts";
import type { LogSource } from "./log_entry.ts";
import { PODS } from "../builtin_kinds.ts";

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod */
export interface LogQuery {
  readonly follow?: boolean | undefined;
  readonly previous?: boolean | undefined;
  readonly tailLines?: number | undefined;
  readonly sinceSeconds?: number | undefined;
  readonly sinceTime?: string | undefined;
}

export interface RequestLogOptions {
  readonly query: LogQuery;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** The server accepted the request. */
  readonly onOpen?: (() => void) | undefined;
  /** Lent until it returns; what it gives is waited for. */
  readonly onChunk: (chunk: Uint8Array) => void | Promise<void>;
}

/** Milliseconds without a byte after which a log that is not followed counts as lost. */
const IDLE_MS = 60_000;

/** Reads to the end. Throws OrkaError, or the signal's reason. */
export async function requestLog(
  client: Client,
  source: Pick<LogSource, "namespace" | "pod" | "container">,
  { query, signal, clock, onOpen, onChunk }: RequestLogOptions,
): Promise<void> {
  const follows = query.follow === true;
  const response = await client.request(logPath(source, query), {
    accept: "text/plain, */*",
    lane: follows ? "watch" : "unary",
    // A node answers a follower with the first line, which may be hours away.
    ...(follows ? { timeoutMs: 0 } : {}),
    signal,
  });
  onOpen?.();
  await readChunks(response, onChunk, { signal, clock, idleMs: follows ? 0 : IDLE_MS });
}

function logPath(
  { namespace, pod, container }: Pick<LogSource, "namespace" | "pod" | "container">,
  query: LogQuery,
): string {
  return queryPath(resourcePath(PODS, { namespace, name: pod, subresource: "log" }), {
    container,
    timestamps: "true",
    follow: query.follow ? "true" : undefined,
    previous: query.previous ? "true" : undefined,
    tailLines: query.tailLines === undefined ? undefined : String(query.tailLines),
    sinceSeconds: query.sinceSeconds === undefined ? undefined : String(query.sinceSeconds),
    sinceTime: query.sinceTime,
  });
}

/** Codes after which another try may go well. */
const PASSING = new Set(["unreachable", "timeout", "server", "throttled", "protocol"]);

/**
 * Whether another try may go well. `hasWorked`: the server was reached before, so that a handshake that fails is a
 * connection that was cut in the middle of one.
 */
export function isPassing(error: unknown, { hasWorked = false } = {}): error is OrkaError {
  if (!(error instanceof OrkaError)) return false;
  return PASSING.has(error.code) || (hasWorked && error.code === "tls");
}
