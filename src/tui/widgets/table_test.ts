import assert from "node:assert/strict";
import { VirtualTerminal } from "../../../tests/support/vt.ts";
import { type Canvas, type MouseEvent, Screen, style } from "../term/mod.ts";
import { layoutTable } from "./table_layout.ts";
import { Table, type TableData, type TableRow } from "./table.ts";

const COLUMNS = [
  { title: "NAMESPACE" },
  { title: "NAME", isFrozen: true },
  { title: "STATUS" },
  { title: "RESTARTS", align: "right" },
  { title: "IMAGES" },
] as const;

function row(i: number): TableRow {
  const status = ["Running", "Pending", "CrashLoopBackOff"][i % 3]!;
  return { cells: [`ns-${i % 3}`, `web-${i}`, status, String(i * 7), `ghcr.io/example/app:1.2.${i}`] };
}

function data(more: Partial<TableData> = {}): TableData {
  return { columns: COLUMNS, total: 100, row, ...more };
}

function frame(
  table: Table,
  shown: TableData,
  { cols = 60, rows = 6 } = {},
): { lines: string[]; screen: Screen; canvas: Canvas } {
  const screen = new Screen(cols, rows);
  const canvas = screen.begin();
  table.draw(canvas, shown);
  return { lines: screen.lines(), screen, canvas };
}

function mouse(action: MouseEvent["action"], x: number, y: number): MouseEvent {
  return { type: "mouse", action, button: 0, x, y, ctrl: false, alt: false, shift: false };
}

Deno.test("a table shows its columns by content, numbers to the right, long texts cut first", () => {
  const shown = data({ sort: { column: 1, descending: false } });
  assert.deepEqual(frame(new Table(), shown, { cols: 64 }).lines, [
    "  NAMESPACE   NAME▲  STATUS             RESTARTS  IMAGES      ›",
    "  ns-0        web-0  Running                   0  ghcr.io/exam…┃",
    "  ns-1        web-1  Pending                   7  ghcr.io/exam…│",
    "  ns-2        web-2  CrashLoopBackOff         14  ghcr.io/exam…│",
    "  ns-0        web-3  Running                  21  ghcr.io/exam…│",
    "  ns-1        web-4  Pending                  28  ghcr.io/exam…│",
  ]);
});

Deno.test("with room to spare the columns spread, and nothing is cut", () => {
  const { lines } = frame(new Table(), data({ total: 2 }), { cols: 110, rows: 4 });
  assert.deepEqual(lines, [
    "  NAMESPACE         NAME         STATUS                RESTARTS  IMAGES",
    "  ns-0              web-0        Running                      0  ghcr.io/example/app:1.2.0",
    "  ns-1              web-1        Pending                      7  ghcr.io/example/app:1.2.1",
    "",
  ]);
});

Deno.test("the bar stays in sight and rows are asked for only where they are seen", () => {
  const asked = new Set<number>();
  const table = new Table();
  const shown = data({ row: (i) => (asked.add(i), row(i)) });
  frame(table, shown);
  for (
    const [chord, selected, top] of [
      ["j", 1, 0],
      ["pagedown", 6, 2],
      ["G", 99, 95],
      ["k", 98, 95],
      ["pageup", 93, 93],
      ["g", 0, 0],
      ["k", 0, 0],
    ] as const
  ) {
    asked.clear();
    assert.ok(table.handleKey(chord));
    frame(table, shown);
    assert.deepEqual([table.selected, table.top], [selected, top], chord);
    assert.deepEqual([...asked], Array.from({ length: 5 }, (_, i) => top + i));
  }
  assert.equal(table.handleKey("y"), false);
});

Deno.test("sideways the name stays while the others go", () => {
  const table = new Table();
  const shown = data({ isWide: true });
  frame(table, shown, { cols: 44 });
  table.handleKey("right");
  const { lines } = frame(table, shown, { cols: 44 });
  assert.ok(lines[0]!.startsWith("  NAME") && !lines[0]!.includes("NAMESPACE"), lines[0]!);
  assert.ok(lines[0]!.includes("‹") && lines[0]!.includes("›"), "both arrows");
  for (let i = 0; i < 10; i++) table.handleKey("right");
  const end = frame(table, shown, { cols: 44 }).lines;
  assert.ok(end[1]!.includes("web-0") && end[1]!.includes("ghcr.io/example/app:1.2.0"), end[1]!);
  assert.ok(!end[0]!.includes("›"));
  for (let i = 0; i < 10; i++) table.handleKey("left");
  assert.ok(frame(table, shown, { cols: 44 }).lines[0]!.includes("NAMESPACE"));
});

Deno.test("rows that have not come yet are shown as such, an empty table not at all", () => {
  const table = new Table();
  const { lines } = frame(table, data({ total: 3, row: (i) => i === 1 ? undefined : row(i) }));
  assert.equal(lines[2], "  …");
  frame(table, data({ total: 0 }));
  assert.equal(table.selected, -1);
});

