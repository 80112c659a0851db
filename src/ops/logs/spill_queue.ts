/**
 * Between who reads a network and who shows lines: in order, bounded, and never silent about a loss.
 *
 * 1. Items come out in the order in which they went in.
 * 2. Blocks stay in memory up to `memoryBytes`, then go to a temporary file up to `diskBytes`; what comes then is
 *    dropped, and a `dropped` item with the number of its lines stands in its place.
 * 3. With `waits`, nothing is dropped: `push` gives a promise then, and the producer waits for it.
 * 4. `close` removes the file.
 */
import { countLines } from "./line_cutter.ts";
import type { LogMark, LogSource } from "./log_entry.ts";
import type { LogBlock } from "./log_spec.ts";
import { SpillFile } from "./spill_file.ts";

export type QueuedItem =
  | LogBlock
  | { readonly type: "mark"; readonly mark: LogMark }
  | { readonly type: "dropped"; readonly source: LogSource; readonly lines: number };

type Held =
  | { readonly type: "item"; readonly item: QueuedItem; readonly bytes: number }
  | {
    readonly type: "spilled";
    readonly source: LogSource;
    isWhole: boolean;
    readonly offset: number;
    length: number;
  }
  | { readonly type: "lost"; readonly source: LogSource; lines: number };

export interface SpillQueueOptions {
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly waits: boolean;
}

/** Taken at once; a spilled block is read back in pieces no larger than it was merged to. */
const TAKE_BYTES = 256 * 1024;
/** Neighbouring spilled blocks of a source become one up to this. */
const MERGE_BYTES = 256 * 1024;

export class SpillQueue {
  readonly #options: SpillQueueOptions;
  #held: Held[] = [];
  #first = 0;
  #memory = 0;
  #file: SpillFile | null = null;
  #waiting: (() => void) | null = null;
  #room: PromiseWithResolvers<void> | null = null;
  #isEnded = false;
  #error: unknown = null;

  constructor(options: SpillQueueOptions) {
    this.#options = options;
  }

  /** Bytes in the temporary file that nobody has taken yet. */
  get spilledBytes(): number {
    return this.#file?.liveBytes ?? 0;
  }

  /** A promise only with `waits`: resolves when there is room again. */
  push(item: QueuedItem): Promise<void> | undefined {
    if (this.#isEnded) return undefined;
    const bytes = item.type === "block" ? item.bytes.length : 0;
    const { memoryBytes, waits } = this.#options;
    const fits = item.type !== "block" || this.#memory + bytes <= memoryBytes;
    const isSpilled = !fits && this.#spill(item);
    if (fits || (waits && !isSpilled)) {
      this.#memory += bytes;
      this.#held.push({ type: "item", item, bytes });
    } else if (!isSpilled) this.#lose(item);
    this.#wake();
    if (!waits || fits || isSpilled) return undefined;
    return (this.#room ??= Promise.withResolvers()).promise;
  }

  /** Nothing more comes; what is there can still be taken, and then the error is thrown. */
  end(error: unknown = null): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#error = error;
    this.#wake();
  }

  /** Everything that is there, up to a good portion; waits for the first. null: ended. Throws what `end` was given. */
  async take(): Promise<readonly QueuedItem[] | null> {
    while (this.#first === this.#held.length) {
      if (this.#error !== null) throw this.#error;
      if (this.#isEnded) return null;
      await new Promise<void>((resolve) => this.#waiting = resolve);
    }
    const items: QueuedItem[] = [];
    for (let bytes = 0; bytes < TAKE_BYTES && this.#first < this.#held.length;) {
      const item = this.#restored(this.#held[this.#first++]!);
      if (item.type === "block") bytes += item.bytes.length;
      items.push(item);
    }
    if (this.#first === this.#held.length || this.#first > 1024) {
      this.#held = this.#held.slice(this.#first);
      this.#first = 0;
    }
    if (this.#room !== null && this.#memory < this.#options.memoryBytes) {
      this.#room.resolve();
      this.#room = null;
    }
    return items;
  }

  /** Forgets everything; whoever waits to push goes on. */
  close(): void {
    this.end();
    this.#held = [];
    this.#first = 0;
    this.#memory = 0;
    this.#room?.resolve();
    this.#room = null;
    this.#file?.close();
    this.#file = null;
  }

  #restored(held: Held): QueuedItem {
    if (held.type === "item") {
      this.#memory -= held.bytes;
      return held.item;
    }
    const { source } = held;
    if (held.type === "lost") return { type: "dropped", source, lines: held.lines };
    const bytes = this.#file!.read(held.offset, held.length);
    return { type: "block", source, bytes, isWhole: held.isWhole };
  }

  /** False: there is no room on the disk. */
  #spill({ source, bytes, isWhole }: LogBlock): boolean {
    const last = this.#last;
    const offset = this.#write(bytes);
    if (offset === null) return false;
    if (
      last?.type === "spilled" && last.source === source && last.isWhole && last.length < MERGE_BYTES &&
      last.offset + last.length === offset
    ) {
      last.length += bytes.length;
      last.isWhole = isWhole;
    } else this.#held.push({ type: "spilled", source, isWhole, offset, length: bytes.length });
    return true;
  }

  #lose({ source, bytes }: LogBlock): void {
    const last = this.#last;
    if (last?.type === "lost" && last.source === source) last.lines += countLines(bytes);
    else this.#held.push({ type: "lost", source, lines: countLines(bytes) });
  }

  /** What was pushed last, if nobody has taken it. */
  get #last(): Held | undefined {
    return this.#first < this.#held.length ? this.#held.at(-1) : undefined;
  }

  /** null: no room on the disk, or no disk. */
  #write(bytes: Uint8Array): number | null {
    const { diskBytes } = this.#options;
    if (this.spilledBytes + bytes.length > diskBytes) return null;
    this.#file ??= SpillFile.open();
    return this.#file?.write(bytes, diskBytes) ?? null;
  }

  #wake(): void {
    this.#waiting?.();
    this.#waiting = null;
  }
}
