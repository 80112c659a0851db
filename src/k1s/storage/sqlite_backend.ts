/**
 * Storage in a SQLite file that several processes may hold open at once.
 *
 * SQLite runs on the caller's thread: a read takes 6 us, a transaction of one write 30 us, and the only slow part,
 * the sync, leaves the thread when the disk is slow. A Worker would add two messages to every call, 12 MB and
 * 12 ms of start-up.
 */
import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../base/mod.ts";
import type { Backend, LogPage, RangePage, RangeQuery, Write, WriteResult } from "./backend.ts";
import type { Bell } from "./bell.ts";
import { closed } from "./errors.ts";
import { Hub } from "./hub.ts";
import type { ChangeEvent, StoredObject } from "./interface.ts";
import type { KeyRange } from "./keys.ts";
import type { Retention } from "./retention.ts";
import { sqliteError } from "./sqlite_error.ts";
import { SqliteReader } from "./sqlite_reader.ts";
import { SqliteUpkeep } from "./sqlite_upkeep.ts";
import { nextTurn, SqliteWriter } from "./sqlite_writer.ts";
import { tooLarge } from "./tenant_storage.ts";
import type { WalSync } from "./wal_sync.ts";
import type { WriteLock } from "./write_lock.ts";

/** Rows of the log published in one turn: 2-5 ms. */
const CATCH_UP_PAGE = 1_000;

const EVERYTHING: KeyRange = { prefix: "/", from: "/", to: "0" };

export interface SqliteParts {
  readonly db: DatabaseSync;
  readonly lock: WriteLock;
  readonly sync: WalSync | undefined;
  readonly bell: Bell;
  readonly clock: Clock;
  readonly retention: Retention;
  readonly path: string;
}

export class SqliteBackend implements Backend {
  readonly hub: Hub;
  readonly #parts: SqliteParts;
  readonly #reader: SqliteReader;
  readonly #writer: SqliteWriter;
  readonly #upkeep: SqliteUpkeep;
  #dataVersion: number;
  #closed = false;

  constructor(parts: SqliteParts) {
    this.#parts = parts;
    this.#reader = new SqliteReader(parts.db);
    this.#writer = new SqliteWriter({
      ...parts,
      reader: this.#reader,
      onCommit: () => parts.bell.ring(),
      onDurable: (events) => this.#onDurable(events),
    });
    this.#upkeep = new SqliteUpkeep(parts.db, this.#reader, this.#writer, parts.retention);
    this.#dataVersion = this.#reader.dataVersion();
    this.hub = new Hub(this.#reader.newest(), (watched) => this.#onInterest(watched));
  }

  revision(): Promise<number> {
    return this.#durably(() => this.#reader.newest());
  }

  compacted(): Promise<number> {
    return this.#durably(() => this.#reader.compacted());
  }

  read(key: string): Promise<StoredObject | undefined> {
    return this.#durably(() => this.#reader.read(key));
  }

  range(query: RangeQuery): Promise<RangePage> {
    return this.#durably(() => this.#reader.range(query));
  }

  count(query: Omit<RangeQuery, "limit">): Promise<number> {
    return this.#durably(() => this.#reader.count(query));
  }

  write(write: Write): Promise<WriteResult> {
    return this.#closed ? Promise.reject(closed()) : this.#writer.write(write);
  }

  log(range: KeyRange, after: number, limit: number): Promise<LogPage> {
    return this.#durably(() => {
      const through = this.hub.published;
      const events = this.#reader.events(range, { after, through }, limit);
      return { events, through: events.length === limit ? events.at(-1)!.revision : through };
    });
  }

  async catchUp(): Promise<void> {
    while (this.#publishSlice()) await nextTurn();
  }

  revisionAt(timeMs: number): Promise<number> {
    return this.#durably(() => this.#upkeep.revisionAt(timeMs));
  }

  async compact(revision: number): Promise<void> {
    const newest = await this.revision();
    if (revision > newest) throw tooLarge(revision, newest);
    await this.#upkeep.compact(revision);
  }

  async maintain(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#upkeep.maintain(this.#parts.clock.now());
    } catch (error) {
      throw sqliteError(error, this.#parts.path);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const { db, lock, sync, bell } = this.#parts;
    bell.stop();
    await this.#writer.close();
    this.hub.end();
    sync?.[Symbol.dispose]();
    bell[Symbol.dispose]();
    db.close();
    lock[Symbol.dispose]();
  }

  /** A read's answer waits for the sync of what it may show: nobody acts on a write that a power cut could undo. */
  async #durably<T>(read: () => T): Promise<T> {
    if (this.#closed) throw closed();
    if (this.#writer.broken) throw this.#writer.broken;
    let result: T;
    try {
      result = read();
    } catch (error) {
      throw sqliteError(error, this.#parts.path);
    }
    if (this.#writer.syncing) await this.#writer.syncing;
    return result;
  }

  #onDurable(events: readonly ChangeEvent[]): void {
    if (!this.hub.watched) this.hub.skipTo(events.at(-1)!.revision);
    else if (events[0]!.revision === this.hub.published + 1) {
      for (const event of events) this.hub.publish(event);
    } else void this.catchUp().catch(() => {}); // others wrote in between; the log has both
    let chars = 0;
    for (const event of events) chars += event.value.length;
    this.#upkeep.noteCommit(events.length, chars);
    if (this.#upkeep.checkpointDue) setImmediate(() => this.#checkpoint());
  }

  #checkpoint(): void {
    try {
      if (!this.#closed) this.#upkeep.checkpointIfDue();
    } catch {
      // Busy, or the disk is full: the log keeps everything, and the next one tries again.
    }
  }

  #onInterest(watched: boolean): void {
    if (this.#closed) return;
    if (!watched) return this.#parts.bell.stop();
    this.hub.skipTo(Math.min(this.#reader.newest(), this.#writer.unsyncedFrom - 1));
    this.#parts.bell.listen(() => this.#onRing());
  }

  #onRing(): boolean {
    if (this.#closed) return false;
    try {
      const version = this.#reader.dataVersion();
      if (version === this.#dataVersion) return false;
      this.#dataVersion = version;
    } catch {
      return false; // locked for recovery: the poll comes again
    }
    void this.catchUp().catch(() => {});
    return true;
  }

  /** Publishes some of what is in the log, durable and not yet published; true if there is more. */
  #publishSlice(): boolean {
    if (this.#closed) return false;
    const through = Math.min(this.#reader.newest(), this.#writer.unsyncedFrom - 1);
    if (!this.hub.watched) this.hub.skipTo(through);
    if (this.hub.published >= through) return false;
    const span = { after: this.hub.published, through };
    for (const event of this.#reader.events(EVERYTHING, span, CATCH_UP_PAGE)) this.hub.publish(event);
    return this.hub.published < through;
  }
}
