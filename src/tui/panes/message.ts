/** A few words in place of content, or over it: why there is nothing, what is wrong, what helps. */
import { type Canvas, layer, type TokenName } from "../term/mod.ts";
import { wrapWords } from "../widgets/mod.ts";

export interface Message {
  readonly tone: Extract<TokenName, "info" | "warn" | "error">;
  /** The important one first; empty ones are left out. */
  readonly lines: readonly string[];
}

const SIGN_WIDTH = 2;
const SIGNS: Readonly<Record<Message["tone"], string>> = { info: "", warn: "! ", error: "✗ " };

/** Rows that the lines take as a bar of this width. */
export function messageHeight(lines: readonly string[], width: number): number {
  return barRows(lines, width).length;
}

/** Over content: a bar, its lines wrapped to the canvas. */
export function drawBar(canvas: Canvas, { tone, lines }: Message): void {
  const { theme } = canvas;
  canvas.clear(theme.bar);
  for (const [y, { text, isFirst }] of barRows(lines, canvas.w).entries()) {
    canvas.text(
      1,
      y,
      isFirst ? SIGNS[tone] + text : text,
      layer(theme.bar, isFirst ? theme[tone] : theme.dim),
    );
  }
}

/** In place of content: wrapped, a little in from the corner where there is room. */
export function drawMessage(canvas: Canvas, { tone, lines }: Message): void {
  const { theme } = canvas;
  const margin = canvas.w > 40 && canvas.h > 6 ? 2 : 0;
  const body = canvas.sub(margin, margin > 0 ? 1 : 0, Math.max(1, canvas.w - 2 * margin), canvas.h);
  let y = 0;
  for (const [at, line] of lines.filter((text) => text !== "").entries()) {
    for (const piece of wrapWords(at === 0 ? SIGNS[tone] + line : line, body.w)) {
      body.text(0, y++, piece, at > 0 ? theme.dim : tone === "info" ? theme.text : theme[tone]);
    }
  }
}

/** The first line carries the tone, what follows is said quietly. */
function barRows(lines: readonly string[], width: number): readonly { text: string; isFirst: boolean }[] {
  const room = Math.max(1, width - 2 - SIGN_WIDTH);
  return lines.filter((line) => line !== "").flatMap((line, at) =>
    wrapWords(line, room).map((text, row) => ({ text, isFirst: at === 0 && row === 0 }))
  );
}
