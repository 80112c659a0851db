/** Keys and what they do, in groups, in as many columns as fit: made from the keymap, never by hand. */
import { padText, textWidth } from "../../base/mod.ts";
import { type Canvas, layer } from "../term/mod.ts";
import { drawScrollbar } from "./scrollbar.ts";

export interface HelpEntry {
  readonly keys: string;
  readonly help: string;
  readonly isDisabled?: boolean | undefined;
}

export interface HelpGroup {
  readonly title: string;
  readonly entries: readonly HelpEntry[];
}

const GAP = 3;

/** One line of a column: a title, an entry, or nothing between two groups. */
type HelpLine = { readonly title: string } | HelpEntry | null;

export class HelpGrid {
  #top = 0;
  #height = 0;
  #page = 1;

  handleKey(chord: string): boolean {
    if (chord === "j" || chord === "down") this.scroll(1);
    else if (chord === "k" || chord === "up") this.scroll(-1);
    else if (chord === "pagedown" || chord === "space" || chord === "ctrl+f") this.scroll(this.#page - 1);
    else if (chord === "pageup" || chord === "ctrl+b") this.scroll(1 - this.#page);
    else if (chord === "g" || chord === "home") this.scroll(-this.#height);
    else if (chord === "G" || chord === "end") this.scroll(this.#height);
    else return false;
    return true;
  }

  scroll(by: number): void {
    this.#top = Math.max(0, Math.min(this.#top + by, this.#height - this.#page));
  }

  draw(canvas: Canvas, groups: readonly HelpGroup[]): void {
    const keyWidth = Math.max(
      1,
      ...groups.flatMap(({ entries }) => entries.map(({ keys }) => textWidth(keys))),
    );
    const helpWidth = Math.max(
      1,
      ...groups.flatMap(({ entries }) => entries.map(({ help }) => textWidth(help))),
    );
    const width = keyWidth + 2 + helpWidth;
    const count = Math.max(1, Math.min(groups.length, Math.floor((canvas.w - 1 + GAP) / (width + GAP))));
    const columns = balance(groups, count);
    this.#height = Math.max(0, ...columns.map((lines) => lines.length));
    this.#page = canvas.h;
    this.scroll(0);
    columns.forEach((lines, i) => {
      const column = canvas.sub(i * (width + GAP), 0, Math.min(width, canvas.w - 1), canvas.h);
      lines.slice(this.#top, this.#top + canvas.h).forEach((line, y) =>
        drawLine(column, { line, y, keyWidth })
      );
    });
    const bar = canvas.sub(canvas.w - 1, 0, 1, canvas.h);
    drawScrollbar(bar, { top: this.#top, visible: canvas.h, total: this.#height });
  }
}

function drawLine(
  canvas: Canvas,
  { line, y, keyWidth }: { line: HelpLine; y: number; keyWidth: number },
): void {
  const { theme } = canvas;
  if (line === null) return;
  if ("title" in line) return void canvas.text(0, y, line.title, theme.header);
  const fade = line.isDisabled ? theme.disabled : 0;
  canvas.text(0, y, padText(line.keys, keyWidth), layer(theme.hotkey, fade));
  canvas.text(keyWidth + 2, y, line.help, layer(theme.text, fade));
}

/** Groups in order, each whole, in columns of about equal height. */
function balance(groups: readonly HelpGroup[], count: number): HelpLine[][] {
  const blocks = groups.map(({ title, entries }): HelpLine[] => [{ title }, ...entries]);
  const all = blocks.reduce((sum, block) => sum + block.length + 1, 0);
  for (let height = Math.ceil(all / count);; height++) {
    const columns = fill(blocks, height);
    if (columns.length <= count) return columns;
  }
}

function fill(blocks: readonly HelpLine[][], height: number): HelpLine[][] {
  const columns: HelpLine[][] = [];
  for (const block of blocks) {
    const last = columns.at(-1);
    if (last && last.length + 1 + block.length <= height) last.push(null, ...block);
    else columns.push([...block]);
  }
  return columns;
}
