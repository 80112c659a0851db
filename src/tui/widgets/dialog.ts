/** A question over the session: some lines, some answers. Whatever is dangerous is never the one under the bar first. */
import { textWidth } from "../../base/mod.ts";
import { type Canvas, layer, type MouseEvent, type TokenName } from "../term/mod.ts";
import { centered } from "./layout.ts";
import type { StyledLine } from "./styled_line.ts";
import { wrapOffsets } from "./wrap.ts";

export interface DialogAnswer {
  readonly id: string;
  readonly label: string;
  /** A key that gives this answer at once. */
  readonly key?: string | undefined;
  readonly isDangerous?: boolean | undefined;
}

export interface DialogOptions {
  readonly title: string;
  readonly lines: readonly (string | StyledLine)[];
  readonly answers: readonly DialogAnswer[];
  readonly tone?: TokenName;
}

const MAX_WIDTH = 80;
const MIN_WIDTH = 30;

export class Dialog {
  readonly #options: DialogOptions;
  #selected: number;
  #buttons: { x: number; y: number; w: number }[] = [];

  constructor(options: DialogOptions) {
    this.#options = options;
    const safe = options.answers.findIndex((answer) => !answer.isDangerous);
    this.#selected = Math.max(0, safe);
  }

  get selected(): DialogAnswer | null {
    return this.#options.answers[this.#selected] ?? null;
  }

  /** The id of the answer given; `null` for a key that gives none; `"cancel"` for escape. */
  handleKey(chord: string): string | null {
    const { answers } = this.#options;
    const direct = answers.find((answer) => answer.key === chord);
    if (direct) return direct.id;
    if (chord === "escape" || chord === "ctrl+c") return "cancel";
    if (chord === "enter") return this.selected?.id ?? null;
    const step = chord === "left" || chord === "shift+tab" || chord === "h"
      ? -1
      : chord === "right" || chord === "tab" || chord === "l"
      ? 1
      : 0;
    this.#selected = (this.#selected + step + answers.length) % Math.max(1, answers.length);
    return null;
  }

  handleMouse({ action, x, y }: MouseEvent): string | null {
    if (action !== "down") return null;
    const at = this.#buttons.findIndex((button) =>
      y === button.y && x >= button.x && x < button.x + button.w
    );
    return this.#options.answers[at]?.id ?? null;
  }

  draw(canvas: Canvas): void {
    const { title, lines, answers, tone = "accent" } = this.#options;
    const natural = Math.max(
      textWidth(title) + 6,
      buttonsWidth(answers) + 4,
      ...lines.map((l) => lineWidth(l) + 6),
    );
    const width = Math.min(MAX_WIDTH, canvas.w, Math.max(MIN_WIDTH, natural));
    const rows = lines.flatMap((line) => wrapLine(line, width - 6));
    const frame = centered(canvas, width, rows.length + 6);
    const { theme } = canvas;
    frame.clear(theme.surface);
    frame.box(
      title,
      layer(theme.surface, theme[tone]),
      layer(theme.surface, layer(theme.title, theme[tone])),
    );
    const body = frame.sub(3, 2, frame.w - 6, Math.max(0, frame.h - 5));
    rows.slice(0, body.h).forEach((row, y) => {
      let x = 0;
      for (const { text, token } of row) {
        x += body.text(x, y, text, layer(theme.surface, token ? theme[token] : 0));
      }
    });
    this.#drawButtons(frame);
  }

  #drawButtons(frame: Canvas): void {
    const { answers } = this.#options;
    const { theme } = frame;
    const y = frame.h - 2;
    let x = Math.max(1, (frame.w - buttonsWidth(answers)) >> 1);
    this.#buttons = answers.map((answer, i) => {
      const tone = layer(theme.surface, answer.isDangerous ? theme.error : theme.hotkey);
      const style = i === this.#selected ? layer(tone, theme.selection) : tone;
      const w = frame.text(x, y, `  ${answerLabel(answer)}  `, style);
      const place = { x: frame.rect.x + x, y: frame.rect.y + y, w };
      x += w + 2;
      return place;
    });
  }
}

/** An answer as its button shows it. */
export function answerLabel({ label, key }: DialogAnswer): string {
  return key === undefined || key === "enter" ? label : `${label} (${key})`;
}

export function buttonsWidth(answers: readonly DialogAnswer[]): number {
  return answers.reduce((sum, answer) => sum + textWidth(answerLabel(answer)) + 6, -2);
}

export function lineWidth(line: string | StyledLine): number {
  return typeof line === "string"
    ? textWidth(line)
    : line.reduce((sum, part) => sum + textWidth(part.text), 0);
}

/** Styled lines stay whole and are clipped; plain text is wrapped, at spaces where it can be. */
export function wrapLine(line: string | StyledLine, width: number): StyledLine[] {
  if (typeof line !== "string") return [line];
  const rows: string[] = [];
  let row = "";
  for (const word of line.split(" ")) {
    if (row !== "" && textWidth(row) + 1 + textWidth(word) > width) {
      rows.push(row);
      row = "";
    }
    row = row === "" ? word : `${row} ${word}`;
    const cuts = wrapOffsets(row, width);
    for (let i = 1; i < cuts.length; i++) rows.push(row.slice(cuts[i - 1], cuts[i]));
    row = row.slice(cuts.at(-1));
  }
  rows.push(row);
  return rows.map((text) => [{ text }]);
}
