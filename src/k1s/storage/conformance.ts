/**
 * What every backend must do: the cases of kubernetes/apiserver's storage tests, written afresh, and the ones our
 * interface adds. Each backend's test calls `storageConformance` with a way to open an empty store.
 */
import assert from "node:assert/strict";
import { ManualClock } from "../../base/mod.ts";
import { isStorageError, type StorageErrorKind } from "./errors.ts";
import type { ChangeEvent, ObjectKey, Storage, StorageEvent, Store, StoredObject } from "./interface.ts";
import type { StoreOptions } from "./store.ts";
import type { Watcher } from "./watcher.ts";

/** Opens an empty store that closes (and removes its files) with the returned one. */
export type OpenStore = (options: StoreOptions) => Promise<Store & AsyncDisposable>;

interface Fixture {
  readonly store: Store;
  readonly storage: Storage;
  readonly clock: ManualClock;
}

type Case = (fixture: Fixture) => Promise<void>;

const PODS = { resource: "pods" };

/** Registers the suite as tests named `name: case`. */
export function storageConformance(name: string, open: OpenStore): void {
  for (
    const [title, run] of Object.entries({ ...WRITE_CASES, ...LIST_CASES, ...WATCH_CASES, ...STORE_CASES })
  ) {
    Deno.test(`${name}: ${title}`, async () => {
      const clock = new ManualClock();
      await using store = await open({ clock, upkeepMs: 0, retention: { minRevisions: 0 } });
      await run({ store, storage: store.tenant("t1"), clock });
    });
  }
}

export function pod(name: string, namespace = "ns"): ObjectKey {
  return { resource: "pods", namespace, name };
}

function put(storage: Storage, key: ObjectKey, value = `{"name":"${key.name}"}`): Promise<StoredObject> {
  return storage.create(key, { value, uid: `uid-${key.name}` });
}

function rewrite(storage: Storage, key: ObjectKey, value: string): Promise<StoredObject> {
  return storage.guaranteedUpdate(key, () => ({ value }));
}

async function refused(promise: Promise<unknown>, kind: StorageErrorKind) {
  const error = await promise.then(() => undefined, (error) => error);
  assert.ok(isStorageError(error, kind), `wanted ${kind}, got ${error?.kind ?? error}`);
  return error;
}

function names(items: readonly { readonly key: string }[]): string {
  return items.map((item) => item.key.split("/").slice(3).join("/")).join(" ");
}

/** The next `count` events; fails if the watcher ends before. */
export async function take(watcher: Watcher, count: number): Promise<StorageEvent[]> {
  const events: StorageEvent[] = [];
  while (events.length < count) {
    const batch = await watcher.next();
    assert.ok(batch, `the watcher ended after ${events.length} of ${count} events`);
    events.push(...batch);
  }
  assert.equal(events.length, count, `more events than expected: ${JSON.stringify(events)}`);
  return events;
}

function brief(event: StorageEvent): string {
  if (event.type === "bookmark") return `bookmark@${event.revision}${event.initialEventsEnd ? " end" : ""}`;
  return `${event.type} ${names([event])}=${event.value}@${event.revision}`;
}

async function briefs(watcher: Watcher, count: number): Promise<string[]> {
  return (await take(watcher, count)).map(brief);
}

