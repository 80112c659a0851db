import assert from "node:assert/strict";
import { WatchedVersions } from "./watched_versions.ts";

const version = (uid: string, resourceVersion: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: uid, uid, resourceVersion },
});
const held = (versions: WatchedVersions, uid: string) =>
  versions.of(uid).map(({ object }) => object.metadata.resourceVersion);

Deno.test("each version is kept once, the newest thirty of them", () => {
  const versions = new WatchedVersions();
  versions.add(version("a", "1"), 1);
  versions.add(version("a", "1"), 2);
  assert.deepEqual(held(versions, "a"), ["1"]);
  for (let at = 2; at <= 40; at++) versions.add(version("a", String(at)), at);
  assert.equal(held(versions, "a").length, 30);
  assert.deepEqual([held(versions, "a")[0], held(versions, "a").at(-1)], ["11", "40"]);
});

Deno.test("the object that was seen longest ago goes first", () => {
  const versions = new WatchedVersions();
  for (let at = 0; at < 60; at++) versions.add(version(`o${at}`, "1"), at);
  versions.add(version("o0", "2"), 99);
  versions.add(version("late", "1"), 100);
  assert.deepEqual(held(versions, "o0"), ["1", "2"]);
  assert.deepEqual(held(versions, "o1"), []);
  assert.deepEqual(held(versions, "late"), ["1"]);
});
