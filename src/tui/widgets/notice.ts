/** What just happened, on one line, for a while. An error stays until something else is said or it is dismissed. */
import { type Clock, systemClock } from "../../base/mod.ts";
import { type Canvas, layer, type TokenName } from "../term/mod.ts";

export type NoticeLevel = "info" | "ok" | "warn" | "error";

const SIGNS: Readonly<Record<NoticeLevel, string>> = { info: "•", ok: "✓", warn: "!", error: "✗" };
const SHOWN_MS = 5_000;

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

  /** Draws over the line's left end; false when there is nothing to say. */
  draw(canvas: Canvas): boolean {
    if (!this.#current) return false;
    const { level, text } = this.#current;
    const token: TokenName = level;
    const style = layer(canvas.theme.bar, canvas.theme[token]);
    canvas.clear(canvas.theme.bar);
    canvas.text(1, 0, `${SIGNS[level]} ${text}`, style, canvas.w - 2);
    return true;
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}