const WRITE_CASES: Record<string, Case> = {
  "create returns the stored object, and a get shows the same": async ({ storage }) => {
    const made = await put(storage, pod("a"), "A");
    assert.deepEqual({ ...made }, {
      key: "/t1/pods/ns/a",
      value: "A",
      uid: "uid-a",
      revision: 1,
      createRevision: 1,
    });
    assert.deepEqual({ ...await storage.get(pod("a")) }, { ...made });
  },

  "create of an existing key is refused and shows what is there": async ({ storage }) => {
    const made = await put(storage, pod("a"), "A");
    const error = await refused(put(storage, pod("a"), "B"), "exists");
    assert.equal(error.current?.revision, made.revision);
    assert.equal((await storage.get(pod("a"))).value, "A");
    assert.equal(await storage.currentRevision(), 1, "a refused create takes no revision");
  },

  "get of nothing is not-found; find gives undefined": async ({ storage }) => {
    await refused(storage.get(pod("a")), "not-found");
    assert.equal(await storage.find(pod("a")), undefined);
  },

  "get at a revision still to come is refused": async ({ storage }) => {
    await put(storage, pod("a"));
    assert.equal((await storage.get(pod("a"), { resourceVersion: 1 })).revision, 1);
    assert.equal((await storage.get(pod("a"), { resourceVersion: 0 })).revision, 1);
    const error = await refused(storage.get(pod("a"), { resourceVersion: 2 }), "too-large-resource-version");
    assert.equal(error.currentRevision, 1);
  },

  "guaranteedUpdate writes what the update makes of the current object": async ({ storage }) => {
    await put(storage, pod("a"), "A");
    const updated = await storage.guaranteedUpdate(pod("a"), (current) => ({ value: `${current!.value}B` }));
    assert.deepEqual([updated.value, updated.revision, updated.createRevision, updated.uid], [
      "AB",
      2,
      1,
      "uid-a",
    ]);
    assert.equal((await storage.get(pod("a"))).value, "AB");
  },

  "guaranteedUpdate of nothing is refused, or creates when told to": async ({ storage }) => {
    await refused(rewrite(storage, pod("a"), "A"), "not-found");
    const seen: unknown[] = [];
    const made = await storage.guaranteedUpdate(pod("a"), (current) => {
      seen.push(current);
      return { value: "A", uid: "u1" };
    }, { ignoreNotFound: true });
    assert.deepEqual([seen, made.revision, made.createRevision, made.uid], [[undefined], 1, 1, "u1"]);
  },

  "guaranteedUpdate with an equal value keeps the revision": async ({ storage }) => {
    await put(storage, pod("a"), "A");
    assert.equal((await rewrite(storage, pod("a"), "A")).revision, 1);
    assert.equal(await storage.currentRevision(), 1);
  },

  "guaranteedUpdate checks preconditions before it updates": async ({ storage }) => {
    await put(storage, pod("a"), "A");
    const update = () => assert.fail("the update ran");
    const uid = storage.guaranteedUpdate(pod("a"), update, { preconditions: { uid: "other" } });
    assert.equal((await refused(uid, "conflict")).current?.value, "A");
    await refused(storage.guaranteedUpdate(pod("a"), update, { preconditions: { revision: 7 } }), "conflict");
    const held = { preconditions: { uid: "uid-a", revision: 1 } };
    assert.equal((await storage.guaranteedUpdate(pod("a"), () => ({ value: "B" }), held)).revision, 2);
  },

  "guaranteedUpdate gives back what the update throws, and writes nothing": async ({ storage }) => {
    await put(storage, pod("a"), "A");
    const failure = new Error("no");
    await assert.rejects(storage.guaranteedUpdate(pod("a"), () => Promise.reject(failure)), failure);
    assert.equal((await storage.get(pod("a"))).value, "A");
  },

  "guaranteedUpdate runs again when someone wrote in between": async ({ storage }) => {
    await put(storage, pod("a"), "A");
    const seen: string[] = [];
    const updated = await storage.guaranteedUpdate(pod("a"), async (current) => {
      seen.push(current!.value);
      if (seen.length === 1) await rewrite(storage, pod("a"), "B");
      return { value: `${current!.value}!` };
    });
    assert.deepEqual([seen, updated.value, updated.revision], [["A", "B"], "B!", 3]);
  },

  "guaranteedUpdate runs again when someone deleted in between": async ({ storage }) => {
    await put(storage, pod("a"), "A");
    let runs = 0;
    const update = storage.guaranteedUpdate(pod("a"), async () => {
      if (runs++ === 0) await storage.delete(pod("a"));
      return { value: "B" };
    });
    await refused(update, "not-found");
    assert.equal(runs, 1);
  },

  "a recreated object is another one for an update under way": async ({ storage }) => {
    await put(storage, pod("a"), "A");
    let runs = 0;
    const update = storage.guaranteedUpdate(pod("a"), async () => {
      if (runs++ === 0) {
        await storage.delete(pod("a"));
        await storage.create(pod("a"), { value: "A2", uid: "uid-2" });
      }
      return { value: "B" };
    }, { preconditions: { uid: "uid-a" } });
    assert.equal((await refused(update, "conflict")).current?.uid, "uid-2");
  },

  "a suggestion that is current spares a read; an old one is read again": async ({ storage }) => {
    const first = await put(storage, pod("a"), "A");
    const seen: string[] = [];
    const append = (current: StoredObject | undefined) => {
      seen.push(current!.value);
      return { value: `${current!.value}+` };
    };
    await storage.guaranteedUpdate(pod("a"), append, { suggestion: first });
    const last = await storage.guaranteedUpdate(pod("a"), append, { suggestion: first });
    assert.deepEqual([seen, last.value], [["A", "A", "A+"], "A++"]);
  },

  "an error on an old suggestion is judged again on the current object": async ({ storage }) => {
    const old = await put(storage, pod("a"), "bad");
    await rewrite(storage, pod("a"), "good");
    const update = (current: StoredObject | undefined) => {
      if (current!.value === "bad") throw new Error("bad");
      return { value: "better" };
    };
    assert.equal((await storage.guaranteedUpdate(pod("a"), update, { suggestion: old })).value, "better");
    const newer = { suggestion: old, preconditions: { revision: 3 } };
    assert.equal((await storage.guaranteedUpdate(pod("a"), () => ({ value: "best" }), newer)).value, "best");
  },

  "an equal value on an old suggestion is judged again too": async ({ storage }) => {
    const old = await put(storage, pod("a"), "A");
    await rewrite(storage, pod("a"), "B");
    const updated = await storage.guaranteedUpdate(pod("a"), () => ({ value: "A" }), { suggestion: old });
    assert.deepEqual([updated.value, updated.revision], ["A", 3]);
    const same = await storage.guaranteedUpdate(pod("a"), () => ({ value: "A" }), { suggestion: updated });
    assert.equal(same.revision, 3);
  },

  "concurrent updates of one key are all kept": async ({ storage }) => {
    await put(storage, pod("a"), "0");
    const increment = () =>
      storage.guaranteedUpdate(pod("a"), (current) => ({ value: String(Number(current!.value) + 1) }));
    const done = await Promise.all(Array.from({ length: 40 }, increment));
    assert.equal((await storage.get(pod("a"))).value, "40");
    assert.deepEqual(
      done.map((o) => o.revision).sort((a, b) => a - b),
      Array.from({ length: 40 }, (_, i) => i + 2),
    );
  },

  "delete returns the last value with the deletion's revision": async ({ storage }) => {
    await put(storage, pod("a"), "A");
    const gone = await storage.delete(pod("a"));
    assert.deepEqual([gone.value, gone.revision, gone.createRevision, gone.uid], ["A", 2, 1, "uid-a"]);
    assert.equal(await storage.find(pod("a")), undefined);
    await refused(storage.delete(pod("a")), "not-found");
  },

  "delete checks preconditions and validation": async ({ storage }) => {
    await put(storage, pod("a"), "A");
    await refused(storage.delete(pod("a"), { preconditions: { uid: "other" } }), "conflict");
    await refused(storage.delete(pod("a"), { preconditions: { revision: 9 } }), "conflict");
    const no = new Error("no");
    await assert.rejects(storage.delete(pod("a"), { validate: () => Promise.reject(no) }), no);
    assert.equal(
      (await storage.delete(pod("a"), { preconditions: { uid: "uid-a", revision: 1 } })).revision,
      2,
    );
  },

  "delete validates again what changed in between": async ({ storage }) => {
    await put(storage, pod("a"), "A");
    const seen: string[] = [];
    const gone = await storage.delete(pod("a"), {
      validate: async (object) => {
        seen.push(object.value);
        if (seen.length === 1) await rewrite(storage, pod("a"), "B");
      },
    });
    assert.deepEqual([seen, gone.value], [["A", "B"], "B"]);
  },

  "delete with an old suggestion deletes the current object": async ({ storage }) => {
    const old = await put(storage, pod("a"), "A");
    await rewrite(storage, pod("a"), "B");
    assert.equal((await storage.delete(pod("a"), { suggestion: old })).value, "B");
    await put(storage, pod("a"), "C");
    await storage.delete(pod("a"));
    await refused(storage.delete(pod("a"), { suggestion: old }), "not-found");
  },

  "delete judges validation again when the suggestion was old": async ({ storage }) => {
    const old = await put(storage, pod("a"), "busy");
    await rewrite(storage, pod("a"), "idle");
    const validate = (object: StoredObject) => {
      if (object.value === "busy") throw new Error("busy");
    };
    assert.equal((await storage.delete(pod("a"), { suggestion: old, validate })).value, "idle");
  },

  "an aborted update stops": async ({ storage }) => {
    await put(storage, pod("a"), "A");
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(storage.guaranteedUpdate(pod("a"), () => ({ value: "B" }), { signal }), /enough/);
    assert.equal((await storage.get(pod("a"))).value, "A");
  },

  "any text without NUL is kept as it is": async ({ storage }) => {
    await refused(storage.create(pod("nul"), { value: "a\u0000b", uid: "u" }), "invalid");
    const texts = ["", "\u{1F600}\uFFFD\uE000", "\n\r\t\"\\'", "x".repeat(1_500_000)];
    for (const [index, value] of texts.entries()) {
      const made = await storage.create(pod(`p${index}`), { value, uid: "u" });
      assert.equal(made.value, value);
      assert.equal((await storage.get(pod(`p${index}`))).value, value);
    }
  },

  "odd names make separate keys; impossible ones are refused": async ({ storage }) => {
    const odd = [
      "a",
      "A",
      "a.b",
      "a-b",
      "a:b",
      "system:node:x",
      "a%2Fb",
      "a%b",
      "\u00fc",
      "\u{1F600}",
      "a b",
    ];
    for (const name of odd) await put(storage, { resource: "roles", namespace: "", name }, name);
    const { items } = await storage.list({ resource: "roles" });
    assert.deepEqual(items.map((item) => item.value).sort(), [...odd].sort());
    for (const name of odd) {
      assert.equal((await storage.get({ resource: "roles", namespace: "", name })).value, name);
    }
    for (const name of ["", "a/b", "\ud800"]) await refused(put(storage, pod(name)), "invalid");
    await refused(put(storage, pod("a", "n/s")), "invalid");
  },
};

