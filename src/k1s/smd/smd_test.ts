import assert from "node:assert/strict";
import type { Json, JsonObject } from "../patch/mod.ts";
import { DEDUCED, listType, mapType, scalarType, type TypeRef } from "./atom.ts";
import { compareValues } from "./compare_values.ts";
import { FieldSet } from "./field_set.ts";
import { ConflictError, type Managers } from "./managers.ts";
import { mergeValues } from "./merge_values.ts";
import { compareElements, elementText, parseElement, pathText } from "./path_element.ts";
import { removeItems } from "./remove_items.ts";
import { SampleMaker } from "./sample_sequences.ts";
import { SAMPLE } from "./sample_types.ts";
import { toFieldSet } from "./to_field_set.ts";
import { Updater } from "./updater.ts";
import { validateValue } from "./validate.ts";

const SEEDS = [1, 2, 3, 4, 5];

/** Writes in a row on one object. */
class Story {
  value: Json = {};
  managers: Managers = new Map();
  readonly #updater = new Updater({ convert: (object) => object });

  constructor(readonly type: TypeRef = SAMPLE) {}

  update(manager: string, value: JsonObject): this {
    return this.#take(this.#updater.update(value, this.#writing(manager)));
  }

  apply(manager: string, config: JsonObject, force = false): this {
    return this.#take(this.#updater.apply(config, this.#writing(manager), force));
  }

  conflicts(manager: string, config: JsonObject): string[] {
    try {
      this.#updater.apply(config, this.#writing(manager), false);
    } catch (error) {
      if (error instanceof ConflictError) {
        return error.conflicts.map(({ manager, path }) => `${manager} ${path}`);
      }
      throw error;
    }
    return [];
  }

  owns(manager: string): string[] {
    return [...this.managers.get(manager)?.set.paths() ?? []].map(pathText);
  }

  #writing(manager: string) {
    return {
      live: { value: this.value, type: this.type },
      managers: this.managers,
      manager,
      apiVersion: "v1",
    };
  }

  #take({ value, managers }: { value: Json | undefined; managers: Managers }): this {
    this.value = value ?? null;
    this.managers = managers;
    return this;
  }
}

Deno.test("an applier owns what it sets; what it drops is removed unless others own it", () => {
  const story = new Story().apply("a", { labels: { x: "x", y: "y" }, num: 1 }).apply("b", {
    labels: { y: "y" },
  });
  assert.deepEqual(story.owns("a"), [".num", ".labels.x", ".labels.y"]);
  story.apply("a", { num: 1 });
  assert.deepEqual(story.value, { labels: { y: "y" }, num: 1 });
  story.apply("b", {});
  assert.deepEqual([story.value, [...story.managers.keys()]], [{ num: 1 }, ["a"]]);
});

Deno.test("a change of another's field conflicts by manager and path; force takes it", () => {
  const story = new Story().apply("a", { num: 1, list: [{ name: "x", value: 1 }] });
  assert.deepEqual(story.conflicts("b", { num: 2, list: [{ name: "x", value: 2 }] }), [
    "a .num",
    'a .list[name="x"].value',
  ]);
  assert.deepEqual(story.conflicts("b", { num: 1 }), [], "the same value is shared, not a conflict");
  story.apply("b", { num: 2 }, true);
  assert.deepEqual([story.owns("a"), story.owns("b")], [[
    '.list[name="x"]',
    '.list[name="x"].name',
    '.list[name="x"].value',
  ], [".num"]]);
});

Deno.test("an update owns what it changes and takes it from the others", () => {
  const story = new Story().apply("a", { num: 1, name: "n" }).update("u", { num: 2, name: "n", flag: true });
  assert.deepEqual([story.owns("a"), story.owns("u")], [[".name"], [".flag", ".num"]]);
  assert.deepEqual(story.conflicts("a", { num: 1, name: "n" }), ["u .num"]);
});

