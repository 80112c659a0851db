import assert from "node:assert/strict";
import { VirtualTerminal } from "../../../tests/support/vt.ts";
import { Screen } from "./screen.ts";
import { style } from "./style.ts";

// deno-lint-ignore no-control-regex
const OWN_SEQUENCE = /\x1b\[[?0-9;]*[hlmHJr]/g;
// deno-lint-ignore no-control-regex
const HOSTILE = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u200b]/;
const RED = style({ fg: "#ff0000" });
const BAR = style({ bg: "#003300", bold: true });
const STYLES = [0, RED, BAR, style({ inverse: true }), style({ fg: "#00ff00", underline: true })];

/** A generator of its own, so that a failure names a seed that always replays. */
function randomInts(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

const PIECES = [
  "pod-1",
  "x",
  "世界",
  "受注サービス",
  "a世b",
  "naïve",
  "e\u0301x",
  "kube",
  " ",
  "界",
  "\x1b[31mevil\x07",
  "日本語テキスト",
  "👨‍👩‍👧",
  "❤️",
  "🇩🇪",
  "😀",
  "\u202eevil",
  "क्ष",
];

interface Line {
  readonly text: string;
  readonly style: number;
}

const COLS = 40;
const ROWS = 12;

/** One random change to the model; returns how far its rows moved. */
function mutate(lines: Line[], random: (below: number) => number): number {
  const pick = () => PIECES[random(PIECES.length)]!;
  const newStyle = () => STYLES[random(STYLES.length)]!;
  const kind = random(6);
  if (kind === 0) {
    const n = random(5) - 2;
    const moved = n > 0 ? lines.splice(0, n) : n < 0 ? lines.splice(n) : [];
    if (n > 0) lines.push(...moved);
    else lines.unshift(...moved);
    return n;
  }
  if (kind === 1) {
    lines[random(ROWS)] = { text: Array.from({ length: random(8) }, pick).join(""), style: newStyle() };
    return 0;
  }
  for (let k = 0; k < 4; k++) {
    const y = random(lines.length);
    const { text, style } = lines[y]!;
    const at = random(text.length + 1);
    lines[y] = { text: text.slice(0, at) + pick() + text.slice(at + 1), style };
  }
  return 0;
}

interface Overlay {
  readonly x: number;
  readonly y: number;
}

function draw(screen: Screen, lines: readonly Line[], overlay: Overlay | null): void {
  const canvas = screen.begin();
  for (let y = 0; y < ROWS; y++) {
    canvas.fill(0, y, COLS, 1, lines[y]!.style);
    canvas.text(-(y % 3), y, lines[y]!.text, lines[y]!.style);
  }
  if (!overlay) return;
  const popup = canvas.sub(overlay.x, overlay.y, 9, 3);
  popup.clear(BAR);
  popup.box("t", RED);
}

async function fuzz(seed: number, frames: number): Promise<void> {
  const random = randomInts(seed);
  const screen = new Screen(COLS, ROWS);
  using terminal = new VirtualTerminal(COLS, ROWS);
  await terminal.write("\x1b[?7l");
  const lines: Line[] = Array.from({ length: ROWS + 40 }, (_, i) => ({ text: `row ${i} `, style: 0 }));
  for (let frame = 0; frame < frames; frame++) {
    const n = mutate(lines, random);
    // overlays cut wide glyphs
    const overlay = random(3) === 0 ? { x: random(COLS - 10), y: random(ROWS - 3) } : null;
    draw(screen, lines, overlay);
    if (n !== 0) screen.scrollHint({ top: 0, bottom: ROWS, n });
    await terminal.write(screen.flush());
    const full = new Screen(COLS, ROWS);
    using fresh = new VirtualTerminal(COLS, ROWS);
    await fresh.write("\x1b[?7l");
    draw(full, lines, overlay);
    await fresh.write(full.flush());
    assert.deepEqual(terminal.picture(), fresh.picture(), `seed ${seed}, frame ${frame}`);
    assert.equal(screen.flush(), "", `seed ${seed}, frame ${frame}: nothing more to say`);
  }
}

Deno.test("changed cells alone give the same picture as a full repaint, on a real terminal's engine", async () => {
  for (const seed of [7, 20261121]) await fuzz(seed, 250);
});

Deno.test("nothing that text carries reaches the terminal as a command", () => {
  const screen = new Screen(60, 2);
  const canvas = screen.begin();
  canvas.text(0, 0, "a\x1b[2Jb\x07c\x9bd\u202ee\u200bf\x00g\rh\ni");
  canvas.text(0, 1, "é\x1b]0;title\x07\x90q\x9c");
  const out = screen.flush().replaceAll(OWN_SEQUENCE, "");
  assert.equal(out.match(HOSTILE), null, JSON.stringify(out));
  assert.equal(screen.lines()[0], "a␛[2Jb␇c�d·e·f␀g␍h␊i");
});

Deno.test("one scrolled line costs a few hundred bytes, not a screen", () => {
  const screen = new Screen(200, 50);
  const show = (top: number) => {
    const canvas = screen.begin();
    for (let y = 0; y < 50; y++) {
      const i = top + y;
      canvas.text(0, y, `pod-${i}-${"x".repeat(150)}-${i * 7919}`);
    }
    return canvas;
  };
  show(0);
  const full = screen.flush().length;
  show(1).scrollHint(0, 50, 1);
  const scrolled = screen.flush().length;
  assert.ok(full > 8000 && scrolled < 300, `${full} then ${scrolled} characters`);
});

Deno.test("a scroll hint that does not hold is ignored", async () => {
  const screen = new Screen(20, 5);
  using terminal = new VirtualTerminal(20, 5);
  screen.begin().text(0, 0, "one");
  await terminal.write(screen.flush());
  const canvas = screen.begin();
  canvas.text(0, 0, "two");
  canvas.scrollHint(0, 5, 2);
  await terminal.write(screen.flush());
  assert.deepEqual(terminal.lines(), ["two", "", "", "", ""]);
  assert.ok(!terminal.last.includes("S"), "no scrolling that saves nothing");
});

Deno.test("rows that scroll into sight are drawn, even if they look like those that left", async () => {
  const screen = new Screen(20, 10);
  using terminal = new VirtualTerminal(20, 10);
  const show = (top: number) => {
    const canvas = screen.begin();
    for (let y = 0; y < 10; y++) canvas.text(0, y, top + y < 9 ? `row ${top + y}` : "the same");
    return canvas;
  };
  show(0);
  await terminal.write(screen.flush());
  show(1).scrollHint(0, 10, 1);
  await terminal.write(screen.flush());
  assert.deepEqual(terminal.lines(), screen.lines());
  show(0).scrollHint(0, 10, -1);
  await terminal.write(screen.flush());
  assert.deepEqual(terminal.lines(), screen.lines());
});

Deno.test("a mark joins the plain letter before it", () => {
  const screen = new Screen(12, 2);
  const canvas = screen.begin();
  assert.equal(canvas.text(0, 0, "cafe\u0301s"), 5);
  assert.equal(canvas.text(0, 1, "▶\ufe0f|"), 3);
  assert.deepEqual(screen.lines(), ["cafe\u0301s", "▶\ufe0f|"]);
});

Deno.test("text starts left of the edge, stops at the right one, and tells how far it went", () => {
  const screen = new Screen(12, 4);
  const canvas = screen.begin().sub(2, 0, 8, 4);
  assert.equal(canvas.text(-3, 0, "abcdefghijklmnop"), 11);
  assert.equal(canvas.text(-1, 1, "世界世界世界"), 9);
  assert.equal(canvas.text(0, 2, "世界", 0, 3), 3);
  assert.equal(canvas.text(-20, 3, "short"), 5);
  assert.deepEqual(screen.lines(), ["  defghijk", "   界世界", "  世", ""]);
});

Deno.test("a line of 10,000 wide glyphs is cut at the edge, and scrolls to its end", () => {
  const screen = new Screen(80, 2);
  const canvas = screen.begin();
  const wide = "界".repeat(10_000);
  assert.equal(canvas.text(0, 0, wide), 80);
  canvas.text(-19_990, 1, wide);
  assert.deepEqual(screen.lines(), ["界".repeat(40), "界".repeat(5)]);
});

Deno.test("drawing over half of a wide glyph blanks its other half", () => {
  const screen = new Screen(8, 3);
  const canvas = screen.begin();
  for (let y = 0; y < 3; y++) canvas.text(0, y, "世界世界");
  canvas.text(1, 0, "x");
  canvas.text(2, 1, "y");
  canvas.fill(3, 2, 2, 1);
  assert.deepEqual(screen.lines().map((line) => line.replaceAll(" ", ".")), [
    ".x界世界",
    "世y.世界",
    "世....界",
  ]);
});

Deno.test("a mark without a base sits on a circle, so that it can't join what another cell shows", () => {
  const screen = new Screen(6, 1);
  screen.begin().text(0, 0, "\u0301a");
  assert.deepEqual(screen.lines(), ["◌\u0301a"]);
});

Deno.test("the cursor is shown where a frame put it and hidden by the next that didn't", async () => {
  const screen = new Screen(20, 3);
  using terminal = new VirtualTerminal(20, 3);
  screen.begin().cursor(4, 1);
  await terminal.write(screen.flush());
  assert.ok(terminal.last.includes("\x1b[?25h"));
  assert.deepEqual(terminal.cursor(), { x: 4, y: 1 });
  screen.begin().cursor(4, 1);
  assert.equal(screen.flush(), "");
  screen.begin();
  await terminal.write(screen.flush());
  assert.ok(terminal.last.includes("\x1b[?25l"));
});

Deno.test("more clusters than the pool holds start it over with a full repaint", async () => {
  const screen = new Screen(64, 8);
  using terminal = new VirtualTerminal(64, 8);
  const marks = (n: number) =>
    String.fromCodePoint(0x300 + n % 64) + String.fromCodePoint(0x300 + (n >> 6) % 64);
  let n = 0;
  let repaints = 0;
  for (let frame = 0; frame < 40; frame++) {
    const canvas = screen.begin();
    for (let y = 0; y < 8; y++) {
      let line = "";
      for (let x = 0; x < 60; x++) line += String.fromCharCode(97 + (n >> 12) % 26) + marks(n++);
      canvas.text(0, y, line);
    }
    canvas.text(0, 7, `e\u0301 frame ${frame} `);
    await terminal.write(screen.flush());
    assert.deepEqual(terminal.lines(), screen.lines(), `frame ${frame}`);
    if (frame > 0 && terminal.last.includes("\x1b[2J")) repaints++;
  }
  assert.equal(repaints, 1);
});
