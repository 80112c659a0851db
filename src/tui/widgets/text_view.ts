/**
 * Scrollable text: YAML, describe, logs, diffs. Wraps or scrolls sideways, finds, selects by mouse, follows the end.
 *
 * 1. The place is a line and, when wrapping, a row of it: no map of all rows is ever built.
 * 2. While following, the last line stays in sight; any move up ends it, reaching the end resumes it.
 * 3. Lines dropped or put in at the front don't move what is in sight.
 */
import { textWidth } from "../../base/mod.ts";
import { type Canvas, type KeyEvent, layer, type MouseEvent, type Style } from "../term/mod.ts";
import { type LineSource, LineStore } from "./line_store.ts";
import { drawScrollbar } from "./scrollbar.ts";
import type { Highlighter } from "./styled_line.ts";
import { type Hit, TextSearch } from "./text_search.ts";
import { type Selection, TextSelection } from "./text_selection.ts";
import { verticalStep } from "./vertical_keys.ts";
import { displayLine, offsetAt, wrapOffsets } from "./wrap.ts";

export interface TextViewOptions {
  readonly wrap?: boolean;
  readonly lineNumbers?: boolean;
  /** Starts at the end and stays there. */
  readonly follow?: boolean;
}

/** A row of the screen: part of a line. */
interface Row {
  /** Index in the source. */
  readonly line: number;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** Lines kept in sight around a hit. */
const CONTEXT = 3;
const WHEEL_ROWS = 3;
const COLUMN_STEP = 8;

export class TextView {
  wrap: boolean;
  lineNumbers: boolean;
  highlighter: Highlighter | null = null;
  #source: LineSource = new LineStore();
  #top = 0;
  /** Row of the top line that is first in sight; 0 unless wrapping. */
  #topRow = 0;
  #left = 0;
  #follow: boolean;
  /** Follows again when it comes to the end. */
  #follows: boolean;
  #dropped = 0;
  #search: TextSearch | null = null;
  #rows: Row[] = [];
  #canvas: Canvas | undefined;
  #drawn = { top: 0, left: 0, dropped: 0 };
  readonly #selection = new TextSelection();

  constructor({ wrap = false, lineNumbers = false, follow = false }: TextViewOptions = {}) {
    this.wrap = wrap;
    this.lineNumbers = lineNumbers;
    this.#follow = this.#follows = follow;
  }

  get source(): LineSource {
    return this.#source;
  }

  /** Index of the first line in sight. */
  get top(): number {
    return this.#top;
  }

  /** Columns scrolled away on the left. */
  get left(): number {
    return this.#left;
  }

  get isFollowing(): boolean {
    return this.#follow;
  }

  get search(): TextSearch | null {
    return this.#search;
  }

  /** How far the last line in sight is into the text, 0 to 100. */
  get percent(): number {
    const last = this.#rows.at(-1)?.line ?? 0;
    return this.#source.length === 0 ? 100 : Math.round(100 * Math.min(1, (last + 1) / this.#source.length));
  }

  /** Shows other lines. The place is kept (a document that was read anew), unless `reset`. */
  show(
    source: LineSource,
    { highlighter = null, reset = false }: { highlighter?: Highlighter | null; reset?: boolean } = {},
  ): void {
    this.#source = source;
    this.highlighter = highlighter;
    this.#dropped = source.dropped;
    if (reset) {
      this.#top = this.#topRow = this.#left = 0;
      this.#search = null;
    } else if (this.#search) {
      const { query, current } = this.#search;
      this.find(query, { stay: true });
      if (current) this.#search.seek(current.line);
    }
    this.#selection.clear();
  }

  setText(text: string, options: { highlighter?: Highlighter | null; reset?: boolean } = {}): void {
    this.show(LineStore.fromText(text), options);
  }

  follow(isOn = true): void {
    this.#follow = this.#follows = isOn;
  }

  toggleWrap(): void {
    this.wrap = !this.wrap;
    this.#topRow = this.#left = 0;
  }

