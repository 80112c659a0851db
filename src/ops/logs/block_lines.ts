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
