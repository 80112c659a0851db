/** What just happened, on a line or a few, for a while. An error stays until something else is said or it is dismissed. */
import { type Clock, systemClock } from "../../base/mod.ts";
import { type Canvas, layer } from "../term/mod.ts";
import { wrapWords } from "./wrap.ts";

export type NoticeLevel = "info" | "ok" | "warn" | "error";

const SIGNS: Readonly<Record<NoticeLevel, string>> = { info: "•", ok: "✓", warn: "!", error: "✗" };
const SHOWN_MS = 5_000;
/** What a server says can be pages. */
const MOST_ROWS = 5;

export interface NoticeOptions {
  readonly clock?: Clock;
  /** The notice went away by itself. */
  readonly onChange: () => void;
}

export class Notice {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #timer: Disposable | undefined;
  #current: { readonly level: NoticeLevel; readonly text: string } | null = null;

  constructor({ clock = systemClock, onChange }: NoticeOptions) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  get text(): string {
    return this.#current?.text ?? "";
  }

  get level(): NoticeLevel | null {
    return this.#current?.level ?? null;
  }

  say(text: string, level: NoticeLevel = "info"): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#current = { level, text };
    if (level !== "error") this.#timer = this.#clock.timer(SHOWN_MS, () => this.dismiss());
    this.#onChange();
  }

  dismiss(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    if (this.#current === null) return;
    this.#current = null;
    this.#onChange();
  }

  /** Rows that it takes of a screen; none when there is nothing to say. */
  rows({ w, h }: { readonly w: number; readonly h: number }): number {
    if (this.#current === null) return 0;
    return Math.min(this.#lines(w).length, MOST_ROWS, Math.max(1, Math.floor(h / 3)));
  }

  /** On a canvas of `rows`. What has no room ends in `…`. */
  draw(canvas: Canvas): void {
    if (this.#current === null) return;
    const style = layer(canvas.theme.bar, canvas.theme[this.#current.level]);
    canvas.clear(canvas.theme.bar);
    const lines = this.#lines(canvas.w);
    for (const [y, line] of lines.slice(0, canvas.h).entries()) canvas.text(y === 0 ? 1 : 3, y, line, style);
    if (lines.length > canvas.h) canvas.text(canvas.w - 2, canvas.h - 1, " …", style);
  }

  #lines(width: number): readonly string[] {
    const { level, text } = this.#current!;
    // the sign stands before the first row, and a blank at either end
    return wrapWords(text, Math.max(1, width - 4)).map((row, y) => y === 0 ? `${SIGNS[level]} ${row}` : row);
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}
