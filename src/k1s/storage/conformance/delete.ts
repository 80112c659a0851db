/** Deleting: preconditions, validation, suggestions. */
import assert from "node:assert/strict";
import type { StoredObject } from "../interface.ts";
import { type Cases, pod, put, refused, rewrite } from "./fixture.ts";

export const DELETE_CASES: Cases = {
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
};
