/**
 * The file's tables, by version. A migration is never changed once released: a new one is added to the end.
 *
 * Version 1 is the design's four tables. Version 2 says more of each snapshot and entry, so that history and undo
 * can be answered from the file alone, and keeps an entry's bodies in a table of their own: they are dropped sooner.
 */
import type { DatabaseSync } from "node:sqlite";

/** "orka" in ASCII: tells our file from other SQLite databases. */
const APPLICATION_ID = 0x6f726b61;

const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE prefs (key TEXT PRIMARY KEY, val BLOB);
  CREATE TABLE schema_cache (key TEXT PRIMARY KEY, etag TEXT, blob BLOB);
  CREATE TABLE snap (uid TEXT, ts INTEGER, blob BLOB, PRIMARY KEY (uid, ts));
  CREATE TABLE audit (ts INTEGER, cluster TEXT, verb TEXT, gvk TEXT, ns TEXT, name TEXT, diff_summary TEXT);
  `,
  `
  ALTER TABLE schema_cache ADD COLUMN ts INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE snap ADD COLUMN cluster TEXT NOT NULL DEFAULT '';
  ALTER TABLE snap ADD COLUMN gvk TEXT NOT NULL DEFAULT '';
  ALTER TABLE snap ADD COLUMN ns TEXT NOT NULL DEFAULT '';
  ALTER TABLE snap ADD COLUMN name TEXT NOT NULL DEFAULT '';
  ALTER TABLE snap ADD COLUMN verb TEXT NOT NULL DEFAULT '';
  ALTER TABLE snap ADD COLUMN rv TEXT NOT NULL DEFAULT '';
  ALTER TABLE snap ADD COLUMN redacted INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX snap_ts ON snap (ts);
  CREATE INDEX snap_name ON snap (cluster, ns, name);
  ALTER TABLE audit RENAME TO audit_1;
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ts INTEGER NOT NULL,
    cluster TEXT NOT NULL,
    verb TEXT NOT NULL,
    gvk TEXT NOT NULL,
    ns TEXT NOT NULL,
    name TEXT NOT NULL,
    diff_summary TEXT NOT NULL,
    uid TEXT NOT NULL DEFAULT '',
    user TEXT NOT NULL DEFAULT '',
    manager TEXT NOT NULL DEFAULT '',
    subresource TEXT NOT NULL DEFAULT '',
    rv_before TEXT NOT NULL DEFAULT '',
    rv_after TEXT NOT NULL DEFAULT '',
    inverse TEXT,
    undoes INTEGER,
    redacted INTEGER NOT NULL DEFAULT 0
  );
  INSERT INTO audit (ts, cluster, verb, gvk, ns, name, diff_summary)
    SELECT coalesce(ts, 0), coalesce(cluster, ''), coalesce(verb, ''), coalesce(gvk, ''), coalesce(ns, ''),
      coalesce(name, ''), coalesce(diff_summary, '') FROM audit_1 ORDER BY ts, rowid;
  DROP TABLE audit_1;
  CREATE INDEX audit_name ON audit (cluster, ns, name);
  CREATE INDEX audit_undoes ON audit (undoes) WHERE undoes IS NOT NULL;
  CREATE TABLE audit_body (id INTEGER PRIMARY KEY, before BLOB, after BLOB);
  `,
];

export const LATEST_VERSION = MIGRATIONS.length;

/** Whose a file is. */
export type FileState =
  | { readonly kind: "ours" }
  | { readonly kind: "newer"; readonly version: number }
  | { readonly kind: "foreign" };

/** Brings a file to the latest version, all or nothing, also when several processes do it at once. */
export function migrate(db: DatabaseSync, upTo = LATEST_VERSION): FileState {
  const before = stateOf(db);
  if (before.kind !== "ours" || pragma(db, "user_version") >= upTo) return before;
  db.exec("BEGIN IMMEDIATE");
  try {
    // another process may have done it while we waited for the lock
    for (let version = pragma(db, "user_version"); version < upTo; version++) db.exec(MIGRATIONS[version]!);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.exec(`PRAGMA user_version = ${upTo}`);
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
  return stateOf(db);
}

function stateOf(db: DatabaseSync): FileState {
  const version = pragma(db, "user_version");
  const isEmpty = pragma(db, "schema_version") === 0;
  if (!isEmpty && pragma(db, "application_id") !== APPLICATION_ID) return { kind: "foreign" };
  return version > LATEST_VERSION ? { kind: "newer", version } : { kind: "ours" };
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0] ?? 0);
}
