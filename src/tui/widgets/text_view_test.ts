import assert from "node:assert/strict";
import { VirtualTerminal } from "../../../tests/support/vt.ts";
import { type MouseEvent, Screen } from "../term/mod.ts";
import { LineStore } from "./line_store.ts";
import { TextView, type TextViewOptions } from "./text_view.ts";

function numbered(count: number): string {
  return Array.from({ length: count }, (_, i) => `line ${i + 1}`).join("\n");
}

/** A view on a screen, drawn again on demand. */
function bench(
  text: string,
  { cols = 20, rows = 5, ...options }: TextViewOptions & { cols?: number; rows?: number } = {},
) {
  const view = new TextView(options);
  const screen = new Screen(cols, rows);
  view.setText(text);
  const draw = () => {
    view.draw(screen.begin());
    // without the scrollbar
    return Array.from({ length: rows }, (_, y) => screen.lineText(y, 0, cols - 1).trimEnd());
  };
  draw();
  return { view, screen, draw };
}

function mouse(action: MouseEvent["action"], x: number, y: number): MouseEvent {
  return { type: "mouse", action, button: 0, x, y, ctrl: false, alt: false, shift: false };
}

Deno.test("keys move through the text and stop at its ends", () => {
  const { view, draw } = bench(numbered(20));
  for (
    const [chord, first] of [
      ["j", "line 2"],
      ["pagedown", "line 6"],
      ["ctrl+d", "line 8"],
      ["G", "line 16"],
      ["j", "line 16"],
      ["k", "line 15"],
      ["ctrl+u", "line 13"],
      ["g", "line 1"],
      ["k", "line 1"],
    ]
  ) {
    assert.ok(view.handleKey(chord!));
    assert.equal(draw()[0], first, chord!);
  }
  assert.equal(view.handleKey("y"), false);
  view.scrollToEnd();
  draw();
  assert.equal(view.percent, 100);
});

Deno.test("wrapping shows every character once, and moves by rows", () => {
  const text = "abcdefghijklmnopqrstuvwxyz\n世界世界世界世界\nend";
  const { view, draw } = bench(text, { cols: 10, rows: 4, wrap: true });
  assert.deepEqual(draw(), ["abcdefghi", "jklmnopqr", "stuvwxyz", "世界世界"]);
  view.scroll(1);
  assert.deepEqual(draw(), ["jklmnopqr", "stuvwxyz", "世界世界", "世界世界"]);
  view.scrollToEnd();
  assert.deepEqual(draw(), ["stuvwxyz", "世界世界", "世界世界", "end"]);
  view.scroll(-1);
  assert.equal(draw()[0], "jklmnopqr");
  view.toggleWrap();
  assert.deepEqual(draw(), ["abcdefghi", "世界世界", "end", ""]);
});

Deno.test("a line of 10,000 columns is scrolled sideways to its end", () => {
  const { view, draw } = bench("é".repeat(10_000) + "END\nshort");
  view.scrollColumns(9_990);
  assert.deepEqual(draw().slice(0, 2), ["é".repeat(10) + "END", ""]);
});

Deno.test("finding goes to the next hit, keeps lines around it, counts, and comes round", () => {
  const lines = Array.from({ length: 50 }, (_, i) => i % 20 === 15 ? `needle ${i}` : `line ${i}`);
  const { view, draw } = bench(lines.join("\n"), { rows: 9 });
  view.find("NEEDLE");
  assert.equal(view.search?.label, "no match", "upper case means upper case");
  view.find("needle");
  assert.equal(view.search?.label, "1/2");
  const shown = draw();
  const at = shown.indexOf("needle 15");
  assert.ok(at >= 3 && at <= 5, `lines around the hit: ${shown}`);
  view.handleKey("n");
  draw();
  assert.equal(view.search?.label, "2/2");
  view.handleKey("n");
  assert.equal(view.search?.label, "1/2");
  view.handleKey("N");
  assert.equal(view.search?.label, "2/2");
  const { top } = view;
  view.find("needle", { stay: true });
  assert.equal(view.top, top);
  view.find("");
  assert.equal(view.search, null);
});

Deno.test("a hit beyond the right edge is scrolled to, and no regular expression is found as text", () => {
  const { view, draw } = bench("x".repeat(100) + "needle[" + "y".repeat(50));
  view.find("needle[");
  assert.ok(draw()[0]!.includes("needle["));
});

Deno.test("hits and the current one have their colours, wide glyphs before them or not", () => {
  using terminal = new VirtualTerminal(30, 3);
  const { view, screen, draw } = bench("世界 pod and pod\npod", { cols: 30, rows: 3 });
  view.find("pod");
  draw();
  terminal.feed(screen.flush());
  const colours = [[4, 0], [5, 0], [7, 0], [8, 0], [13, 0], [15, 0], [0, 1], [2, 1]].map(([x, y]) =>
    terminal.cell(x!, y!).bg
  );
  const [, current, , , other] = colours;
  assert.ok(current && other && current !== other);
  assert.deepEqual(colours, [undefined, current, current, undefined, other, other, other, other]);
});

