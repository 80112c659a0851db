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
  for (let at = 0; at < bytes.length;) {
    const stamp = stampLength(bytes, at);
    if (stamp > 0) at += stamp + 1;
    // Byte by byte: looking for the line's end and copying a view of it takes twice as long.
    let byte = 0;
    while (at < bytes.length && byte !== LINE_BREAK) plain[size++] = byte = bytes[at++]!;
  }
  return plain.subarray(0, size);
}

const LINE_BREAK = 10;
