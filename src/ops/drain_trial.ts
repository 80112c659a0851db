/** What the server says to the evictions of a plan now, without doing one of them. */
import { OrkaError } from "../base/mod.ts";
import type { Client } from "../client/mod.ts";
import type { DrainPlan } from "./drain_plan.ts";
import { evict, type EvictionOptions } from "./eviction.ts";

/** Trials at a time. */
const MAX_AT_ONCE = 8;

/**
 * Refusals by the pod's uid: a budget that holds it now, a right that is missing. Each eviction is tried by itself, so
 * what is taken for one may be refused for the next: budgets count.
 */
export async function tryEvictions(
  client: Client,
  { evict: pods }: Pick<DrainPlan, "evict">,
  options: EvictionOptions & { readonly signal?: AbortSignal | undefined },
): Promise<ReadonlyMap<string, OrkaError>> {
  const refusals = new Map<string, OrkaError>();
  const queue = [...pods];
  const work = async () => {
    for (let pod = queue.shift(); pod !== undefined; pod = queue.shift()) {
      try {
        await evict(client, pod, { ...options, dryRun: true });
      } catch (error) {
        options.signal?.throwIfAborted();
        if (!(error instanceof OrkaError)) throw error;
        if (error.code !== "not-found") refusals.set(pod.uid, error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(MAX_AT_ONCE, queue.length) }, work));
  return refusals;
}
