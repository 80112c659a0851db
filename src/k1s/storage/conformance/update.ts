/** `guaranteedUpdate`: preconditions, suggestions, and others who write in between. */
import assert from "node:assert/strict";
import type { StoredObject } from "../interface.ts";
import { type Cases, pod, put, refused, rewrite } from "./fixture.ts";

export const UPDATE_CASES: Cases = {
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

  "an aborted update stops": async ({ storage }) => {
    await put(storage, pod("a"), "A");
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(storage.guaranteedUpdate(pod("a"), () => ({ value: "B" }), { signal }), /enough/);
    assert.equal((await storage.get(pod("a"))).value, "A");
  },
};
