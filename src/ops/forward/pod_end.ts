/** The moment from which a pod takes no connections any more. */
import { backoffMs, type Clock, OrkaError } from "../../base/mod.ts";
import { type Client, watchObjects } from "../../client/mod.ts";
import { PODS } from "../builtin_kinds.ts";
import { isRunning, type PodView, readPod } from "../target_pod.ts";

export interface PodEndOptions {
  readonly namespace: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Resolves with why when the pod is deleted, about to be, replaced, or has ended. Never where the server lets nobody
 * watch: the connection's own end tells then. Rejects when the signal is aborted.
 */
export async function podEnd(client: Client, pod: PodView, options: PodEndOptions): Promise<OrkaError> {
  const { namespace, clock, signal } = options;
  const { name } = pod.metadata;
  for (let attempt = 0;; attempt++) {
    try {
      const now = await readPod(client, { namespace, name, signal });
      const why = endOf(now, pod);
      if (why !== null) return why;
      const seen = await watchedEnd(client, pod, { ...options, from: now.metadata.resourceVersion ?? "" });
      if (seen.why !== null) return seen.why;
      if (seen.wasOpen) attempt = 0;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OrkaError && error.code === "not-found") return error;
    }
    await clock.sleep(backoffMs(attempt, { baseMs: 500, maxMs: 30_000, random: Math.random }), { signal });
  }
}

async function watchedEnd(
  client: Client,
  pod: PodView,
  { namespace, clock, signal, from }: PodEndOptions & { readonly from: string },
): Promise<{ readonly why: OrkaError | null; readonly wasOpen: boolean }> {
  let why: OrkaError | null = null;
  let wasOpen = false;
  const seen = new AbortController();
  const stop = () => seen.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    await watchObjects(client, PODS, {
      namespace,
      fieldSelector: `metadata.name=${pod.metadata.name}`,
      resourceVersion: from,
      clock,
      signal: seen.signal,
      onOpen: () => wasOpen = true,
      onItem: (type, item) => {
        why ??= type === "DELETED" ? gone(pod) : endOf(item.parse() as PodView, pod);
        if (why !== null) seen.abort();
      },
    });
  } finally {
    signal.removeEventListener("abort", stop);
  }
  signal.throwIfAborted();
  return { why, wasOpen };
}

function endOf(now: PodView, pod: PodView): OrkaError | null {
  const { name, uid } = pod.metadata;
  if (now.metadata.uid !== uid) return gone(pod);
  if (isRunning(now)) return null;
  const what = now.metadata.deletionTimestamp === undefined ? `is ${now.status?.phase}` : "is being deleted";
  return new OrkaError("unreachable", `pod "${name}" ${what}`);
}

function gone({ metadata }: PodView): OrkaError {
  return new OrkaError("unreachable", `pod "${metadata.name}" was deleted`);
}
