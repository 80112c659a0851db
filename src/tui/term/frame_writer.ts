/**
 * Turns a grid of cells into the shortest sensible escape sequence, given what the terminal already shows.
 * Every frame is one synchronized update (DEC mode 2026), so a terminal that knows it never shows half of one.
 */
import type { ColorMode } from "./color.ts";
import { CONTINUATION, type GlyphPool } from "./glyph_pool.ts";
import { sgr } from "./style.ts";

/** Rows [top, bottom) moved up by `n` lines (down if negative). */
export interface ScrollHint {
  readonly top: number;
  readonly bottom: number;
  readonly n: number;
}

export interface Frame {
  readonly cols: number;
  readonly rows: number;
  readonly glyphs: Uint32Array;
  readonly styles: Uint16Array;
}

export interface FrameExtras {
  readonly hints: readonly ScrollHint[];
  readonly cursor: { readonly x: number; readonly y: number } | null;
}

const BLANK = 0x20;
const BEGIN = "\x1b[?2026h";
const END = "\x1b[?2026l";
const HIDE = "\x1b[?25l";
const SHOW = "\x1b[?25h";
/** Unchanged cells rewritten rather than jumped over: a jump costs 6-8 bytes. */
const MAX_GAP = 6;

export class FrameWriter {
  #glyphs = new Uint32Array(0);
  #styles = new Uint16Array(0);
  #isUnknown = true;
  #cursorShown = "";
  /** Style the terminal would write with; -1 when not known. */
  #pen = -1;

  constructor(readonly pool: GlyphPool, readonly mode: ColorMode) {}

  resize(size: number): void {
    this.#glyphs = new Uint32Array(size).fill(BLANK);
    this.#styles = new Uint16Array(size);
    this.invalidate();
  }

  invalidate(): void {
    this.#isUnknown = true;
    this.#cursorShown = "";
  }

  flush(frame: Frame, { hints, cursor }: FrameExtras): string {
    this.#pen = -1;
    let out = this.#isUnknown ? this.#erase() : hints.map((hint) => this.#scroll(frame, hint)).join("");
    for (let y = 0; y < frame.rows; y++) out += this.#row(frame, y);
    this.#glyphs.set(frame.glyphs);
    this.#styles.set(frame.styles);
    const shown = cursor ? `\x1b[${cursor.y + 1};${cursor.x + 1}H${SHOW}` : HIDE;
    if (out === "" && shown === this.#cursorShown) return "";
    const before = this.#cursorShown === HIDE ? "" : HIDE;
    const after = cursor || before === "" && shown !== HIDE ? shown : "";
    this.#cursorShown = shown;
    return BEGIN + before + out + (out ? "\x1b[0m" : "") + after + END;
  }

  #erase(): string {
    this.#isUnknown = false;
    this.#glyphs.fill(BLANK);
    this.#styles.fill(0);
    return "\x1b[0m\x1b[r\x1b[2J";
  }

  /** Lets the terminal move lines itself, when more rows match after the move than without it. */
  #scroll(frame: Frame, { top, bottom, n }: ScrollHint): string {
    const lines = Math.abs(n);
    if (n === 0 || top < 0 || bottom > frame.rows || lines >= bottom - top) return "";
    let same = 0;
    let moved = 0;
    for (let y = top; y < bottom; y++) {
      if (this.#isShown(frame, y, y)) same++;
      const source = y + n;
      if (source >= top && source < bottom && this.#isShown(frame, y, source)) moved++;
    }
    if (moved <= same + 2) return "";
    const from = top * frame.cols;
    const to = bottom * frame.cols;
    shift(this.#glyphs, { from, to, by: n * frame.cols, blank: BLANK });
    shift(this.#styles, { from, to, by: n * frame.cols, blank: 0 });
    return `\x1b[0m\x1b[${top + 1};${bottom}r\x1b[${lines}${n > 0 ? "S" : "T"}\x1b[r`;
  }

  /** True when drawn row `y` is what the terminal shows in row `at`. */
  #isShown({ cols, glyphs, styles }: Frame, y: number, at: number): boolean {
    for (let i = y * cols, j = at * cols, end = i + cols; i < end; i++, j++) {
      if (glyphs[i] !== this.#glyphs[j] || styles[i] !== this.#styles[j]) return false;
    }
    return true;
  }

  #isSame({ glyphs, styles }: Frame, i: number): boolean {
    return glyphs[i] === this.#glyphs[i] && styles[i] === this.#styles[i];
  }

  #row(frame: Frame, y: number): string {
    const { cols } = frame;
    const base = y * cols;
    let out = "";
    for (let x = 0; x < cols;) {
      if (this.#isSame(frame, base + x)) {
        x++;
        continue;
      }
      const run = this.#run(frame, y, { from: x, to: this.#runEnd(frame, base, x) });
      out += run.out;
      x = run.end;
    }
    return out;
  }

  #runEnd(frame: Frame, base: number, x: number): number {
    let end = x + 1;
    for (let at = end, gap = 0; at < frame.cols && gap < MAX_GAP; at++) {
      if (this.#isSame(frame, base + at)) gap++;
      else {
        gap = 0;
        end = at + 1;
      }
    }
    return end;
  }

  #run(frame: Frame, y: number, { from, to }: { from: number; to: number }): { out: string; end: number } {
    const base = y * frame.cols;
    let out = move(from, y);
    let end = to;
    for (let x = from; x < end; x++) {
      const code = frame.glyphs[base + x]!;
      if (code === CONTINUATION) continue;
      const cellStyle = frame.styles[base + x]!;
      if (cellStyle !== this.#pen) out += sgr(this.#pen = cellStyle, this.mode);
      const reach = this.pool.reach(code);
      if (reach === 0) {
        out += this.pool.text(code);
        continue;
      }
      // a terminal that finds this glyph narrower must not keep an old cell, nor a wider one spoil the next ones
      const width = frame.glyphs[base + x + 1] === CONTINUATION ? 2 : 1;
      end = Math.min(frame.cols, Math.max(end, x + reach));
      out += " ".repeat(width) + move(x, y) + this.pool.text(code);
      if (x + width < end) out += move(x + width, y);
    }
    return { out, end };
  }
}

function move(x: number, y: number): string {
  return `\x1b[${y + 1};${x + 1}H`;
}

interface Shift {
  readonly from: number;
  readonly to: number;
  readonly by: number;
  readonly blank: number;
}

function shift(cells: Uint32Array | Uint16Array, { from, to, by, blank }: Shift): void {
  if (by > 0) {
    cells.copyWithin(from, from + by, to);
    cells.fill(blank, to - by, to);
  } else {
    cells.copyWithin(from - by, from, to + by);
    cells.fill(blank, from, from - by);
  }
}
