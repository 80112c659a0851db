/** A clipped window onto the screen; all drawing goes through it, so no pane can paint outside its place. */
import type { Screen } from "./screen.ts";
import { layer, type Style } from "./style.ts";
import type { Theme } from "./theme.ts";

/** Columns and rows, from the screen's top left. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export function contains(rect: Rect, x: number, y: number): boolean {
  return x >= rect.x && x < rect.x + rect.w && y >= rect.y && y < rect.y + rect.h;
}

export class Canvas {
  constructor(readonly screen: Screen, readonly rect: Rect) {}

  get w(): number {
    return this.rect.w;
  }

  get h(): number {
    return this.rect.h;
  }

  get theme(): Theme {
    return this.screen.theme;
  }

  /** The part of this canvas inside the given rectangle, clipped to it. */
  sub(x: number, y: number, w: number, h: number): Canvas {
    const left = clamp(x, 0, this.w);
    const top = clamp(y, 0, this.h);
    const width = clamp(x + w, left, this.w) - left;
    const height = clamp(y + h, top, this.h) - top;
    return new Canvas(this.screen, { x: this.rect.x + left, y: this.rect.y + top, w: width, h: height });
  }

  /**
   * Draws `text` at (x, y); `x` may be negative, so that a scrolled line shows its rest. Returns the columns the
   * text took (at most up to `max` or the right edge). Unsafe characters become visible glyphs.
   */
  text(x: number, y: number, text: string, style: Style = 0, max = Infinity): number {
    if (y < 0 || y >= this.h || x >= this.w || max <= 0) return 0;
    const { rect } = this;
    const right = rect.x + Math.min(this.w, x + max);
    if (right <= rect.x) return max;
    return this.screen.text(text, style, { x: rect.x + x, y: rect.y + y, left: rect.x, right });
  }

  /** Blanks the whole canvas. */
  clear(style: Style = 0): void {
    this.fill(0, 0, this.w, this.h, style);
  }

  /** Blanks a rectangle. */
  fill(x: number, y: number, w: number, h: number, style: Style = 0): void {
    const { rect } = this.sub(x, y, w, h);
    if (rect.w > 0 && rect.h > 0) this.screen.fill(rect.x, rect.y, rect.w, rect.h, style);
  }

  /** Lays `over` on the styles already drawn in a rectangle: a selection, a match, a dimmed background. */
  tint(x: number, y: number, w: number, h: number, over: Style): void {
    const { rect } = this.sub(x, y, w, h);
    if (rect.w > 0 && rect.h > 0) {
      this.screen.restyle(rect.x, rect.y, rect.w, rect.h, (own) => layer(own, over));
    }
  }

  /** A frame of lines along the edge, its title in the top line. The inside is left as it is. */
  box(title = "", style: Style = this.theme.border, titleStyle: Style = this.theme.title): void {
    const { w, h } = this;
    if (w < 2 || h < 2) return;
    const line = "─".repeat(w - 2);
    this.text(0, 0, `╭${line}╮`, style);
    for (let y = 1; y < h - 1; y++) {
      this.text(0, y, "│", style);
      this.text(w - 1, y, "│", style);
    }
    this.text(0, h - 1, `╰${line}╯`, style);
    if (title && w > 4) this.text(1, 0, ` ${title} `, titleStyle, w - 2);
  }

  /** Inside of a box drawn on this canvas. */
  inset(dx = 1, dy = 1): Canvas {
    return this.sub(dx, dy, this.w - 2 * dx, this.h - 2 * dy);
  }

  /** Says that `h` rows from `y` moved up by `n` (down if negative). Terminals can only scroll whole lines, so it helps full-width canvases. */
  scrollHint(y: number, h: number, n: number): void {
    if (this.rect.x !== 0 || this.w !== this.screen.cols) return;
    this.screen.scrollHint({ top: this.rect.y + y, bottom: this.rect.y + Math.min(this.h, y + h), n });
  }

  /** Puts the terminal's cursor here, if it is inside. */
  cursor(x: number, y: number): void {
    if (x < 0 || y < 0 || x >= this.w || y >= this.h) return;
    this.screen.cursor = { x: this.rect.x + x, y: this.rect.y + y };
  }
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, value));
}
