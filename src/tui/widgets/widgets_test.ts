import assert from "node:assert/strict";
import { keyBytes } from "../../../tests/support/vt.ts";
import { ManualClock } from "../../base/mod.ts";
import { type Canvas, InputParser, type MouseEvent, Screen } from "../term/mod.ts";
import { drawBreadcrumbs, drawKeyHints } from "./bars.ts";
import { HelpGrid } from "./help_grid.ts";
import { centered } from "./layout.ts";
import { ListPopup } from "./list_popup.ts";
import { regexMatches } from "./matched_text.ts";
import { Notice } from "./notice.ts";
import { progressText } from "./progress.ts";
import { Prompt } from "./prompt.ts";
import { thumb } from "./scrollbar.ts";
import { wrapLine } from "./styled_line.ts";
import { wrapWords } from "./wrap.ts";

function golden(cols: number, rows: number, draw: (canvas: Canvas) => void): string[] {
  const screen = new Screen(cols, rows);
  draw(screen.begin());
  return screen.lines();
}

function click(x: number, y: number): MouseEvent {
  return { type: "mouse", action: "down", button: 0, x, y, ctrl: false, alt: false, shift: false };
}

/** Presses keys on a prompt as a terminal would send them. */
function press(prompt: Prompt, chords: string): void {
  const parser = new InputParser((event) => event.type === "key" && prompt.handleKey(event), {
    clock: new ManualClock(),
  });
  for (const chord of chords.split(" ")) parser.feed(new TextEncoder().encode(keyBytes(chord)));
}

Deno.test("a part in the middle never exceeds the canvas", () => {
  const { rect } = centered(new Screen(20, 10).root(), 10, 4);
  assert.deepEqual(rect, { x: 5, y: 3, w: 10, h: 4 });
  assert.deepEqual(centered(new Screen(4, 2).root(), 10, 4).rect, { x: 0, y: 0, w: 4, h: 2 });
});

Deno.test("the prompt edits as a shell does", () => {
  const cases: readonly (readonly [keys: string, shown: string])[] = [
    ["p o d s", "pods|"],
    ["p o d s left left x", "pox|ds"],
    ["p o d s ctrl+a x ctrl+e y", "xpodsy|"],
    ["p o d s backspace ctrl+b delete", "po|"],
    ["a space b - c ctrl+w", "a |"],
    ["a space b - c alt+backspace", "a b-|"],
    ["a space b c ctrl+left ctrl+u", "|bc"],
    ["a space b c alt+b ctrl+k", "a |"],
    ["a space b c alt+b ctrl+k ctrl+y ctrl+y", "a bcbc|"],
    ["a b ctrl+a ctrl+right c", "abc|"],
    ["a b ctrl+a alt+d", "|"],
    ["世 👨‍👩‍👧 backspace", "世|"],
    ["e \u0301 left x", "x|e\u0301"],
  ];
  for (const [keys, shown] of cases) {
    const prompt = new Prompt();
    press(prompt, keys);
    assert.equal(prompt.value.slice(0, prompt.cursor) + "|" + prompt.value.slice(prompt.cursor), shown, keys);
  }
});

Deno.test("the prompt's history keeps what was being typed", () => {
  const prompt = new Prompt({ history: ["pods", "deploy"] });
  press(prompt, "n o");
  const seen = ["up", "up", "up", "down", "down", "down"].map((key) => (press(prompt, key), prompt.value));
  assert.deepEqual(seen, ["deploy", "pods", "pods", "deploy", "no", "no"]);
});

Deno.test("pasted lines become one, and the cursor stays in sight", () => {
  const prompt = new Prompt();
  prompt.insert("a\r\nb\tc");
  assert.equal(prompt.value, "a b c");
  prompt.set("x".repeat(30) + "END");
  const screen = new Screen(20, 1);
  prompt.draw(screen.begin(), { label: " : " });
  assert.ok(screen.lines()[0]!.endsWith("xEND"));
  assert.ok(screen.cursor && screen.cursor.x < 20);
  press(prompt, "ctrl+a");
  prompt.draw(screen.begin(), { label: " : ", note: "regex" });
  assert.deepEqual([screen.cursor.x, screen.lines()[0]!.slice(0, 6)], [4, " :  xx"]);
});

Deno.test("a prompt shows its note and the rest of a suggestion", () => {
  const prompt = new Prompt();
  prompt.set("dep");
  const draw = (canvas: Canvas) => prompt.draw(canvas, { label: ":", ghost: "loyments", note: "apps/v1" });
  assert.deepEqual(golden(30, 1, draw), [": deployments         apps/v1"]);
});

Deno.test("a list goes round, scrolls, and takes clicks", () => {
  const items = Array.from(
    { length: 10 },
    (_, i) => ({ text: `item-${i}`, detail: i === 2 ? "v1" : undefined }),
  );
  const list = new ListPopup();
  list.show(items);
  assert.equal(list.selected, null);
  const keys = ["down", "up", "up", "tab", "shift+tab"];
  assert.deepEqual(keys.map((key) => (list.handleKey(key), list.selectedIndex)), [0, 9, 8, 9, 8]);
  list.show(items, { select: 3 });
  assert.deepEqual(golden(16, 3, (canvas) => list.draw(canvas)), [
    " item-1        │",
    " item-2     v1 ┃",
    " item-3        │",
  ]);
  assert.equal(list.handleMouse(click(2, 1))?.text, "item-2");
  assert.equal(list.selectedIndex, 2);
  assert.equal(list.handleMouse(click(2, 7)), null);
  list.show([]);
  list.handleKey("down");
  assert.equal(list.selected, null);
});

