import assert from "node:assert/strict";
import { applyJsonPatch, applyMergePatch, type Json, MAX_OPERATIONS, PatchError } from "./mod.ts";

const op = (op: string, path: string, value?: Json): Json => ({
  op,
  path,
  ...(value === undefined ? {} : { value }),
});

/** RFC 6902 appendix A, and what the RFC leaves to its readers. */
const APPLIED: readonly [string, Json, Json[], Json][] = [
  ["add a member", { foo: "bar" }, [op("add", "/baz", "qux")], { foo: "bar", baz: "qux" }],
  ["add an element", { foo: ["bar", "baz"] }, [op("add", "/foo/1", "qux")], { foo: ["bar", "qux", "baz"] }],
  ["add at the end", { foo: ["a"] }, [op("add", "/foo/-", ["b"])], { foo: ["a", ["b"]] }],
  ["add at the index past the end", { foo: ["a"] }, [op("add", "/foo/1", "b")], { foo: ["a", "b"] }],
  ["add replaces a member", { foo: 1 }, [op("add", "/foo", 2)], { foo: 2 }],
  ["add null", {}, [op("add", "/foo", null)], { foo: null }],
  ["remove a member", { baz: "qux", foo: "bar" }, [op("remove", "/baz")], { foo: "bar" }],
  ["remove an element", { foo: ["bar", "qux", "baz"] }, [op("remove", "/foo/1")], { foo: ["bar", "baz"] }],
  ["remove from the end", { foo: ["a", "b"] }, [op("remove", "/foo/-1")], { foo: ["a"] }],
  ["replace", { baz: "qux" }, [op("replace", "/baz", "boo")], { baz: "boo" }],
  ["replace adds a key that is not there", { x: "1" }, [op("replace", "/nope", "q")], { x: "1", nope: "q" }],
  ["replace an element", [1, 2], [op("replace", "/0", 9)], [9, 2]],
  ["replace the whole", { a: 1 }, [op("replace", "", { b: 2 })], { b: 2 }],
  ["move", { foo: { waldo: "fred" }, qux: {} }, [{ op: "move", from: "/foo/waldo", path: "/qux/thud" }], {
    foo: {},
    qux: { thud: "fred" },
  }],
  ["move within a list", { foo: [1, 2, 3] }, [{ op: "move", from: "/foo/0", path: "/foo/2" }], {
    foo: [2, 3, 1],
  }],
  ["copy", { a: { b: 1 } }, [{ op: "copy", from: "/a", path: "/c" }, op("replace", "/c/b", 2)], {
    a: { b: 1 },
    c: { b: 2 },
  }],
  ["test passes", { baz: ["a", { b: 2 }] }, [op("test", "/baz", ["a", { b: 2 }])], { baz: ["a", { b: 2 }] }],
  ["test of the absent for null", { a: 1 }, [op("test", "/b", null)], { a: 1 }],
  ["escapes", { "/": 9, "~1": 10 }, [op("test", "/~01", 10), op("replace", "/~1", 8)], { "/": 8, "~1": 10 }],
  ["a key named __proto__", {}, [op("add", "/__proto__", 1)], JSON.parse('{"__proto__": 1}')],
];

for (const [name, document, patch, expected] of APPLIED) {
  Deno.test(`JSON patch: ${name}`, () => {
    const before = JSON.stringify(document);
    assert.equal(JSON.stringify(applyJsonPatch(document, patch)), JSON.stringify(expected));
    assert.equal(JSON.stringify(document), before, "the document is not changed");
  });
}

const REFUSED: readonly [Json, Json[], string][] = [
  [
    { foo: "bar" },
    [op("add", "/baz/bat", 1)],
    'add operation does not apply: doc is missing path: "/baz/bat": missing value',
  ],
  [
    {},
    [op("remove", "/foo")],
    "error in remove for path: '/foo': Unable to remove nonexistent key: foo: missing value",
  ],
  [
    { foo: [1] },
    [op("replace", "/foo/3", 1)],
    "replace operation does not apply: doc is missing key: /foo/3: Unable to access invalid index: 3: invalid index referenced",
  ],
  [
    { foo: [1] },
    [op("add", "/foo/5", 1)],
    "error in add for path: '/foo/5': Unable to access invalid index: 5: invalid index referenced",
  ],
  [{ foo: "bar" }, [op("test", "/foo", "baz")], "testing value /foo failed: test failed"],
  [
    { foo: 1 },
    [{ op: "move", from: "/foo", path: "/foo/bar" }],
    "move operation does not apply: doc is missing destination path: /foo/bar: missing value",
  ],
  [{}, [op("frobnicate", "/a")], "Unexpected kind: frobnicate"],
];

for (const [document, patch, message] of REFUSED) {
  Deno.test(`JSON patch refuses ${JSON.stringify(patch)}`, () => {
    assert.throws(() => applyJsonPatch(document, patch), {
      name: "PatchError",
      code: "unappliable",
      message,
    });
  });
}

Deno.test("a JSON patch that is no list, or too long, is malformed", () => {
  const tooMany = Array.from({ length: MAX_OPERATIONS + 1 }, () => op("test", "/a", null));
  for (const patch of [{}, "x", tooMany] as Json[]) {
    assert.throws(
      () => applyJsonPatch({}, patch),
      (error) => error instanceof PatchError && error.code === "malformed",
    );
  }
});

/** RFC 7386 appendix A where the patch is an object, and what the real server does beside it. */
const MERGED: readonly [string, string, string][] = [
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', "{}"],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ["{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ['{"a":[1]}', '{"a":[{"b":null,"c":1},null]}', '{"a":[{"c":1},null]}'],
  ['{"a":{"x":1}}', '{"a":[{"b":null}]}', '{"a":[{"b":null}]}'],
];

for (const [target, patch, expected] of MERGED) {
  Deno.test(`merge patch ${patch} into ${target}`, () => {
    assert.equal(JSON.stringify(applyMergePatch(JSON.parse(target), JSON.parse(patch))), expected);
  });
}

for (const patch of ["null", '["c"]', "7"]) {
  Deno.test(`merge patch ${patch} is malformed`, () => {
    const refused = { name: "PatchError", code: "malformed", message: "Invalid JSON Patch" };
    assert.throws(() => applyMergePatch({ a: 1 }, JSON.parse(patch)), refused);
  });
}