Deno.test("the row under the bar, marks, tones and matched letters have their styles", () => {
  using terminal = new VirtualTerminal(60, 4);
  const red = style({ fg: "#ff0000" });
  const rows: TableRow[] = [
    row(0),
    { ...row(1), isMarked: true, cellStyles: [undefined, undefined, red] },
    { ...row(2), matches: [undefined, [0, 4]] },
  ];
  const { screen } = frame(new Table(), data({ total: 3, row: (i) => rows[i] }), { cols: 60, rows: 4 });
  terminal.feed(screen.flush());
  const selection = terminal.cell(20, 1).bg;
  assert.ok(
    selection !== undefined && terminal.cell(50, 1).bg === selection && terminal.cell(20, 2).bg === undefined,
  );
  assert.equal(terminal.cell(0, 2).text, "●");
  const status = terminal.find("Pending")!;
  assert.equal(terminal.cell(status.x, status.y).fg, "#ff0000");
  const name = terminal.find("web-2")!;
  const underlined = [0, 1, 2, 3, 4].map((i) => terminal.cell(name.x + i, name.y).underline);
  assert.deepEqual(underlined, [true, false, false, false, true]);
});

Deno.test("clicks and the wheel hit what is drawn there", () => {
  const table = new Table();
  frame(table, data());
  assert.deepEqual(table.hit(4, 3), { type: "row", index: 2 });
  assert.deepEqual(table.hit(16, 0), { type: "header", column: 1 });
  assert.deepEqual(table.hit(59, 5), { type: "scrollbar", index: 99 });
  assert.equal(table.hit(4, 9), null);
  table.handleMouse(mouse("down", 4, 3));
  assert.equal(table.selected, 2);
  table.handleMouse(mouse("wheeldown", 4, 3));
  frame(table, data());
  assert.deepEqual([table.top, table.selected], [3, 3]);
  table.handleMouse(mouse("down", 59, 5));
  frame(table, data());
  assert.equal(table.selected, 99);
});

Deno.test("widths grow with what was seen and don't jump back", () => {
  const table = new Table();
  const long = (i: number): TableRow => i === 8 ? { cells: ["ns-0", "a-much-longer-name"] } : row(i);
  const shown = data({ row: long, total: 9 });
  const before = frame(table, shown, { cols: 100 }).lines[0]!.indexOf("STATUS");
  table.handleKey("G");
  const after = frame(table, shown, { cols: 100 }).lines[0]!.indexOf("STATUS");
  table.handleKey("g");
  const again = frame(table, shown, { cols: 100 }).lines[0]!.indexOf("STATUS");
  assert.ok(after > before);
  assert.equal(again, after);
});

Deno.test("a name of 10,000 columns, and a screen of any size, are drawn", () => {
  const huge: TableRow = { cells: ["ns", "n".repeat(10_000), "\x1b[31mred", "世".repeat(5_000), ""] };
  for (const [cols, rows] of [[1, 1], [2, 2], [5, 3], [20, 5], [300, 50]] as const) {
    const table = new Table();
    const { lines } = frame(table, data({ row: () => huge, total: 3 }), { cols, rows });
    assert.equal(lines.length, rows);
    for (let i = 0; i < 8; i++) table.handleKey("right");
    frame(table, data({ row: () => huge, total: 3 }), { cols, rows });
  }
});

Deno.test("the layout never overlaps, never exceeds the width, and always reaches the last column", () => {
  let state = 1;
  const random = (below: number) => (state = Math.imul(state, 48271) & 0x7fffffff) % below;
  for (let n = 0; n < 500; n++) {
    const demands = Array.from({ length: 1 + random(9) }, () => {
      const content = 1 + random(60);
      return { content, min: Math.min(content, 1 + random(14)), isFrozen: random(5) === 0 };
    });
    const width = 1 + random(160);
    const options = { width, gap: 2, first: random(12), isWide: random(3) === 0 };
    const layout = layoutTable(demands, options);
    let end = -2;
    for (const { x, width: w } of layout.columns) {
      assert.equal(x, end + 2, `case ${n}`);
      assert.ok(x + w <= width && w > 0, `case ${n}`);
      end = x + w;
    }
    const last = layoutTable(demands, { ...options, first: 99 });
    const lastScrolling = demands.findLastIndex((demand) => !demand.isFrozen);
    const frozen = demands.reduce((sum, demand) => sum + (demand.isFrozen ? demand.content + 2 : 0), 0);
    if (lastScrolling >= 0 && frozen + 3 < width) {
      assert.ok(last.columns.some((place) => place.index === lastScrolling), `case ${n}`);
    }
  }
});

Deno.test("past the last column the right arrow goes on into its cells, and back", () => {
  const table = new Table();
  const long = Array.from({ length: 20 }, (_, i) => `word${i}`).join(" ");
  const shown = data({
    columns: [{ title: "NAME", isFrozen: true, min: 6 }, { title: "MESSAGE" }],
    total: 1,
    row: () => ({ cells: ["web-0", long], matches: [undefined, [long.indexOf("word19")]] }),
  });
  const look = () => frame(table, shown, { cols: 40 }).lines;
  assert.match(look()[1]!, /web-0 +word0 .*…/);
  assert.match(look()[0]!, /›$|› $/);
  for (let press = 0; press < 20; press++) {
    table.scrollColumns(1);
    look();
  }
  assert.match(look()[1]!, /web-0 .*word19$|web-0 .*word19 *$/);
  assert.match(look()[0]!, /‹ ?MESSAGE/);
  table.scrollColumns(-1);
  assert.doesNotMatch(look()[1]!, /word19/);
  for (let press = 0; press < 20; press++) table.scrollColumns(-1);
  assert.match(look()[1]!, /web-0 +word0 /);
});
