import assert from "node:assert/strict";
import { OrkaError } from "../base/mod.ts";
import {
  formatLabelSelector,
  formatObjectSelector,
  matchesLabels,
  parseLabelSelector,
  selectorOfObject,
} from "./selector.ts";
import {
  escapeFieldValue,
  formatFieldSelector,
  matchesFields,
  parseFieldSelector,
} from "./field_selector.ts";

Deno.test("label selectors parse and print canonically", () => {
  const table: [string, string][] = [
    ["", ""],
    ["a=b", "a=b"],
    ["a==b", "a=b"],
    ["a = b , c!=d", "a=b,c!=d"],
    ["z,!a", "!a,z"],
    ["x in (c,a, b)", "x in (a,b,c)"],
    ["x notin (a)", "x notin (a)"],
    ["x in (a,)", "x in (,a)"],
    ["a=", "a="],
    ["a!=,b", "a!=,b"],
    ["app.kubernetes.io/name=web", "app.kubernetes.io/name=web"],
    ["n>5,m<3", "m<3,n>5"],
    ["in in (in)", "in in (in)"],
  ];
  for (const [text, canonical] of table) {
    assert.equal(formatLabelSelector(parseLabelSelector(text)), canonical, text);
  }
});

Deno.test("a broken selector says what and where", () => {
  const bad = [
    "a b",
    "a in b",
    "a in (b",
    "a=b,",
    "=b",
    "a=(",
    "-x",
    "a=b c",
    "x/y/z=1",
    "!",
    "a=b=c",
    "a=-b",
  ];
  for (const text of bad) {
    assert.throws(
      () => parseLabelSelector(text),
      (e) => e instanceof OrkaError && e.code === "usage" && /at position \d+/.test(e.message),
      text,
    );
  }
  assert.throws(() => parseLabelSelector("a in b"), /found "b" at position 6/);
});

Deno.test("requirements match as the server matches", () => {
  const labels = { app: "web", tier: "front", n: "7", empty: "" };
  const yes = [
    "",
    "app",
    "app=web",
    "app!=db",
    "gone!=x",
    "!gone",
    "tier in (front,back)",
    "gone notin (x)",
    "n>6",
  ];
  const no = [
    "gone",
    "app=db",
    "!app",
    "tier notin (front)",
    "gone=",
    "gone in (x)",
    "n>7",
    "app>1",
    "app,gone",
  ];
  for (const text of [...yes, "empty=", "n<8"]) {
    assert.ok(matchesLabels(parseLabelSelector(text), labels), text);
  }
  for (const text of no) assert.ok(!matchesLabels(parseLabelSelector(text), labels), text);
  assert.ok(matchesLabels(parseLabelSelector("!a"), undefined));
});

Deno.test("selectors inside objects", () => {
  const selector = {
    matchLabels: { b: "1", a: "2" },
    matchExpressions: [{ key: "c", operator: "In", values: ["y", "x"] }, {
      key: "d",
      operator: "DoesNotExist",
    }],
  };
  assert.equal(formatObjectSelector(selector), "a=2,b=1,c in (x,y),!d");
  assert.equal(formatObjectSelector(undefined), "<none>");
  assert.ok(matchesLabels(selectorOfObject(selector), { a: "2", b: "1", c: "x" }));
});

Deno.test("field selectors parse, escape and match", () => {
  const object = { metadata: { name: "a,b=c\\" }, spec: { nodeName: "n1" } };
  const own = formatFieldSelector({ "metadata.name": "a,b=c\\" });
  assert.equal(own, "metadata.name=a\\,b\\=c\\\\");
  assert.ok(matchesFields(parseFieldSelector(own), object));
  assert.ok(matchesFields(parseFieldSelector("spec.nodeName==n1,status.phase!=Running"), object));
  assert.ok(!matchesFields(parseFieldSelector("spec.nodeName!=n1"), object));
  assert.equal(escapeFieldValue("x"), "x");
  for (const bad of ["a", "=x", "a=b=c", "a=\\x"]) {
    assert.throws(() => parseFieldSelector(bad), OrkaError, bad);
  }
});
