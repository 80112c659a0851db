/** Watches: state, replay, scope, bookmarks, the end. */
import assert from "node:assert/strict";
import type { ChangeEvent } from "../interface.ts";
import { brief, briefs, type Cases, pod, PODS, put, rewrite, take } from "./fixture.ts";

export const WATCH_CASES: Cases = {
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
