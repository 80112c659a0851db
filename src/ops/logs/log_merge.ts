/** Lines of several logs in the order of their times. */
import { blockLines } from "./block_lines.ts";
import type { LogEntry } from "./log_entry.ts";
import type { SpillQueue } from "./spill_queue.ts";
import { itemMark } from "./queue_entries.ts";

/** One log's lines, as far as they have come. */
class Head {
  #entries: LogEntry[] = [];
  #at = 0;
  #lastMs = 0;
  #isOver = false;

  constructor(readonly queue: SpillQueue) {}

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The next entry's time; marks stand where the line before them does. */
  get ms(): number {
    const entry = this.#entries[this.#at]!;
    return entry.type === "line" ? entry.ms : -Infinity;
  }

  next(): LogEntry {
    return this.#entries[this.#at++]!;
  }

  get hasNext(): boolean {
    return this.#at < this.#entries.length;
  }

  async fill(): Promise<void> {
    while (!this.hasNext && !this.#isOver) {
      const items = await this.queue.take();
      if (items === null) {
        this.#isOver = true;
        return;
      }
      this.#at = 0;
      this.#entries = [];
      for (const item of items) {
        if (item.type === "block") {
          for (const line of blockLines(item, this.#lastMs)) this.#entries.push(line);
        } else this.#entries.push(itemMark(item, this.#lastMs));
        const last = this.#entries.at(-1);
        if (last?.type === "line") this.#lastMs = last.ms;
      }
    }
  }
}

const BATCH = 4096;

/** Batches in order; equal times in the order of the logs. Throws what a queue throws. */
export async function* mergeLogs(queues: readonly SpillQueue[]): AsyncGenerator<LogEntry[]> {
  let heads = queues.map((queue) => new Head(queue));
  let batch: LogEntry[] = [];
  for (;;) {
    for (const head of heads) if (!head.hasNext) await head.fill();
    heads = heads.filter((head) => !head.isOver);
    if (heads.length === 0) break;
    const [first, limit] = earliest(heads);
    // A run of the earliest log goes out at once: logs are mostly longer than they are interleaved.
    do batch.push(first.next()); while (first.hasNext && first.ms < limit);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The log whose next line is the earliest, and the time of the next one after it. */
function earliest(heads: readonly Head[]): [Head, number] {
  let first = heads[0]!;
  let limit = Infinity;
  for (let i = 1; i < heads.length; i++) {
    const head = heads[i]!;
    if (head.ms < first.ms) [first, limit] = [head, first.ms];
    else if (head.ms < limit) limit = head.ms;
  }
  return [first, limit];
}
