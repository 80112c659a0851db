/** Upkeep of a store's directory: snapshots of it, its restoring, its compaction. Errors of the store, in a person's words. */
import { type Clock, OrkaError } from "../../base/mod.ts";
import { parseGoDuration, parseHumanDuration } from "../../kube/mod.ts";
import { openSqliteStore, restoreStore, type SnapshotFacts, snapshotStore } from "../../k1s/mod.ts";
import type { StoreDirectory } from "./store_directory.ts";

/** Writes a snapshot; what to tell of it. Errors: `io`, `already-exists`, `not-found`. */
export async function takeSnapshot(directory: StoreDirectory, file: string): Promise<string> {
  const record = await directory.serving();
  if (record?.store === "memory" || !await hasDatabase(directory)) {
    throw nothingKept(directory, record !== null);
  }
  await refuseExisting(file);
  return told(`${file}: `, await snapshotStore(directory.path, file));
}

/** Makes a snapshot the store; refused while a process serves it. */
export async function restore(
  directory: StoreDirectory,
  file: string,
  { force, clock }: { readonly force: boolean; readonly clock: Clock },
): Promise<string> {
  await directory.refuseServed();
  if (!force && await hasDatabase(directory)) {
    throw new OrkaError("already-exists", `there is a cluster in ${directory.path}`, {
      hint: "--force replaces it; --store DIR restores into another directory.",
    });
  }
  return told(`${directory.path}: `, await restoreStore(file, directory.path, { replace: force, clock }));
}

export interface CompactOptions {
  readonly revision: number | undefined;
  /** `10m`, `2h`, `1d`; empty: not given. */
  readonly olderThan: string;
  readonly clock: Clock;
}

/** Forgets history: of revisions up to one, older than a time, or all of it. Objects stay. */
export async function compact(directory: StoreDirectory, options: CompactOptions): Promise<string> {
  const { revision, olderThan, clock } = options;
  if (revision !== undefined && olderThan !== "") {
    throw new OrkaError("usage", "k1s compact takes --revision or --older-than, not both");
  }
  const age = olderThan === "" ? null : ageMs(olderThan);
  const record = await directory.serving();
  if (record?.store === "memory" || !await hasDatabase(directory)) {
    throw nothingKept(directory, record !== null);
  }
  const before = await sizeOf(directory);
  const store = await openSqliteStore(directory.path, { clock, upkeepMs: 0 });
  let compacted: number;
  try {
    const newest = await store.currentRevision();
    if (revision !== undefined && revision > newest) {
      throw new OrkaError("usage", `--revision ${revision} is still to come: the store is at ${newest}`);
    }
    const target = revision ?? (age === null ? newest : await store.revisionAt(clock.now() - age));
    await store.compact(target);
    compacted = await store.compactedRevision();
  } finally {
    await store.close();
  }
  return `history up to revision ${compacted} is gone; the database was ${before} and is ${await sizeOf(
    directory,
  )}\n`;
}

function ageMs(text: string): number {
  const ms = parseHumanDuration(text) ?? parseGoDuration(text);
  if (ms === null || ms < 0) {
    throw new OrkaError("usage", `--older-than ${text}: expected a duration like 10m, 2h or 1d`);
  }
  return ms;
}

function nothingKept(directory: StoreDirectory, isServed: boolean): OrkaError {
  return isServed
    ? new OrkaError("io", "the cluster that is up is kept in memory", {
      hint: "orka k1s export prints its objects.",
    })
    : new OrkaError("io", `there is no cluster in ${directory.path}`, {
      hint: "orka k1s up makes it; --store DIR names another one.",
    });
}

async function refuseExisting(file: string): Promise<void> {
  if (await Deno.lstat(file).then(() => true, () => false)) {
    throw new OrkaError("already-exists", `${file} is there already`, { hint: "Name another file." });
  }
}

async function hasDatabase({ path }: StoreDirectory): Promise<boolean> {
  return await Deno.stat(`${path}/k1s.db`).then(() => true, () => false);
}

/** The database with its log. */
async function sizeOf({ path }: StoreDirectory): Promise<string> {
  let bytes = 0;
  for (const name of ["k1s.db", "k1s.db-wal"]) {
    bytes += await Deno.stat(`${path}/${name}`).then(({ size }) => size, () => 0);
  }
  return bytesText(bytes);
}

function bytesText(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function told(what: string, { objects, revision, bytes }: SnapshotFacts): string {
  return `${what}${objects} objects, revision ${revision}, ${bytesText(bytes)}\n`;
}
