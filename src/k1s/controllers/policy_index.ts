/**
 * Namespaces that may have quotas, limit ranges or disruption budgets: most have none, and a write there asks the
 * store for none. What another process makes counts here once its event has come, within 25 ms; the real server's
 * admission follows its informers in the same way.
 *
 * 1. A namespace that had one stays: asking in vain is harmless.
 */
import type { Change } from "../registry/resource_store.ts";
import { isStorageError, parseKey, type Storage, type Watcher } from "../storage/mod.ts";

export const [QUOTAS, LIMIT_RANGES, BUDGETS] = [
  "resourcequotas",
  "limitranges",
  "poddisruptionbudgets.policy",
] as const;
export type Policy = typeof QUOTAS | typeof LIMIT_RANGES | typeof BUDGETS;

export class PolicyIndex {
  readonly #storage: Storage;
  readonly #namespaces = new Map<string, Set<string>>(
    [QUOTAS, LIMIT_RANGES, BUDGETS].map((policy) => [policy, new Set()]),
  );
  readonly #watchers: Watcher[] = [];
  readonly #following: Promise<void>[] = [];

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Reads what there is and follows what comes. */
  async load(): Promise<void> {
    for (const [resource, namespaces] of this.#namespaces) {
      const watcher = this.#storage.watch({ resource }, { from: "now" });
      this.#watchers.push(watcher);
      this.#following.push(this.#follow(watcher, namespaces));
      for (const { key } of (await this.#storage.list({ resource })).items) {
        namespaces.add(parseKey(key).namespace);
      }
    }
  }

  /** A write of this process, which its watcher has yet to hear of. */
  note({ resource, name, type }: Change): void {
    if (type === "created") this.#namespaces.get(resource.storageName)?.add(name.namespace);
  }

  /** False: there is none. */
  mayHave(policy: Policy, namespace: string): boolean {
    const namespaces = this.#namespaces.get(policy)!;
    return namespace === "" ? namespaces.size > 0 : namespaces.has(namespace);
  }

  async close(): Promise<void> {
    for (const watcher of this.#watchers) watcher.close();
    await Promise.all(this.#following);
  }

  async #follow(watcher: Watcher, namespaces: Set<string>): Promise<void> {
    try {
      for await (const event of watcher) {
        if (event.type === "added") namespaces.add(parseKey(event.key).namespace);
      }
    } catch (error) {
      if (!isStorageError(error)) throw error;
    }
  }
}
