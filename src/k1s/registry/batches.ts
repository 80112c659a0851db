/** Work on many objects, as when a collection or a namespace is deleted. */
import { nextTurn } from "../storage/mod.ts";

/** So many at once share a transaction and a sync; more would only make others wait. */
const AT_ONCE = 64;

/**
 * Does `work` on every item, some at a time and a turn of the event loop between, so that thousands keep nobody else
 * waiting. What fails is thrown once its batch is over; later items are left.
 */
export async function inBatches<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const batch = await Promise.allSettled(items.slice(from, from + AT_ONCE).map(work));
    const failed = batch.find(({ status }) => status === "rejected");
    if (failed) throw (failed as PromiseRejectedResult).reason;
    await nextTurn();
  }
}
