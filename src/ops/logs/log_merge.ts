/** Lines of several logs in the order of their times, in blocks: runs of lines of one log. */
import type { LogMark } from "./log_entry.ts";
import type { LogBlock } from "./log_spec.ts";
import { readStamp, stampLength, stampMs } from "./log_stamp.ts";
import type { QueuedItem, SpillQueue } from "./spill_queue.ts";
import { itemMark } from "./queue_entries.ts";

/** Blocks, and marks in their places. */
export type BlockBatch = readonly (LogBlock | LogMark)[];

const LINE_BREAK = 10;

/** One log, as far as it has come. */
class Head {
  readonly #queue: SpillQueue;
  #items: readonly QueuedItem[] = [];
  #next = 0;
  /** The item whose lines are taken, and where the next one begins. */
  #item: QueuedItem | null = null;
  #at = 0;
  #lineMs = 0;
  #isOver = false;

  constructor(queue: SpillQueue) {
    this.#queue = queue;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get hasNext(): boolean {
    return this.#item !== null;
  }

  /** The next line's time; of the line before it where it has none. Marks stand where the line before them does. */
  get ms(): number {
    return this.#item?.type === "block" ? this.#lineMs : -Infinity;
  }

  async fill(): Promise<void> {
    while (this.#next === this.#items.length) {
      const items = await this.#queue.take();
      if (items === null) {
        this.#isOver = true;
        return;
      }
      this.#items = items;
      this.#next = 0;
    }
    this.#step();
  }

  /** The next line, and those after it that are earlier than `limitMs`; or the next mark. */
  take(limitMs: number): LogBlock | LogMark {
    const item = this.#item!;
    if (item.type !== "block") {
      this.#step();
      return itemMark(item, this.#lineMs);
    }
    const { source, bytes, isWhole } = item;
    const from = this.#at;
    do {
      const end = bytes.indexOf(LINE_BREAK, this.#at) + 1;
      this.#at = end === 0 ? bytes.length : end;
      this.#readTime(bytes);
    } while (this.#at < bytes.length && this.#lineMs < limitMs);
    const to = this.#at;
    if (to === bytes.length) this.#step();
    return from === 0 && to === bytes.length
      ? item
      : { type: "block", source, bytes: bytes.subarray(from, to), isWhole: isWhole || to < bytes.length };
  }

  #step(): void {
    this.#item = this.#items[this.#next++] ?? null;
    this.#next = Math.min(this.#next, this.#items.length);
    this.#at = 0;
    if (this.#item?.type === "block") this.#readTime(this.#item.bytes);
  }

  #readTime(bytes: Uint8Array): void {
    const length = stampLength(bytes, this.#at);
    if (length > 0) this.#lineMs = stampMs(readStamp(bytes, this.#at, length));
  }
}

const BATCH = 4096;
const BATCH_BYTES = 256 * 1024;

/** Batches in order; equal times in the order of the logs. Throws what a queue throws. */
export async function* mergeLogs(queues: readonly SpillQueue[]): AsyncGenerator<BlockBatch> {
  let heads = queues.map((queue) => new Head(queue));
  let batch: (LogBlock | LogMark)[] = [];
  let bytes = 0;
  for (;;) {
    for (const head of heads) if (!head.hasNext) await head.fill();
    heads = heads.filter((head) => !head.isOver);
    if (heads.length === 0) break;
    const [first, limitMs] = earliest(heads);
    // A run of the earliest log goes out at once: logs are mostly longer than they are interleaved.
    const taken = first.take(limitMs);
    if (taken.type === "block") bytes += taken.bytes.length;
    batch.push(taken);
    if (batch.length < BATCH && bytes < BATCH_BYTES) continue;
    yield batch;
    [batch, bytes] = [[], 0];
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
