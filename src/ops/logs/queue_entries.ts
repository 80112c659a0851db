/** What a queue's items that are no blocks are to a reader. */
import type { LogEntry, LogMark } from "./log_entry.ts";
import { blockLines } from "./block_lines.ts";
import type { LogBlock } from "./log_spec.ts";
import type { QueuedItem } from "./spill_queue.ts";

export function itemMark(item: Exclude<QueuedItem, LogBlock>, ms: number): LogMark {
  if (item.type === "mark") return item.mark;
  const lines = item.lines === 1 ? "1 line" : `${item.lines} lines`;
  return {
    type: "mark",
    kind: "dropped",
    source: item.source,
    ms,
    text: `${lines} dropped: they came faster than they were read`,
    count: item.lines,
  };
}

/** Entries of items that come from many sources, each with its own last time. */
export class EntryReader {
  readonly #lastMs = new Map<string, number>();

  entries(items: readonly QueuedItem[], nowMs: number): LogEntry[] {
    const entries: LogEntry[] = [];
    for (const item of items) {
      if (item.type !== "block") {
        entries.push(itemMark(item, nowMs));
        continue;
      }
      const lines = blockLines(item, this.#lastMs.get(item.source.id) ?? nowMs);
      for (const line of lines) entries.push(line);
      this.#lastMs.set(item.source.id, lines.at(-1)!.ms);
    }
    return entries;
  }
}
