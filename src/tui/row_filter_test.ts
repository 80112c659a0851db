import assert from "node:assert/strict";
import { filterHighlight, parseFilter } from "./row_filter.ts";

Deno.test("a filter line means what k9s makes of it", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["", null],
    ["  ", null],
    ["!", null],
    ["-f", null],
    ["-l ", null],
    ["web", { type: "regex", pattern: "web", inverse: false }],
    ["web-[0-9]+$", { type: "regex", pattern: "web-[0-9]+$", inverse: false }],
    ["!web", { type: "regex", pattern: "web", inverse: true }],
    ["-f wb0", { type: "fuzzy", pattern: "wb0" }],
    ["-l app=web,tier!=db", { type: "labels", selector: "app=web,tier!=db" }],
    ["-l env in (a, b)", { type: "labels", selector: "env in (a, b)" }],
    ["app=web", { type: "labels", selector: "app=web" }],
    ["app.kubernetes.io/name=web", { type: "labels", selector: "app.kubernetes.io/name=web" }],
    ["restarts>5", { type: "query", query: "restarts>5" }],
    ["web ns:shop", { type: "query", query: "web ns:shop" }],
    ["-label:app=web age<2h", { type: "query", query: "-label:app=web age<2h" }],
    ["system:node", { type: "regex", pattern: "system:node", inverse: false }],
    ["a:b|c", { type: "regex", pattern: "a:b|c", inverse: false }],
    ["sha256:[0-9a-f]+|web", { type: "regex", pattern: "sha256:[0-9a-f]+|web", inverse: false }],
    ["lable[:]app", { type: "regex", pattern: "lable[:]app", inverse: false }],
    ["node:10250", { type: "regex", pattern: "node:10250", inverse: false }],
    ["(?:a|b)", { type: "regex", pattern: "(?:a|b)", inverse: false }],
    ["[web", { type: "regex", pattern: "\\[web", inverse: false }],
    ["!(", { type: "regex", pattern: "\\(", inverse: true }],
  ];
  for (const [text, filter] of cases) assert.deepEqual(parseFilter(text).filter, filter, text);
});

Deno.test("a broken expression says that it is taken as text", () => {
  assert.equal(parseFilter("[web").note, "taken as plain text");
  assert.equal(parseFilter("web").note, "");
});

Deno.test("a query that does not parse says where", () => {
  assert.equal(parseFilter("web ns:").problem, "Not a query: namespace is missing at column 8");
  assert.equal(parseFilter("restarts>5").problem, undefined);
});

Deno.test("a key that is nearly one of the known is a slip, and no expression", () => {
  const slip = parseFilter("lable:app");
  assert.deepEqual(slip.filter, { type: "query", query: "lable:app" });
  assert.equal(slip.note, "unknown key: label: is meant?");
  assert.equal(slip.problem, 'Unknown key "lable" at column 1: label: is one, lable[:] makes it text');
  assert.equal(parseFilter("web namspace:shop").problem?.startsWith('Unknown key "namspace"'), true);
});

Deno.test("only what can be seen is highlighted", () => {
  assert.deepEqual("a WEB-1".match(filterHighlight(parseFilter("web").filter)!), ["WEB"]);
  for (const text of ["!web", "-f web", "app=web", ""]) {
    assert.equal(filterHighlight(parseFilter(text).filter), null);
  }
});
