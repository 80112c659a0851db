import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { ManualClock } from "../../base/mod.ts";
import { isStorageError } from "./errors.ts";
import type { ChangeEvent } from "./interface.ts";
import { SqliteReader } from "./sqlite_reader.ts";
import { prepareDatabase } from "./sqlite_schema.ts";
import { SqliteWriter } from "./sqlite_writer.ts";
import type { LogSync } from "./wal_sync.ts";
import { WriteLock } from "./write_lock.ts";

/** A slow disk whose syncs end when the test says so. */
class ManualSync implements LogSync {
  readonly isSlow = true;
  readonly pending: PromiseWithResolvers<void>[] = [];

  now(): void {
    assert.fail("a slow disk was synced on the caller's thread");
  }

  later(): Promise<void> {
    const sync = Promise.withResolvers<void>();
    this.pending.push(sync);
    return sync.promise;
  }
}

async function withWriter(
  run: (writer: SqliteWriter, sync: ManualSync, durable: ChangeEvent[]) => Promise<void>,
) {
  const directory = await Deno.makeTempDir({ prefix: "orka-storage-" });
  const db = new DatabaseSync(`${directory}/k1s.db`);
  prepareDatabase(db, directory);
  const lock = await WriteLock.open(`${directory}/lock`);
  const sync = new ManualSync();
  const durable: ChangeEvent[] = [];
  const writer = new SqliteWriter({
    db,
    reader: new SqliteReader(db),
    lock,
    sync,
    clock: new ManualClock(),
    path: directory,
    onCommit: () => {},
    onDurable: (events) => durable.push(...events),
  });
  try {
    await run(writer, sync, durable);
  } finally {
    db.close();
    lock[Symbol.dispose]();
    await Deno.remove(directory, { recursive: true });
  }
}

function create(writer: SqliteWriter, name: string) {
  return writer.write({ key: `/t/pods/ns/${name}`, expected: 0, value: "v", uid: "u" });
}

async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

Deno.test("writes that wait together share one sync, and are answered only after it", async () => {
  await withWriter(async (writer, sync, durable) => {
    let answered = 0;
    const writes = ["a", "b", "c"].map((name) => create(writer, name).then(() => answered++));
    await turns();
    assert.deepEqual([sync.pending.length, answered, durable.length], [1, 0, 0]);
    assert.equal(writer.unsyncedFrom, 1);
    const late = create(writer, "d");
    await turns();
    assert.equal(sync.pending.length, 1, "what comes meanwhile is the next batch");
    sync.pending[0]!.resolve();
    await Promise.all(writes);
    assert.deepEqual([answered, durable.map((e) => e.revision)], [3, [1, 2, 3]]);
    await turns();
    sync.pending[1]!.resolve();
    assert.equal((await late).done, true);
    await writer.close();
  });
});

Deno.test("a failed sync answers its writes with unavailable and ends the writer", async () => {
  await withWriter(async (writer, sync, durable) => {
    const write = create(writer, "a");
    const behind = (await turns(), create(writer, "b"));
    sync.pending[0]!.reject(new Error("EIO"));
    await assert.rejects(write, (error) => isStorageError(error, "unavailable"));
    await assert.rejects(behind, (error) => isStorageError(error, "unavailable"));
    await assert.rejects(create(writer, "c"), (error) => isStorageError(error, "unavailable"));
    assert.deepEqual(durable, []);
  });
});

Deno.test("a conflict inside a batch doesn't disturb its neighbours", async () => {
  await withWriter(async (writer, sync) => {
    const writes = [create(writer, "a"), create(writer, "a"), create(writer, "b")];
    await turns();
    sync.pending[0]!.resolve();
    const results = await Promise.all(writes);
    assert.deepEqual(results.map((result) => result.done), [true, false, true]);
    assert.equal(results[2]!.done && results[2]!.object.revision, 2);
    await writer.close();
  });
});
