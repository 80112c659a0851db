/** Every read of the SQLite backend; all run on the caller's thread and end before they return. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { RangePage, RangeQuery } from "./backend.ts";
import { compacted } from "./errors.ts";
import type { ChangeEvent, StoredObject } from "./interface.ts";
import type { KeyRange } from "./keys.ts";
import { tooLarge } from "./tenant_storage.ts";

const COLUMNS = "l.key AS key, l.value AS value, l.uid AS uid, l.rev AS revision, l.crev AS createRevision";

/** Living keys of a range, with the revision to read each at. */
const NOW = "SELECT key, rev FROM objects WHERE key > :from AND key < :to";

/** The same as of an older revision: unchanged ones, and what those changed since were before their first change. */
const AT = `SELECT key, rev FROM objects WHERE key > :from AND key < :to AND rev <= :at
  UNION ALL
  SELECT key, prev AS rev FROM (
    SELECT key, prev, min(rev) FROM log WHERE rev > :at AND key > :from AND key < :to GROUP BY key
  ) WHERE prev > 0`;

const EVENT_COLUMNS =
  `l.key AS key, l.value AS value, l.uid AS uid, l.rev AS revision, l.crev AS createRevision,
  p.value AS previousValue`;

interface EventRow {
  readonly key: string;
  readonly value: string | null;
  readonly uid: string;
  readonly revision: number;
  readonly createRevision: number;
  readonly previousValue: string | null;
}

export class SqliteReader {
  readonly #db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  readonly #read: StatementSync;
  readonly #newest: StatementSync;
  readonly #compacted: StatementSync;
  readonly #events: StatementSync;
  readonly #dataVersion: StatementSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#begin = db.prepare("BEGIN");
    this.#end = db.prepare("COMMIT");
    this.#read = db.prepare(`SELECT ${COLUMNS} FROM objects o JOIN log l ON l.rev = o.rev WHERE o.key = ?`);
    this.#newest = db.prepare("SELECT max(rev) AS rev FROM log");
    this.#compacted = db.prepare("SELECT value FROM meta WHERE name = 'compacted'");
    this.#dataVersion = db.prepare("PRAGMA data_version");
    this.#events = db.prepare(`SELECT ${EVENT_COLUMNS}
      FROM log l LEFT JOIN log p ON p.rev = l.prev AND l.prev > 0
      WHERE l.rev > ? AND l.rev <= ? AND l.key > ? AND l.key < ? ORDER BY l.rev LIMIT ?`);
  }

  read(key: string): StoredObject | undefined {
    return this.#read.get(key) as StoredObject | undefined;
  }

  newest(): number {
    return (this.#newest.get() as { rev: number | null }).rev ?? 0;
  }

  compacted(): number {
    return (this.#compacted.get() as { value: number }).value;
  }

  /** Changes when another connection has committed. */
  dataVersion(): number {
    return (this.#dataVersion.get() as { data_version: number }).data_version;
  }

  range({ range, after, limit, at }: RangeQuery): RangePage {
    return this.#inSnapshot(at, (revision, isOld) => {
      const sql = `SELECT ${COLUMNS} FROM (${isOld ? AT : NOW} ORDER BY key LIMIT :limit) k
        JOIN log l ON l.rev = k.rev ORDER BY k.key`;
      const values = {
        ...bounds(range, after, isOld ? revision : undefined),
        limit: limit > 0 ? limit + 1 : -1,
      };
      const items = this.#prepare(sql).all(values) as unknown as StoredObject[];
      const more = limit > 0 && items.length > limit;
      if (more) items.pop();
      return { items, more, revision };
    });
  }

  count({ range, after, at }: Omit<RangeQuery, "limit">): number {
    return this.#inSnapshot(at, (revision, isOld) => {
      const sql = `SELECT count(*) AS n FROM (${isOld ? AT : NOW})`;
      return (this.#prepare(sql).get(bounds(range, after, isOld ? revision : undefined)) as { n: number }).n;
    });
  }

  /** Events of a range with `after` < revision <= `through`. Errors: `expired`. */
  events(range: KeyRange, span: { after: number; through: number }, limit: number): ChangeEvent[] {
    return this.#inTransaction(() => {
      const floor = this.compacted();
      if (span.after < floor) throw compacted(span.after, floor);
      const rows = this.#events.all(span.after, span.through, range.from, range.to, limit);
      return (rows as unknown as EventRow[]).map(changeEvent);
    });
  }

  /** Runs at the newest revision or an older one; both are checked in the transaction that reads. */
  #inSnapshot<T>(at: number | undefined, read: (revision: number, isOld: boolean) => T): T {
    return this.#inTransaction(() => {
      const newest = this.newest();
      if (at === undefined || at === newest) return read(newest, false);
      if (at > newest) throw tooLarge(at, newest);
      const floor = this.compacted();
      if (at < floor) throw compacted(at, floor);
      return read(at, true);
    });
  }

  #inTransaction<T>(read: () => T): T {
    this.#begin.run();
    let result: T;
    try {
      result = read();
    } catch (error) {
      this.#giveUp();
      throw error;
    }
    this.#end.run();
    return result;
  }

  #giveUp(): void {
    try {
      this.#end.run();
    } catch {
      // A read that failed on damage has ended the transaction itself; its own error is the one to tell.
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (!statement) this.#prepared.set(sql, statement = this.#db.prepare(sql));
    return statement;
  }
}

function bounds(range: KeyRange, after: string | undefined, at: number | undefined) {
  const keys = { from: after ?? range.from, to: range.to };
  return at === undefined ? keys : { ...keys, at };
}

function changeEvent(row: EventRow): ChangeEvent {
  const { key, uid, revision, createRevision } = row;
  const previousValue = row.previousValue ?? undefined;
  if (row.value === null) {
    return {
      type: "deleted",
      key,
      value: previousValue!,
      previousValue: undefined,
      uid,
      revision,
      createRevision,
    };
  }
  const type = previousValue === undefined ? "added" : "modified";
  return { type, key, value: row.value, previousValue, uid, revision, createRevision };
}
