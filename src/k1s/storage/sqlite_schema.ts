/**
 * The file's tables.
 *
 * `log` has a row for every revision: key, value, what it superseded. `objects` points each living key at its
 * newest row, so a write stores its text once and a list never reads history (kine keeps both in one table, and
 * every list scans history). Revisions are `log`'s rowids: the newest row is never removed, so max(rev)+1 is the
 * next one, without gaps, with no counter to update.
 *
 * `total` is the characters of all values up to the row, so the size of any span of history is one subtraction.
 */
import type { DatabaseSync } from "node:sqlite";
import { StorageError } from "./errors.ts";

/** Raised with every change that an older Orka couldn't read. */
const SCHEMA_VERSION = 1;

/** "k1s1" in ASCII: tells our files from other SQLite databases. */
const APPLICATION_ID = 0x6b317331;

const SCHEMA = `
  CREATE TABLE log (
    rev INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    prev INTEGER NOT NULL,
    crev INTEGER NOT NULL,
    at INTEGER NOT NULL,
    total INTEGER NOT NULL,
    uid TEXT NOT NULL,
    value TEXT
  ) STRICT;
  CREATE TABLE objects (key TEXT PRIMARY KEY, rev INTEGER NOT NULL, expires INTEGER) STRICT, WITHOUT ROWID;
  CREATE INDEX objects_expires ON objects (expires) WHERE expires IS NOT NULL;
  CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO meta VALUES ('compacted', 0), ('purged', 0);
`;

/** How long SQLite itself waits for another process: only recovery and checkpoints still need that. */
const BUSY_TIMEOUT_MS = 250;

/** Throws for what isn't a store, or one of a newer Orka. */
export function checkDatabase(db: DatabaseSync, path: string): void {
  const version = pragma(db, "user_version");
  if (version > SCHEMA_VERSION) throw newerSchema(path, version);
  if (version === 0 || pragma(db, "application_id") !== APPLICATION_ID) throw foreign(path);
}

/** Prepares a connection; makes the tables in a new file. The caller holds the write lock. */
export function prepareDatabase(db: DatabaseSync, path: string): void {
  db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  // nothing at all: a new file
  if (pragma(db, "user_version") === 0 && pragma(db, "schema_version") === 0) createTables(db);
  else checkDatabase(db, path);
  // Checkpoints and syncs are ours: after the acknowledgement, and shared by all writes under way.
  db.exec("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8000");
  db.exec("PRAGMA journal_size_limit = 16777216; PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY");
}

function createTables(db: DatabaseSync): void {
  // 8 KB pages: two or more objects of usual size to a page; measured 10-20 % faster than 4 KB at 16 writers.
  db.exec("PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL");
  db.exec("PRAGMA synchronous = FULL");
  db.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA application_id = ${APPLICATION_ID};
    PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0] ?? 0);
}

function newerSchema(path: string, version: number): StorageError {
  return new StorageError(
    "newer-schema",
    `The store ${path} has schema ${version}, this Orka knows ${SCHEMA_VERSION}: it was written by a newer one`,
    { hint: "Update Orka, or use another directory" },
  );
}

function foreign(path: string): StorageError {
  return new StorageError("corrupt", `${path} is a SQLite database, but not a store of Orka's`, {
    hint: "Use another directory",
  });
}
