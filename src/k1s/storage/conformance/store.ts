/** The whole store: tenants, revisions, times to live, the end. */
import assert from "node:assert/strict";
import { briefs, type Cases, names, pod, PODS, put, refused } from "./fixture.ts";

export const STORE_CASES: Cases = {
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