Deno.test("updates between applies stay; what an update added to an applied struct stays, in a map's element it goes", () => {
  const story = new Story().apply("a", { struct: { a: "1" }, structs: { x: { a: "1" } } });
  story.update("u", { struct: { a: "1", b: 2 }, structs: { x: { a: "1", b: 2 } } });
  story.apply("a", { num: 1 });
  // the element itself was the applier's alone: so the original has it, null included
  assert.deepEqual(story.value, { num: 1, struct: { b: 2 }, structs: null });
});

Deno.test("sets, keyed lists, atomic values and free objects merge by their types", () => {
  const base = {
    set: ["a", "b"],
    ports: [{ port: 80 }],
    atomicList: [{ name: "a" }],
    atomicMap: { a: "1" },
    free: { a: { x: 1 } },
  };
  const config = {
    set: ["c", "b"],
    ports: [{ port: 80, protocol: "UDP" }, { port: 80, protocol: "TCP", name: "web" }],
    atomicList: [{ name: "b" }],
    atomicMap: { b: "2" },
    free: { a: { y: [2] } },
  };
  assert.deepEqual(mergeValues(base, config, SAMPLE), {
    set: ["a", "c", "b"],
    ports: [{ port: 80, protocol: "UDP" }, { port: 80, protocol: "TCP", name: "web" }],
    atomicList: [{ name: "b" }],
    atomicMap: { b: "2" },
    free: { a: { x: 1, y: [2] } },
  });
});

Deno.test("fieldsV1 is written in the API server's order and form, and read back", () => {
  const value = {
    set: ["b", "a"],
    nums: [2, 1.5],
    ports: [{ port: 81, protocol: "UDP" }, { port: 80 }],
    labels: { "a.b/c": "x", Z: "y" },
    struct: {},
    structs: { k: {} },
  };
  const set = toFieldSet(value, SAMPLE);
  const text =
    '{"f:labels":{"f:Z":{},"f:a.b/c":{}},"f:nums":{"v:1.5":{},"v:2":{}},"f:ports":{"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:port":{}},' +
    '"k:{\\"port\\":81,\\"protocol\\":\\"UDP\\"}":{".":{},"f:port":{},"f:protocol":{}}},"f:set":{"v:\\"a\\"":{},"v:\\"b\\"":{}},"f:struct":{},"f:structs":{"f:k":{}}}';
  assert.equal(JSON.stringify(set.toFieldsV1()), text);
  assert.ok(FieldSet.fromFieldsV1(JSON.parse(text)).equals(set));
  const spelled = FieldSet.fromFieldsV1({
    'k:{ "b" : 1.0, "a":"<" }': { ".": {}, "f:x": {} },
    "q:later": {},
    "i:03": {},
  });
  assert.equal(
    JSON.stringify(spelled.toFieldsV1()),
    '{"k:{\\"a\\":\\"\\\\u003c\\",\\"b\\":1}":{".":{},"f:x":{}},"i:3":{}}',
  );
  for (const broken of ["", "x", "k:[]", "k:{", "v:", "i:x"]) {
    assert.throws(() => parseElement(broken), SyntaxError, broken);
  }
  assert.throws(() => FieldSet.fromFieldsV1({ "f:a": 1 }), SyntaxError);
});

Deno.test("path elements have one order and a text", () => {
  const inOrder = [
    "f:Z",
    "f:a",
    'k:{"a":1}',
    'k:{"a":1,"b":2}',
    'k:{"a":"1"}',
    "v:1",
    "v:10",
    'v:"1"',
    "v:false",
    "v:true",
    "i:1",
  ];
  const shuffled = [...inOrder].reverse().sort(compareElements);
  assert.deepEqual(shuffled, inOrder);
  assert.deepEqual(["f:a.b", 'k:{"n":"x","p":1}', 'v:"x"', "i:2"].map(elementText), [
    ".a.b",
    '[n="x",p=1]',
    '[="x"]',
    "[2]",
  ]);
});

