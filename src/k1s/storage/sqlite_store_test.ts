/** What is the file's own: opening again, foreign, newer, broken and full ones, upkeep, other openers. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { ManualClock } from "../../base/mod.ts";
import { isStorageError, type StorageErrorKind } from "./errors.ts";
import type { ChangeEvent, Storage, Store } from "./interface.ts";
import { openSqliteStore, type SqliteStoreOptions } from "./sqlite_store.ts";

const PODS = { resource: "pods" };

function pod(name: string) {
  return { resource: "pods", namespace: "ns", name };
}

function put(storage: Storage, name: string, value = "v") {
  return storage.create(pod(name), { value, uid: "u" });
}

async function withDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "orka-storage-" });
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function open(directory: string, options: SqliteStoreOptions = {}): Promise<Store> {
  return openSqliteStore(directory, { clock: new ManualClock(), upkeepMs: 0, ...options });
}

async function refusesToOpen(directory: string, kind: StorageErrorKind): Promise<void> {
  await assert.rejects(
    open(directory),
    (error) => isStorageError(error, kind) && error.message.includes(directory),
  );
}

/** Looks into the file as a stranger would; the store must be closed. */
function query(directory: string, sql: string): unknown {
  const db = new DatabaseSync(`${directory}/k1s.db`);
  try {
    return Object.values(db.prepare(sql).get() ?? {})[0];
  } finally {
    db.close();
  }
}

Deno.test("objects, revisions and history outlive the store's closing", async () => {
  await withDirectory(async (directory) => {
    const first = await open(directory);
    await put(first.tenant("t"), "a", "A");
    await first.tenant("t").delete(pod("a"));
    await put(first.tenant("t"), "b", "B");
    await first.compact(1);
    await first.close();
    const second = await open(directory);
    assert.deepEqual([await second.currentRevision(), await second.compactedRevision()], [3, 1]);
    assert.equal((await second.tenant("t").get(pod("b"))).value, "B");
    await using watcher = second.tenant("t").watch(PODS, { from: 1 });
    assert.deepEqual((await watcher.next())!.map((e) => e.revision), [2, 3]);
    assert.equal((await put(second.tenant("t"), "c")).revision, 4);
    await second.close();
  });
});

Deno.test("files are for their owner alone", { ignore: Deno.build.os === "windows" }, async () => {
  await withDirectory(async (directory) => {
    const store = await open(`${directory}/deep/store`);
    await put(store.tenant("t"), "a");
    for await (const { name } of Deno.readDir(`${directory}/deep/store`)) {
      assert.equal((await Deno.stat(`${directory}/deep/store/${name}`)).mode! & 0o077, 0, name);
    }
    await store.close();
  });
});

Deno.test("a store of a newer schema is refused, and left as it is", async () => {
  await withDirectory(async (directory) => {
    await (await open(directory)).close();
    query(directory, "PRAGMA user_version = 99");
    const before = await Deno.readFile(`${directory}/k1s.db`);
    await refusesToOpen(directory, "newer-schema");
    assert.deepEqual(await Deno.readFile(`${directory}/k1s.db`), before);
  });
});

Deno.test("a file that isn't a store is refused", async () => {
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/k1s.db`, "not a database, by far".repeat(500));
    await refusesToOpen(directory, "corrupt");
    await Deno.remove(`${directory}/k1s.db`);
    query(directory, "PRAGMA journal_mode"); // makes the file
    const other = new DatabaseSync(`${directory}/k1s.db`);
    other.exec("CREATE TABLE theirs (a)");
    other.close();
    await refusesToOpen(directory, "corrupt");
  });
});

Deno.test("a damaged store says so and where, on the read that meets the damage", async () => {
  await withDirectory(async (directory) => {
    const store = await open(directory);
    for (let i = 0; i < 200; i++) await put(store.tenant("t"), `p${i}`, "x".repeat(900));
    await store.close();
    const file = await Deno.open(`${directory}/k1s.db`, { write: true });
    const size = (await file.stat()).size;
    await file.seek(8192, Deno.SeekMode.Start); // the first page holds the schema: leave it
    for (let at = 8192; at < size; at += 8192) await file.write(crypto.getRandomValues(new Uint8Array(8192)));
    file.close();
    const check = async () => {
      const damaged = await open(directory);
      try {
        await damaged.tenant("t").list(PODS);
      } finally {
        await damaged.close();
      }
    };
    await assert.rejects(
      check(),
      (error) => isStorageError(error, "corrupt") && error.message.includes(directory),
    );
  });
});

Deno.test("a directory that can't be made is unavailable", async () => {
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/file`, "");
    await refusesToOpen(`${directory}/file`, "unavailable");
  });
});

Deno.test("a full disk refuses writes clearly, keeps what it acknowledged, and goes on when there is room", async () => {
  await withDirectory(async (directory) => {
    const small = await open(directory, { maxPages: 60 });
    const storage = small.tenant("t");
    const kept: string[] = [];
    const fill = async () => {
      for (let i = 0;; i++) {
        await put(storage, `p${i}`, "x".repeat(4_000));
        kept.push(`p${i}`);
      }
    };
    await assert.rejects(fill(), (error) => isStorageError(error, "full"));
    assert.ok(kept.length > 20);
    assert.equal(await storage.count(PODS), kept.length);
    assert.equal(await small.currentRevision(), kept.length, "a failed write takes no revision");
    await small.close();
    const roomy = await open(directory);
    for (const name of kept) assert.equal((await roomy.tenant("t").get(pod(name))).value.length, 4_000);
    assert.equal((await put(roomy.tenant("t"), "more")).revision, kept.length + 1);
    await roomy.close();
  });
});

