/** A list to choose from, beside a prompt: suggestions with the letters that matched, and a word about each. */
import { cutText, textWidth } from "../../base/mod.ts";
import { type Canvas, layer, type MouseEvent, type Style } from "../term/mod.ts";
import { drawMatched } from "./matched_text.ts";
import { drawScrollbar } from "./scrollbar.ts";

export interface ListItem {
  readonly text: string;
  /** At the right: a kind's group, a context's cluster. */
  readonly detail?: string | undefined;
  /** Offsets of matched letters in `text`. */
  readonly matches?: readonly number[] | undefined;
  readonly isDisabled?: boolean | undefined;
}

/** A detail cut to fewer columns than this says nothing. */
const MIN_DETAIL = 8;

export class ListPopup<T extends ListItem = ListItem> {
  #items: readonly T[] = [];
  #selected = -1;
  #top = 0;
  #canvas: Canvas | undefined;

  get items(): readonly T[] {
    return this.#items;
  }

  /** -1: none is, typing goes on. */
  get selectedIndex(): number {
    return this.#selected;
  }

  get selected(): T | null {
    return this.#items[this.#selected] ?? null;
  }

  /** Shows other items; `select` is the one under the bar, -1 for none. */
  show(items: readonly T[], { select = -1 }: { select?: number } = {}): void {
    this.#items = items;
    this.#selected = Math.min(select, items.length - 1);
    this.#top = 0;
  }

  /** Moves the bar round the ends; from none it goes to the first or the last. */
  move(by: number): void {
    const count = this.#items.length;
    if (count === 0) return;
    if (this.#selected < 0) this.#selected = by > 0 ? 0 : count - 1;
    else if (Math.abs(by) === 1) this.#selected = (this.#selected + by + count) % count;
    else this.#selected = Math.max(0, Math.min(count - 1, this.#selected + by));
  }

  handleKey(chord: string): boolean {
    const page = Math.max(1, (this.#canvas?.h ?? 10) - 1);
    if (chord === "down" || chord === "ctrl+n" || chord === "tab") this.move(1);
    else if (chord === "up" || chord === "ctrl+p" || chord === "shift+tab") this.move(-1);
    else if (chord === "pagedown") this.move(page);
    else if (chord === "pageup") this.move(-page);
    else return false;
    return true;
  }

  /** A click selects; answers the item clicked. */
  handleMouse(event: MouseEvent): T | null {
    if (event.action === "wheelup" || event.action === "wheeldown") {
      this.move(event.action === "wheelup" ? -1 : 1);
      return null;
    }
    const rect = this.#canvas?.rect;
    if (event.action !== "down" || !rect || event.x < rect.x || event.x >= rect.x + rect.w) return null;
    const index = event.y - rect.y + this.#top;
    if (event.y < rect.y || event.y >= rect.y + rect.h || index >= this.#items.length) return null;
    this.#selected = index;
    return this.#items[index]!;
  }

  /** Columns that the widest item takes, for placing the popup. */
  get width(): number {
    const widths = this.#items.slice(0, 200).map(({ text, detail = "" }) =>
      textWidth(text) + textWidth(detail) + 5
    );
    return Math.max(12, ...widths);
  }

  draw(canvas: Canvas): void {
    this.#canvas = canvas;
    const { theme, h } = canvas;
    canvas.clear(theme.surface);
    if (this.#selected >= 0 && this.#selected < this.#top) this.#top = this.#selected;
    if (this.#selected >= this.#top + h) this.#top = this.#selected - h + 1;
    this.#top = Math.max(0, Math.min(this.#top, this.#items.length - h));
    for (let y = 0; y < h; y++) {
      const index = this.#top + y;
      const item = this.#items[index];
      if (!item) break;
      const base = index === this.#selected ? theme.selection : theme.surface;
      canvas.fill(0, y, canvas.w - 1, 1, base);
      this.#item(canvas, { item, y, base });
    }
    const bar = canvas.sub(canvas.w - 1, 0, 1, h);
    drawScrollbar(bar, { top: this.#top, visible: h, total: this.#items.length });
  }

  #item(canvas: Canvas, { item, y, base }: { item: T; y: number; base: Style }): void {
    const { theme } = canvas;
    const { text, detail = "", matches, isDisabled } = item;
    const style = isDisabled ? layer(base, theme.disabled) : base;
    const used = drawMatched(canvas, { x: 1, y }, { text, style, matches, max: canvas.w - 3 });
    const room = canvas.w - used - 6;
    if (detail === "" || (room < MIN_DETAIL && textWidth(detail) > room)) return;
    const shown = cutText(detail, room);
    const quiet = base === theme.selection ? base : layer(base, theme.dim);
    canvas.text(canvas.w - 2 - textWidth(shown), y, shown, quiet);
  }
}