  scroll(rows: number): void {
    if (rows < 0) this.#follow = false;
    if (!this.wrap) this.#top += rows;
    else this.#scrollWrapped(rows);
    this.#clamp();
    if (rows > 0 && this.#follows && this.#isAtEnd()) this.#follow = true;
  }

  scrollTo(line: number): void {
    this.#follow = false;
    this.#top = line;
    this.#topRow = 0;
    this.#clamp();
  }

  scrollToEnd(): void {
    this.#toEnd();
    this.#follow = this.#follows;
  }

  scrollColumns(by: number): void {
    if (!this.wrap) this.#left = Math.max(0, this.#left + by);
  }

  /** Finds from the first line in sight on; "" ends the search. Answers the hit that is shown. */
  find(query: string, { stay = false }: { stay?: boolean } = {}): Hit | null {
    if (query === "") {
      this.#search = null;
      return null;
    }
    this.#search = new TextSearch(query);
    this.#search.update(this.#source);
    const hit = this.#search.seek(this.#top + this.#source.dropped);
    if (!stay) this.#reveal(hit);
    return hit;
  }

  /** The next hit, or the one before; round the ends. */
  findNext(by: 1 | -1 = 1): Hit | null {
    const hit = this.#search?.step(by) ?? null;
    this.#reveal(hit);
    return hit;
  }

  /** What the mouse selected; null when nothing is. */
  selectedText(): string | null {
    return this.#selection.text((line) => displayLine(this.#source.line(line - this.#source.dropped)));
  }

  clearSelection(): void {
    this.#selection.clear();
  }

  handleKey(chord: string, _event?: KeyEvent): boolean {
    const page = Math.max(1, this.#height - 1);
    const step = verticalStep(chord, page);
    if (step !== null) this.scroll(step);
    else if (chord === "g" || chord === "home") this.scrollTo(0);
    else if (chord === "G" || chord === "end") this.scrollToEnd();
    else if (chord === "left" || chord === "h") this.scrollColumns(-COLUMN_STEP);
    else if (chord === "right" || chord === "l") this.scrollColumns(COLUMN_STEP);
    else if (chord === "n" && this.#search) this.findNext(1);
    else if (chord === "N" && this.#search) this.findNext(-1);
    else if (chord === "w") this.toggleWrap();
    else return false;
    return true;
  }

  /** Wheel and drag. `selected`: a drag ended with text selected, ready to be copied. */
  handleMouse(event: MouseEvent): "selected" | "handled" | null {
    const { action } = event;
    if (action === "wheelup" || action === "wheeldown") {
      this.scroll(action === "wheelup" ? -WHEEL_ROWS : WHEEL_ROWS);
    } else if (action === "wheelleft" || action === "wheelright") {
      this.scrollColumns(action === "wheelleft" ? -COLUMN_STEP : COLUMN_STEP);
    } else if (action === "move" || event.button !== 0) return null;
    else return this.#drag(event);
    return "handled";
  }

  draw(canvas: Canvas): void {
    this.#canvas = canvas;
    this.#keepPlace();
    this.#search?.update(this.#source);
    if (this.#follow) this.#toEnd();
    this.#clamp();
    this.#rows = this.#visibleRows();
    this.#hintScroll(canvas);
    const numbers = this.#gutter;
    const body = canvas.sub(numbers, 0, canvas.w - numbers - 1, canvas.h);
    this.#rows.forEach((row, y) => {
      if (numbers > 0 && row.from === 0) {
        const label = String(row.line + 1 + this.#source.dropped).padStart(numbers - 1);
        canvas.text(0, y, label, canvas.theme.lineNumber);
      }
      this.#drawRow(body, row, y);
    });
    const bar = canvas.sub(canvas.w - 1, 0, 1, canvas.h);
    drawScrollbar(bar, { top: this.#top, visible: this.#linesInSight(), total: this.#source.length });
  }

  get #height(): number {
    return this.#canvas?.h ?? 1;
  }

  get #gutter(): number {
    return this.lineNumbers ? String(this.#source.length + this.#source.dropped).length + 1 : 0;
  }

  /** Columns of text. */
  get #width(): number {
    return Math.max(1, (this.#canvas?.w ?? 80) - this.#gutter - 1);
  }

  #drag({ action, x, y }: MouseEvent): "selected" | "handled" {
    const place = this.#placeAt(x, y);
    if (action === "down") this.#selection.start(place);
    else this.#selection.extend(place);
    return action === "up" && !this.#selection.isEmpty ? "selected" : "handled";
  }

  /** The line and offset under a place of the screen, or the nearest. */
  #placeAt(x: number, y: number): { line: number; offset: number } {
    const rect = this.#canvas?.rect ?? { x: 0, y: 0 };
    const row = this.#rows[Math.max(0, Math.min(this.#rows.length - 1, y - rect.y))];
    if (!row) return { line: 0, offset: 0 };
    const column = Math.max(0, x - rect.x - this.#gutter) + (this.wrap ? 0 : this.#left);
    const offset = row.from + offsetAt(row.text.slice(row.from, row.to), column);
    return { line: row.line + this.#source.dropped, offset };
  }

  /** Lines dropped since the last frame, or put in front, move the numbering, not the sight. */
  #keepPlace(): void {
    const gone = this.#source.dropped - this.#dropped;
    this.#dropped = this.#source.dropped;
    if (gone !== 0) this.#top = Math.max(0, this.#top - gone);
  }

  #clamp(): void {
    const { length } = this.#source;
    if (this.wrap) {
      this.#top = Math.max(0, Math.min(this.#top, length - 1));
      const end = this.#endPlace();
      if (this.#top > end.top || (this.#top === end.top && this.#topRow > end.topRow)) this.#goto(end);
    } else {
      this.#top = Math.max(0, Math.min(this.#top, length - this.#height));
    }
  }

  #goto({ top, topRow }: { top: number; topRow: number }): void {
    this.#top = top;
    this.#topRow = topRow;
  }

  #toEnd(): void {
    this.#goto(
      this.wrap ? this.#endPlace() : { top: Math.max(0, this.#source.length - this.#height), topRow: 0 },
    );
  }

  #isAtEnd(): boolean {
    if (!this.wrap) return this.#top >= this.#source.length - this.#height;
    const end = this.#endPlace();
    return this.#top === end.top && this.#topRow === end.topRow;
  }

  /** The place that has the last row at the bottom. */
  #endPlace(): { top: number; topRow: number } {
    let room = this.#height;
    for (let line = this.#source.length - 1; line >= 0; line--) {
      const count = this.#offsets(line).length;
      if (count >= room) return { top: line, topRow: count - room };
      room -= count;
    }
    return { top: 0, topRow: 0 };
  }