async function sampleList({ storage }: Fixture): Promise<void> {
  for (
    const [namespace, name] of [["ns", "a"], ["ns", "b"], ["ns-2", "a"], ["ns2", "a"], ["ns2", "b"]] as const
  ) {
    await put(storage, pod(name, namespace));
  }
  await put(storage, { resource: "podsx", namespace: "ns", name: "z" });
  await put(storage, { resource: "pod", namespace: "ns", name: "z" });
}

const LIST_CASES: Record<string, Case> = {
  "list gives a resource or one of its namespaces in key order, and nothing beside it": async (fixture) => {
    await sampleList(fixture);
    const { storage } = fixture;
    const all = await storage.list(PODS);
    assert.equal(names(all.items), "ns-2/a ns/a ns/b ns2/a ns2/b");
    assert.deepEqual([all.revision, all.continue, all.remaining], [7, undefined, undefined]);
    assert.equal(names((await storage.list({ ...PODS, namespace: "ns" })).items), "ns/a ns/b");
    assert.equal(names((await storage.list({ ...PODS, namespace: "ns2" })).items), "ns2/a ns2/b");
    assert.deepEqual((await storage.list({ resource: "none" })).items, []);
    assert.deepEqual(await Promise.all([storage.count(PODS), storage.count({ ...PODS, namespace: "ns" })]), [
      5,
      2,
    ]);
  },

  "list of an empty store is at its revision": async ({ storage }) => {
    assert.deepEqual({ ...await storage.list(PODS) }, { items: [], revision: 0 });
    await put(storage, { resource: "other", namespace: "", name: "x" });
    assert.equal((await storage.list(PODS)).revision, 1);
  },

  "pages show one revision, whatever is written meanwhile": async ({ storage }) => {
    for (const name of ["a", "c", "e", "g"]) await put(storage, pod(name), name);
    const first = await storage.list(PODS, { limit: 1 });
    assert.deepEqual([names(first.items), first.revision, first.remaining], ["ns/a", 4, 3]);
    await put(storage, pod("b"));
    await rewrite(storage, pod("c"), "c2");
    await rewrite(storage, pod("c"), "c3");
    await storage.delete(pod("e"));
    await put(storage, pod("e"), "e2");
    await storage.delete(pod("g"));
    const second = await storage.list(PODS, { limit: 2, continue: first.continue });
    assert.deepEqual(second.items.map((item) => item.value), ["c", "e"]);
    assert.deepEqual([second.revision, second.remaining], [4, 1]);
    const last = await storage.list(PODS, { limit: 2, continue: second.continue });
    assert.deepEqual([last.items.map((item) => item.value), last.continue], [["g"], undefined]);
    assert.deepEqual((await storage.list(PODS)).items.map((item) => item.value), [
      "a",
      '{"name":"b"}',
      "c3",
      "e2",
    ]);
  },

  "a continue token without a limit gives all the rest": async ({ storage }) => {
    for (const name of ["a", "b", "c"]) await put(storage, pod(name));
    const first = await storage.list(PODS, { limit: 1 });
    assert.equal(names((await storage.list(PODS, { continue: first.continue })).items), "ns/b ns/c");
  },

  "a page that ends with the list has no continue token": async ({ storage }) => {
    for (const name of ["a", "b"]) await put(storage, pod(name));
    const page = await storage.list(PODS, { limit: 2 });
    assert.deepEqual([names(page.items), page.continue], ["ns/a ns/b", undefined]);
  },

  "a token past compaction is refused with one that goes on without consistency": async (
    { storage, store },
  ) => {
    for (const name of ["a", "b", "c"]) await put(storage, pod(name));
    const first = await storage.list(PODS, { limit: 1 });
    await put(storage, pod("bb"));
    await storage.delete(pod("c"));
    await store.compact(5);
    const error = await refused(storage.list(PODS, { limit: 9, continue: first.continue }), "expired");
    const rest = await storage.list(PODS, { limit: 9, continue: error.continueToken });
    assert.deepEqual([names(rest.items), rest.revision], ["ns/b ns/bb", 5]);
    const paged = await storage.list(PODS, { limit: 1, continue: error.continueToken });
    assert.deepEqual([names(paged.items), paged.revision, paged.remaining], ["ns/b", 5, 1]);
    assert.equal(names((await storage.list(PODS, { continue: paged.continue })).items), "ns/bb");
  },

  "broken tokens and impossible options are refused": async ({ storage }) => {
    await put(storage, pod("a"));
    const token = (value: unknown) => btoa(JSON.stringify(value)).replace(/=+$/, "");
    const tokens = ["", "x", "%%%", token(1), token({ v: "v1", rv: 1, start: "a\0" })];
    tokens.push(
      token({ v: "meta.k8s.io/v1", rv: 1, start: "a/../../t2/\0" }),
      token({ v: "meta.k8s.io/v1", rv: 0 }),
    );
    for (const text of tokens) await refused(storage.list(PODS, { limit: 1, continue: text }), "invalid");
    await refused(storage.list(PODS, { limit: -1 }), "invalid");
    await refused(storage.list(PODS, { match: "exact" }), "invalid");
    await refused(storage.list(PODS, { resourceVersion: 1.5 }), "invalid");
    const future = token({ v: "meta.k8s.io/v1", rv: 99, start: "ns/a\0" });
    await refused(storage.list(PODS, { continue: future }), "too-large-resource-version");
  },

  "list at revisions: any, at least, exactly, with a limit exactly": async ({ storage }) => {
    await put(storage, pod("a"), "1");
    await rewrite(storage, pod("a"), "2");
    await put(storage, pod("b"), "3");
    const values = async (options: Parameters<Storage["list"]>[1]) => {
      const { items, revision } = await storage.list(PODS, options);
      return `${items.map((item) => item.value)}@${revision}`;
    };
    assert.equal(await values({ resourceVersion: 0 }), "2,3@3");
    assert.equal(await values({ resourceVersion: 1 }), "2,3@3");
    assert.equal(await values({ resourceVersion: 1, match: "notOlderThan" }), "2,3@3");
    assert.equal(await values({ resourceVersion: 1, match: "notOlderThan", limit: 5 }), "2,3@3");
    assert.equal(await values({ resourceVersion: 1, match: "exact" }), "1@1");
    assert.equal(await values({ resourceVersion: 2, match: "exact" }), "2@2");
    assert.equal(await values({ resourceVersion: 3, match: "exact" }), "2,3@3");
    assert.equal(await values({ resourceVersion: 1, limit: 5 }), "1@1");
    for (const match of [undefined, "exact", "notOlderThan"] as const) {
      await refused(storage.list(PODS, { resourceVersion: 4, match }), "too-large-resource-version");
    }
  },

  "an exact list past compaction is expired; one at the compacted revision is not": async (
    { storage, store },
  ) => {
    await put(storage, pod("a"), "1");
    await rewrite(storage, pod("a"), "2");
    await rewrite(storage, pod("a"), "3");
    await store.compact(2);
    await refused(storage.list(PODS, { resourceVersion: 1, match: "exact" }), "expired");
    const { items } = await storage.list(PODS, { resourceVersion: 2, match: "exact" });
    assert.deepEqual(items.map((item) => item.value), ["2"]);
  },

  "a filtered list fills its pages with accepted objects": async ({ storage }) => {
    for (let i = 0; i < 30; i++) await put(storage, pod(`p${String(i).padStart(2, "0")}`), String(i));
    const accepts = (object: StoredObject) => Number(object.value) % 10 === 9;
    const first = await storage.list(PODS, { limit: 2, accepts });
    assert.deepEqual([first.items.map((o) => o.value), first.remaining], [["9", "19"], undefined]);
    const second = await storage.list(PODS, { limit: 2, accepts, continue: first.continue });
    assert.deepEqual([second.items.map((o) => o.value), second.continue], [["29"], undefined]);
    assert.equal((await storage.list(PODS, { accepts })).items.length, 3);
  },

  "a long list comes in pages without loss or repetition": async ({ storage }) => {
    const made = Array.from({ length: 1_203 }, (_, i) => pod(`p${i}`, `ns${i % 7}`));
    await Promise.all(made.map((key) => put(storage, key, "v")));
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page = await storage.list(PODS, { limit: 100, continue: token });
      seen.push(...page.items.map((item) => item.key));
      assert.equal(page.remaining ?? 0, 1_203 - seen.length);
      token = page.continue;
    } while (token !== undefined);
    assert.equal(new Set(seen).size, 1_203);
    assert.deepEqual(seen, [...seen].sort());
  },
};

