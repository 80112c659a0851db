/** Seeded random histories on each backend, beside a plain model that keeps every state it ever had. */
import assert from "node:assert/strict";
import { ManualClock } from "../../base/mod.ts";
import { isStorageError } from "./errors.ts";
import type { ChangeEvent, Storage, StoredObject } from "./interface.ts";
import { createMemoryStore, openSqliteStore, type Store } from "./mod.ts";

const STEPS = 400;
const SEEDS = [1, 2, 3, 4, 5, 6];

/** mulberry32: small, and the same on every machine. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

type State = ReadonlyMap<string, StoredObject>;

/** Every state by revision, and every event; nothing clever. */
class Model {
  readonly states: State[] = [new Map()];
  readonly events: ChangeEvent[] = [];
  compacted = 0;

  get revision(): number {
    return this.states.length - 1;
  }

  write(key: string, value: string | undefined, uid: string): StoredObject {
    const before = this.states.at(-1)!.get(key);
    const revision = this.states.length;
    const createRevision = before?.createRevision ?? revision;
    const object = { key, value: value ?? before!.value, uid, revision, createRevision };
    const next = new Map(this.states.at(-1)!);
    if (value === undefined) next.delete(key);
    else next.set(key, object);
    this.states.push(next);
    const type = value === undefined ? "deleted" : before ? "modified" : "added";
    this.events.push({ type, ...object, previousValue: type === "modified" ? before!.value : undefined });
    return object;
  }

  list(revision: number, prefix: string): StoredObject[] {
    return [...this.states[revision]!.values()].filter((object) => object.key.startsWith(prefix))
      .sort((a, b) => a.key < b.key ? -1 : 1);
  }
}

class Run {
  readonly model = new Model();
  readonly below: (below: number) => number;
  #uids = 0;

  constructor(readonly store: Store, seed: number) {
    this.below = random(seed);
  }

  async step(): Promise<void> {
    const dice = this.below(20);
    if (dice < 12) await this.write();
    else if (dice < 15) await this.list();
    else if (dice < 18) await this.watch();
    else if (dice === 18) await this.compact();
    else await this.store.maintain();
  }

  /** A key of few, so that they are created, changed and deleted often. */
  key() {
    const tenant = `t${this.below(2)}`;
    const key = {
      resource: ["pods", "podsx"][this.below(2)]!,
      namespace: `n${this.below(3)}`,
      name: `o${this.below(6)}`,
    };
    const path = `/${tenant}/${key.resource}/${key.namespace}/${key.name}`;
    return { storage: this.store.tenant(tenant), key, path };
  }

  async write(): Promise<void> {
    const { storage, key, path } = this.key();
    const before = this.model.states.at(-1)!.get(path);
    const value = `v${this.below(4)}`;
    const kind = this.below(4);
    if (!before) {
      const uid = `u${this.#uids++}`;
      const made = kind < 2
        ? await storage.create(key, { value, uid })
        : await storage.guaranteedUpdate(key, () => ({ value, uid }), { ignoreNotFound: true });
      assert.deepEqual({ ...made }, this.model.write(path, value, uid));
    } else if (kind === 0) {
      assert.deepEqual({ ...await storage.delete(key) }, this.model.write(path, undefined, before.uid));
    } else if (kind === 1) {
      await assert.rejects(
        storage.create(key, { value, uid: "x" }),
        (error) => isStorageError(error, "exists"),
      );
    } else {
      const written = await storage.guaranteedUpdate(key, () => ({ value }));
      const wanted = before.value === value ? before : this.model.write(path, value, before.uid);
      assert.deepEqual({ ...written }, wanted);
    }
  }