  #offsets(line: number): number[] {
    return wrapOffsets(displayLine(this.#source.line(line)), this.#width);
  }

  #scrollWrapped(rows: number): void {
    let left = this.#topRow + rows;
    while (left < 0 && this.#top > 0) left += this.#offsets(--this.#top).length;
    while (this.#top < this.#source.length - 1) {
      const count = this.#offsets(this.#top).length;
      if (left < count) break;
      left -= count;
      this.#top++;
    }
    this.#topRow = Math.max(0, left);
  }

  #visibleRows(): Row[] {
    const rows: Row[] = [];
    let skip = this.wrap ? this.#topRow : 0;
    for (let line = this.#top; line < this.#source.length && rows.length < this.#height; line++) {
      const text = displayLine(this.#source.line(line));
      const offsets = this.wrap ? wrapOffsets(text, this.#width) : [0];
      for (let i = skip; i < offsets.length && rows.length < this.#height; i++) {
        rows.push({ line, text, from: offsets[i]!, to: offsets[i + 1] ?? text.length });
      }
      skip = 0;
    }
    return rows;
  }

  #linesInSight(): number {
    const last = this.#rows.at(-1);
    return last ? last.line - this.#rows[0]!.line + 1 : this.#height;
  }

  #hintScroll(canvas: Canvas): void {
    const top = this.#top + this.#source.dropped;
    if (!this.wrap && this.#left === this.#drawn.left && top !== this.#drawn.top) {
      canvas.scrollHint(0, canvas.h, top - this.#drawn.top);
    }
    this.#drawn = { top, left: this.#left, dropped: this.#source.dropped };
  }

  #drawRow(body: Canvas, row: Row, y: number): void {
    const shift = this.wrap ? 0 : -this.#left;
    let x = shift;
    let at = 0;
    const pieces = this.highlighter?.(row.text, row.line) ?? [{ text: row.text }];
    for (const { text, token } of pieces) {
      const from = Math.max(row.from, at);
      const to = Math.min(row.to, at + text.length);
      at += text.length;
      if (to <= from) continue;
      x += body.text(x, y, row.text.slice(from, to), token ? body.theme[token] : body.theme.text);
      if (x >= body.w) break;
    }
    this.#tintHits(body, row, y);
    const line = row.line + this.#source.dropped;
    const selected = this.#selection.onLine(line, row.text.length);
    if (selected) this.#tint(body, { row, y, range: selected, style: body.theme.selection });
  }

  #tintHits(body: Canvas, row: Row, y: number): void {
    if (!this.#search) return;
    const { current } = this.#search;
    for (const hit of this.#search.hitsOn(row.line + this.#source.dropped)) {
      const style = hit === current ? body.theme.foundCurrent : body.theme.found;
      this.#tint(body, { row, y, range: hit, style });
    }
  }

  #tint(body: Canvas, at: { row: Row; y: number; range: Selection; style: Style }): void {
    const { row, y, range, style } = at;
    const from = Math.max(row.from, range.from);
    const to = Math.min(row.to, range.to);
    if (to <= from) return;
    const before = textWidth(row.text.slice(row.from, from)) - (this.wrap ? 0 : this.#left);
    const width = textWidth(row.text.slice(from, to));
    const start = Math.max(0, before);
    body.tint(start, y, before + width - start, 1, layer(style, 0));
  }

  /** Brings a hit into sight with some lines around it, moving only if it isn't there already. */
  #reveal(hit: Hit | null): void {
    if (!hit) return;
    this.#follow = false;
    const line = hit.line - this.#source.dropped;
    const margin = Math.min(CONTEXT, (this.#height - 1) >> 1);
    const last = this.#top + this.#linesInSight() - 1;
    if (line < this.#top + margin || line > last - margin) {
      this.#goto({ top: line - (this.#height >> 1), topRow: 0 });
    }
    this.#clamp();
    if (this.wrap) return;
    const text = displayLine(this.#source.line(line));
    const from = textWidth(text.slice(0, hit.from));
    const to = from + textWidth(text.slice(hit.from, hit.to));
    if (from < this.#left) this.#left = Math.max(0, from - COLUMN_STEP);
    else if (to > this.#left + this.#width) {
      this.#left = Math.max(0, Math.min(from, to - this.#width + COLUMN_STEP));
    }
  }
}
