import assert from "node:assert/strict";
import { seededRandom } from "../../base/mod.ts";
import { clientSidePatch } from "./client_patch.ts";
import { type PatchNode, patchSchema } from "./patch_schema.ts";

const CONTAINERS: PatchNode = {
  field: (name) => ({
    strategies: ["args", "command"].includes(name) ? [] : ["merge"],
    mergeKey: name === "containers" || name === "env" ? "name" : "",
    node: CONTAINERS,
  }),
};

Deno.test("what only others set is left, what was taken out of the manifest goes", () => {
  const original = { a: 1, b: { c: 1, d: 1 } };
  const modified = { b: { c: 2 }, e: [1] };
  const current = { a: 1, b: { c: 1, d: 1, theirs: 1 }, theirs: 1, e: [2] };
  assert.deepEqual(clientSidePatch({ original, modified, current }, null), {
    a: null,
    b: { c: 2, d: null },
    e: [1],
  });
  assert.deepEqual(clientSidePatch({ original: undefined, modified, current }, null), {
    b: { c: 2 },
    e: [1],
  });
});

Deno.test("items of a keyed list are patched, deleted and kept by their keys, and their order is told", () => {
  const original = { containers: [{ name: "a", image: "1" }, { name: "gone" }] };
  const modified = { containers: [{ name: "new" }, { name: "a", image: "2" }] };
  const current = { containers: [{ name: "sidecar" }, { name: "a", image: "1", x: 1 }, { name: "gone" }] };
  assert.deepEqual(clientSidePatch({ original, modified, current }, CONTAINERS), {
    "$setElementOrder/containers": [{ name: "new" }, { name: "a" }],
    containers: [{ name: "new" }, { name: "a", image: "2" }, { name: "gone", $patch: "delete" }],
  });
});

Deno.test("sets gain and lose their values; a list without a strategy is one value", () => {
  const original = { finalizers: ["a", "b"], args: ["x"] };
  const modified = { finalizers: ["b", "c"], args: ["y"] };
  const current = { finalizers: ["a", "b", "theirs"], args: ["x"] };
  assert.deepEqual(clientSidePatch({ original, modified, current }, CONTAINERS), {
    "$deleteFromPrimitiveList/finalizers": ["a"],
    "$setElementOrder/finalizers": ["b", "c"],
    finalizers: ["c"],
    args: ["y"],
  });
});

Deno.test("a union keeps only the members that the manifest names", () => {
  const union: PatchNode = {
    field: (name) => ({ strategies: name === "strategy" ? ["retainKeys"] : [], mergeKey: "", node: union }),
  };
  const versions = {
    original: { strategy: { type: "RollingUpdate", rollingUpdate: { max: 1 } } },
    modified: { strategy: { type: "Recreate" } },
    current: { strategy: { type: "RollingUpdate", rollingUpdate: { max: 1 } } },
  };
  assert.deepEqual(clientSidePatch(versions, union), {
    strategy: { $retainKeys: ["type"], type: "Recreate" },
  });
});

Deno.test("the schema tells strategies and merge keys through references, and which kinds take no such patch", () => {
  const kind = { group: "apps", version: "v1", kind: "Thing" };
  const content = { "application/strategic-merge-patch+json": {} };
  const document = (media: object) => ({
    paths: {
      "/apis/apps/v1/namespaces/{namespace}/things/{name}": { patch: { requestBody: { content: media } } },
    },
    components: {
      schemas: {
        Thing: {
          properties: { spec: { allOf: [{ $ref: "#/components/schemas/Spec" }] } },
          "x-kubernetes-group-version-kind": [kind],
        },
        Spec: {
          properties: {
            items: {
              items: { $ref: "#/components/schemas/Item" },
              "x-kubernetes-patch-strategy": "merge,retainKeys",
              "x-kubernetes-patch-merge-key": "name",
            },
          },
        },
        Item: { properties: { deep: { "x-kubernetes-patch-strategy": "replace" } } },
      },
    },
  });
  const resource = { ...kind, plural: "things" } as never;
  const items = patchSchema(document(content), resource)?.field("spec")?.node.field("items");
  assert.deepEqual([items?.strategies, items?.mergeKey], [["merge", "retainKeys"], "name"]);
  assert.deepEqual(items?.node.field("deep")?.strategies, ["replace"]);
  assert.equal(items?.node.field("unknown"), null);
  assert.equal(patchSchema(document({}), resource), null);
});

type Tree = { [key: string]: Tree | number };

/** A small tree over few keys, so that three of them meet often. */
function tree(random: () => number, depth: number): Tree {
  const result: Tree = {};
  for (const key of ["a", "b", "c", "d"]) {
    const dice = random();
    if (dice < 0.3) result[key] = Math.floor(random() * 3);
    else if (dice < 0.6 && depth > 0) result[key] = tree(random, depth - 1);
  }
  return result;
}

function merged(target: Tree, patch: Readonly<Record<string, unknown>>): Tree {
  const result = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const inner = result[key];
    if (value === null) delete result[key];
    else if (typeof value !== "object") result[key] = value as number;
    else result[key] = merged(typeof inner === "object" ? inner : {}, value as Record<string, unknown>);
  }
  return result;
}

/** For every field: the manifest's value where it has one, gone where it had one, else as it is. */
function expected(
  original: Tree | number | undefined,
  modified: Tree,
  current: Tree | number | undefined,
): Tree {
  const had = typeof original === "object" ? original : {}, live = typeof current === "object" ? current : {};
  const result: Tree = {};
  for (const key of new Set([...Object.keys(live), ...Object.keys(modified)])) {
    const wanted = modified[key];
    if (typeof wanted === "object") result[key] = expected(had[key], wanted, live[key]);
    else if (wanted !== undefined) result[key] = wanted;
    else if (!(key in had)) result[key] = live[key]!;
  }
  return result;
}

Deno.test("random three versions: the patch makes what a field-by-field merge makes", () => {
  for (let seed = 1; seed <= 2_000; seed++) {
    const random = seededRandom(seed);
    const [original, modified, current] = [tree(random, 3), tree(random, 3), tree(random, 3)];
    const patch = clientSidePatch({ original, modified, current }, null);
    assert.deepEqual(merged(current, patch), expected(original, modified, current), `seed ${seed}`);
  }
});