Deno.test("what doesn't fit a type is told with its path", () => {
  const cases: [JsonObject, string, string][] = [
    [{ nope: 1 }, ".nope", "field not declared in schema"],
    [{ num: "x" }, ".num", "expected numeric (int or float), got string"],
    [{ labels: { a: 1 } }, ".labels.a", "expected string, got &value.valueUnstructured{Value:1}"],
    [{ list: [{ name: "a" }, { name: "a" }] }, ".list", 'duplicate entries for key [name="a"]'],
    [
      { set: [null] },
      ".set",
      "element 0: associative list without keys has an element that's an explicit null",
    ],
    [
      { atomicList: [{ name: 1 }] },
      ".atomicList[0].name",
      "expected string, got &value.valueUnstructured{Value:1}",
    ],
  ];
  for (const [value, path, message] of cases) {
    assert.deepEqual(validateValue(value, SAMPLE), [{ path, message }]);
  }
  assert.deepEqual(validateValue({ set: ["a", "a"] }, SAMPLE, { allowDuplicates: true }), []);
});

Deno.test("a key named __proto__ is a key", () => {
  const live = JSON.parse('{"labels":{"__proto__":"x","constructor":"y"}}');
  const merged = mergeValues(live, JSON.parse('{"labels":{"toString":"z"}}'), SAMPLE);
  assert.equal(JSON.stringify(merged), '{"labels":{"__proto__":"x","constructor":"y","toString":"z"}}');
  const gone = removeItems(merged, FieldSet.of(["f:labels", "f:constructor"]), SAMPLE);
  assert.equal(JSON.stringify(gone), '{"labels":{"__proto__":"x","toString":"z"}}');
});

Deno.test("field sets do what sets of paths do", () => {
  for (const seed of SEEDS) {
    const maker = new SampleMaker(seed);
    const sets = [maker, maker].map(() => toFieldSet(maker.object().free ?? {}, DEDUCED)) as [
      FieldSet,
      FieldSet,
    ];
    const [a, b] = sets.map((set) => new Set([...set.paths()].map(pathText))) as [Set<string>, Set<string>];
    const texts = (set: FieldSet) => new Set([...set.paths()].map(pathText));
    assert.deepEqual(texts(sets[0].union(sets[1])), a.union(b));
    assert.deepEqual(texts(sets[0].intersection(sets[1])), a.intersection(b));
    assert.deepEqual(texts(sets[0].difference(sets[1])), a.difference(b));
    for (const path of sets[0].paths()) assert.ok(sets[0].has(path));
    assert.ok(FieldSet.fromFieldsV1(sets[0].toFieldsV1()).equals(sets[0]));
  }
});

/** Equal in what each manager owns, at which version, and how. */
function equalManagers(a: Managers, b: Managers): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([name, left]) => {
    const right = b.get(name);
    return right !== undefined && left.apiVersion === right.apiVersion && left.applied === right.applied &&
      left.set.equals(right.set);
  });
}

Deno.test("applying twice changes nothing; comparing a value with itself finds nothing", () => {
  for (const seed of SEEDS) {
    const maker = new SampleMaker(seed);
    for (let i = 0; i < 40; i++) {
      const [live, config] = [maker.object(), maker.object()];
      if (validateValue(live, SAMPLE).length + validateValue(config, SAMPLE).length > 0) continue;
      const story = new Story().update("u", live).apply("a", config, true);
      const { value, managers } = story;
      story.apply("a", config);
      assert.deepEqual(story.value, value, `seed ${seed}`);
      assert.ok(equalManagers(story.managers, managers), `seed ${seed}`);
      const same = compareValues(value, structuredClone(value), SAMPLE);
      assert.ok(same.added.isEmpty && same.modified.isEmpty && same.removed.isEmpty);
    }
  }
});

Deno.test("types that hold themselves resolve when needed", () => {
  const tree: TypeRef = () => TREE;
  const TREE = mapType({
    fields: { name: scalarType("string"), kids: listType(tree, "associative", ["name"]) },
  })();
  const value = { name: "a", kids: [{ name: "b", kids: [{ name: "c" }] }] };
  assert.deepEqual(
    [...toFieldSet(value, tree).paths()].map(pathText).at(-1),
    '.kids[name="b"].kids[name="c"].name',
  );
});
