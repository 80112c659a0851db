/** Creating, reading back, and what may be stored under which name. */
import assert from "node:assert/strict";
import { type Cases, pod, put, refused } from "./fixture.ts";

export const CREATE_CASES: Cases = {
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
