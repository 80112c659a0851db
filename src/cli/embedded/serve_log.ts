/** A container's log as a node serves it: from where, how much, with times or without, on and on. */
import type { LogOptions } from "../../k1s/mod.ts";

export interface ServedLine {
  /** Epoch ms. */
  readonly ms: number;
  /** Added to `ms`: 0 to 999,999. */
  readonly nanos?: number;
  /** Without line break. */
  readonly text: string | Uint8Array;
}

/** Lines by number, oldest first; older ones may have been rotated away. */
export interface ServedLog {
  /** The first line that is still there. */
  readonly first: number;
  /** Lines from 0 on, those that are gone too. */
  count(): number;
  line(at: number): ServedLine;
  /** The container has ended: no line will come. */
  isOver(): boolean;
  /** Resolves when there may be more, or the log is over; rejects with the signal's reason. */
  more(signal: AbortSignal): Promise<void>;
}

/** Handed on at once. */
const PIECE_BYTES = 32 * 1024;

export type ServeOptions = Pick<
  LogOptions,
  "follow" | "timestamps" | "sinceSeconds" | "sinceMs" | "tailLines" | "limitBytes"
>;

export function serveLog(
  log: ServedLog,
  options: ServeOptions,
  { nowMs, signal }: { readonly nowMs: number; readonly signal: AbortSignal },
): ReadableStream<Uint8Array> {
  const { follow, timestamps, sinceSeconds, sinceMs, tailLines, limitBytes = Infinity } = options;
  const sinceLineMs = sinceSeconds === undefined ? sinceMs ?? -Infinity : nowMs - sinceSeconds * 1000;
  let next = tailLines === undefined ? log.first : Math.max(log.first, log.count() - tailLines);
  let left = limitBytes;
  const encoder = new TextEncoder();
  const over = new AbortController();
  const ends = AbortSignal.any([signal, over.signal]);
  const piece = (): Uint8Array => {
    const parts: Uint8Array[] = [];
    let size = 0;
    for (const count = log.count(); next < count && size < PIECE_BYTES; next++) {
      const line = log.line(next);
      if (line.ms < sinceLineMs) continue;
      const stamp = timestamps ? `${stampText(line)} ` : "";
      const text = typeof line.text === "string" ? encoder.encode(line.text) : line.text;
      const part = joined([encoder.encode(stamp), text, encoder.encode("\n")]);
      parts.push(part);
      size += part.length;
    }
    return joined(parts).subarray(0, Math.min(left, size));
  };
  return new ReadableStream({
    async pull(controller) {
      try {
        for (;;) {
          const bytes = piece();
          left -= bytes.length;
          if (bytes.length > 0) controller.enqueue(bytes);
          const isOver = left <= 0 || next >= log.count() && (!follow || log.isOver());
          if (isOver) return controller.close();
          if (bytes.length > 0) return;
          await log.more(ends);
        }
      } catch (error) {
        if (over.signal.aborted) return;
        if (signal.aborted) controller.close();
        else controller.error(error);
      }
    },
    cancel: () => over.abort(),
  }, { highWaterMark: 0 });
}

/** As nodes write times: nine digits without the zeros at their end. */
function stampText({ ms, nanos = 0 }: ServedLine): string {
  const fraction = `${String(Math.floor(ms) % 1000).padStart(3, "0")}${String(nanos).padStart(6, "0")}`;
  const digits = fraction.replace(/0+$/, "");
  return `${new Date(ms).toISOString().slice(0, 19)}${digits === "" ? "" : `.${digits}`}Z`;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
