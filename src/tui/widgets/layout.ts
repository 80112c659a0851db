/** Rows and columns: fixed sizes first, the rest by weight. */
import type { Canvas } from "../term/mod.ts";

/** Cells, or a share of what the fixed sizes leave. */
export type Size = number | { readonly flex: number; readonly min?: number };

/** `total` divided; fixed sizes are served in order while there is room, weights share the rest exactly. */
export function split(total: number, sizes: readonly Size[]): number[] {
  let rest = total;
  const fixed = sizes.map((size) => {
    if (typeof size !== "number") return -1;
    const given = Math.min(size, Math.max(0, rest));
    rest -= given;
    return given;
  });
  let weights = sizes.reduce<number>((sum, size) => sum + (typeof size === "number" ? 0 : size.flex), 0);
  return sizes.map((size, i) => {
    if (typeof size === "number") return fixed[i]!;
    const share = Math.round(rest * size.flex / weights);
    const given = Math.max(0, Math.min(rest, Math.max(size.min ?? 0, share)));
    rest -= given;
    weights -= size.flex;
    return given;
  });
}

/** The canvas cut into rows, top to bottom. */
export function rows(canvas: Canvas, sizes: readonly Size[]): Canvas[] {
  let y = 0;
  return split(canvas.h, sizes).map((h) => {
    const part = canvas.sub(0, y, canvas.w, h);
    y += h;
    return part;
  });
}

/** The canvas cut into columns, left to right. */
export function cols(canvas: Canvas, sizes: readonly Size[]): Canvas[] {
  let x = 0;
  return split(canvas.w, sizes).map((w) => {
    const part = canvas.sub(x, 0, w, canvas.h);
    x += w;
    return part;
  });
}

/** A part of at most the given size in the middle: dialogs, help. */
export function centered(canvas: Canvas, w: number, h: number): Canvas {
  const width = Math.min(w, canvas.w);
  const height = Math.min(h, canvas.h);
  return canvas.sub((canvas.w - width) >> 1, (canvas.h - height) >> 1, width, height);
}
