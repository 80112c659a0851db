import assert from "node:assert/strict";
import { Fzf } from "fzf";
import { seededRandom } from "../../base/mod.ts";
import { fuzzyScore } from "./fuzzy_score.ts";

Deno.test("no subsequence, no score", () => {
  assert.equal(fuzzyScore("wbx", "web-0"), -1);
  assert.equal(fuzzyScore("web-00", "web-0"), -1);
  assert.equal(fuzzyScore("", "web-0"), 0);
  assert.ok(fuzzyScore("w0", "WEB-0") > 0);
});

Deno.test("property: the same scores as npm's fzf", () => {
  const words = ["web", "api", "Db", "cache", "x1", "frontend", "kube", "proxy", "dns", "42"];
  const joins = ["-", "/", ".", ""];
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)]!;
    const texts = Array.from(
      { length: 300 },
      () => pick(words) + pick(joins) + pick(words) + pick(joins) + pick(words),
    );
    const letters = "abcdefikopruwxy-/124";
    for (let n = 0; n < 20; n++) {
      const pattern = Array.from({ length: 1 + Math.floor(random() * 5) }, () => pick([...letters])).join("");
      const reference = new Fzf(texts, {
        fuzzy: "v2",
        casing: "case-insensitive",
        sort: false,
        normalize: false,
      });
      const want = new Map(reference.find(pattern).map((hit) => [hit.item, hit.score]));
      for (const text of texts) {
        assert.equal(
          fuzzyScore(pattern, text),
          want.get(text) ?? -1,
          `seed ${seed}: "${pattern}" in "${text}"`,
        );
      }
    }
  }
});
