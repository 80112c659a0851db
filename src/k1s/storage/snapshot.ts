/**
 * A store's database as one file, and back. Certificates and tokens are no part of it: they belong to a directory on
 * a machine, and a new one makes its own.
 *
 * 1. A snapshot is one moment of the store, taken while others write; they don't wait for it.
 * 2. A file is whole or not there: both directions write beside it, sync, and rename.
 * 3. A restored store begins a billion revisions later, with everything before compacted: a client that saw
 *    revisions after the snapshot is told to list anew (410), never given another history under the same numbers.
 *    (etcd: `etcdutl snapshot restore --bump-revision 1000000000 --mark-compacted`.)
 */
import type { DatabaseSync } from "node:sqlite";
import { type Clock, systemClock } from "../../base/mod.ts";
import { isStorageError, StorageError } from "./errors.ts";
import { sqliteError } from "./sqlite_error.ts";
import { checkDatabase } from "./sqlite_schema.ts";
import { DATABASE, openError } from "./sqlite_store.ts";
import { WriteLock } from "./write_lock.ts";

const REVISION_BUMP = 1_000_000_000;

export interface SnapshotFacts {
  readonly revision: number;
  readonly objects: number;
  readonly bytes: number;
}

export interface RestoreOptions {
  readonly clock?: Clock | undefined;
  /** Replaces the store that is in the directory. */
  readonly replace?: boolean | undefined;
}

/**
 * Writes the store of a directory to a new file, readable by its owner alone. Errors: `exists` (the file), `corrupt`,
 * `newer-schema`, `full`, `unavailable`.
 */
export async function snapshotStore(directory: string, file: string): Promise<SnapshotFacts> {
  const source = `${directory}/${DATABASE}`;
  await mustBeThere(source);
  await mustBeFree(file);
  const beside = besideOf(file);
  try {
    await createEmpty(beside);
    await withDatabase(source, (db) => {
      checkDatabase(db, source);
      db.prepare("VACUUM INTO ?").run(beside);
    });
    const facts = await withDatabase(beside, (db) => checkedFacts(db, beside));
    await sync(beside);
    await Deno.rename(beside, file);
    await sync(parentOf(file));
    return { ...facts, bytes: (await Deno.stat(file)).size };
  } catch (error) {
    throw openError(error, source);
  } finally {
    await remove(beside);
  }
}

/**
 * Makes a snapshot the store of a directory. Errors: `exists` (a store is there, and `replace` isn't set), `busy`
 * (a process has it open), `corrupt` (the file is damaged or no snapshot), `newer-schema`, `full`, `unavailable`.
 */
export async function restoreStore(
  file: string,
  directory: string,
  options: RestoreOptions = {},
): Promise<SnapshotFacts> {
  const target = `${directory}/${DATABASE}`;
  await mustBeThere(file);
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    using lock = await WriteLock.open(`${directory}/lock`);
    await lock.take(options.clock ?? systemClock);
    if (!options.replace) await mustBeFree(target);
    return await replaceDatabase(file, target, options.clock ?? systemClock);
  } catch (error) {
    throw openError(error, target);
  }
}

/** Holds the store's write lock: nobody opens it meanwhile. */
async function replaceDatabase(file: string, target: string, clock: Clock): Promise<SnapshotFacts> {
  const beside = besideOf(target);
  try {
    await createEmpty(beside);
    await Deno.copyFile(file, beside);
    await Deno.chmod(beside, 0o600);
    const facts = await withDatabase(beside, (db) => checkedFacts(db, file)).catch((error) => {
      if (!isStorageError(error, "corrupt")) throw error;
      const why = (error.cause as Error | undefined)?.message ?? error.message;
      throw new StorageError("corrupt", `${file} is no snapshot, or damaged: ${why}`, { cause: error });
    });
    const former = await retire(target);
    const revision = Math.max(facts.revision, former) + REVISION_BUMP;
    await withDatabase(beside, (db) => forgetHistory(db, { revision, at: clock.now() }));
    await sync(beside);
    // a log of the former database must not be read into this one
    for (const suffix of ["-wal", "-shm"]) await remove(`${target}${suffix}`);
    await Deno.rename(beside, target);
    await sync(parentOf(target));
    return { ...facts, revision, bytes: (await Deno.stat(target)).size };
  } finally {
    for (const suffix of ["", "-wal", "-shm"]) await remove(`${beside}${suffix}`);
  }
}

