/** Blocks of stamped lines as LogLines. */
import { eachLine } from "./line_cutter.ts";
import { LogLine } from "./log_entry.ts";
import { readStamp, stampLength, stampMs } from "./log_stamp.ts";
import type { QueuedBlock } from "./spill_queue.ts";

const ascii = new TextDecoder("latin1");

/** `lastMs` is the time of a first line that has no stamp. */
export function blockLines({ source, bytes, isWhole }: QueuedBlock, lastMs: number): LogLine[] {
  const lines: LogLine[] = [];
  let ms = lastMs;
  eachLine(bytes, (from, to) => {
    const length = stampLength(bytes, from);
    if (length > 0) ms = stampMs(readStamp(bytes, from, length));
    const stamp = length > 0 ? ascii.decode(bytes.subarray(from, from + length)) : "";
    const start = length > 0 ? from + length + 1 : from;
    lines.push(new LogLine(source, ms, stamp, bytes.subarray(start, to), isWhole || to < bytes.length));
  });
  return lines;
}