Deno.test("help stands in as many columns as fit, groups whole", () => {
  const groups = [
    { title: "General", entries: [{ keys: "?", help: "help" }, { keys: "q", help: "quit" }] },
    { title: "Table", entries: [{ keys: "ctrl-d", help: "delete", isDisabled: true }] },
  ];
  assert.deepEqual(golden(40, 3, (canvas) => new HelpGrid().draw(canvas, groups)), [
    "General          Table",
    "?       help     ctrl-d  delete",
    "q       quit",
  ]);
  const help = new HelpGrid();
  const narrow = () => golden(16, 4, (canvas) => help.draw(canvas, groups));
  assert.deepEqual(narrow().map((line) => line.slice(0, 14).trimEnd()), [
    "General",
    "?       help",
    "q       quit",
    "",
  ]);
  help.handleKey("G");
  assert.deepEqual(narrow().map((line) => line.slice(0, 14).trimEnd()), [
    "q       quit",
    "",
    "Table",
    "ctrl-d  delete",
  ]);
});

Deno.test("a long notice takes rows from the bottom, and says that there is more", () => {
  using notice = new Notice({ clock: new ManualClock(), onChange: () => {} });
  notice.say("jane may not patch configmaps in shop, as the server has it", "error");
  const shown = (w: number, h: number) => {
    const rows = notice.rows({ w, h });
    return golden(w, rows, (canvas) => notice.draw(canvas));
  };
  assert.deepEqual(shown(80, 24), [" ✗ jane may not patch configmaps in shop, as the server has it"]);
  assert.deepEqual(shown(30, 24), [
    " ✗ jane may not patch",
    "   configmaps in shop, as the",
    "   server has it",
  ]);
  assert.deepEqual(shown(30, 6), [" ✗ jane may not patch", "   configmaps in shop, as th …"]);
  notice.dismiss();
  assert.equal(notice.rows({ w: 80, h: 24 }), 0);
});

Deno.test("words are wrapped by columns, indentation and tokens stay with them", () => {
  assert.deepEqual(wrapWords("  日本 語の a-word-too-long x", 8), [
    "  日本",
    "語の",
    "a-word-t",
    "oo-long",
    "x",
  ]);
  assert.deepEqual(wrapWords("", 5), [""]);
  assert.deepEqual(
    wrapLine([{ text: "- ab", token: "removed" }, { text: " cd" }, { text: " ef", token: "dim" }], 6),
    [
      [{ text: "- ab", token: "removed" }],
      [{ text: "cd" }, { text: " ef", token: "dim" }],
    ],
  );
  const long = wrapLine("word ".repeat(1_000_000), 10);
  assert.equal(long.length, 21);
  assert.deepEqual(long.at(-1), [{ text: "…", token: "dim" }]);
});

Deno.test("bars survive any size", () => {
  for (const [cols, rows] of [[1, 1], [3, 2], [20, 5], [200, 60]] as const) {
    golden(cols, rows, (canvas) => {
      drawBreadcrumbs(canvas, ["a".repeat(300), "b"], [{ text: "live" }]);
      drawKeyHints(canvas, [{ key: "d", label: "describe" }]);
      new HelpGrid().draw(canvas, [{ title: "T", entries: [{ keys: "k", help: "h" }] }]);
    });
  }
});

Deno.test("breadcrumbs lose their beginning, hints their end", () => {
  const crumbs = ["context", "namespace", "pods", "web-0"];
  assert.deepEqual(golden(50, 1, (c) => void drawBreadcrumbs(c, crumbs, [{ text: "live" }])), [
    " context › namespace › pods › web-0          live",
  ]);
  assert.deepEqual(golden(26, 1, (c) => void drawBreadcrumbs(c, crumbs, [{ text: "live" }])), [
    " … › pods › web-0    live",
  ]);
  const hints = [{ key: "d", label: "describe" }, { key: "ctrl-d", label: "delete", isDisabled: true }];
  assert.deepEqual(golden(30, 1, (c) => drawKeyHints(c, hints)), [" d describe  ctrl-d delete"]);
  assert.deepEqual(golden(20, 1, (c) => drawKeyHints(c, hints)), [" d describe"]);
});

Deno.test("a notice goes by itself, an error only when told", async () => {
  const clock = new ManualClock();
  let changes = 0;
  using notice = new Notice({ clock, onChange: () => changes++ });
  notice.say("copied web-0", "ok");
  assert.deepEqual(golden(20, 1, (canvas) => notice.draw(canvas)), [" ✓ copied web-0"]);
  await clock.advance(5_000);
  assert.deepEqual([notice.text, changes, clock.pending], ["", 2, 0]);
  notice.say("no route to host", "error");
  await clock.advance(60_000);
  assert.equal(notice.level, "error");
  notice.dismiss();
  assert.deepEqual([notice.rows({ w: 9, h: 1 }), clock.pending], [0, 0]);
});

Deno.test("progress is told in counts", () => {
  assert.equal(progressText({ done: 12_000, total: 20_000 }), "12,000/20,000");
  assert.equal(progressText({ done: 500, total: null }), "500");
});

Deno.test("a thumb at an edge means that nothing is beyond it", () => {
  assert.equal(thumb(10, { top: 0, visible: 10, total: 10 }), null);
  assert.deepEqual(thumb(10, { top: 0, visible: 10, total: 100 }), [0, 1]);
  assert.deepEqual(thumb(10, { top: 1, visible: 10, total: 100 }), [1, 1]);
  assert.deepEqual(thumb(10, { top: 89, visible: 10, total: 100 }), [8, 1]);
  assert.deepEqual(thumb(10, { top: 90, visible: 10, total: 100 }), [9, 1]);
});

Deno.test("matched letters are those of every match", () => {
  assert.deepEqual(regexMatches("web-0-web", /web/), [0, 1, 2, 6, 7, 8]);
  assert.deepEqual(regexMatches("abc", /x*/), []);
});
