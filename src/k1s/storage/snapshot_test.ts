import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { ManualClock } from "../../base/mod.ts";
import { isStorageError, type StorageErrorKind } from "./errors.ts";
import type { Storage } from "./interface.ts";
import { restoreStore, snapshotStore } from "./snapshot.ts";
import { openSqliteStore } from "./sqlite_store.ts";

const PODS = { resource: "pods" };
const pod = (name: string) => ({ resource: "pods", namespace: "ns", name });
const put = (storage: Storage, name: string, value = name) => storage.create(pod(name), { value, uid: "u" });

async function withDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "orka-snapshot-" });
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const open = (directory: string) =>
  openSqliteStore(directory, { clock: new ManualClock(), upkeepMs: 0, durability: "process" });

async function refused(work: Promise<unknown>, kind: StorageErrorKind): Promise<void> {
  await assert.rejects(work, (error) => isStorageError(error, kind) || assert.fail(String(error)) as never);
}

async function valuesOf(directory: string): Promise<string[]> {
  const store = await open(directory);
  try {
    return (await store.tenant("t").list(PODS)).items.map(({ value }) => value);
  } finally {
    await store.close();
  }
}

Deno.test("a snapshot is one moment of a store that is written to, and its owner's alone", () =>
  withDirectory(async (directory) => {
    const store = await open(`${directory}/a`);
    const storage = store.tenant("t");
    let isWriting = true;
    let last = 0;
    const writer = (async () => {
      // b is written after a: a moment has as many of the one as of the other, or one a more
      for (let i = 0; isWriting; i++) {
        await put(storage, `a${i}`);
        last = (await put(storage, `b${i}`)).revision;
      }
    })();
    for (let i = 0; i < 5; i++) {
      const before = last;
      const { revision, objects } = await snapshotStore(`${directory}/a`, `${directory}/${i}.snapshot`);
      assert.ok(revision >= before && objects === revision, `${revision} ${objects}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    isWriting = false;
    await writer;
    await store.close();
    assert.equal((await Deno.stat(`${directory}/4.snapshot`)).mode! & 0o777, 0o600);
    for (let i = 0; i < 5; i++) {
      await restoreStore(`${directory}/${i}.snapshot`, `${directory}/r${i}`);
      const values = await valuesOf(`${directory}/r${i}`);
      const [as, bs] = ["a", "b"].map((letter) => values.filter((value) => value.startsWith(letter)).length);
      assert.ok(as! - bs! === 0 || as! - bs! === 1, `${as} and ${bs}`);
    }
    assert.deepEqual([...Deno.readDirSync(directory)].filter(({ name }) => name.endsWith(".new")), []);
  }));

Deno.test("a client of before a restore is told to list anew, also at revisions that the snapshot never had", () =>
  withDirectory(async (directory) => {
    const store = await open(`${directory}/a`);
    await put(store.tenant("t"), "a");
    await snapshotStore(`${directory}/a`, `${directory}/s`);
    const seen = (await put(store.tenant("t"), "lost")).revision;
    await store.close();
    const { revision } = await restoreStore(`${directory}/s`, `${directory}/a`, { replace: true });
    const restored = await open(`${directory}/a`);
    const storage = restored.tenant("t");
    assert.deepEqual((await storage.list(PODS)).items.map(({ value }) => value), ["a"]);
    for (const from of [1, seen, seen + 1, revision - 1]) {
      await using watcher = storage.watch(PODS, { from });
      await refused(watcher.next(), "expired");
    }
    await refused(storage.list(PODS, { resourceVersion: seen, match: "exact" }), "expired");
    await using watcher = storage.watch(PODS, { from: revision });
    const made = await put(storage, "b");
    assert.equal(made.revision, revision + 1);
    assert.deepEqual((await watcher.next())!.map((event) => event.revision), [revision + 1]);
    await restored.compact(made.revision);
    await restored.maintain();
    assert.equal(await restored.currentRevision(), made.revision);
    assert.equal((await storage.get(pod("a"))).revision, 1);
    watcher.close();
    await restored.close();
  }));

Deno.test("a restore overwrites nothing unasked, and never a store that is open", () =>
  withDirectory(async (directory) => {
    const store = await open(`${directory}/a`);
    await put(store.tenant("t"), "mine");
    await snapshotStore(`${directory}/a`, `${directory}/s`);
    await put(store.tenant("t"), "later");
    await refused(snapshotStore(`${directory}/a`, `${directory}/s`), "exists");
    await refused(restoreStore(`${directory}/s`, `${directory}/a`), "exists");
    await refused(restoreStore(`${directory}/s`, `${directory}/a`, { replace: true }), "busy");
    assert.equal(await store.tenant("t").count(PODS), 2);
    await put(store.tenant("t"), "goes on");
    await store.close();
    await restoreStore(`${directory}/s`, `${directory}/a`, { replace: true });
    assert.deepEqual(await valuesOf(`${directory}/a`), ["mine"]);
  }));

Deno.test("what is no snapshot is refused and harms nothing", () =>
  withDirectory(async (directory) => {
    const store = await open(`${directory}/a`);
    for (let i = 0; i < 300; i++) await put(store.tenant("t"), `p${i}`, "x".repeat(500));
    await snapshotStore(`${directory}/a`, `${directory}/s`);
    await store.close();
    const whole = await Deno.readFile(`${directory}/s`);
    const attempt = async (bytes: Uint8Array, kind: StorageErrorKind) => {
      await Deno.writeFile(`${directory}/bad`, bytes);
      await refused(restoreStore(`${directory}/bad`, `${directory}/a`, { replace: true }), kind);
      await refused(restoreStore(`${directory}/bad`, `${directory}/new`), kind);
    };
    await attempt(new TextEncoder().encode("years of work"), "corrupt");
    await attempt(new Uint8Array(0), "corrupt");
    await attempt(whole.slice(0, whole.length / 2), "corrupt");
    await assert.rejects(
      restoreStore(`${directory}/bad`, `${directory}/new`),
      /\/bad is no snapshot, or damaged: /,
    );
    const torn = whole.slice();
    torn.fill(0xff, 8192 * 3, 8192 * 5);
    await attempt(torn, "corrupt");
    await Deno.writeFile(`${directory}/newer`, whole);
    const db = new DatabaseSync(`${directory}/newer`);
    db.exec("PRAGMA user_version = 99");
    db.close();
    await attempt(await Deno.readFile(`${directory}/newer`), "newer-schema");
    await refused(restoreStore(`${directory}/none`, `${directory}/a`, { replace: true }), "not-found");
    await refused(snapshotStore(`${directory}/none`, `${directory}/t`), "not-found");
    assert.equal((await valuesOf(`${directory}/a`)).length, 300);
    assert.equal((await valuesOf(`${directory}/new`)).length, 0, "a refused restore leaves no store");
  }));

Deno.test("a broken store is replaced by a snapshot, its log with it", () =>
  withDirectory(async (directory) => {
    const store = await open(`${directory}/a`);
    await put(store.tenant("t"), "kept");
    await snapshotStore(`${directory}/a`, `${directory}/s`);
    await store.close();
    await Deno.writeTextFile(`${directory}/a/k1s.db`, "not a database".repeat(1_000));
    await Deno.writeTextFile(`${directory}/a/k1s.db-wal`, "nor a log");
    await refused(snapshotStore(`${directory}/a`, `${directory}/t`), "corrupt");
    await restoreStore(`${directory}/s`, `${directory}/a`, { replace: true });
    assert.deepEqual(await valuesOf(`${directory}/a`), ["kept"]);
  }));
