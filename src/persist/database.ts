/**
 * One connection to the file, and what is done when the file does not do its part.
 *
 * 1. A corrupt file is renamed to FILE.corrupt-TIME with its journal, said so, and a new one is begun.
 * 2. A file that cannot be used at all (directory, permissions, newer Orka) is replaced by one in memory, said once.
 * 3. A write that is refused later (full, read-only, locked) costs what it would have written, said once.
 */
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "../base/mod.ts";
import { DamagedBlob } from "./blob.ts";
import { FILE_NAME } from "./location.ts";
import { LATEST_VERSION, migrate } from "./migrations.ts";
import { sqliteFault } from "./sqlite_error.ts";

export interface DatabaseOptions {
  readonly directory: string | null;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  readonly maxBytes: number;
}

/** How long SQLite waits for another process, ms. */
const BUSY_TIMEOUT_MS = 2_000;

const PAGE_BYTES = 4096;

export class Database {
  readonly #options: DatabaseOptions;
  readonly #path: string | null;
  #db: DatabaseSync | null;
  #degraded: string | null = null;
  #warned = false;
  /** The file that we have open, so that a fresh one of another process is never set aside. */
  #inode: number | null = null;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#path = options.directory === null ? null : `${options.directory}/${FILE_NAME}`;
    this.#db = this.#openOrDegrade();
  }

  get degraded(): string | null {
    return this.#degraded;
  }

  /** The file's path; null when it is kept in memory. */
  get path(): string | null {
    return this.#path;
  }

  /** Runs `use` on the connection; `fallback` when the file would not, or after `close`. */
  run<T>(fallback: T, use: (db: DatabaseSync) => T): T {
    if (this.#db === null) return fallback;
    try {
      return use(this.#db);
    } catch (error) {
      if (error instanceof DamagedBlob) return this.#refused(fallback, error);
      const fault = sqliteFault(error);
      if (fault === null || fault === "bug") throw error;
      if (fault === "refused") return this.#refused(fallback, error);
      this.#replaceCorrupt();
    }
    try {
      return use(this.#db);
    } catch (error) {
      if (sqliteFault(error) === null) throw error;
      return this.#refused(fallback, error);
    }
  }

  /** As `run`, in one transaction that takes the write lock first. */
  write<T>(fallback: T, use: (db: DatabaseSync) => T): T {
    return this.run(fallback, (db) => {
      db.exec("BEGIN IMMEDIATE");
      try {
        const result = use(db);
        db.exec("COMMIT");
        return result;
      } catch (error) {
        if (db.isTransaction) db.exec("ROLLBACK");
        throw error;
      }
    });
  }

  close(): void {
    const db = this.#db;
    this.#db = null;
    try {
      db?.close();
    } catch (error) {
      if (sqliteFault(error) === null) throw error; // a full disk also refuses the last checkpoint
    }
  }

  #refused<T>(fallback: T, error: unknown): T {
    this.#degrade(`Cannot use ${this.#path ?? "the memory of changes"}: ${text(error)}`);
    return fallback;
  }

  #degrade(reason: string): void {
    this.#degraded ??= reason;
    if (this.#warned) return;
    this.#warned = true;
    this.#options.warn(`${reason}. What Orka would remember of this run is lost; all else goes on`);
  }

  #openOrDegrade(): DatabaseSync {
    if (this.#path === null) return inMemory();
    try {
      return this.#open(this.#path);
    } catch (error) {
      if (sqliteFault(error) === "corrupt") return this.#reopen(this.#path);
      if (sqliteFault(error) === "bug" || !(error instanceof Error)) throw error;
      this.#degrade(`Cannot open ${this.#path}: ${text(error)}`);
      return inMemory();
    }
  }

  #open(path: string): DatabaseSync {
    makePrivateFile(path);
    this.#inode = inodeOf(path);
    const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      prepare(db, this.#options.maxBytes);
      const state = migrate(db);
      if (state.kind === "foreign") throw new Error("it is a database, but not Orka's");
      if (state.kind === "newer") {
        throw new Error(`a newer Orka wrote it (version ${state.version}, this one knows ${LATEST_VERSION})`);
      }
      touchTables(db);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  #replaceCorrupt(): void {
    try {
      this.#db?.close();
    } catch {
      // whatever it says: the file goes aside
    }
    this.#db = this.#path === null ? inMemory() : this.#reopen(this.#path);
  }

  /** Sets the file aside, unless another process has already, and begins a new one. */
  #reopen(path: string): DatabaseSync {
    try {
      if (inodeOf(path) === this.#inode) this.#setAside(path);
      return this.#open(path);
    } catch (error) {
      this.#degrade(`Cannot begin ${path} anew: ${text(error)}`);
      return inMemory();
    }
  }

  #setAside(path: string): void {
    const time = new Date(this.#options.clock.now()).toISOString().replace(/[:.]/g, "-");
    const aside = `${path}.corrupt-${time}`;
    Deno.renameSync(path, aside);
    for (const suffix of ["-wal", "-shm"]) {
      try {
        Deno.renameSync(path + suffix, aside + suffix);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    this.#options.warn(`${path} was corrupt: it is set aside as ${aside}, and a new one is begun`);
  }
}

function inMemory(): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  migrate(db);
  return db;
}

/** SQLite gives its journal files the mode of the database. */
function makePrivateFile(path: string): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true, mode: 0o700 });
  Deno.openSync(path, { create: true, append: true, mode: 0o600 }).close();
}

function inodeOf(path: string): number | null {
  try {
    return Deno.statSync(path).ino;
  } catch {
    return null;
  }
}

function prepare(db: DatabaseSync, maxBytes: number): void {
  db.exec("PRAGMA journal_mode = WAL");
  // NORMAL: a killed process loses nothing; a power cut may lose the last changes, never the file
  db.exec("PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 4194304");
  db.exec(`PRAGMA max_page_count = ${Math.max(32, Math.floor(maxBytes / PAGE_BYTES))}`);
}

/** Reads a row of every table: the cheapest look that finds most damage before it is in the way. */
function touchTables(db: DatabaseSync): void {
  for (const table of ["prefs", "schema_cache", "snap", "audit", "audit_body"]) {
    db.prepare(`SELECT * FROM ${table} LIMIT 1`).get();
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
