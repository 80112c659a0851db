import assert from "node:assert/strict";
import {
  clusterWidth,
  cutText,
  graphemes,
  isPlain,
  isPlainUnit,
  padText,
  safeText,
  textWidth,
} from "./text_width.ts";

Deno.test("a column is what the terminal uses, not a code unit", () => {
  const cases: readonly (readonly [text: string, width: number])[] = [
    ["", 0],
    ["kube-system", 11],
    ["世界", 4],
    ["naïve", 5],
    ["e\u0301", 1],
    ["👨‍👩‍👧", 2],
    ["🇩🇪", 2],
    ["1️⃣", 2],
    ["한", 2],
    ["\u1112\u1161\u11ab", 2], // the same syllable in its parts
    ["─│…·→", 5],
    ["\x1b[31m", 5],
  ];
  for (const [text, width] of cases) assert.equal(textWidth(text), width, JSON.stringify(text));
});

Deno.test("what acts on a terminal or hides from a reader becomes a visible glyph", () => {
  const cases: readonly (readonly [hostile: string, safe: string])[] = [
    ["a\x1b[2Jb", "a␛[2Jb"],
    ["\x07\t\n\x7f", "␇␉␊␡"],
    ["\x9b31m", "�31m"],
    ["pod\u202egnp", "pod·gnp"],
    ["\u2066a\u2069\u200f", "·a··"],
    ["ad\u200bmin ad\u200cmin ad\u200dmin", "ad·min ad·min ad·min"],
    ["\ufeffx\u00ad\u2060", "·x··"],
    ["a\u{e0061}\u{e0062}", "a··"],
    ["\ud800x", "�x"],
    ["☺\ufe0f\ufe0f\ufe0e", "☺\ufe0f··"],
  ];
  for (const [hostile, safe] of cases) assert.equal(safeText(hostile), safe, JSON.stringify(hostile));
});

Deno.test("text that needs joiners, selectors and tags keeps them", () => {
  for (const text of ["👨‍👩‍👧", "❤️", "👍🏽‍", "می‌خواهم", "क्‍ष", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "日本語", "e\u0301"]) {
    assert.equal(safeText(text), text);
  }
});

Deno.test("cutting keeps whole clusters, marks the cut, and never exceeds the width", () => {
  assert.equal(cutText("kube-system", 11), "kube-system");
  assert.equal(cutText("kube-system", 6), "kube-…");
  assert.equal(cutText("世界世界", 8), "世界世界");
  assert.equal(cutText("世界世界", 7), "世界世…");
  assert.equal(cutText("世界世界", 6), "世界…");
  assert.equal(cutText("x", 0), "");
  assert.equal(cutText("abc", 1), "…");
  assert.equal(padText("世", 4), "世  ");
  assert.equal(padText("7", 3, { right: true }), "  7");
  for (const text of ["a世b界c", "👨‍👩‍👧x👨‍👩‍👧", "e\u0301e\u0301e\u0301", "\x1b\x1b世"]) {
    for (let width = 0; width < 12; width++) {
      assert.ok(textWidth(cutText(text, width)) <= width, `${JSON.stringify(text)} in ${width}`);
      assert.equal(textWidth(padText(text, width)), width);
    }
  }
});

Deno.test("a cluster without end is cut, between characters", () => {
  const [cluster = ""] = graphemes("e" + "\u0301".repeat(10_000));
  assert.equal(cluster.length, 32);
  assert.equal(clusterWidth(cluster), 1);
  const [emoji = ""] = graphemes("👩" + "\u200d👩".repeat(100));
  assert.ok(!/\p{Cs}/u.test(emoji), "no half of a surrogate pair");
});

Deno.test("what takes the short way would come out the same on the long one", () => {
  let plain = 0;
  for (let unit = 0; unit < 0x10000; unit++) {
    const char = String.fromCharCode(unit);
    assert.equal(isPlain(char), isPlainUnit(unit), unit.toString(16));
    if (!isPlainUnit(unit)) continue;
    plain++;
    assert.equal(clusterWidth(char), 1, unit.toString(16));
    assert.deepEqual([...graphemes(`${char}${char}a`)], [char, char, "a"], unit.toString(16));
    // a wide character beside it takes the long way
    assert.equal(safeText(`${char}世`), `${char}世`, unit.toString(16));
  }
  assert.ok(plain > 1_000 && isPlain("╭─ naïve … → ✓ ⠋ █▌ ␛"));
});