const WATCH_CASES: Record<string, Case> = {
  "watch shows writes in order with old and new values": async ({ storage }) => {
    await using watcher = storage.watch(PODS, { from: "now" });
    await put(storage, pod("a"), "A");
    await rewrite(storage, pod("a"), "B");
    await storage.delete(pod("a"));
    await put(storage, pod("a"), "C");
    const events = await take(watcher, 4) as ChangeEvent[];
    assert.deepEqual(events.map(brief), [
      "added ns/a=A@1",
      "modified ns/a=B@2",
      "deleted ns/a=B@3",
      "added ns/a=C@4",
    ]);
    assert.deepEqual(events.map((e) => e.previousValue), [undefined, "A", undefined, undefined]);
    assert.deepEqual(events.map((e) => e.createRevision), [1, 1, 1, 4]);
    assert.ok(events.every((e) => e.uid === "uid-a"));
  },

  "watch from a revision replays what came after it, then goes on": async ({ storage }) => {
    await put(storage, pod("a"), "A");
    await rewrite(storage, pod("a"), "B");
    await storage.delete(pod("a"));
    await using watcher = storage.watch(PODS, { from: 1 });
    assert.deepEqual(await briefs(watcher, 2), ["modified ns/a=B@2", "deleted ns/a=B@3"]);
    await put(storage, pod("c"), "C");
    assert.deepEqual(await briefs(watcher, 1), ["added ns/c=C@4"]);
  },

  "watch from zero begins with the present state": async ({ storage }) => {
    await put(storage, pod("a"), "A");
    await put(storage, pod("gone"), "x");
    await rewrite(storage, pod("a"), "A2");
    await storage.delete(pod("gone"));
    await using watcher = storage.watch(PODS, { from: 0 });
    assert.deepEqual(await briefs(watcher, 1), ["added ns/a=A2@3"]);
    await rewrite(storage, pod("a"), "A3");
    assert.deepEqual(await briefs(watcher, 1), ["modified ns/a=A3@5"]);
  },

  "watch from zero with initialEvents ends the state with a bookmark": async ({ storage }) => {
    await put(storage, pod("a"), "A");
    await put(storage, { resource: "other", namespace: "", name: "o" });
    await using watcher = storage.watch(PODS, { from: 0, initialEvents: true });
    assert.deepEqual(await briefs(watcher, 2), ["added ns/a=A@1", "bookmark@2 end"]);
    await put(storage, pod("b"), "B");
    assert.deepEqual(await briefs(watcher, 1), ["added ns/b=B@3"]);
    await using empty = storage.watch({ resource: "none" }, { from: 0, initialEvents: true });
    assert.deepEqual(await briefs(empty, 1), ["bookmark@3 end"]);
  },

  "a large state and what is written while it is read come whole": async ({ storage }) => {
    await Promise.all(Array.from({ length: 1_100 }, (_, i) => put(storage, pod(`p${i}`), "v")));
    await using watcher = storage.watch(PODS, { from: 0, initialEvents: true });
    const first = (await watcher.next())!;
    await storage.delete(pod("p7"));
    await rewrite(storage, pod("p8"), "v2");
    const rest = await take(watcher, 1_101 - first.length);
    assert.equal([...first, ...rest].filter((e) => e.type === "added").length, 1_100);
    assert.deepEqual(brief(rest.at(-1)!), "bookmark@1100 end");
    assert.deepEqual(await briefs(watcher, 2), ["deleted ns/p7=v@1101", "modified ns/p8=v2@1102"]);
  },

  "a long replay comes whole": async ({ storage }) => {
    await put(storage, pod("a"), "0");
    for (let i = 1; i <= 1_200; i++) await rewrite(storage, pod("a"), String(i));
    await using watcher = storage.watch(PODS, { from: 1 });
    const seen: string[] = [];
    while (seen.length < 1_200) {
      for (const event of (await watcher.next())!) seen.push((event as ChangeEvent).value);
    }
    assert.deepEqual(seen, Array.from({ length: 1_200 }, (_, i) => String(i + 1)));
  },

  "watch shows its scope only": async ({ storage }) => {
    await using narrow = storage.watch({ ...PODS, namespace: "ns" }, { from: "now" });
    await using wide = storage.watch(PODS, { from: "now" });
    await put(storage, pod("x", "ns2"), "1");
    await put(storage, { resource: "podsx", namespace: "ns", name: "y" }, "2");
    await put(storage, pod("z"), "3");
    assert.deepEqual(await briefs(narrow, 1), ["added ns/z=3@3"]);
    assert.deepEqual(await briefs(wide, 2), ["added ns2/x=1@1", "added ns/z=3@3"]);
    await using replay = storage.watch({ ...PODS, namespace: "ns2" }, { from: 0 });
    assert.deepEqual(await briefs(replay, 1), ["added ns2/x=1@1"]);
  },

  "watch from a revision still to come waits for what comes after it": async ({ storage }) => {
    await using watcher = storage.watch(PODS, { from: 2 });
    await put(storage, pod("a"), "A");
    const next = take(watcher, 1);
    await put(storage, pod("b"), "B");
    await put(storage, pod("c"), "C");
    assert.deepEqual((await next).map(brief), ["added ns/c=C@3"]);
  },

  "watch past compaction is expired; from the compacted revision it is not": async ({ storage, store }) => {
    for (const name of ["a", "b", "c"]) await put(storage, pod(name), name);
    await store.compact(2);
    await refused(storage.watch(PODS, { from: 1 }).next(), "expired");
    await using watcher = storage.watch(PODS, { from: 2 });
    assert.deepEqual(await briefs(watcher, 1), ["added ns/c=c@3"]);
  },

  "compaction doesn't disturb a watcher that keeps up": async ({ storage, store }) => {
    await using watcher = storage.watch(PODS, { from: "now" });
    await put(storage, pod("a"), "1");
    await rewrite(storage, pod("a"), "2");
    await store.compact(2);
    await rewrite(storage, pod("a"), "3");
    assert.deepEqual(await briefs(watcher, 3), ["added ns/a=1@1", "modified ns/a=2@2", "modified ns/a=3@3"]);
  },

  "a watcher that doesn't read is bounded, and reads on from the log": async ({ storage }) => {
    await using watcher = storage.watch(PODS, { from: "now", maxQueued: 10 });
    for (let i = 1; i <= 50; i++) await put(storage, pod(`p${i}`), "v");
    assert.ok(watcher.queued <= 10, `${watcher.queued} queued`);
    const seen: number[] = [];
    while (seen.length < 50) for (const event of (await watcher.next())!) seen.push(event.revision);
    assert.deepEqual(seen, Array.from({ length: 50 }, (_, i) => i + 1));
    await put(storage, pod("last"), "v");
    assert.equal((await take(watcher, 1))[0]!.revision, 51);
  },

  "watchers that don't read hold a kind's newest events at most": async ({ storage }) => {
    const watchers = Array.from({ length: 1_000 }, () => storage.watch(PODS, { from: "now", maxQueued: 10 }));
    for (let i = 1; i <= 25; i++) await put(storage, pod(`p${i}`), "v");
    for (const { queued } of watchers) assert.ok(queued <= 5, `${queued} queued`);
    for (const watcher of watchers) watcher.close();
  },

  "next gives large events in parts": async ({ storage }) => {
    await using watcher = storage.watch(PODS, { from: "now" });
    for (let i = 1; i <= 5; i++) await put(storage, pod(`p${i}`), "v".repeat(20_000));
    const sizes: number[] = [];
    while (watcher.queued > 0) sizes.push((await watcher.next())!.length);
    assert.deepEqual(sizes, [2, 2, 1]);
  },

  "a watcher too far behind is closed with an error": async ({ storage }) => {
    await using watcher = storage.watch(PODS, { from: "now", maxQueued: 10, maxLag: 20 });
    for (let i = 1; i <= 50; i++) await put(storage, pod(`p${i}`), "v");
    await refused(watcher.next(), "slow-watcher");
    assert.equal(await watcher.next(), undefined);
  },

  "a watcher behind compaction is closed with expired": async ({ storage, store }) => {
    await using watcher = storage.watch(PODS, { from: "now", maxQueued: 2 });
    for (let i = 1; i <= 5; i++) await put(storage, pod(`p${i}`), "v");
    await store.compact(4);
    await refused(watcher.next(), "expired");
  },

  "a watcher's own requestProgress brings no bookmark to others": async ({ storage }) => {
    await using asks = storage.watch(PODS, { from: "now", bookmarks: true });
    await using other = storage.watch(PODS, { from: "now", bookmarks: true });
    await put(storage, { resource: "other", namespace: "", name: "o" }, "O");
    await asks.requestProgress();
    assert.deepEqual(await briefs(asks, 1), ["bookmark@1"]);
    assert.equal(other.queued, 0);
  },

  "requestProgress brings bookmarks to the watchers that want them": async ({ storage, store }) => {
    await put(storage, pod("a"), "A");
    await using wants = storage.watch(PODS, { from: "now", bookmarks: true });
    await using quiet = storage.watch(PODS, { from: "now" });
    await using other = store.tenant("t2").watch(PODS, { from: "now", bookmarks: true });
    await put(storage, { resource: "other", namespace: "", name: "o" }, "O");
    await storage.requestProgress();
    await storage.requestProgress();
    assert.deepEqual(await briefs(wants, 1), ["bookmark@2"]);
    await put(storage, pod("b"), "B");
    assert.deepEqual(await briefs(quiet, 1), ["added ns/b=B@3"]);
    assert.equal(other.queued, 0);
  },

  "closing or aborting ends a watcher, also one that waits": async ({ storage }) => {
    const watcher = storage.watch(PODS, { from: "now" });
    const waiting = watcher.next();
    watcher.close();
    assert.equal(await waiting, undefined);
    const abort = new AbortController();
    const aborted = storage.watch(PODS, { from: "now", signal: abort.signal });
    const next = aborted.next();
    abort.abort();
    assert.equal(await next, undefined);
    assert.equal(await storage.watch(PODS, { from: 0, signal: abort.signal }).next(), undefined);
    await put(storage, pod("a"));
    assert.equal(watcher.queued + aborted.queued, 0);
  },

  "iterating gives single events and closes at the end": async ({ storage }) => {
    const watcher = storage.watch(PODS, { from: "now" });
    await put(storage, pod("a"), "A");
    await put(storage, pod("b"), "B");
    const seen: string[] = [];
    for await (const event of watcher) {
      seen.push(brief(event));
      if (seen.length === 2) break;
    }
    assert.deepEqual(seen, ["added ns/a=A@1", "added ns/b=B@2"]);
    assert.equal(await watcher.next(), undefined);
  },

  "many watchers of one write all see it": async ({ storage }) => {
    const watchers = Array.from({ length: 200 }, () => storage.watch(PODS, { from: "now" }));
    await put(storage, pod("a"), "A");
    const seen = await Promise.all(watchers.map((watcher) => briefs(watcher, 1)));
    assert.ok(seen.every(([event]) => event === "added ns/a=A@1"));
    for (const watcher of watchers) watcher.close();
  },
};

