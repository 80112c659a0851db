import assert from "node:assert/strict";
import { OrkaError, seededRandom } from "../base/mod.ts";
import { parseQuery, readQuery } from "./parse_query.ts";
import { printQuery } from "./print_query.ts";
import type { Comparison, Query, QueryValue, Term, WordMatch } from "./query.ts";

const plain = (text: string): QueryValue => ({ text, glob: false });
const glob = (text: string): QueryValue => ({ text, glob: true });
const text = (text: string, match: WordMatch = "fuzzy", negated = false): Term => ({
  type: "text",
  negated,
  match,
  text,
});

Deno.test("terms are read as they are written", () => {
  const cases: readonly (readonly [string, Query])[] = [
    ["", []],
    ["  ", []],
    ["k:Application", [{ type: "kind", negated: false, values: [plain("Application")] }]],
    ["-ns:kube-system", [{ type: "namespace", negated: true, values: [plain("kube-system")] }]],
    ['ns:a,b*,"c d"', [{
      type: "namespace",
      negated: false,
      values: [plain("a"), glob("b*"), plain("c d")],
    }]],
    ['g:""', [{ type: "group", negated: false, values: [plain("")] }]],
    ["label:app", [{ type: "label", negated: false, key: "app", comparison: "exists", values: [] }]],
    ["label:app.kubernetes.io/name=web", [{
      type: "label",
      negated: false,
      key: "app.kubernetes.io/name",
      comparison: "=",
      values: [plain("web")],
    }]],
    ["anno:team!=core", [{
      type: "annotation",
      negated: false,
      key: "team",
      comparison: "!=",
      values: [plain("core")],
    }]],
    ["field:spec.nodeName=n1", [{
      type: "field",
      negated: false,
      key: "spec.nodeName",
      comparison: "=",
      values: [plain("n1")],
    }]],
    ["restarts>5", [{
      type: "field",
      negated: false,
      key: "restarts",
      comparison: ">",
      values: [plain("5")],
    }]],
    ["-age<=2h", [{ type: "field", negated: true, key: "age", comparison: "<=", values: [plain("2h")] }]],
    ["cpu>=500m", [{ type: "field", negated: false, key: "cpu", comparison: ">=", values: [plain("500m")] }]],
    ["name:web*", [{ type: "name", negated: false, values: [glob("web*")] }]],
    ["pay 'exact ^pre suf$ ^all$", [
      text("pay"),
      text("exact", "exact"),
      text("pre", "prefix"),
      text("suf", "suffix"),
      text("all", "equal"),
    ]],
    ["!not !'fuzzy !^pre !suf$", [
      text("not", "exact", true),
      text("fuzzy", "fuzzy", true),
      text("pre", "prefix", true),
      text("suf", "suffix", true),
    ]],
    ['"two words" system:node -web $', [
      text("two words", "exact"),
      text("system:node"),
      text("-web"),
      text("$"),
    ]],
  ];
  for (const [line, query] of cases) assert.deepEqual(parseQuery(line), query, line);
});

Deno.test("what is wrong is pointed at", () => {
  const cases: readonly (readonly [string, number, number])[] = [
    ["k:Pod ns:", 9, 1],
    ["ns:a,", 5, 1],
    ['web ns:"a', 7, 2],
    ['ns:"a"b', 6, 1],
    ['ns:a"b', 4, 1],
    ["label:=x", 6, 1],
    ["restarts>", 9, 1],
    ["restarts>1,2", 9, 3],
    ["restarts>>5", 9, 1],
    ["a field:x=>5", 10, 1],
    ["web | db", 4, 1],
    ["a !", 2, 1],
    ["x lable:app=web", 2, 5],
    ['a ""', 2, 2],
  ];
  for (const [line, column, length] of cases) {
    const parsed = readQuery(line);
    assert.ok(!parsed.ok, line);
    assert.deepEqual([parsed.problem.column, parsed.problem.length], [column, length], line);
  }
  assert.throws(() => parseQuery("k:Pod ns:"), (error) => {
    assert.ok(error instanceof OrkaError);
    assert.equal(error.code, "usage");
    assert.deepEqual(error.message.split("\n").slice(1), ["  k:Pod ns:", "           ^"]);
    return true;
  });
});

const LETTERS = [..."abz09-./*?\"\\ ,'^$!=<>:ü|"];

function randomQuery(random: () => number): Query {
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)]!;
  const some = (letters: readonly string[], least = 1) =>
    Array.from({ length: least + Math.floor(random() * 5) }, () => pick(letters)).join("");
  const value = (): QueryValue => {
    const word = random() < 0.3 ? some([..."ab*?."]) : some(LETTERS, 0);
    return { text: word, glob: /^[ab*?.]+$/.test(word) && /[*?]/.test(word) && random() < 0.7 };
  };
  const values = () => Array.from({ length: 1 + Math.floor(random() * 3) }, value);
  const negated = random() < 0.3;
  const bare = some([..."abz09-./"]);
  return Array.from({ length: Math.floor(random() * 4) }, (): Term => {
    const type = pick(
      ["kind", "group", "namespace", "name", "label", "annotation", "field", "text"] as const,
    );
    if (type === "label" || type === "annotation" || type === "field") {
      const comparison = pick<Comparison>(["exists", "=", "!=", ">", ">=", "<", "<="]);
      const many = comparison === "=" || comparison === "!="
        ? values()
        : comparison === "exists"
        ? []
        : [value()];
      return { type, negated, key: some([..."abz09-./*"]), comparison, values: many };
    }
    if (type !== "text") return { type, negated, values: values() };
    const match = pick<WordMatch>(["fuzzy", "exact", "prefix", "suffix", "equal"]);
    return { type, negated, match, text: match === "exact" ? some(LETTERS) : `t${bare}` };
  });
}

Deno.test("property: what is printed reads as the same query", () => {
  for (let seed = 1; seed <= 3000; seed++) {
    const query = randomQuery(seededRandom(seed));
    const printed = printQuery(query);
    assert.deepEqual(parseQuery(printed), query, `seed ${seed}: ${printed}`);
  }
});

Deno.test("property: any text is read or has its problem within it", () => {
  for (let seed = 1; seed <= 3000; seed++) {
    const random = seededRandom(seed);
    const length = Math.floor(random() * 16);
    const line = Array.from({ length }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join("");
    const parsed = readQuery(line);
    if (parsed.ok) assert.deepEqual(readQuery(printQuery(parsed.query)), parsed, `seed ${seed}: ${line}`);
    else {
      const { column, length } = parsed.problem;
      assert.ok(column >= 0 && length > 0 && column <= line.length, `seed ${seed}: ${line}`);
    }
  }
});
