import assert from "node:assert/strict";
import { ManualClock, OrkaError } from "../base/mod.ts";
import type { ChangeType, WatchEnd } from "../client/mod.ts";
import type { ObjectMeta } from "../kube/mod.ts";
import { type Feed, follow } from "./follow.ts";

type Frame = readonly [ChangeType, string, string];
type Step = {
  readonly frames?: readonly Frame[];
  readonly end: WatchEnd["reason"];
  readonly error?: OrkaError;
};

const meta = (name: string, resourceVersion: string): ObjectMeta => ({
  name,
  resourceVersion,
  uid: `uid-${name}`,
});
const gone = new OrkaError("expired", "too old", { status: 410 });
const lost = new OrkaError("unreachable", "lost");

/** Runs a script of lists and watches; gives what was seen, one word each. */
async function seen(
  script: { lists: (readonly (readonly [string, string])[] | OrkaError)[]; watches: Step[] },
  stopAt = Infinity,
): Promise<string[]> {
  const log: string[] = [];
  const clock = new ManualClock();
  const stop = new AbortController();
  const lists = [...script.lists];
  const watches = [...script.watches];
  const feed: Feed<string> = {
    list({ onItem }) {
      const next = lists.shift()!;
      if (next instanceof OrkaError) return Promise.reject(next);
      for (const [name, version] of next) onItem(meta(name, version), name);
      log.push("listed");
      return Promise.resolve(`list-${lists.length}`);
    },
    watch({ resourceVersion: version, onItem }) {
      log.push(`watch@${version}`);
      const step = watches.shift();
      if (step === undefined) stop.abort(new DOMException("end of the script", "AbortError"));
      let last = version;
      for (const [type, name, rv] of step?.frames ?? []) onItem(type, meta(name, last = rv), name);
      const frames = step?.frames?.length ?? 0;
      const reason = step?.end ?? "aborted";
      return Promise.resolve(
        { reason, resourceVersion: last, frames, error: step?.error ?? lost } as WatchEnd,
      );
    },
  };
  const run = follow(feed, {
    signal: stop.signal,
    clock,
    random: () => 0,
    onChange: (type, { name }, item) => {
      log.push(`${type[0]}:${name}${item === null ? "?" : ""}`);
      return log.filter((word) => word.includes(":")).length >= stopAt;
    },
    onOutage: (error) => void log.push(error === null ? "back" : "out"),
  }).catch((error) => void log.push(error instanceof OrkaError ? `error=${error.code}` : error.name));
  let done = false;
  run.finally(() => done = true);
  while (!done) await clock.advance(60_000);
  return log;
}

Deno.test("an ended watch goes on from its last resourceVersion", async () => {
  assert.deepEqual(
    await seen({
      lists: [[["a", "1"]]],
      watches: [{ frames: [["MODIFIED", "a", "5"]], end: "closed" }, {
        frames: [["DELETED", "a", "9"]],
        end: "cut",
      }],
    }),
    ["A:a", "listed", "watch@list-0", "M:a", "watch@5", "D:a", "out", "watch@9", "AbortError"],
  );
});

Deno.test("after 410 only what differs is told, and what went meanwhile", async () => {
  assert.deepEqual(
    await seen({
      lists: [[["a", "1"], ["b", "1"], ["c", "1"]], [["a", "1"], ["b", "7"], ["d", "8"]]],
      watches: [{ end: "error", error: gone }],
    }),
    [
      "A:a",
      "A:b",
      "A:c",
      "listed",
      "watch@list-1",
      "M:b",
      "A:d",
      "listed",
      "D:c?",
      "watch@list-0",
      "AbortError",
    ],
  );
});

Deno.test("a lost connection is waited out and told of once", async () => {
  assert.deepEqual(
    await seen({
      lists: [[["a", "1"]], lost, [["a", "1"]]],
      watches: [
        { end: "error", error: lost },
        { end: "error", error: lost },
        { end: "error", error: gone },
        { frames: [["MODIFIED", "a", "9"]], end: "closed" },
      ],
    }),
    [
      ...["A:a", "listed", "watch@list-2", "out", "watch@list-2", "watch@list-2"],
      ...["listed", "watch@list-0", "back", "M:a", "watch@9", "AbortError"],
    ],
  );
});

Deno.test("a refusal ends it, in the first list and later", async () => {
  const denied = new OrkaError("forbidden", "no", { status: 403 });
  assert.deepEqual(await seen({ lists: [denied], watches: [] }), ["error=forbidden"]);
  assert.deepEqual(await seen({ lists: [lost], watches: [] }), ["error=unreachable"]);
  assert.deepEqual(await seen({ lists: [[]], watches: [{ end: "error", error: denied }] }), [
    "listed",
    "watch@list-0",
    "error=forbidden",
  ]);
});

Deno.test("a callback that has enough stops it, within a list and within a watch", async () => {
  assert.deepEqual(await seen({ lists: [[["a", "1"], ["b", "1"]]], watches: [] }, 1), ["A:a", "listed"]);
  const watches: Step[] = [{ frames: [["ADDED", "b", "2"], ["ADDED", "c", "3"]], end: "closed" }];
  assert.deepEqual(await seen({ lists: [[["a", "1"]]], watches }, 2), [
    "A:a",
    "listed",
    "watch@list-0",
    "A:b",
  ]);
});
