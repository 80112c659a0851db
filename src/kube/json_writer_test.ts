import assert from "node:assert/strict";
import { jsonText, sortedKeys, writeJson } from "./json_writer.ts";

Deno.test("keys are sorted, four spaces an indent, empties stay short", () => {
  const text = writeJson({ b: [1, "x", { d: null }], a: {}, c: [], n: -1.5, t: true, u: undefined });
  assert.equal(
    text,
    [
      "{",
      '    "a": {},',
      '    "b": [',
      "        1,",
      '        "x",',
      "        {",
      '            "d": null',
      "        }",
      "    ],",
      '    "c": [],',
      '    "n": -1.5,',
      '    "t": true',
      "}",
    ].join("\n"),
  );
});

Deno.test("strings are escaped as Go escapes them", () => {
  const table: [string, string][] = [
    ["<a&b>", '"\\u003ca\\u0026b\\u003e"'],
    ['q"\\', '"q\\"\\\\"'],
    ["\n\r\t\b\f\x00\x1b", '"\\n\\r\\t\\b\\f\\u0000\\u001b"'],
    ["\u2028\u2029", '"\\u2028\\u2029"'],
    ["\x7f\u0085ü日😀", '"\x7f\u0085ü日😀"'],
    ["\ud800x", '"\ufffdx"'],
  ];
  for (const [text, json] of table) assert.equal(jsonText(text), json);
});

Deno.test("keys go by their UTF-8 bytes, not by UTF-16 units", () => {
  assert.deepEqual(sortedKeys({ "😀": 1, "\ue000": 1, a: 1, Z: 1 }), ["Z", "a", "\ue000", "😀"]);
});

Deno.test("numbers read back as they were", () => {
  assert.equal(jsonText([0, -0, 1e21, 1e-7, 0.1, 2147483648]), "[0,-0,1e+21,1e-7,0.1,2147483648]");
});