Deno.test("a drag selects, across lines and backwards, and a new document forgets it", () => {
  const { view } = bench("first line\nsecond 世界\nthird");
  view.handleMouse(mouse("down", 9, 1));
  view.handleMouse(mouse("drag", 2, 0));
  assert.equal(view.handleMouse(mouse("up", 6, 0)), "selected");
  assert.equal(view.selectedText(), "line\nsecond 世");
  view.handleMouse(mouse("down", 0, 2));
  assert.equal(view.handleMouse(mouse("up", 0, 2)), "handled", "a click selects nothing");
  assert.equal(view.selectedText(), null);
  view.handleMouse(mouse("down", 0, 0));
  view.handleMouse(mouse("up", 5, 0));
  assert.equal(view.selectedText(), "first");
  view.setText("another");
  assert.equal(view.selectedText(), null);
});

Deno.test("following keeps the newest line in sight until one looks back, and again at the end", () => {
  const store = new LineStore();
  const { view, draw } = bench("", { follow: true });
  view.show(store);
  store.append(numbered(30).split("\n"));
  assert.equal(draw()[4], "line 30");
  view.scroll(-3);
  store.append(["line 31"]);
  assert.equal(draw()[4], "line 27");
  assert.equal(view.isFollowing, false);
  view.scroll(10);
  store.append(["line 32"]);
  assert.deepEqual([view.isFollowing, draw()[4]], [true, "line 32"]);
  view.handleKey("g");
  draw();
  assert.equal(view.isFollowing, false);
  view.handleKey("G");
  store.append(["line 33"]);
  assert.equal(draw()[4], "line 33");
  view.follow(false);
  view.handleKey("G");
  assert.equal(view.isFollowing, false, "told not to, it doesn't");
});

Deno.test("older lines put in front move neither the sight nor the current hit", () => {
  const lines = Array.from({ length: 100 }, (_, i) => `line ${i + 50}`);
  let dropped = 0;
  const { view, draw } = bench("");
  view.show({
    get length() {
      return lines.length;
    },
    get dropped() {
      return dropped;
    },
    line: (index) => lines[index]!,
  });
  view.find("5$");
  view.findNext();
  const before = draw();
  const hit = view.search!.current!;
  assert.equal(lines[hit.line - dropped], "line 65");
  lines.unshift(...Array.from({ length: 50 }, (_, i) => `line ${i}`));
  dropped -= 50;
  assert.deepEqual(draw(), before);
  assert.equal(view.search!.current, hit);
  assert.equal(lines[hit.line - dropped], "line 65");
  assert.equal(view.search!.label, "7/15", "five hits came in front");
});

Deno.test("lines dropped at the front move neither the sight nor the hits", () => {
  const store = new LineStore({ capacity: 100 });
  const { view, draw } = bench("");
  view.show(store);
  store.append(Array.from({ length: 100 }, (_, i) => `line ${i}`));
  view.scrollTo(50);
  view.find("line 6\\d");
  assert.equal(view.search?.hits.length, 10);
  const before = draw();
  store.append(Array.from({ length: 20 }, (_, i) => `late ${i}`));
  assert.equal(store.dropped, 20);
  assert.deepEqual(draw(), before);
  assert.equal(view.search?.hits.length, 10);
  store.append(Array.from({ length: 45 }, () => "later"));
  draw();
  assert.equal(view.search?.hits.length, 5, "hits on dropped lines are gone");
  assert.equal(view.findNext()?.line, 65);
  for (const line of [66, 67]) assert.equal(view.findNext()?.line, line);
  store.append(Array.from({ length: 30 }, () => "latest"));
  draw();
  assert.equal(view.search?.hits.length, 0);
  assert.equal(view.findNext(), null);
});

Deno.test("a document read anew keeps its place and its search", () => {
  const { view, draw } = bench(numbered(40));
  view.scrollTo(20);
  view.find("line 3");
  const { top } = view;
  draw();
  view.setText(numbered(41));
  draw();
  assert.equal(view.top, top);
  assert.equal(view.search?.query, "line 3");
  for (let i = 0; i < 3; i++) view.findNext();
  const { current } = view.search!;
  view.setText("new first\n" + numbered(41).slice("line 1\n".length));
  assert.equal(view.search?.current?.line, current?.line);
  view.setText("other", { reset: true });
  assert.deepEqual([view.top, view.search], [0, null]);
});

Deno.test("tabs, escapes and line numbers", () => {
  const { draw } = bench("a\tb\n\x1b[31mred\r\n\n", { lineNumbers: true });
  assert.deepEqual(draw(), ["1 a       b", "2 ␛[31mred", "3", "", ""]);
});

Deno.test("scrolling one line in a full-width view sends one line", () => {
  const { view, screen, draw } = bench(numbered(500), { cols: 120, rows: 40 });
  screen.flush();
  view.scroll(1);
  draw();
  const { length } = screen.flush();
  assert.ok(length < 200, `${length} characters`);
});
