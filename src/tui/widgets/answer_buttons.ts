/** The answers of a question as buttons: beside each other, and in several rows where they need more than the line. */
import { textWidth } from "../../base/mod.ts";
import { type Canvas, layer, type Style } from "../term/mod.ts";

export interface DialogAnswer {
  readonly id: string;
  readonly label: string;
  /** A key that gives this answer at once. */
  readonly key?: string | undefined;
  readonly isDangerous?: boolean | undefined;
}

/** Where a button stands on the screen. */
export interface ButtonPlace {
  readonly x: number;
  readonly y: number;
  readonly w: number;
}

/** Blanks between two buttons. */
const GAP = 2;

/** All in one row. */
export function buttonsWidth(answers: readonly DialogAnswer[]): number {
  return answers.reduce((sum, answer) => sum + widthOf(answer) + GAP, -GAP);
}

/** In order, as many in a row as fit. */
export function buttonRows(answers: readonly DialogAnswer[], width: number): readonly DialogAnswer[][] {
  const rows: DialogAnswer[][] = [];
  for (const answer of answers) {
    const last = rows.at(-1);
    if (last !== undefined && buttonsWidth([...last, answer]) <= width) last.push(answer);
    else rows.push([answer]);
  }
  return rows;
}

/** A canvas as high as there are rows; the places in the order of the answers. */
export function drawButtons(
  canvas: Canvas,
  rows: readonly (readonly DialogAnswer[])[],
  styleOf: (answer: DialogAnswer) => Style,
): readonly ButtonPlace[] {
  return rows.flatMap((row, y) => {
    let x = Math.max(0, (canvas.w - buttonsWidth(row)) >> 1);
    return row.map((answer) => {
      const w = canvas.text(x, y, `  ${textOf(answer)}  `, layer(canvas.theme.surface, styleOf(answer)));
      const place = { x: canvas.rect.x + x, y: canvas.rect.y + y, w };
      x += w + GAP;
      return place;
    });
  });
}

function textOf({ label, key }: DialogAnswer): string {
  return key === undefined || key === "enter" ? label : `${label} (${key})`;
}

function widthOf(answer: DialogAnswer): number {
  return textWidth(textOf(answer)) + 4;
}
