/** Draws a comparison: side by side where there is room, else one under the other. */
import { textWidth } from "../../base/mod.ts";
import { type Canvas, layer, type Style } from "../term/mod.ts";
import { displayLine, drawScrollbar } from "../widgets/mod.ts";
import { changeStarts, type DiffRow, diffRows, type DiffSide, foldRows, unifiedRows } from "./diff_rows.ts";

export interface ComparedText {
  /** `before`, `live`, `3m ago by jane`. */
  readonly label: string;
  readonly text: string;
}

export type DiffLayout = "side by side" | "unified";

/** Columns from which two texts fit beside each other: 2 of 50 for YAML, numbers and a bar. */
const WIDE = 110;
const GAP = 3;

/** Scrolling, folding and drawing of one comparison. Answers for the last frame drawn. */
export class DiffView {
  readonly before: ComparedText;
  readonly after: ComparedText;
  isFolded = true;
  /** null: by the width. */
  #layout: DiffLayout | null = null;
  #drawn: DiffLayout = "unified";
  readonly #all: readonly DiffRow[];
  #rows: readonly DiffRow[] = [];
  #starts: readonly number[] = [];
  #shape = "";
  #top = 0;
  #first = 0;
  #page = 1;
  /** Which change `next` stands on. */
  #at = -1;

  constructor(before: ComparedText, after: ComparedText) {
    this.before = before;
    this.after = after;
    this.#all = diffRows(before.text, after.text);
  }

  /** Runs of changed lines. */
  get changes(): number {
    return changeStarts(this.#all).length;
  }

  /** The change that was last gone to, from 1; 0: none. */
  get current(): number {
    return this.#at + 1;
  }

  get page(): number {
    return this.#page;
  }

  /** The other layout than the one on the screen. */
  turn(): void {
    this.#layout = this.#drawn === "unified" ? "side by side" : "unified";
  }

  scroll(by: number): void {
    this.#top = clamp(this.#top + by, this.#rows.length - this.#page);
  }

  scrollColumns(by: number): void {
    this.#first = Math.max(0, this.#first + by);
  }

  /** To the next change or the one before; false where there is none. */
  next(by: 1 | -1): boolean {
    const { length } = this.#starts;
    if (length === 0) return false;
    this.#at = this.#at < 0 ? (by > 0 ? 0 : length - 1) : (this.#at + by + length) % length;
    // a little of what is above stays in sight
    this.#top = clamp(this.#starts[this.#at]! - 2, this.#rows.length - this.#page);
    return true;
  }

  draw(canvas: Canvas): void {
    const layout = this.#layout ?? (canvas.w >= WIDE ? "side by side" : "unified");
    this.#drawn = layout;
    this.#shapeAs(layout);
    const body = canvas.sub(0, 1, canvas.w - 1, canvas.h - 1);
    this.#page = Math.max(1, body.h);
    this.#top = clamp(this.#top, this.#rows.length - this.#page);
    const numbers = String(this.#all.length).length + 1;
    const half = (body.w - GAP) >> 1;
    this.#drawLabels(canvas, layout, half);
    for (let y = 0; y < body.h; y++) {
      const row = this.#rows[this.#top + y];
      if (row === undefined) break;
      const isCurrent = this.#top + y === this.#starts[this.#at];
      if (row.type === "fold") drawFold(body, y, row.count);
      else if (layout === "unified") this.#unified(body.sub(0, y, body.w, 1), row, { numbers, isCurrent });
      else {
        this.#side(body.sub(0, y, half, 1), row, { side: "left", numbers, isCurrent });
        body.text(half + 1, y, "│", body.theme.border);
        this.#side(body.sub(half + GAP, y, body.w - half - GAP, 1), row, {
          side: "right",
          numbers,
          isCurrent,
        });
      }
    }
    const bar = canvas.sub(canvas.w - 1, 1, 1, Math.max(0, canvas.h - 1));
    drawScrollbar(bar, { top: this.#top, visible: this.#page, total: this.#rows.length });
  }

  #shapeAs(layout: DiffLayout): void {
    const shape = `${layout} ${this.isFolded}`;
    if (shape === this.#shape) return;
    const rows = this.isFolded ? foldRows(this.#all) : this.#all;
    this.#rows = layout === "unified" ? unifiedRows(rows) : rows;
    this.#starts = changeStarts(this.#rows);
    this.#shape = shape;
    if (this.#at >= 0) this.#top = Math.max(0, (this.#starts[this.#at] ?? 0) - 2);
  }

  #drawLabels(canvas: Canvas, layout: DiffLayout, half: number): void {
    const { theme } = canvas;
    if (layout === "unified") {
      const x = canvas.text(1, 0, `- ${this.before.label}`, theme.removed);
      canvas.text(x + 3, 0, `+ ${this.after.label}`, theme.added, Math.max(0, canvas.w - x - 4));
      return;
    }
    canvas.text(1, 0, this.before.label, layer(theme.header, theme.removed), half - 1);
    canvas.text(half + GAP, 0, this.after.label, layer(theme.header, theme.added), half);
  }

  #unified(line: Canvas, row: Exclude<DiffRow, { type: "fold" }>, look: RowLook): void {
    const { theme } = line;
    const side = row.left ?? row.right!;
    const isChange = row.type === "change";
    const sign = !isChange ? " " : row.left ? "-" : "+";
    const style = !isChange ? theme.text : row.left ? theme.removed : theme.added;
    this.#line(line, { side, sign, style, ...look });
  }

  #side(
    line: Canvas,
    row: Exclude<DiffRow, { type: "fold" }>,
    { side, ...look }: RowLook & { readonly side: "left" | "right" },
  ): void {
    const { theme } = line;
    const shown = row[side];
    if (shown === undefined) return;
    const isChange = row.type === "change";
    const style = !isChange ? theme.text : side === "left" ? theme.removed : theme.added;
    this.#line(line, { side: shown, sign: !isChange ? " " : side === "left" ? "-" : "+", style, ...look });
  }

  #line(line: Canvas, { side, sign, style, numbers, isCurrent }: LineLook): void {
    const { theme } = line;
    const number = String(side.line).padStart(numbers);
    line.text(0, 0, number, isCurrent ? theme.accent : theme.lineNumber);
    line.text(numbers + 1, 0, sign, style);
    const field = line.sub(numbers + 3, 0, Math.max(0, line.w - numbers - 3), 1);
    field.text(-this.#first, 0, displayLine(side.text), style);
  }
}

interface RowLook {
  /** Columns of a line number. */
  readonly numbers: number;
  readonly isCurrent: boolean;
}

interface LineLook extends RowLook {
  readonly side: DiffSide;
  readonly sign: string;
  readonly style: Style;
}

function drawFold(body: Canvas, y: number, count: number): void {
  const words = ` ${count} equal lines `;
  const x = Math.max(0, (body.w - textWidth(words)) >> 1);
  body.text(0, y, "┄".repeat(body.w), body.theme.border);
  body.text(x, y, words, body.theme.dim);
}

function clamp(at: number, last: number): number {
  return Math.max(0, Math.min(at, last));
}
