/** What a queue's items are to a reader. */
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

/** Lines of blocks that come from many sources, each with its own last time. */
export class EntryReader {
  readonly #lastMs = new Map<string, number>();

  /** `nowMs` is the time of a source's first line where that has none. */
  entries(batch: readonly (LogBlock | LogMark)[], nowMs: number): LogEntry[] {
    const entries: LogEntry[] = [];
    for (const each of batch) {
      if (each.type === "mark") {
        entries.push(each);
        continue;
      }
      const lines = blockLines(each, this.#lastMs.get(each.source.id) ?? nowMs);
      for (const line of lines) entries.push(line);
      this.#lastMs.set(each.source.id, lines.at(-1)!.ms);
    }
    return entries;
  }
}