  /** All pages of a list at a random revision, with writes between the pages. */
  async list(): Promise<void> {
    const { storage, key } = this.key();
    const scope = this.below(2) === 0 ? { resource: key.resource } : key;
    const prefix = prefixOf(storage, scope);
    const exact = this.below(2) === 0 && this.model.revision > 0;
    const revision = exact ? this.below(this.model.revision) + 1 : this.model.revision;
    const options = exact ? { resourceVersion: revision, match: "exact" as const } : {};
    const limit = this.below(4);
    const wanted = this.model.list(revision, prefix);
    if (exact && revision < this.model.compacted) {
      await assert.rejects(
        storage.list(scope, { ...options, limit }),
        (error) => isStorageError(error, "expired"),
      );
      return;
    }
    let page = await storage.list(scope, { ...options, limit });
    const items = [...page.items];
    while (page.continue !== undefined) {
      assert.equal(page.remaining, wanted.length - items.length);
      if (this.below(3) === 0) await this.write();
      page = await storage.list(scope, { limit, continue: page.continue });
      items.push(...page.items);
    }
    assert.equal(page.revision, revision);
    assert.deepEqual(items.map((item) => ({ ...item })), wanted);
  }

  /** A watch from a random revision, read up to now. */
  async watch(): Promise<void> {
    const { storage, key } = this.key();
    const prefix = prefixOf(storage, { resource: key.resource });
    const from = this.below(this.model.revision + 1);
    if (from === 0) return;
    const watcher = storage.watch({ resource: key.resource }, { from, bookmarks: true });
    try {
      if (from < this.model.compacted) {
        await assert.rejects(watcher.next(), (error) => isStorageError(error, "expired"));
        return;
      }
      const wanted = this.model.events.filter((e) => e.revision > from && e.key.startsWith(prefix));
      const seen: unknown[] = [];
      while (seen.length < wanted.length) seen.push(...(await watcher.next())!);
      assert.deepEqual(seen, wanted);
    } finally {
      watcher.close();
    }
  }

  async compact(): Promise<void> {
    if (this.below(3) > 0) return;
    const revision = this.below(this.model.revision + 1);
    await this.store.compact(revision);
    this.model.compacted = Math.max(this.model.compacted, revision);
  }

  async check(): Promise<void> {
    assert.equal(await this.store.currentRevision(), this.model.revision);
    for (const tenant of ["t0", "t1"]) {
      for (const resource of ["pods", "podsx"]) {
        const storage = this.store.tenant(tenant);
        const wanted = this.model.list(this.model.revision, prefixOf(storage, { resource }));
        assert.deepEqual((await storage.list({ resource })).items.map((item) => ({ ...item })), wanted);
        assert.equal(await storage.count({ resource }), wanted.length);
      }
    }
  }
}

function prefixOf(
  storage: Storage,
  scope: { readonly resource: string; readonly namespace?: string },
): string {
  return `/${storage.tenant}/${scope.resource}/${scope.namespace ? `${scope.namespace}/` : ""}`;
}

async function play(seed: number, run: Run): Promise<void> {
  for (let step = 0; step < STEPS; step++) {
    try {
      await run.step();
    } catch (error) {
      throw new Error(`seed ${seed}, step ${step}`, { cause: error });
    }
  }
  await run.check();
}

Deno.test("memory storage does what the model does", async () => {
  for (const seed of SEEDS) {
    const store = createMemoryStore({ clock: new ManualClock(), upkeepMs: 0 });
    await play(seed, new Run(store, seed));
    await store.close();
  }
});

Deno.test("sqlite storage does what the model does, and again after it was opened anew", async () => {
  for (const seed of SEEDS) {
    const directory = await Deno.makeTempDir({ prefix: "orka-storage-" });
    const options = { clock: new ManualClock(), upkeepMs: 0, durability: "process" } as const;
    const store = await openSqliteStore(directory, options);
    const run = new Run(store, seed);
    await play(seed, run);
    await store.close();
    const reopened = await openSqliteStore(directory, options);
    await Object.assign(run, { store: reopened }).check();
    await reopened.close();
    await Deno.remove(directory, { recursive: true });
  }
});
