/** Opens a store's directory: `k1s.db` with SQLite's own files beside it, `lock`, `bell`. */
import type { DatabaseSync } from "node:sqlite";
import { systemClock } from "../../base/mod.ts";
import { Bell } from "./bell.ts";
import { StorageError } from "./errors.ts";
import type { Store } from "./interface.ts";
import { DEFAULT_RETENTION } from "./retention.ts";
import { SqliteBackend } from "./sqlite_backend.ts";
import { sqliteError } from "./sqlite_error.ts";
import { prepareDatabase } from "./sqlite_schema.ts";
import { BackedStore, type StoreOptions } from "./store.ts";
import { WalSync } from "./wal_sync.ts";
import { WriteLock } from "./write_lock.ts";

/** The database in a store's directory. */
export const DATABASE = "k1s.db";

export interface SqliteStoreOptions extends StoreOptions {
  /**
   * `full` (default): an acknowledged write survives a power cut. `process`: it survives the end of the process
   * only, at about five times the rate.
   */
  readonly durability?: "full" | "process" | undefined;
  /** Bound of the file in pages of 8 KB; beyond it writes fail with `full`. */
  readonly maxPages?: number | undefined;
}

/**
 * Opens or makes the store in a directory; several processes may hold one open at once.
 * Errors: `corrupt`, `newer-schema`, `full`, `busy`, `unavailable` (the directory can't be used).
 */
export async function openSqliteStore(directory: string, options: SqliteStoreOptions = {}): Promise<Store> {
  const clock = options.clock ?? systemClock;
  const retention = { ...DEFAULT_RETENTION, ...options.retention };
  const path = `${directory}/${DATABASE}`;
  using cleanup = new DisposableStack();
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    const lock = cleanup.use(await WriteLock.open(`${directory}/lock`));
    await lock.take(clock);
    const db = await openDatabase(path, lock, cleanup);
    if (options.maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${options.maxPages}`);
    const sync = options.durability === "process" ? undefined : cleanup.use(await WalSync.open(path));
    const bell = cleanup.use(await Bell.open(`${directory}/bells`, clock));
    const backend = new SqliteBackend({ db, lock, sync, bell, clock, retention, path });
    cleanup.move();
    return new BackedStore("sqlite", backend, options);
  } catch (error) {
    throw openError(error, path);
  }
}

/** Holds the write lock, and releases it: of several processes that find no file, one makes the tables. */
async function openDatabase(path: string, lock: WriteLock, cleanup: DisposableStack): Promise<DatabaseSync> {
  try {
    const { DatabaseSync } = await import("node:sqlite");
    await createPrivately(path);
    const db = new DatabaseSync(path);
    cleanup.defer(() => db.close());
    prepareDatabase(db, path);
    return db;
  } finally {
    lock.release();
  }
}

/**
 * Secrets lie in this file. Only a new one is opened here: closing a second handle of an open database would drop
 * the locks that SQLite holds on it (POSIX locks belong to the process).
 */
async function createPrivately(path: string): Promise<void> {
  try {
    (await Deno.open(path, { createNew: true, write: true, mode: 0o600 })).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** What opening a store's files failed with. */
export function openError(error: unknown, path: string): StorageError {
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return new StorageError("unavailable", `No permission to use the store ${path}`, { cause: error });
  }
  return sqliteError(error, path);
}
