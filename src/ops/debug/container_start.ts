/** Until a container runs, or will not. */
import { type Clock, OrkaError, systemClock } from "../../base/mod.ts";
import type { Client } from "../../client/mod.ts";
import { type ContainerStatus, type PodView, readPod } from "../target_pod.ts";

export interface ContainerStartOptions {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly timeoutMs: number;
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Why it waits, each time that changes. */
  readonly onWaiting?: ((why: string) => void) | undefined;
}

const POLL_MS = 200;

/** Its pod once it runs, or has ended already. Throws OrkaError `timeout`, or `not-found` for a pod that went. */
export async function containerStart(
  client: Client,
  options: ContainerStartOptions,
): Promise<{ readonly pod: PodView; readonly hasEnded: boolean }> {
  const { namespace, pod: name, container, timeoutMs, clock = systemClock, signal, onWaiting } = options;
  const deadlineMs = clock.monotonic() + timeoutMs;
  let told = "";
  for (;;) {
    const pod = await readPod(client, { namespace, name, signal });
    const state = statusesOf(pod).find((status) => status.name === container)?.state;
    if (state?.running !== undefined) return { pod, hasEnded: false };
    if (state?.terminated !== undefined) return { pod, hasEnded: true };
    const { reason = "", message = "" } = state?.waiting ?? {};
    const why = [reason, message].filter((text) => text !== "").join(": ");
    if (why !== told && message !== "") onWaiting?.(why);
    told = why;
    if (clock.monotonic() >= deadlineMs) {
      const since = why === "" ? "its node has not said why" : why;
      throw new OrkaError(
        "timeout",
        `container ${container} does not run after ${timeoutMs / 1000} s: ${since}`,
      );
    }
    await clock.sleep(POLL_MS, { signal });
  }
}

function statusesOf({ status }: PodView): readonly ContainerStatus[] {
  return [
    ...status?.containerStatuses ?? [],
    ...status?.ephemeralContainerStatuses ?? [],
    ...status?.initContainerStatuses ?? [],
  ];
}
