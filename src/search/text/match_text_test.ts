import assert from "node:assert/strict";
import { Fzf } from "fzf";
import { seededRandom } from "../../base/mod.ts";
import type { WordMatch } from "../query.ts";
import { matchText, type NamedText } from "./match_text.ts";

function match(text: string, named: string | NamedText, how: WordMatch = "fuzzy") {
  const given = typeof named === "string" ? { text: named, name: 0 } : named;
  return matchText([{ type: "text", negated: false, match: how, text }], given, { marks: true });
}

Deno.test("no subsequence, no match", () => {
  assert.equal(match("wbx", "web-0"), null);
  assert.equal(match("web-00", "web-0"), null);
  assert.ok(match("w0", "WEB-0")!.score > 0);
});

Deno.test("the letters that matched are told, runs and starts of words first", () => {
  assert.deepEqual(match("wb0", "web-0")!.marks, [0, 2, 4]);
  assert.deepEqual(match("api", "a-p-i-api")!.marks, [6, 7, 8]);
  assert.deepEqual(match("api", "rapid/api", "exact")!.marks, [6, 7, 8]);
});

Deno.test("anchors are those of the name", () => {
  const pod = { text: "Pod shop/web-0", name: 9 };
  assert.deepEqual(match("web", pod, "prefix")!.marks, [9, 10, 11]);
  assert.equal(match("shop", pod, "prefix"), null);
  assert.deepEqual(match("-0", pod, "suffix")!.marks, [12, 13]);
  assert.equal(match("web", pod, "equal"), null);
  assert.ok(match("web-0", pod, "equal"));
});

const words = ["web", "api", "Db", "cache", "x1", "frontend", "kube", "proxy", "dns", "42"];
const joins = ["-", "/", ".", ""];

Deno.test("property: the same scores as npm's fzf, and letters that spell the pattern", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)]!;
    const texts = Array.from(
      { length: 300 },
      () => pick(words) + pick(joins) + pick(words) + pick(joins) + pick(words),
    );
    const letters = "abcdefikopruwxy-/124";
    const options = { fuzzy: "v2", casing: "case-insensitive", sort: false, normalize: false } as const;
    const reference = new Fzf(texts, options);
    for (let n = 0; n < 20; n++) {
      const pattern = Array.from({ length: 1 + Math.floor(random() * 5) }, () => pick([...letters])).join("");
      const want = new Map(reference.find(pattern).map((hit) => [hit.item, hit]));
      for (const text of texts) {
        const found = match(pattern, text);
        const wanted = want.get(text);
        const where = `seed ${seed}: "${pattern}" in "${text}"`;
        assert.equal(found?.score, wanted?.score, where);
        // Which of several best places npm's marks depends on what its work space held before.
        const spelled = found?.marks.map((mark) => text[mark]!.toLowerCase()).join("");
        assert.equal(spelled, wanted && pattern, where);
      }
    }
  }
});
