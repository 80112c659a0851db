/**
 * A double-buffered grid of cells. Drawing fills the back grid; `flush` returns the bytes that turn what the
 * terminal shows into what was drawn. Knows nothing of terminals or widgets.
 *
 * 1. `begin` starts a frame: blank cells, no cursor, no scroll hints.
 * 2. `flush` assumes that the string it returned reaches the terminal whole and in order.
 * 3. After `invalidate` or `resize` the next flush repaints everything.
 * 4. No byte of the text drawn reaches the output unless `safeText` lets it pass.
 */
import { clusterWidth, graphemes, isPlainUnit, safeText } from "../../base/mod.ts";
import { Canvas } from "./canvas.ts";
import type { ColorMode } from "./color.ts";
import { FrameWriter, type ScrollHint } from "./frame_writer.ts";
import { CONTINUATION, GlyphPool } from "./glyph_pool.ts";
import type { Style } from "./style.ts";
import { darkTheme, type Theme } from "./theme.ts";

export interface ScreenOptions {
  readonly mode?: ColorMode;
  readonly theme?: Theme;
}

/** Where text goes: its first cell, and the columns it may touch. */
export interface Span {
  readonly x: number;
  readonly y: number;
  readonly left: number;
  readonly right: number;
}

const BLANK = 0x20;

export class Screen {
  /** What `Canvas.theme` answers; change it and invalidate the loop to restyle the session. */
  theme: Theme;
  /** Where the terminal's cursor goes after the frame; null hides it. */
  cursor: { readonly x: number; readonly y: number } | null = null;
  #cols = 0;
  #rows = 0;
  #glyphs = new Uint32Array(0);
  #styles = new Uint16Array(0);
  #hints: ScrollHint[] = [];
  readonly #pool = new GlyphPool();
  readonly #writer: FrameWriter;

  constructor(cols: number, rows: number, { mode = "truecolor", theme = darkTheme }: ScreenOptions = {}) {
    this.theme = theme;
    this.#writer = new FrameWriter(this.#pool, mode);
    this.resize(cols, rows);
  }

  get cols(): number {
    return this.#cols;
  }

  get rows(): number {
    return this.#rows;
  }

  get mode(): ColorMode {
    return this.#writer.mode;
  }

  resize(cols: number, rows: number): void {
    this.#cols = Math.max(1, cols);
    this.#rows = Math.max(1, rows);
    const size = this.#cols * this.#rows;
    this.#glyphs = new Uint32Array(size).fill(BLANK);
    this.#styles = new Uint16Array(size);
    this.#hints = [];
    this.#writer.resize(size);
  }

  /** Forgets what the terminal shows: the next flush repaints everything. */
  invalidate(): void {
    this.#writer.invalidate();
  }

  /** Starts a frame; see the invariants. */
  begin(): Canvas {
    if (this.#pool.isFull) {
      this.#pool.clear();
      this.#writer.invalidate();
    }
    this.#glyphs.fill(BLANK);
    this.#styles.fill(0);
    this.#hints = [];
    this.cursor = null;
    return this.root();
  }

