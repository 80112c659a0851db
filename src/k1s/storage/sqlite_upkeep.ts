/** Upkeep of the SQLite file in small slices: none holds the write lock for more than a few milliseconds. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { SqliteReader } from "./sqlite_reader.ts";
import { nextTurn, type SqliteWriter } from "./sqlite_writer.ts";
import { compactionTarget, type LogFacts, type Retention, revisionAt } from "./retention.ts";

/** Revisions looked at in one transaction: 1-3 ms. */
const PURGE_SLICE = 500;
/** Compacting fewer than this isn't worth a write. */
const WORTHWHILE = 200;
const EXPIRY_SLICE = 200;
/**
 * Frames of the log before it is copied into the file: 2,000 of 8 KB copy in about 10 ms. Fewer would be shorter
 * stops, but with 16 writers more than one write in a hundred would meet one.
 */
const CHECKPOINT_FRAMES = 2_000;
/** Free pages are given back in slices once they are a quarter of the file. */
const VACUUM_SLICE = 64;

export class SqliteUpkeep implements LogFacts {
  readonly #reader: SqliteReader;
  readonly #writer: SqliteWriter;
  readonly #retention: Retention;
  readonly #row: StatementSync;
  readonly #purged: StatementSync;
  readonly #setMeta: StatementSync;
  readonly #purgeOld: StatementSync;
  readonly #purgeGone: StatementSync;
  readonly #expired: StatementSync;
  readonly #checkpoint: StatementSync;
  readonly #pages: StatementSync;
  readonly #free: StatementSync;
  readonly #vacuum: () => void;
  #frames = 0;
  compacted = 0;
  last = 0;

  constructor(db: DatabaseSync, reader: SqliteReader, writer: SqliteWriter, retention: Retention) {
    this.#reader = reader;
    this.#writer = writer;
    this.#retention = retention;
    this.#row = db.prepare("SELECT at, total FROM log WHERE rev = ?");
    this.#purged = db.prepare("SELECT value FROM meta WHERE name = 'purged'");
    this.#setMeta = db.prepare("UPDATE meta SET value = ? WHERE name = ? AND value < ?");
    this.#purgeOld = db.prepare(
      "DELETE FROM log WHERE rev IN (SELECT prev FROM log WHERE rev > ? AND rev <= ? AND prev > 0)",
    );
    this.#purgeGone = db.prepare("DELETE FROM log WHERE rev > ? AND rev <= ? AND value IS NULL");
    this.#expired = db.prepare(
      "SELECT key FROM objects WHERE expires IS NOT NULL AND expires <= ? ORDER BY expires LIMIT ?",
    );
    this.#checkpoint = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");
    this.#pages = db.prepare("PRAGMA page_count");
    this.#free = db.prepare("PRAGMA freelist_count");
    this.#vacuum = () => db.exec(`PRAGMA incremental_vacuum(${VACUUM_SLICE})`);
  }

  writtenAt(revision: number): number | undefined {
    return (this.#row.get(revision) as { at: number } | undefined)?.at;
  }

  charsThrough(revision: number): number | undefined {
    return (this.#row.get(revision) as { total: number } | undefined)?.total;
  }

  /** Counts what a commit added to the log: about three pages, and two for each further write. */
  noteCommit(writes: number, chars: number): void {
    this.#frames += 1 + 2 * writes + (chars >> 13);
  }

  get checkpointDue(): boolean {
    return this.#frames >= CHECKPOINT_FRAMES;
  }

  /** Copies the log into the file when it has grown; after the writes were answered. */
  checkpointIfDue(): void {
    if (!this.checkpointDue) return;
    this.#frames = 0;
    this.#checkpoint.get();
  }

  revisionAt(timeMs: number): number {
    this.#look();
    return revisionAt(this, timeMs);
  }

  #look(): void {
    this.compacted = this.#reader.compacted();
    this.last = this.#reader.newest();
  }

  async maintain(nowMs: number): Promise<void> {
    await this.#expire(nowMs);
    this.#look();
    const target = compactionTarget(this, this.#retention, nowMs);
    if (target - this.compacted >= WORTHWHILE) await this.compact(target);
    else await this.#purge();
    this.checkpointIfDue();
  }

  async compact(revision: number): Promise<void> {
    await this.#writer.exclusive(() => this.#setMeta.run(revision, "compacted", revision));
    await this.#purge();
    // asked for by a person, mostly: the file shrinks now, and not by a slice each second
    for (let free = Infinity; this.#isLoose() && this.#value(this.#free) < free; await nextTurn()) {
      free = this.#value(this.#free);
      this.#vacuum();
    }
  }

  async #expire(nowMs: number): Promise<void> {
    const keys = this.#expired.all(nowMs, EXPIRY_SLICE) as unknown as { key: string }[];
    await Promise.all(keys.map(({ key }) => {
      const object = this.#reader.read(key);
      return object && this.#writer.write({ key, expected: object.revision, uid: object.uid });
    }));
  }

  /**
   * Removes rows that no kept revision needs: those superseded at or before the compacted revision, and deletions.
   * The newest row stays whatever it is: it holds the count of revisions.
   */
  async #purge(): Promise<void> {
    for (;;) {
      const more = this.#purgeDue() > 0 && await this.#writer.exclusive(() => this.#purgeSlice());
      if (!more) break;
      this.#frames += PURGE_SLICE / 4;
      this.checkpointIfDue();
      await nextTurn();
    }
    if (this.#isLoose()) this.#vacuum();
  }

  /** A quarter of the file is free. */
  #isLoose(): boolean {
    return this.#value(this.#free) * 4 > this.#value(this.#pages);
  }

  #purgeDue(): number {
    return Math.min(this.#reader.compacted(), this.#reader.newest() - 1) - this.#value(this.#purged);
  }

  #purgeSlice(): boolean {
    const due = this.#purgeDue(); // again, now under the lock: another process may have been here
    if (due <= 0) return false;
    const from = this.#value(this.#purged);
    const through = from + Math.min(due, PURGE_SLICE);
    this.#purgeOld.run(from, through);
    this.#purgeGone.run(from, through);
    this.#setMeta.run(through, "purged", through);
    return due > PURGE_SLICE;
  }

  #value(statement: StatementSync): number {
    return Number(Object.values(statement.get() ?? {})[0] ?? 0);
  }
}
