/** Storage in memory: ordered records and the log of events, which holds what older revisions need. */
import type { Clock } from "../../base/mod.ts";
import type { Backend, LogPage, RangePage, RangeQuery, Write, WriteResult } from "./backend.ts";
import { closed, compacted } from "./errors.ts";
import { Hub } from "./hub.ts";
import type { ChangeEvent, StoredObject } from "./interface.ts";
import type { KeyRange } from "./keys.ts";
import { MemoryLog } from "./memory_log.ts";
import { OrderedRecords } from "./ordered_records.ts";
import { compactionTarget, type Retention, revisionAt } from "./retention.ts";
import { tooLarge } from "./tenant_storage.ts";

/** Expired objects deleted in one slice of upkeep. */
const EXPIRY_SLICE = 500;

export class MemoryBackend implements Backend {
  readonly hub = new Hub(0);
  readonly #records = new OrderedRecords<StoredObject>();
  readonly #log = new MemoryLog();
  readonly #expiry = new Map<string, number>();
  readonly #clock: Clock;
  readonly #retention: Retention;

  constructor(clock: Clock, retention: Retention) {
    this.#clock = clock;
    this.#retention = retention;
  }

  revision(): Promise<number> {
    return Promise.resolve(this.#log.last);
  }

  compacted(): Promise<number> {
    return Promise.resolve(this.#log.compacted);
  }

  read(key: string): Promise<StoredObject | undefined> {
    if (this.hub.ended) return Promise.reject(closed());
    return Promise.resolve(this.#records.get(key));
  }

  // deno-lint-ignore require-await -- throws as a rejection
  async range({ range, after, limit, at }: RangeQuery): Promise<RangePage> {
    this.#check(at);
    const items: StoredObject[] = [];
    for (const object of this.#state(range, after, at)) {
      if (limit > 0 && items.length === limit) return { items, more: true, revision: at ?? this.#log.last };
      items.push(object);
    }
    return { items, more: false, revision: at ?? this.#log.last };
  }

  // deno-lint-ignore require-await -- throws as a rejection
  async count({ range, after, at }: Omit<RangeQuery, "limit">): Promise<number> {
    this.#check(at);
    if (at === undefined || at === this.#log.last) {
      return this.#records.count(startOf(range, after), range.to);
    }
    let count = 0;
    for (const _ of this.#state(range, after, at)) count++;
    return count;
  }

  write(write: Write): Promise<WriteResult> {
    if (this.hub.ended) return Promise.reject(closed());
    const current = this.#records.get(write.key);
    if ((current?.revision ?? 0) !== write.expected) return Promise.resolve({ done: false, current });
    return Promise.resolve({ done: true, object: this.#apply(write, current) });
  }

  // deno-lint-ignore require-await -- throws as a rejection
  async log(range: KeyRange, after: number, limit: number): Promise<LogPage> {
    if (after < this.#log.compacted) throw compacted(after, this.#log.compacted);
    const events: ChangeEvent[] = [];
    let through = after;
    for (const event of this.#log.after(after)) {
      through = event.revision;
      if (event.key.startsWith(range.prefix) && events.push(event) === limit) break;
    }
    return { events, through };
  }

  catchUp(): Promise<void> {
    return Promise.resolve();
  }

  revisionAt(timeMs: number): Promise<number> {
    return Promise.resolve(revisionAt(this.#log, timeMs));
  }

  // deno-lint-ignore require-await -- throws as a rejection
  async compact(revision: number): Promise<void> {
    if (revision > this.#log.last) throw tooLarge(revision, this.#log.last);
    this.#log.compact(revision);
  }

  maintain(): Promise<void> {
    const now = this.#clock.now();
    let deleted = 0;
    for (const [key, at] of this.#expiry) {
      if (at > now) continue;
      if (deleted++ === EXPIRY_SLICE) break;
      const current = this.#records.get(key)!;
      this.#apply({ key, expected: current.revision, uid: current.uid }, current);
    }
    this.#log.compact(compactionTarget(this.#log, this.#retention, now));
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.hub.end();
    return Promise.resolve();
  }

  #apply({ key, value, uid, expiresAt }: Write, current: StoredObject | undefined): StoredObject {
    const revision = this.#log.last + 1;
    const createRevision = current?.createRevision ?? revision;
    const object: StoredObject = { key, value: value ?? current!.value, uid, revision, createRevision };
    if (value === undefined) this.#records.delete(key);
    else this.#records.set(object);
    if (expiresAt !== undefined && value !== undefined) this.#expiry.set(key, expiresAt);
    else if (this.#expiry.size > 0) this.#expiry.delete(key);
    const event: ChangeEvent = {
      type: value === undefined ? "deleted" : current ? "modified" : "added",
      key,
      value: object.value,
      previousValue: value === undefined ? undefined : current?.value,
      uid,
      revision,
      createRevision,
    };
    this.#log.append({ event, previous: current, writtenAt: this.#clock.now(), ended: value === undefined });
    this.hub.publish(event);
    return object;
  }

  #check(at: number | undefined): void {
    if (this.hub.ended) throw closed();
    if (at === undefined) return;
    if (at > this.#log.last) throw tooLarge(at, this.#log.last);
    if (at < this.#log.compacted) throw compacted(at, this.#log.compacted);
  }

  /** The objects of a range as they were at a revision: today's, with what happened since undone. */
  #state(range: KeyRange, after: string | undefined, at: number | undefined): Iterable<StoredObject> {
    const now = this.#records.range(startOf(range, after), range.to);
    if (at === undefined || at === this.#log.last) return now;
    return mergeOlder(now, this.#log.undo(range, after, at), at);
  }
}

function startOf(range: KeyRange, after: string | undefined): string {
  return after === undefined ? range.from : `${after}\0`;
}

/** Objects not written since `at`, and in their places the former ones of those that were. */
function* mergeOlder(now: Iterable<StoredObject>, older: readonly StoredObject[], at: number) {
  let next = 0;
  for (const object of now) {
    if (object.revision > at) continue;
    while (next < older.length && older[next]!.key < object.key) yield older[next++]!;
    yield object;
  }
  while (next < older.length) yield older[next++]!;
}