/** Folds a former database's log into it and tells its revision; 0 where there is none, or a broken one. */
async function retire(target: string): Promise<number> {
  if (!await exists(target)) return 0;
  try {
    return await withDatabase(target, (db) => {
      // SQLite leaves WAL mode only for who has the database alone
      db.exec("PRAGMA journal_mode = DELETE");
      return revisionOf(db);
    });
  } catch (error) {
    const failure = sqliteError(error, target);
    if (failure.kind !== "busy") return 0;
    throw new StorageError("busy", `Another process has the store ${target} open`, {
      cause: error,
      hint: "End it, or restore into another directory",
    });
  }
}

/** Objects stay with the revisions that they have; everything else begins after `revision`. */
function forgetHistory(db: DatabaseSync, { revision, at }: { revision: number; at: number }): void {
  db.exec("BEGIN IMMEDIATE");
  const { total = 0 } = db.prepare("SELECT total FROM log ORDER BY rev DESC LIMIT 1").get() ?? {};
  db.exec("DELETE FROM log WHERE rev NOT IN (SELECT rev FROM objects)");
  // the newest row holds the count of revisions: this one belongs to nobody and is never read
  db.prepare("INSERT INTO log VALUES (?, '/', 0, ?, ?, ?, '', NULL)").run(revision, revision, at, total);
  db.prepare("UPDATE meta SET value = ? WHERE name IN ('compacted', 'purged')").run(revision);
  db.exec("COMMIT; PRAGMA journal_mode = WAL");
}

function checkedFacts(db: DatabaseSync, path: string): Omit<SnapshotFacts, "bytes"> {
  checkDatabase(db, path);
  const found = Object.values(db.prepare("PRAGMA quick_check(1)").get() ?? {})[0];
  if (found !== "ok") throw new StorageError("corrupt", `${path} is damaged: ${found}`);
  const { n } = db.prepare("SELECT count(*) AS n FROM objects").get() as { n: number };
  return { revision: revisionOf(db), objects: n };
}

function revisionOf(db: DatabaseSync): number {
  return Number(db.prepare("SELECT max(rev) AS rev FROM log").get()?.rev ?? 0);
}

async function withDatabase<T>(path: string, work: (db: DatabaseSync) => T): Promise<T> {
  const { DatabaseSync } = await import("node:sqlite");
  const db = new DatabaseSync(path);
  try {
    db.exec("PRAGMA busy_timeout = 250");
    return work(db);
  } catch (error) {
    throw sqliteError(error, path);
  } finally {
    db.close();
  }
}

async function mustBeThere(path: string): Promise<void> {
  if (!await exists(path)) throw new StorageError("not-found", `there is no ${path}`);
}

async function mustBeFree(path: string): Promise<void> {
  if (await exists(path)) throw new StorageError("exists", `${path} is there already`);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

function besideOf(file: string): string {
  return `${file}.${Deno.pid}.new`;
}

function parentOf(file: string): string {
  const slash = file.lastIndexOf("/");
  if (slash < 0) return ".";
  return file.slice(0, slash) || "/";
}

async function createEmpty(path: string): Promise<void> {
  (await Deno.open(path, { create: true, truncate: true, write: true, mode: 0o600 })).close();
}

/** A directory as well: a rename is durable once its directory is. */
async function sync(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using file = await Deno.open(path, { read: true });
  await file.sync();
}

async function remove(path: string): Promise<void> {
  await Deno.remove(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
