/** A few words in place of content, or over it: why there is nothing, what is wrong, what helps. */
import { textWidth } from "../../base/mod.ts";
import { type Canvas, layer, type TokenName } from "../term/mod.ts";
import { wrapOffsets } from "../widgets/mod.ts";

export interface Message {
  readonly tone: Extract<TokenName, "info" | "warn" | "error">;
  /** The important one first; empty ones are left out. */
  readonly lines: readonly string[];
}

const SIGNS: Readonly<Record<Message["tone"], string>> = { info: "", warn: "! ", error: "✗ " };

/** In a canvas as tall as its lines: a bar. In a taller one: wrapped, a little in from the corner. */
export function drawMessage(canvas: Canvas, { tone, lines }: Message): void {
  const shown = lines.filter((line) => line !== "");
  if (canvas.h <= shown.length) return drawBar(canvas, { tone, lines: shown });
  const { theme } = canvas;
  const margin = canvas.w > 40 && canvas.h > 6 ? 2 : 0;
  const body = canvas.sub(margin, margin > 0 ? 1 : 0, Math.max(1, canvas.w - 2 * margin), canvas.h);
  let y = 0;
  for (const [at, line] of shown.entries()) {
    const text = at === 0 ? SIGNS[tone] + line : line;
    for (const piece of wrapped(text, body.w)) {
      body.text(0, y++, piece, at === 0 ? (tone === "info" ? theme.text : theme[tone]) : theme.dim);
    }
  }
}

function drawBar(canvas: Canvas, { tone, lines }: Message): void {
  const { theme } = canvas;
  canvas.clear(theme.bar);
  for (const [y, line] of lines.entries()) {
    const style = layer(theme.bar, y === 0 ? theme[tone] : theme.dim);
    canvas.text(1, y, y === 0 ? SIGNS[tone] + line : " ".repeat(textWidth(SIGNS[tone])) + line, style);
  }
}

function wrapped(text: string, width: number): readonly string[] {
  const offsets = wrapOffsets(text, width);
  return offsets.map((from, at) => text.slice(from, offsets[at + 1]));
}
