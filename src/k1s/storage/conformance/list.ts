/** Lists: scopes, pages, revisions, filters. */
import assert from "node:assert/strict";
import type { Storage, StoredObject } from "../interface.ts";
import { type Cases, type Fixture, names, pod, PODS, put, refused, rewrite } from "./fixture.ts";

async function sampleList({ storage }: Fixture): Promise<void> {
  for (
    const [namespace, name] of [["ns", "a"], ["ns", "b"], ["ns-2", "a"], ["ns2", "a"], ["ns2", "b"]] as const
  ) {
    await put(storage, pod(name, namespace));
  }
  await put(storage, { resource: "podsx", namespace: "ns", name: "z" });
  await put(storage, { resource: "pod", namespace: "ns", name: "z" });
}

export const LIST_CASES: Cases = {
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
