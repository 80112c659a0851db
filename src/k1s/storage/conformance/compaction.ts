/** What is kept of history, and what is told of the rest. */
import assert from "node:assert/strict";
import { briefs, type Cases, names, pod, PODS, put, refused, rewrite } from "./fixture.ts";

export const COMPACTION_CASES: Cases = {
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
};
