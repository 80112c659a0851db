import assert from "node:assert/strict";
import { highlightYamlLine, yamlHighlighter } from "./yaml_highlight.ts";

function tokens(line: string): string {
  return highlightYamlLine(line).map(({ text, token }) => `${token ?? "text"}:${text}`).join("|");
}

Deno.test("a line's pieces by what they are", () => {
  const cases: readonly (readonly [line: string, pieces: string])[] = [
    ["apiVersion: v1", "key:apiVersion|punctuation:: |string:v1"],
    ["  replicas: 3", "punctuation:  |key:replicas|punctuation:: |number:3"],
    ["- name: web", "punctuation:- |key:name|punctuation:: |string:web"],
    ["  - - 1.5", "punctuation:  - - |number:1.5"],
    ["enabled: true", "key:enabled|punctuation:: |bool:true"],
    ["status: null", "key:status|punctuation:: |null:null"],
    ["spec:", "key:spec|punctuation::"],
    ["# all", "comment:# all"],
    ["a: b # why", "key:a|punctuation:: |string:b|comment: # why"],
    ['a: "x # y"', 'key:a|punctuation:: |string:"x # y"'],
    ["url: http://a:80/#x", "key:url|punctuation:: |string:http://a:80/#x"],
    ["f:metadata: {}", "key:f:metadata|punctuation:: |punctuation:{}"],
    ['"a: b": c', 'key:"a: b"|punctuation:: |string:c'],
    ["app.kubernetes.io/name: x", "key:app.kubernetes.io/name|punctuation:: |string:x"],
    ["a: &x 1", "key:a|punctuation:: |anchor:&x 1"],
    ["a: |-", "key:a|punctuation:: |punctuation:|-"],
    ["---", "punctuation:---"],
    ["time: 2026-11-21T04:22:50Z", "key:time|punctuation:: |string:2026-11-21T04:22:50Z"],
    ["just text", "string:just text"],
  ];
  for (const [line, pieces] of cases) assert.equal(tokens(line), pieces);
});

Deno.test("a block's lines are text until the indent ends it", () => {
  const lines = [
    "a:",
    "  b: |",
    "    x: 1",
    "",
    "      # y",
    "  c: 2",
    "- d: >-",
    "    e: 3",
    "  f: 4",
    "- |",
    "  g: 5",
    "h: 6",
  ];
  const highlight = yamlHighlighter(lines);
  // asked for backwards, as a view that starts at the end does
  const inBlock = lines.map((_, i) => lines.length - 1 - i)
    .filter((i) => lines[i] !== "" && highlight(lines[i]!, i).every(({ token }) => token === "string"));
  assert.deepEqual(inBlock.reverse().map((i) => lines[i]), ["    x: 1", "      # y", "    e: 3", "  g: 5"]);
});

Deno.test("the pieces of any line are the line", () => {
  let state = 3;
  const random = (below: number) => (state = Math.imul(state, 48271) & 0x7fffffff) % below;
  const parts = [
    "a",
    ": ",
    ":",
    "- ",
    "#",
    " #",
    '"',
    "'",
    "|",
    ">",
    "{",
    "}",
    "[",
    ",",
    "&x",
    "*y",
    "!t",
    " ",
    "1",
    "世",
    "\\",
  ];
  for (let n = 0; n < 3_000; n++) {
    const line = Array.from({ length: random(14) }, () => parts[random(parts.length)]).join("");
    assert.equal(highlightYamlLine(line).map(({ text }) => text).join(""), line, JSON.stringify(line));
  }
});

Deno.test("a hostile line costs linear time", () => {
  const lines = [
    "a:".repeat(20_000),
    "- ".repeat(20_000),
    '"'.repeat(40_000),
    "a:b ".repeat(10_000),
    " ".repeat(40_000) + "#",
  ];
  for (const line of lines) {
    assert.equal(highlightYamlLine(line).map(({ text }) => text).join(""), line);
  }
});
