/** From the flags of `orka logs` to what the library reads. */
import { OrkaError } from "../../base/mod.ts";
import { parseGoDuration, parseResourceArgs } from "../../kube/mod.ts";
import type { LogSpec, LogTarget } from "../../ops/mod.ts";
import type { Cluster } from "../cluster.ts";
import type { Call, FlagValues } from "../parse.ts";

/** kubectl's defaults for selections. */
const SELECTED_TAIL = 10;
const SELECTED_STREAMS = 5;

/** What the positional arguments say. */
export interface LogArguments {
  readonly target: LogTarget | { readonly type: "query"; readonly query: string };
  /** The second argument, as kubectl takes it. */
  readonly container: string | null;
}

/** Throws OrkaError `usage`, in kubectl's words where it has some, or `unknown-kind`. */
export async function logArguments(cluster: Cluster, { args, flags }: Call): Promise<LogArguments> {
  const labelSelector = flags.text("selector");
  const namespace = flags.on("all-namespaces") ? null : cluster.namespace;
  if (labelSelector !== undefined) {
    if (args.length > 0) {
      throw new OrkaError("usage", "only a selector (-l) or a POD name is allowed");
    }
    return { target: { type: "selector", namespace, labelSelector }, container: null };
  }
  if (args.length === 0) throw noTarget();
  if (isQuery(args)) return { target: { type: "query", query: args.join(" ") }, container: null };
  if (namespace === null) {
    throw new OrkaError("usage", "a resource cannot be retrieved by name across all namespaces");
  }
  const [first, second] = args as [string, string?];
  if (!first.includes("/")) {
    if (args.length > 2) throw noTarget();
    return { target: { type: "pods", pods: [{ namespace, name: first }] }, container: second ?? null };
  }
  const [found, ...more] = await cluster.resolve((resources) => parseResourceArgs([first], resources));
  if (found?.name === undefined || more.length > 0 || args.length > 2) throw noTarget();
  const { resource, name } = found;
  if (resource.group === "" && resource.kind === "Pod") {
    return { target: { type: "pods", pods: [{ namespace, name }] }, container: second ?? null };
  }
  const where = resource.namespaced ? namespace : "";
  return { target: { type: "workload", resource, namespace: where, name }, container: second ?? null };
}

/** No name has a colon, a space or a star; two words are a pod and its container. */
function isQuery(args: readonly string[]): boolean {
  return args.length > 2 || args.some((arg) => /[:\s*?()!"]/.test(arg));
}

function noTarget(): OrkaError {
  return new OrkaError("usage", "expected 'logs POD', 'logs KIND/NAME', 'logs -l SELECTOR' or 'logs QUERY'", {
    hint: "For example: orka logs web-0, orka logs deploy/web -f, orka logs -l app=web.",
  });
}

/** Throws OrkaError `usage`, in kubectl's words, for flags that contradict each other. */
export function logSpec(flags: FlagValues, { target, container }: {
  readonly target: LogTarget;
  readonly container: string | null;
}): LogSpec {
  const names = container === null ? flags.list("container") : [container, ...flags.list("container")];
  const isAll = flags.on("all-containers");
  if (isAll && names.length > 0) {
    throw new OrkaError("usage", "--all-containers=true should not be specified with container name");
  }
  const [since, sinceTime] = [flags.text("since"), flags.text("since-time")];
  if (since !== undefined && sinceTime !== undefined) {
    throw new OrkaError("usage", "only one of --since-time / --since may be used");
  }
  if (flags.on("follow") && flags.on("previous")) {
    throw new OrkaError("usage", "only one of follow (-f) or previous (-p) is allowed", {
      hint: "-f goes through restarts; -p reads the instance before the last one.",
    });
  }
  const isSelected = target.type === "selector";
  const limitBytes = wholeNumber(flags, "limit-bytes");
  if (limitBytes !== undefined && limitBytes < 0) {
    throw new OrkaError("usage", "--limit-bytes must be greater than 0");
  }
  return {
    target,
    containers: isAll ? "all" : names.length > 0 ? names : "default",
    follow: flags.on("follow"),
    previous: flags.on("previous"),
    tailLines: isSelected && !flags.given("tail") ? SELECTED_TAIL : tailLines(flags),
    sinceSeconds: since === undefined ? undefined : seconds(since),
    sinceTime: sinceTime === undefined ? undefined : rfc3339(sinceTime),
    limitBytes: limitBytes === 0 ? undefined : limitBytes,
    limitCountsStamps: flags.on("timestamps"),
    maxStreams: flags.count("max-log-requests") ?? (isSelected ? SELECTED_STREAMS : undefined),
    ignoreErrors: flags.on("ignore-errors"),
  };
}

/** -1: all. */
function tailLines(flags: FlagValues): number | undefined {
  const tail = wholeNumber(flags, "tail");
  if (tail === undefined) return undefined;
  if (tail < -1) throw new OrkaError("usage", "--tail must be greater than or equal to -1");
  return tail === -1 ? undefined : tail;
}

function wholeNumber(flags: FlagValues, name: string): number | undefined {
  const text = flags.text(name);
  if (text === undefined) return undefined;
  if (!/^-?\d{1,15}$/.test(text)) {
    throw new OrkaError("usage", `invalid argument "${text}" for "--${name}"`, { hint: "A whole number." });
  }
  return Number(text);
}

/** Rounded up, as kubectl does. */
function seconds(text: string): number {
  const ms = parseGoDuration(text);
  if (ms === null || ms <= 0) {
    throw new OrkaError("usage", `invalid argument "${text}" for "--since"`, { hint: "As 5s, 2m or 3h." });
  }
  return Math.ceil(ms / 1000);
}

function rfc3339(text: string): string {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)$/.test(text)) return text;
  throw new OrkaError("usage", `invalid argument "${text}" for "--since-time"`, {
    hint: "A time as 2026-08-01T10:00:00Z.",
  });
}
