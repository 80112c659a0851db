/** How far something has come, or that it goes on. Drawn only when asked: it runs no timer. */
import { type Canvas, layer, type Style } from "../term/mod.ts";

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;
const SPIN = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;
/** One turn of the spinner's frames, milliseconds a frame. */
const SPIN_MS = 100;

export interface Progress {
  readonly done: number;
  /** null: nobody knows. */
  readonly total: number | null;
}

/** `12,000`. */
export function countText(count: number): string {
  return group(count);
}

/** `12,000/20,000`, or `12,000` when the end is not known. */
export function progressText({ done, total }: Progress): string {
  return total === null ? group(done) : `${group(done)}/${group(Math.max(done, total))}`;
}

/** A bar that fills in eighths of a cell. */
export function drawProgress(
  canvas: Canvas,
  { done, total }: Progress,
  style: Style = canvas.theme.accent,
): void {
  const track = layer(style, canvas.theme.scrollTrack);
  const part = total === null || total <= 0 ? 0 : Math.max(0, Math.min(1, done / total));
  const eighths = Math.round(part * canvas.w * 8);
  const full = eighths >> 3;
  canvas.text(0, 0, "─".repeat(canvas.w), track);
  canvas.text(0, 0, "█".repeat(full) + EIGHTHS[eighths & 7]!, style);
}

/** The spinner's glyph at a moment (monotonic milliseconds); whoever shows it asks for the next frame. */
export function spinner(nowMs: number): string {
  return SPIN[Math.floor(nowMs / SPIN_MS) % SPIN.length]!;
}

function group(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
