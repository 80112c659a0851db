/**
 * A table over any number of rows, of which it asks for those that it shows.
 *
 * 1. Column widths grow with the content seen and shrink only when the columns change: cells don't jump.
 * 2. The selection is an index; whoever owns the rows moves it when rows move (`select`).
 * 3. `hit` and `page` answer for the last frame drawn.
 */
import { cutText, textWidth } from "../../base/mod.ts";
import { type Canvas, type KeyEvent, layer, type MouseEvent, type Style } from "../term/mod.ts";
import { drawMatched } from "./matched_text.ts";
import { drawScrollbar } from "./scrollbar.ts";
import { offsetAt } from "./wrap.ts";
import { layoutTable, type PlacedColumn, type TableLayout } from "./table_layout.ts";

export interface TableColumn {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Stays in sight while the others scroll sideways. */
  readonly isFrozen?: boolean;
  /** Columns to keep when room is short; default: the title, or 12 of the content. */
  readonly min?: number;
}

export interface TableRow {
  readonly cells: readonly string[];
  /** Lies under every cell: a row's tone. */
  readonly style?: Style | undefined;
  /** By column; laid over the row's. */
  readonly cellStyles?: readonly (Style | undefined)[] | undefined;
  readonly isMarked?: boolean | undefined;
  /** By column: offsets of matched letters. */
  readonly matches?: readonly (readonly number[] | undefined)[] | undefined;
}

/** What a frame shows. `row` answers undefined for a row that has not arrived yet. */
export interface TableData {
  readonly columns: readonly TableColumn[];
  readonly total: number;
  readonly row: (index: number) => TableRow | undefined;
  readonly sort?: { readonly column: number; readonly descending: boolean } | null;
  readonly isFocused?: boolean;
  /** Cells never cut to fit: scroll sideways instead. */
  readonly isWide?: boolean;
}

export type TableHit =
  | { readonly type: "row"; readonly index: number }
  | { readonly type: "header"; readonly column: number }
  | { readonly type: "scrollbar"; readonly index: number };

const GAP = 2;
/** Left of the first column: the mark. */
const GUTTER = 2;
const SCROLLBAR = 1;
const DEFAULT_MIN = 12;
const WHEEL_ROWS = 3;
/** Columns of the screen that one step into a cut cell goes. */
const SHIFT_STEP = 16;

export class Table {
  #top = 0;
  #selected = 0;
  #first = 0;
  /** Columns of the screen that the last column's cells are moved left by, to show the rest of what is cut. */
  #shift = 0;
  #total = 0;
  #page = 1;
  #drawnTop = 0;
  #columns: readonly TableColumn[] = [];
  #widths: number[] = [];
  #layout: TableLayout | undefined;
  #canvas: Canvas | undefined;

  /** Index of the row under the bar; -1 when there is none. */
  get selected(): number {
    return this.#total === 0 ? -1 : Math.min(this.#selected, this.#total - 1);
  }

  /** First row shown. */
  get top(): number {
    return this.#top;
  }

  /** Rows that fit. */
  get page(): number {
    return this.#page;
  }

  /** Scrollable columns hidden on the left. */
  get firstColumn(): number {
    return this.#first;
  }

  select(index: number): void {
    this.#selected = Math.max(0, index);
  }

  /** Selects and scrolls as a restored view had it. */
  restore({ selected, top, firstColumn = 0 }: { selected: number; top: number; firstColumn?: number }): void {
    this.#selected = Math.max(0, selected);
    this.#top = Math.max(0, top);
    this.#first = firstColumn;
  }

  move(by: number): void {
    this.#selected = Math.max(0, Math.min(this.#total - 1, this.#selected + by));
  }

  /** Moves the sight, and the selection only as far as it must to stay in it. */
  scroll(by: number): void {
    this.#top = Math.max(0, Math.min(this.#total - this.#page, this.#top + by));
    this.#selected = Math.max(this.#top, Math.min(this.#top + this.#page - 1, this.#selected));
  }

