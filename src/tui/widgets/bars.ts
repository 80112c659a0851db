/** One-line bars: where one is (breadcrumbs) and what one can do (key hints). */
import { cutText, textWidth } from "../../base/mod.ts";
import { type Canvas, layer, type TokenName } from "../term/mod.ts";

export interface KeyHint {
  readonly key: string;
  readonly label: string;
  readonly isDisabled?: boolean | undefined;
}

/** A piece at the right end of a bar. */
export interface BarPart {
  readonly text: string;
  readonly token?: TokenName | undefined;
}

/** Columns at which each crumb starts and ends, for clicks. */
export type CrumbPlaces = readonly { readonly from: number; readonly to: number }[];

const SEPARATOR = " › ";

/** The way here, the last one bright. Without room the first ones go, never the last. Answers where each crumb is. */
export function drawBreadcrumbs(
  canvas: Canvas,
  crumbs: readonly string[],
  right: readonly BarPart[] = [],
): CrumbPlaces {
  const { theme } = canvas;
  canvas.clear(theme.bar);
  const rightWidth = drawRight(canvas, right);
  const room = Math.max(0, canvas.w - rightWidth - 2);
  let first = 0;
  const width = (from: number) =>
    crumbs.slice(from).reduce((sum, crumb) => sum + textWidth(crumb) + SEPARATOR.length, -SEPARATOR.length) +
    (from > 0 ? SEPARATOR.length + 1 : 0);
  while (first < crumbs.length - 1 && width(first) > room) first++;
  const quiet = layer(theme.bar, theme.dim);
  let x = 1;
  if (first > 0) x += canvas.text(x, 0, "…" + SEPARATOR, quiet);
  return crumbs.map((crumb, i) => {
    if (i < first) return { from: -1, to: -1 };
    const isLast = i === crumbs.length - 1;
    const from = x;
    x += canvas.text(
      x,
      0,
      cutText(crumb, Math.max(0, room + 1 - x)),
      isLast ? layer(theme.bar, theme.title) : theme.bar,
    );
    const to = x;
    if (!isLast) x += canvas.text(x, 0, SEPARATOR, quiet);
    return { from: canvas.rect.x + from, to: canvas.rect.x + to };
  });
}

/** `<d> describe  <y> yaml …`; those that don't fit are left out whole. */
export function drawKeyHints(
  canvas: Canvas,
  hints: readonly KeyHint[],
  right: readonly BarPart[] = [],
): void {
  const { theme } = canvas;
  canvas.clear(theme.bar);
  const end = canvas.w - drawRight(canvas, right) - 1;
  let x = 1;
  for (const { key, label, isDisabled } of hints) {
    const width = textWidth(key) + 1 + textWidth(label);
    if (x + width > end) break;
    const fade = isDisabled ? theme.disabled : 0;
    x += canvas.text(x, 0, key, layer(layer(theme.bar, theme.hotkey), fade)) + 1;
    x += canvas.text(x, 0, label, layer(theme.bar, fade)) + 2;
  }
}

/** Right-aligned pieces; answers the columns that they take. The last ones win when room is short. */
function drawRight(canvas: Canvas, parts: readonly BarPart[]): number {
  let x = canvas.w - 1;
  for (const { text, token } of parts.toReversed()) {
    const width = textWidth(text);
    if (width === 0 || x - width < canvas.w / 3) continue;
    x -= width;
    canvas.text(x, 0, text, token ? layer(canvas.theme.bar, canvas.theme[token]) : canvas.theme.bar);
    x -= 2;
  }
  return Math.max(0, canvas.w - x - 1);
}