const STORE_CASES: Record<string, Case> = {
  "tenants don't see each other": async ({ store }) => {
    const [one, two] = [store.tenant("a"), store.tenant("ab")];
    await using watcher = two.watch(PODS, { from: "now" });
    await put(one, pod("x"), "1");
    await put(two, pod("x"), "2");
    assert.equal((await one.get(pod("x"))).value, "1");
    assert.equal((await two.get(pod("x"))).value, "2");
    assert.deepEqual((await one.list(PODS)).items.map((item) => item.value), ["1"]);
    assert.deepEqual([await one.count(PODS), await two.count(PODS)], [1, 1]);
    await one.delete(pod("x"));
    assert.equal((await two.get(pod("x"))).value, "2");
    assert.deepEqual(await briefs(watcher, 1), ["added ns/x=2@2"]);
    await using replay = two.watch(PODS, { from: 1 });
    assert.deepEqual(await briefs(replay, 1), ["added ns/x=2@2"]);
    const token =
      (await put(one, pod("y")), await put(one, pod("z")), (await one.list(PODS, { limit: 1 })).continue);
    assert.deepEqual(
      (await two.list(PODS, { continue: token })).items,
      [],
      "a token opens its own tenant only",
    );
    for (const name of ["", "a/b"]) assert.throws(() => store.tenant(name));
  },

  "one revision counts every write of every tenant, without gaps": async ({ store }) => {
    const revisions: number[] = [];
    for (let i = 0; i < 5; i++) {
      revisions.push((await put(store.tenant(`t${i}`), pod("a"))).revision);
      await refused(put(store.tenant(`t${i}`), pod("a")), "exists");
      revisions.push((await store.tenant(`t${i}`).delete(pod("a"))).revision);
    }
    assert.deepEqual(revisions, Array.from({ length: 10 }, (_, i) => i + 1));
    assert.equal(await store.currentRevision(), 10);
  },

  "compaction keeps objects, and revisions go on": async ({ storage, store }) => {
    for (const name of ["a", "b", "c"]) await put(storage, pod(name), name);
    await rewrite(storage, pod("a"), "a2");
    await storage.delete(pod("c"));
    await store.compact(5);
    assert.equal(await store.compactedRevision(), 5);
    assert.deepEqual((await storage.list(PODS)).items.map((item) => item.value), ["a2", "b"]);
    assert.equal((await put(storage, pod("d"))).revision, 6);
    await store.compact(3);
    assert.equal(await store.compactedRevision(), 5, "it doesn't go back");
    await refused(store.compact(7), "too-large-resource-version");
    await rewrite(storage, pod("b"), "b2");
    await store.compact(7);
    assert.deepEqual((await storage.list(PODS)).items.map((item) => item.value), [
      "a2",
      "b2",
      '{"name":"d"}',
    ]);
  },

  "changes of a tenant are read on from any kept revision": async ({ storage, store }) => {
    await put(storage, pod("a"), "A");
    await put(store.tenant("t2"), pod("a"), "other");
    await storage.create({ resource: "nodes", namespace: "", name: "n" }, { value: "N", uid: "u" });
    await rewrite(storage, pod("a"), "A2");
    await storage.delete(pod("a"));
    const all = await storage.changes(0, 10);
    assert.deepEqual(all.events.map(({ type, value, revision }) => `${type} ${value}@${revision}`), [
      "added A@1",
      "added N@3",
      "modified A2@4",
      "deleted A2@5",
    ]);
    assert.equal(all.through, 5);
    const page = await storage.changes(1, 1);
    assert.deepEqual([page.events.length, page.events[0]!.revision], [1, 3]);
    assert.ok(page.through >= 3 && page.through < 4, "a full page ends at its last event");
    assert.deepEqual(await storage.changes(5, 10), { events: [], through: 5 });
    await store.compact(3);
    await refused(storage.changes(2, 10), "expired");
    assert.equal((await storage.changes(3, 10)).events.length, 2);
  },

  "a revision is found by its time": async ({ storage, store, clock }) => {
    assert.equal(await store.revisionAt(clock.now()), 0);
    for (const name of ["a", "b", "c"]) {
      await put(storage, pod(name));
      await clock.advance(1_000);
    }
    const now = clock.now();
    assert.deepEqual(
      await Promise.all([now, now - 1_000, now - 1_500, now - 9_000].map((at) => store.revisionAt(at))),
      [3, 3, 2, 0],
    );
    await store.compact(2);
    assert.equal(await store.revisionAt(now - 9_000), 2, "the compacted one, where none is older");
  },

  "what outlives its TTL is deleted, as an event": async ({ storage, store, clock }) => {
    await storage.create(pod("short"), { value: "s", uid: "u", ttlSeconds: 10 });
    await storage.create(pod("renewed"), { value: "r", uid: "u", ttlSeconds: 10 });
    await storage.create(pod("kept"), { value: "k", uid: "u", ttlSeconds: 10 });
    await clock.advance(9_000);
    await store.maintain();
    assert.equal(await storage.count(PODS), 3);
    await storage.guaranteedUpdate(pod("renewed"), () => ({ value: "r2", ttlSeconds: 10 }));
    await storage.guaranteedUpdate(pod("kept"), () => ({ value: "k2" }));
    await using watcher = storage.watch(PODS, { from: "now" });
    await clock.advance(1_000);
    await store.maintain();
    assert.deepEqual(await briefs(watcher, 1), ["deleted ns/short=s@6"]);
    await clock.advance(100_000);
    await store.maintain();
    assert.equal(names((await storage.list(PODS)).items), "ns/kept");
  },

  "a closed store ends its watchers and refuses everything": async ({ storage, store }) => {
    await put(storage, pod("a"), "A");
    const watcher = storage.watch(PODS, { from: "now" });
    const waiting = watcher.next();
    waiting.catch(() => {});
    await store.close();
    await refused(waiting, "closed");
    await refused(put(storage, pod("b")), "closed");
    await refused(storage.get(pod("a")), "closed");
    await refused(storage.list(PODS), "closed");
    await refused(storage.watch(PODS, { from: 0 }).next(), "closed");
    await store.close();
  },
};
