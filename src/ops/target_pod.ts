/** Which pod is meant: by its name, by a Service, or by what runs it. */
import { type Clock, OrkaError, systemClock } from "../base/mod.ts";
import { type Client, listObjects } from "../client/mod.ts";
import { readObject } from "../apply/mod.ts";
import {
  formatLabelSelector,
  groupResource,
  type KubeObject,
  type ObjectSelector,
  type Resource,
  selectorOfObject,
} from "../kube/mod.ts";
import { PODS, SERVICES } from "./builtin_kinds.ts";

/** An object whose pods are meant. */
export type PodTarget =
  | { readonly type: "pod"; readonly name: string }
  | { readonly type: "service"; readonly name: string }
  /** What has a `spec.selector`: Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, ReplicationController. */
  | { readonly type: "workload"; readonly resource: Resource; readonly name: string };

/** What is read of a pod. */
export interface PodView extends KubeObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly containers?: readonly PodContainer[];
    readonly initContainers?: readonly PodContainer[];
    readonly ephemeralContainers?: readonly PodContainer[];
    readonly [field: string]: unknown;
  };
  readonly status?: {
    readonly phase?: string;
    readonly startTime?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
  };
}

export interface PodContainer {
  readonly name: string;
  readonly stdin?: boolean;
  readonly tty?: boolean;
  readonly ports?: readonly {
    readonly name?: string;
    readonly containerPort: number;
    readonly protocol?: string;
  }[];
}

export interface ContainerStatus {
  readonly name: string;
  readonly restartCount?: number;
  readonly state?: {
    readonly running?: unknown;
    readonly terminated?: { readonly exitCode?: number; readonly reason?: string; readonly message?: string };
    readonly waiting?: { readonly reason?: string; readonly message?: string };
  };
}

export interface TargetPodOptions {
  readonly namespace: string;
  /** How long to wait for a pod that runs, ms; kubectl's minute unless given. Pods that were named are not waited for. */
  readonly podTimeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const POD_TIMEOUT_MS = 60_000;
const POLL_MS = 250;

/**
 * The pod that was named, as it is; of several the best: ready before running, young restarts last. Throws OrkaError
 * `not-found`, `invalid` (nothing that selects pods), `timeout` (none runs in time).
 */
export async function findTargetPod(
  client: Client,
  target: PodTarget,
  options: TargetPodOptions,
): Promise<PodView> {
  const { namespace, signal, clock = systemClock, podTimeoutMs = POD_TIMEOUT_MS } = options;
  if (target.type === "pod") return await readPod(client, { namespace, name: target.name, signal });
  const labelSelector = await podSelector(client, target, options);
  const deadlineMs = clock.monotonic() + podTimeoutMs;
  for (;;) {
    const pods = await listPods(client, { namespace, labelSelector, signal });
    const best = pods.filter(isRunning).sort(byFitness)[0];
    if (best !== undefined) return best;
    if (clock.monotonic() >= deadlineMs) throw noneRuns(target, { count: pods.length, podTimeoutMs });
    await clock.sleep(POLL_MS, { signal });
  }
}

/** Throws OrkaError `not-found`. */
export async function readPod(
  client: Client,
  { namespace, name, signal }: {
    readonly namespace: string;
    readonly name: string;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<PodView> {
  const pod = await readObject(client, { resource: PODS, namespace, name }, { signal });
  if (pod === null) throw notFound(PODS, name);
  return pod as PodView;
}

/** In the server's words, and said as the server's: what is read by name is not there. */
export function notFound(resource: Resource, name: string): OrkaError {
  return new OrkaError("not-found", `${groupResource(resource)} "${name}" not found`, {
    status: 404,
    reason: "NotFound",
  });
}

/** It runs and is not about to end. */
export function isRunning({ metadata, status }: PodView): boolean {
  return status?.phase === "Running" && metadata.deletionTimestamp === undefined;
}

export function isReady({ status }: PodView): boolean {
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

function byFitness(a: PodView, b: PodView): number {
  return Number(isReady(b)) - Number(isReady(a)) || restarts(a) - restarts(b) ||
    (a.status?.startTime ?? "").localeCompare(b.status?.startTime ?? "");
}

function restarts({ status }: PodView): number {
  return Math.max(0, ...(status?.containerStatuses ?? []).map(({ restartCount = 0 }) => restartCount));
}

async function podSelector(
  client: Client,
  target: Exclude<PodTarget, { type: "pod" }>,
  { namespace, signal }: TargetPodOptions,
): Promise<string> {
  const resource = target.type === "service" ? SERVICES : target.resource;
  const { name } = target;
  const object = await readObject(client, { resource, namespace, name }, { signal });
  if (object === null) throw notFound(resource, name);
  const selector = (object["spec"] as { selector?: ObjectSelector } | undefined)?.selector;
  const isPlain = target.type === "service" || resource.kind === "ReplicationController";
  const labels = isPlain
    ? selectorOfObject({ matchLabels: selector as Readonly<Record<string, string>> })
    : selectorOfObject(selector);
  if (labels.length > 0) return formatLabelSelector(labels);
  throw new OrkaError("invalid", `${resource.kind.toLowerCase()} "${name}" selects no pods`);
}

async function listPods(
  client: Client,
  options: {
    readonly namespace: string;
    readonly labelSelector: string;
    readonly signal: AbortSignal | undefined;
  },
): Promise<PodView[]> {
  const pods: PodView[] = [];
  await listObjects(client, PODS, {
    ...options,
    onRestart: () => void (pods.length = 0),
    onItem: (item) => void pods.push(item.parse() as PodView),
  });
  return pods;
}

function noneRuns(
  target: Exclude<PodTarget, { type: "pod" }>,
  { count, podTimeoutMs }: { readonly count: number; readonly podTimeoutMs: number },
): OrkaError {
  const what = target.type === "service" ? "service" : target.resource.kind.toLowerCase();
  const found = count === 0 ? "it has none" : `none of its ${count} runs`;
  const message = `timed out after ${
    podTimeoutMs / 1000
  } s waiting for a running pod of ${what} "${target.name}": ${found}`;
  return new OrkaError("timeout", message, { hint: "--pod-running-timeout waits longer" });
}
