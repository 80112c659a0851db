/**
 * Group commit: writes that wait at the same time share one transaction and one sync.
 *
 * 1. A write is answered only after the sync that covers it.
 * 2. Revisions are given out inside the transaction, so they have no gaps and no order but the commits'.
 * 3. A transaction that fails answers every write in it with the error, and nothing of it happened.
 * 4. A sync that fails breaks the writer for good: what the disk holds is then unknown.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Clock } from "../../base/mod.ts";
import type { Write, WriteResult } from "./backend.ts";
import { closed, StorageError } from "./errors.ts";
import type { ChangeEvent, StoredObject } from "./interface.ts";
import { sqliteError } from "./sqlite_error.ts";
import type { SqliteReader } from "./sqlite_reader.ts";
import type { LogSync } from "./wal_sync.ts";
import type { WriteLock } from "./write_lock.ts";

/** A transaction's bounds: with them it holds the lock for about 5 ms at most. */
const MAX_BATCH = 256;
const MAX_BATCH_CHARS = 4 * 1024 * 1024;

/** Tries of a transaction that finds SQLite itself locked (another process recovers the log). */
const BUSY_TRIES = 20;

interface Waiting {
  readonly write: Write;
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (error: unknown) => void;
}

export interface WriterParts {
  readonly db: DatabaseSync;
  readonly reader: SqliteReader;
  readonly lock: WriteLock;
  /** Absent: commits survive the process, not a power cut. */
  readonly sync: LogSync | undefined;
  readonly clock: Clock;
  readonly path: string;
  /** After each commit, before the sync. */
  readonly onCommit: () => void;
  /** After the sync, in order: everything up to the last event is durable. */
  readonly onDurable: (events: readonly ChangeEvent[]) => void;
}