Deno.test("a second opener's writes reach this one's watchers, reads and conflicts", async () => {
  await withDirectory(async (directory) => {
    const [one, two] = [await open(directory), await open(directory)];
    await using watcher = one.tenant("t").watch(PODS, { from: "now" });
    const old = await put(two.tenant("t"), "a", "A");
    await one.tenant("t").guaranteedUpdate(pod("a"), () => ({ value: "B" }), { suggestion: old });
    await two.tenant("t").guaranteedUpdate(pod("a"), (o) => ({ value: `${o!.value}C` }), { suggestion: old });
    const seen: string[] = [];
    while (seen.length < 3) {
      for (const e of (await watcher.next())!) seen.push(`${(e as ChangeEvent).value}@${e.revision}`);
    }
    assert.deepEqual(seen, ["A@1", "B@2", "BC@3"]);
    await one.close();
    assert.equal((await two.tenant("t").get(pod("a"))).value, "BC");
    assert.equal((await put(two.tenant("t"), "b")).revision, 4);
    await two.close();
  });
});

Deno.test("a write lock that isn't given back refuses writes after ten seconds, and works again after", async () => {
  await withDirectory(async (directory) => {
    const clock = new ManualClock();
    const store = await open(directory, { clock });
    using holder = await Deno.open(`${directory}/lock`, { read: true, write: true });
    holder.lockSync(true);
    const write = put(store.tenant("t"), "a");
    const refused = assert.rejects(write, (error) => isStorageError(error, "busy"));
    const opening = assert.rejects(open(directory, { clock }), (error) => isStorageError(error, "busy"));
    while (clock.pending < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await store.currentRevision(), 0, "reads don't wait");
    await clock.advance(10_000);
    await Promise.all([refused, opening]);
    holder.unlockSync();
    assert.equal((await put(store.tenant("t"), "b")).revision, 1);
    await store.close();
  });
});

Deno.test("upkeep compacts by age, in slices, and removes only rows that nothing needs", async () => {
  await withDirectory(async (directory) => {
    const clock = new ManualClock();
    const store = await open(directory, { clock, retention: { keepMs: 60_000, minRevisions: 10 } });
    const storage = store.tenant("t");
    await put(storage, "kept", "old");
    await put(storage, "a", "0");
    for (let i = 0; i < 1_500; i++) {
      await storage.guaranteedUpdate(pod("a"), () => ({ value: String(i + 1) }));
    }
    for (let i = 0; i < 300; i++) await put(storage, `gone${i}`);
    for (let i = 0; i < 300; i++) await storage.delete(pod(`gone${i}`));
    await clock.advance(59_000);
    await store.maintain();
    assert.equal(await store.compactedRevision(), 0, "younger than keepMs");
    await put(storage, "late");
    await clock.advance(2_000);
    await store.maintain();
    assert.equal(await store.compactedRevision(), 2_103 - 10, "all but the ten newest");
    assert.deepEqual((await storage.list(PODS)).items.map((o) => o.value), ["1500", "old", "v"]);
    const exact = await storage.list(PODS, { resourceVersion: 2_093, match: "exact" });
    assert.equal(exact.items.length, 2 + 9);
    await store.close();
    assert.ok(Number(query(directory, "SELECT count(*) FROM log")) < 40);
  });
});

Deno.test("upkeep compacts by number and by text whatever the age", async () => {
  await withDirectory(async (directory) => {
    const store = await open(directory, { retention: { minRevisions: 5, maxRevisions: 500 } });
    for (let i = 0; i < 900; i++) await put(store.tenant("t"), `p${i}`);
    await store.maintain();
    assert.equal(await store.compactedRevision(), 400);
    await store.close();
  });
  await withDirectory(async (directory) => {
    const store = await open(directory, { retention: { minRevisions: 5, maxChars: 100_000 } });
    for (let i = 0; i < 400; i++) await put(store.tenant("t"), `p${i}`, "x".repeat(1_000));
    await store.maintain();
    assert.equal(await store.compactedRevision(), 300);
    await store.close();
  });
});

Deno.test("a clock that goes back keeps history longer and harms nothing", async () => {
  await withDirectory(async (directory) => {
    const retention = { keepMs: 60_000, minRevisions: 5, maxRevisions: 2_000 };
    const late = await open(directory, { clock: new ManualClock(2_000_000_000_000), retention });
    for (let i = 0; i < 500; i++) await put(late.tenant("t"), `p${i}`);
    await late.tenant("t").create(pod("ttl"), { value: "v", uid: "u", ttlSeconds: 60 });
    await late.close();
    const early = new ManualClock(1_000_000_000_000);
    const store = await open(directory, { clock: early, retention });
    assert.equal((await put(store.tenant("t"), "after")).revision, 502);
    await store.maintain();
    assert.equal(await store.compactedRevision(), 0);
    assert.equal((await store.tenant("t").get(pod("ttl"))).value, "v");
    for (let i = 0; i < 2_000; i++) await put(store.tenant("t"), `q${i}`);
    await store.maintain();
    assert.equal(await store.compactedRevision(), 502, "the bound by number holds");
    await store.close();
  });
});

Deno.test("upkeep runs by its timer and stops with the store", async () => {
  const clock = new ManualClock();
  await withDirectory(async (directory) => {
    const store = await openSqliteStore(directory, { clock });
    await store.tenant("t").create(pod("a"), { value: "v", uid: "u", ttlSeconds: 5 });
    await using watcher = store.tenant("t").watch(PODS, { from: "now" });
    await clock.advance(6_000);
    assert.equal((await watcher.next())![0]!.type, "deleted");
    watcher.close();
    await store.close();
  });
  assert.equal(clock.pending, 0);
});
