/** Where a view stands in something longer: a track with a thumb, one column wide. */
import type { Canvas } from "../term/mod.ts";

export interface ScrollPosition {
  readonly top: number;
  /** Rows seen, and rows there are. */
  readonly visible: number;
  readonly total: number;
}

/** First row and length of the thumb on a track of `height` rows; null when everything is seen. */
export function thumb(
  height: number,
  { top, visible, total }: ScrollPosition,
): [from: number, length: number] | null {
  if (total <= visible || height <= 0) return null;
  const length = Math.max(1, Math.min(height, Math.round(height * visible / total)));
  const room = height - length;
  const from = Math.round(room * top / (total - visible));
  // the ends are reserved for the ends: a thumb at the edge means that nothing is beyond it
  const inner = top > 0 && from === 0 ? 1 : top < total - visible && from === room ? room - 1 : from;
  return [Math.max(0, Math.min(room, inner)), length];
}

export function drawScrollbar(canvas: Canvas, position: ScrollPosition): void {
  const place = thumb(canvas.h, position);
  if (!place) return;
  const [from, length] = place;
  for (let y = 0; y < canvas.h; y++) {
    const isThumb = y >= from && y < from + length;
    canvas.text(0, y, isThumb ? "┃" : "│", isThumb ? canvas.theme.scrollThumb : canvas.theme.scrollTrack);
  }
}