  /** A canvas over the whole screen, keeping what is already drawn. */
  root(): Canvas {
    return new Canvas(this, { x: 0, y: 0, w: this.#cols, h: this.#rows });
  }

  /** Blanks a rectangle, which must lie inside the screen. */
  fill(x: number, y: number, w: number, h: number, cellStyle: Style): void {
    for (let row = y; row < y + h; row++) {
      const from = row * this.#cols + x;
      this.#unsplit(from);
      this.#unsplit(from + w);
      this.#glyphs.fill(BLANK, from, from + w);
      this.#styles.fill(cellStyle, from, from + w);
    }
  }

  /** Gives every cell of a rectangle inside the screen the style that `restyle` makes of its own. */
  restyle(x: number, y: number, w: number, h: number, restyle: (own: Style) => Style): void {
    for (let row = y; row < y + h; row++) {
      const from = row * this.#cols + x;
      for (let i = from; i < from + w; i++) this.#styles[i] = restyle(this.#styles[i]!);
    }
  }

  /**
   * Draws `text` from `span.x` on, touching only columns `left` to `right`. Returns the columns the text took,
   * hidden ones on the left included. Stops as soon as it is past the right edge.
   */
  text(text: string, cellStyle: Style, span: Span): number {
    const base = span.y * this.#cols;
    const left = base + span.left;
    const right = base + span.right;
    const start = base + span.x;
    if (start >= right) return 0;
    this.#unsplit(Math.max(start, left));
    let i = start;
    let k = 0;
    for (; k < text.length && i < right; k++) {
      const unit = text.charCodeAt(k);
      if (!isPlainUnit(unit)) break;
      if (i >= left) {
        this.#glyphs[i] = unit;
        this.#styles[i] = cellStyle;
      }
      i++;
    }
    if (k < text.length && i < right) {
      // back up one: it may be the base of a combining sequence
      const back = k > 0 ? 1 : 0;
      i = this.#clusters(text.slice(k - back, k + (right - i) * 8 + 64), cellStyle, {
        i: i - back,
        left,
        right,
      });
    }
    this.#mendRight(i);
    return i - start;
  }

  /** Rows [top, bottom) moved up by `n` (down if negative). Used only where it saves output. */
  scrollHint(hint: ScrollHint): void {
    this.#hints.push(hint);
  }

  /** The bytes that bring the terminal up to date; "" when nothing changed. */
  flush(): string {
    const frame = { cols: this.#cols, rows: this.#rows, glyphs: this.#glyphs, styles: this.#styles };
    return this.#writer.flush(frame, { hints: this.#hints.splice(0), cursor: this.cursor });
  }

  /** What is drawn, as text without trailing blanks: for tests and for copying. */
  lines(): string[] {
    return Array.from({ length: this.#rows }, (_, y) => this.lineText(y, 0, this.#cols).trimEnd());
  }

  lineText(y: number, from: number, to: number): string {
    let line = "";
    for (let x = from; x < to; x++) line += this.#pool.text(this.#glyphs[y * this.#cols + x] ?? BLANK);
    return line;
  }

  styleAt(x: number, y: number): Style {
    return this.#styles[y * this.#cols + x] ?? 0;
  }

  #clusters(text: string, cellStyle: Style, at: { i: number; left: number; right: number }): number {
    const { left, right } = at;
    let i = at.i;
    for (const cluster of graphemes(safeText(text))) {
      let width = clusterWidth(cluster);
      let shown = cluster;
      if (width === 0) {
        shown = "\u25cc" + cluster; // a mark with nothing to sit on
        width = 1;
      }
      if (i + width > right) {
        if (i >= left) this.#set(i, BLANK, cellStyle);
        return right;
      }
      if (i >= left) {
        this.#set(i, this.#pool.code(shown), cellStyle);
        if (width === 2) this.#set(i + 1, CONTINUATION, cellStyle);
      } else if (i + width > left) this.#set(left, BLANK, cellStyle); // the left half is scrolled away
      i += width;
      if (i >= right) break;
    }
    return i;
  }

  #set(i: number, code: number, cellStyle: Style): void {
    this.#glyphs[i] = code;
    this.#styles[i] = cellStyle;
  }

  /** A wide glyph cut by a new edge at `i` becomes blanks. */
  #unsplit(i: number): void {
    if (i > 0 && i < this.#glyphs.length && this.#glyphs[i] === CONTINUATION && i % this.#cols !== 0) {
      this.#glyphs[i - 1] = BLANK;
      this.#glyphs[i] = BLANK;
    }
  }

  /** A wide glyph whose left half was just overwritten leaves its right half at `i`. */
  #mendRight(i: number): void {
    if (i >= 0 && i < this.#glyphs.length && i % this.#cols !== 0 && this.#glyphs[i] === CONTINUATION) {
      this.#glyphs[i] = BLANK;
    }
  }
}