export class SqliteWriter {
  readonly #parts: WriterParts;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #tail: StatementSync;
  readonly #append: StatementSync;
  readonly #point: StatementSync;
  readonly #drop: StatementSync;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #syncing: Promise<void> | undefined;
  #unsyncedFrom = Infinity;
  #broken: StorageError | undefined;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    const { db } = parts;
    this.#begin = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
    this.#rollback = db.prepare("ROLLBACK");
    this.#tail = db.prepare("SELECT rev, total FROM log ORDER BY rev DESC LIMIT 1");
    this.#append = db.prepare("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    this.#point = db.prepare(
      "INSERT INTO objects VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET rev = excluded.rev, expires = excluded.expires",
    );
    this.#drop = db.prepare("DELETE FROM objects WHERE key = ?");
  }

  /** Set while a slow sync is under way: what is visible may not be durable before it resolves. */
  get syncing(): Promise<void> | undefined {
    return this.#syncing;
  }

  /** The first of our own revisions that isn't known to be durable. */
  get unsyncedFrom(): number {
    return this.#unsyncedFrom;
  }

  get broken(): StorageError | undefined {
    return this.#broken;
  }

  write(write: Write): Promise<WriteResult> {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#queue.push({ write, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Runs `work` in a transaction under the write lock; for upkeep. */
  async exclusive<T>(work: () => T): Promise<T> {
    await this.#takeLock();
    try {
      return await this.#transaction(work);
    } finally {
      this.#parts.lock.release();
    }
  }

  /** Answers what waits, then refuses everything. */
  async close(): Promise<void> {
    while (this.#running) await this.#running;
    this.#broken = closed();
  }

  async #run(): Promise<void> {
    await nextTurn(); // requests that are already here join the first batch
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch();
      try {
        if (this.#broken) throw this.#broken;
        await this.#writeBatch(batch);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
      if (this.#queue.length === 0) await Promise.resolve(); // those just answered may write again
    }
    this.#running = undefined;
  }

  #takeBatch(): Waiting[] {
    let chars = 0;
    let count = 0;
    while (count < this.#queue.length && count < MAX_BATCH && chars < MAX_BATCH_CHARS) {
      chars += this.#queue[count++]!.write.value?.length ?? 0;
    }
    return this.#queue.splice(0, count);
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    const events: ChangeEvent[] = [];
    const results = await this.#commitBatch(batch, events);
    if (events.length > 0) {
      this.#parts.onCommit();
      await this.#makeDurable();
      this.#parts.onDurable(events);
    } else if (this.#syncing) await this.#syncing;
    for (const [index, { resolve }] of batch.entries()) resolve(results[index]!);
  }

  async #commitBatch(batch: readonly Waiting[], events: ChangeEvent[]): Promise<WriteResult[]> {
    await this.#takeLock();
    try {
      return await this.#transaction(() => {
        events.length = 0;
        const tail = (this.#tail.get() ?? { rev: 0, total: 0 }) as unknown as Tail;
        const state = { rev: tail.rev, total: tail.total, at: this.#parts.clock.now() };
        const results = batch.map(({ write }) => this.#apply(write, state, events));
        if (events.length > 0) this.#unsyncedFrom = events[0]!.revision;
        return results;
      });
    } catch (error) {
      this.#unsyncedFrom = Infinity;
      throw error;
    } finally {
      this.#parts.lock.release();
    }
  }

  async #takeLock(): Promise<void> {
    try {
      if (!this.#parts.lock.tryTake()) await this.#parts.lock.take(this.#parts.clock);
    } catch (error) {
      if (error instanceof StorageError) throw error;
      throw new StorageError("unavailable", `Cannot lock the store ${this.#parts.path}`, { cause: error });
    }
  }

  async #transaction<T>(work: () => T): Promise<T> {
    for (let tries = 1;; tries++) {
      try {
        this.#begin.run();
        const result = work();
        this.#commit.run();
        return result;
      } catch (error) {
        this.#undo();
        const failure = sqliteError(error, this.#parts.path);
        if (failure.kind !== "busy" || tries === BUSY_TRIES) throw failure;
      }
      await this.#parts.clock.sleep(tries);
    }
  }

  #undo(): void {
    try {
      this.#rollback.run();
    } catch {
      // SQLite has already rolled back: a full disk does that by itself.
    }
  }

  #apply(write: Write, tail: Tail & { readonly at: number }, events: ChangeEvent[]): WriteResult {
    const { key, value, uid } = write;
    const current = this.#parts.reader.read(key);
    if ((current?.revision ?? 0) !== write.expected) return { done: false, current };
    const revision = ++tail.rev;
    const createRevision = current?.createRevision ?? revision;
    tail.total += value?.length ?? 0;
    this.#append.run(revision, key, write.expected, createRevision, tail.at, tail.total, uid, value ?? null);
    if (value === undefined) this.#drop.run(key);
    else this.#point.run(key, revision, write.expiresAt ?? null);
    const object: StoredObject = { key, value: value ?? current!.value, uid, revision, createRevision };
    const type = value === undefined ? "deleted" : current ? "modified" : "added";
    events.push({ type, ...object, previousValue: type === "modified" ? current!.value : undefined });
    return { done: true, object };
  }

  async #makeDurable(): Promise<void> {
    const { sync } = this.#parts;
    try {
      if (!sync) return;
      if (!sync.isSlow) sync.now();
      else {
        this.#syncing = sync.later();
        this.#syncing.catch(() => {}); // readers that wait for it get the failure; without them it is thrown below
        await this.#syncing;
      }
    } catch (error) {
      this.#broken = new StorageError(
        "unavailable",
        `The disk of ${this.#parts.path} failed to keep a write; open the store again to see what it holds`,
        { cause: error },
      );
      throw this.#broken;
    } finally {
      this.#syncing = undefined;
      this.#unsyncedFrom = Infinity;
    }
  }
}

interface Tail {
  rev: number;
  total: number;
}

/** A turn of the event loop: 3 us, where a timer of 0 ms takes 2 ms. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
