/** What the cases of the suite share: a store of their own, short ways to write to it and to tell of events. */
import assert from "node:assert/strict";
import type { ManualClock } from "../../../base/mod.ts";
import { isStorageError, type StorageErrorKind } from "../errors.ts";
import type { ObjectKey, Storage, StorageEvent, Store, StoredObject } from "../interface.ts";
import type { Watcher } from "../watcher.ts";

export interface Fixture {
  readonly store: Store;
  readonly storage: Storage;
  readonly clock: ManualClock;
}

export type Cases = Readonly<Record<string, (fixture: Fixture) => Promise<void>>>;

export const PODS = { resource: "pods" };

export function pod(name: string, namespace = "ns"): ObjectKey {
  return { resource: "pods", namespace, name };
}

export function put(
  storage: Storage,
  key: ObjectKey,
  value = `{"name":"${key.name}"}`,
): Promise<StoredObject> {
  return storage.create(key, { value, uid: `uid-${key.name}` });
}

export function rewrite(storage: Storage, key: ObjectKey, value: string): Promise<StoredObject> {
  return storage.guaranteedUpdate(key, () => ({ value }));
}

export async function refused(promise: Promise<unknown>, kind: StorageErrorKind) {
  const error = await promise.then(() => undefined, (error) => error);
  assert.ok(isStorageError(error, kind), `wanted ${kind}, got ${error?.kind ?? error}`);
  return error;
}

export function names(items: readonly { readonly key: string }[]): string {
  return items.map((item) => item.key.split("/").slice(3).join("/")).join(" ");
}

/** The next `count` events; fails if the watcher ends before. */
export async function take(watcher: Watcher, count: number): Promise<StorageEvent[]> {
  const events: StorageEvent[] = [];
  while (events.length < count) {
    const batch = await watcher.next();
    assert.ok(batch, `the watcher ended after ${events.length} of ${count} events`);
    events.push(...batch);
  }
  assert.equal(events.length, count, `more events than expected: ${JSON.stringify(events)}`);
  return events;
}

export function brief(event: StorageEvent): string {
  if (event.type === "bookmark") return `bookmark@${event.revision}${event.initialEventsEnd ? " end" : ""}`;
  return `${event.type} ${names([event])}=${event.value}@${event.revision}`;
}

export async function briefs(watcher: Watcher, count: number): Promise<string[]> {
  return (await take(watcher, count)).map(brief);
}
