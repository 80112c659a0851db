import assert from "node:assert/strict";
import { seededRandom } from "../base/mod.ts";
import { applyJsonPatch, applyMergePatch, type Json, type JsonObject } from "../k1s/patch/mod.ts";
import { randomJson } from "../../tests/support/random_json.ts";
import { pathText } from "./field_path.ts";
import { jsonPatch } from "./json_patch.ts";
import { mergePatch } from "./merge_patch.ts";
import { diffObjects, sameJson } from "./object_diff.ts";
import { threeWayMerge } from "./three_way_merge.ts";

const SEEDS = 400;

/** Runs a property over seeded values; the seed is in the failure. */
function forSeeds(check: (json: ReturnType<typeof randomJson>) => void): void {
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      check(randomJson(seededRandom(seed)));
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
}

Deno.test("property: a JSON patch leads from one version to the other", () =>
  forSeeds((json) => {
    const before = json.object();
    const after = json.changed(before);
    const patched = applyJsonPatch(before as Json, jsonPatch(before, after) as unknown as Json);
    assert.ok(sameJson(patched, after), JSON.stringify({ before, after, patched }));
  }));

Deno.test("property: so does a merge patch", () =>
  forSeeds((json) => {
    const before = json.object();
    const after = { root: json.changed(before) };
    const patch = mergePatch({ root: before }, after);
    assert.ok(sameJson(applyMergePatch({ root: before } as JsonObject, patch as Json), after));
  }));

Deno.test("property: versions have no changes between them exactly when they say the same", () =>
  forSeeds((json) => {
    const before = json.object();
    const after = json.changed(before);
    assert.deepEqual(diffObjects(before, structuredClone(before)), []);
    const strict = diffObjects(before, after, { strict: true });
    assert.equal(strict.length === 0, sameJson(before, after), JSON.stringify({ before, after }));
  }));

Deno.test("property: a merge with an unchanged side is the other side, and alike changes are taken once", () =>
  forSeeds((json) => {
    const base = json.object();
    const mine = json.changed(base);
    assert.deepEqual(threeWayMerge({ base, mine, theirs: base }), { merged: mine, conflicts: [] });
    assert.deepEqual(threeWayMerge({ base, mine: base, theirs: mine }), { merged: mine, conflicts: [] });
    assert.deepEqual(threeWayMerge({ base, mine, theirs: structuredClone(mine) }).conflicts, []);
  }));

Deno.test("property: a merge and its mirror have the same conflicts, and without any the same result", () =>
  forSeeds((json) => {
    const base = json.object();
    const [mine, theirs] = [json.changed(base), json.changed(base)];
    const one = threeWayMerge({ base, mine, theirs });
    const other = threeWayMerge({ base, mine: theirs, theirs: mine });
    const paths = (merge: typeof one) => merge.conflicts.map(({ path }) => pathText(path)).sort();
    assert.deepEqual(paths(one), paths(other));
    if (one.conflicts.length === 0) assert.deepEqual(diffObjects(one.merged, other.merged), []);
  }));

Deno.test("what was typed and what the cluster did come together", () => {
  const base = { replicas: 2, containers: [{ name: "web", image: "web:1" }], paused: true };
  const mine = { replicas: 2, containers: [{ name: "web", image: "web:2" }, { name: "log", image: "log" }] };
  const theirs = {
    replicas: 5,
    containers: [{ name: "mesh", image: "mesh" }, { name: "web", image: "web:1", env: [] }],
    paused: true,
  };
  assert.deepEqual(threeWayMerge({ base, mine, theirs }), {
    merged: {
      replicas: 5,
      containers: [
        { name: "web", image: "web:2", env: [] },
        { name: "log", image: "log" },
        { name: "mesh", image: "mesh" },
      ],
    },
    conflicts: [],
  });
});

Deno.test("a field that both changed is a conflict, and mine stands", () => {
  const { merged, conflicts } = threeWayMerge({
    base: { image: "1", args: ["a"] },
    mine: { image: "2", args: ["a", "b"] },
    theirs: { image: "3", args: ["c"] },
  });
  assert.deepEqual(merged, { image: "2", args: ["a", "b"] });
  assert.deepEqual(conflicts.map(({ path, base, mine, theirs }) => [pathText(path), base, mine, theirs]), [
    ["image", "1", "2", "3"],
    ["args", ["a"], ["a", "b"], ["c"]],
  ]);
});

Deno.test("what one side took out and the other changed is a conflict", () => {
  const { merged, conflicts } = threeWayMerge({ base: { a: { x: 1 } }, mine: {}, theirs: { a: { x: 2 } } });
  assert.deepEqual(merged, {});
  assert.equal(conflicts.length, 1);
});