  /** Sideways by columns; past the last one, on into its cells. */
  scrollColumns(by: number): void {
    const most = this.#layout?.maxFirst ?? 0;
    const hidden = this.#cutWidth();
    if (by > 0 && this.#first >= most && hidden > 0) {
      this.#shift = Math.min(hidden, this.#shift + by * SHIFT_STEP);
    } else if (by < 0 && this.#shift > 0) this.#shift = Math.max(0, this.#shift + by * SHIFT_STEP);
    else this.#first = Math.max(0, Math.min(most, this.#first + by));
  }

  /** Forgets the widths learned: another view, or a filter that hides the widest rows. */
  resetWidths(): void {
    this.#columns = [];
  }

  /** Moving keys; true when it was one. */
  handleKey(chord: string, _event?: KeyEvent): boolean {
    const step = this.#steps(chord);
    if (step !== null) this.move(step);
    else if (chord === "left" || chord === "h") this.scrollColumns(-1);
    else if (chord === "right" || chord === "l") this.scrollColumns(1);
    else return false;
    return true;
  }

  /** Wheel, clicks and drags inside the last frame's canvas; answers what was hit. */
  handleMouse(event: MouseEvent): TableHit | null {
    const hit = this.hit(event.x, event.y);
    if (event.action === "wheelup") this.scroll(-WHEEL_ROWS);
    else if (event.action === "wheeldown") this.scroll(WHEEL_ROWS);
    else if (event.action === "wheelleft") this.scrollColumns(-1);
    else if (event.action === "wheelright") this.scrollColumns(1);
    else if (hit && hit.type !== "header" && (event.action === "down" || event.action === "drag")) {
      this.select(hit.index);
    }
    return hit;
  }

  /** What is at a place of the screen. */
  hit(x: number, y: number): TableHit | null {
    const rect = this.#canvas?.rect;
    if (!rect || x < rect.x || x >= rect.x + rect.w || y < rect.y || y >= rect.y + rect.h) return null;
    if (y === rect.y) {
      const column = this.#columnAt(x - rect.x);
      return column === undefined ? null : { type: "header", column };
    }
    const row = y - rect.y - 1;
    if (x === rect.x + rect.w - 1 && this.#total > this.#page) {
      const index = Math.round((this.#total - 1) * row / Math.max(1, this.#page - 1));
      return { type: "scrollbar", index };
    }
    const index = this.#top + row;
    return index < this.#total ? { type: "row", index } : null;
  }

  draw(canvas: Canvas, data: TableData): void {
    this.#canvas = canvas;
    this.#total = data.total;
    this.#page = Math.max(1, canvas.h - 1);
    this.#keepInSight();
    const rows = this.#visible(data);
    this.#learn(data, rows);
    const inner = canvas.sub(GUTTER, 0, canvas.w - GUTTER - SCROLLBAR, canvas.h);
    this.#layout = this.#arrange(inner.w, data);
    this.#first = this.#layout.first;
    this.#shift = Math.min(this.#shift, this.#cutWidth());
    this.#header(inner, data);
    if (this.#top !== this.#drawnTop) canvas.scrollHint(1, this.#page, this.#top - this.#drawnTop);
    this.#drawnTop = this.#top;
    rows.forEach((row, y) => this.#row(canvas, { row, y: y + 1, index: this.#top + y, data }));
    const bar = canvas.sub(canvas.w - SCROLLBAR, 1, SCROLLBAR, canvas.h - 1);
    drawScrollbar(bar, { top: this.#top, visible: this.#page, total: this.#total });
  }

  #steps(chord: string): number | null {
    switch (chord) {
      case "j":
      case "down":
        return 1;
      case "k":
      case "up":
        return -1;
      case "pagedown":
      case "ctrl+f":
        return this.#page;
      case "pageup":
      case "ctrl+b":
        return -this.#page;
      case "g":
      case "home":
        return -this.#total;
      case "G":
      case "end":
        return this.#total;
      default:
        return null;
    }
  }

  #keepInSight(): void {
    this.#selected = Math.max(0, Math.min(this.#selected, this.#total - 1));
    if (this.#selected < this.#top) this.#top = this.#selected;
    if (this.#selected >= this.#top + this.#page) this.#top = this.#selected - this.#page + 1;
    this.#top = Math.max(0, Math.min(this.#top, this.#total - this.#page));
  }

  #visible(data: TableData): (TableRow | undefined)[] {
    const count = Math.min(this.#page, data.total - this.#top);
    return Array.from({ length: Math.max(0, count) }, (_, y) => data.row(this.#top + y));
  }

  #learn(data: TableData, rows: readonly (TableRow | undefined)[]): void {
    if (!sameColumns(this.#columns, data.columns)) {
      this.#widths = data.columns.map(({ title }) => textWidth(title) + 1); // room for the arrow
      this.#first = this.#shift = 0;
    }
    this.#columns = data.columns;
    for (const row of rows) {
      if (!row) continue;
      for (let i = 0; i < this.#widths.length; i++) {
        const cell = row.cells[i] ?? "";
        // a unit is at most two columns wide
        if (cell.length * 2 > this.#widths[i]!) this.#widths[i] = Math.max(this.#widths[i]!, measured(cell));
      }
    }
  }

  #arrange(width: number, { columns, isWide = false }: TableData): TableLayout {
    const demands = columns.map((column, i) => ({
      content: this.#widths[i]!,
      min: column.min ?? Math.min(this.#widths[i]!, Math.max(textWidth(column.title), DEFAULT_MIN)),
      isFrozen: column.isFrozen ?? false,
    }));
    return layoutTable(demands, { width, gap: GAP, first: this.#first, isWide });
  }

  #header(canvas: Canvas, { columns, sort }: TableData): void {
    const { theme } = canvas;
    const layout = this.#layout!;
    for (const { index, x, width } of layout.columns) {
      const column = columns[index]!;
      const isSorted = sort?.column === index;
      const arrow = isSorted ? (sort.descending ? "▼" : "▲") : "";
      const title = cutText(column.title, width - arrow.length) + arrow;
      const at = column.align === "right" ? x + Math.max(0, width - textWidth(title)) : x;
      canvas.text(at, 0, title, isSorted ? theme.sorted : theme.header, width);
    }
    const scrolling = layout.columns.find((place) => !columns[place.index]!.isFrozen);
    if (layout.first > 0 && scrolling) canvas.text(scrolling.x - 2, 0, "‹", theme.accent);
    const last = layout.columns.at(-1);
    if (this.#shift > 0 && last) canvas.text(Math.max(0, last.x - 2), 0, "‹", theme.accent);
    if (layout.hasMore || this.#shift < this.#cutWidth()) canvas.text(canvas.w - 1, 0, "›", theme.accent);
  }

  #row(canvas: Canvas, at: { row: TableRow | undefined; y: number; index: number; data: TableData }): void {
    const { row, y, index, data } = at;
    const { theme } = canvas;
    const isSelected = index === this.#selected;
    const bar = isSelected ? (data.isFocused === false ? theme.selectionIdle : theme.selection) : 0;
    if (bar !== 0) canvas.fill(0, y, canvas.w - SCROLLBAR, 1, bar);
    if (!row) return void canvas.text(GUTTER, y, "…", layer(bar, theme.dim));
    const base = layer(bar, row.isMarked ? layer(row.style ?? 0, theme.mark) : row.style ?? 0);
    if (row.isMarked) canvas.text(0, y, "●", layer(bar, theme.mark));
    const inner = canvas.sub(GUTTER, y, canvas.w - GUTTER - SCROLLBAR, 1);
    for (const place of this.#layout!.columns) {
      this.#cell(inner, { place, row, base, column: data.columns[place.index]! });
    }
  }

  #cell(canvas: Canvas, at: { place: PlacedColumn; row: TableRow; base: Style; column: TableColumn }): void {
    const { place: { index, x, width }, row, base, column } = at;
    const isShifted = this.#shift > 0 && index === this.#layout!.columns.at(-1)?.index;
    const whole = row.cells[index] ?? "";
    const from = isShifted ? offsetAt(whole, this.#shift) : 0;
    const text = whole.slice(from);
    if (text === "") return;
    const style = layer(base, row.cellStyles?.[index] ?? 0);
    const indent = column.align === "right" ? Math.max(0, width - measured(text)) : 0;
    drawMatched(canvas, { x: x + indent, y: 0 }, {
      text,
      style,
      matches: from === 0
        ? row.matches?.[index]
        : row.matches?.[index]?.flatMap((at) => at < from ? [] : [at - from]),
      max: width - indent,
    });
  }

  /** How much of the last column's widest cell doesn't fit into it. */
  #cutWidth(): number {
    const last = this.#layout?.columns.at(-1);
    return last === undefined || last.index !== this.#columns.length - 1
      ? 0
      : Math.max(0, (this.#widths[last.index] ?? 0) - last.width);
  }

  #columnAt(x: number): number | undefined {
    const inner = x - GUTTER;
    return this.#layout?.columns.find((place) => inner >= place.x && inner < place.x + place.width + GAP)
      ?.index;
  }
}

/** Wider cells than this are scrolled to in a text view, not in a table. */
const MAX_CELL = 400;

function measured(cell: string): number {
  return Math.min(MAX_CELL, textWidth(cell.length > MAX_CELL ? cell.slice(0, MAX_CELL) : cell));
}

function sameColumns(a: readonly TableColumn[], b: readonly TableColumn[]): boolean {
  return a === b || (a.length === b.length && a.every((column, i) => column.title === b[i]!.title));
}
