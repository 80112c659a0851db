/** Where on a canvas something stands. */
import type { Canvas } from "../term/mod.ts";

/** A part of at most the given size in the middle: dialogs, help. */
export function centered(canvas: Canvas, w: number, h: number): Canvas {
  const width = Math.min(w, canvas.w);
  const height = Math.min(h, canvas.h);
  return canvas.sub((canvas.w - width) >> 1, (canvas.h - height) >> 1, width, height);
}
