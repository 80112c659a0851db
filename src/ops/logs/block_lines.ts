/** Blocks of stamped lines as LogLines. */
import { eachLine } from "./line_cutter.ts";
import { LogLine } from "./log_entry.ts";
import { readStamp, stampLength, stampMs } from "./log_stamp.ts";
import type { LogBlock } from "./log_spec.ts";

/** `lastMs` is the time of a first line that has no stamp. */
export function blockLines({ source, bytes, isWhole }: LogBlock, lastMs: number): LogLine[] {
  const lines: LogLine[] = [];
  let ms = lastMs;
  eachLine(bytes, (from, to) => {
    const length = stampLength(bytes, from);
    if (length > 0) ms = stampMs(readStamp(bytes, from, length));
    const raw = bytes.subarray(from, to);
    lines.push(new LogLine(source, ms, raw, { stampBytes: length, isWhole: isWhole || to < bytes.length }));
  });
  return lines;
}

/** A block's lines without the server's times. */
export function withoutStamps(bytes: Uint8Array): Uint8Array {
  const plain = new Uint8Array(bytes.length);
  let size = 0;
  for (let from = 0; from < bytes.length;) {
    const found = bytes.indexOf(LINE_BREAK, from);
    const to = found < 0 ? bytes.length : found + 1;
    const stamp = stampLength(bytes, from);
    if (stamp > 0) from += stamp + 1;
    // Copied by hand: a view for each line would cost more than its bytes.
    if (to - from > LONG_LINE) {
      plain.set(bytes.subarray(from, to), size);
      size += to - from;
      from = to;
    } else while (from < to) plain[size++] = bytes[from++]!;
  }
  return plain.subarray(0, size);
}

const LINE_BREAK = 10;
const LONG_LINE = 256;
