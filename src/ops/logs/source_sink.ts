/** From one source's reader into a queue; `limitBytes` ends it in the middle of a line, as the server would. */
import type { Clock, OrkaError } from "../../base/mod.ts";
import type { LogSink } from "./instance_reader.ts";
import { eachLine } from "./line_cutter.ts";
import type { LogMarkKind, LogSource } from "./log_entry.ts";
import { stampLength } from "./log_stamp.ts";
import type { SpillQueue } from "./spill_queue.ts";

/** Thrown to end a reader that has given as much as was asked for. */
export const LIMIT_REACHED = new Error("the limit of bytes is reached");

export interface SourceSinkOptions {
  readonly source: LogSource;
  readonly queue: SpillQueue;
  readonly clock: Clock;
  readonly limitBytes?: number | undefined;
  readonly limitCountsStamps?: boolean | undefined;
}

export class SourceSink implements LogSink {
  readonly #options: SourceSinkOptions;
  #left: number;

  constructor(options: SourceSinkOptions) {
    this.#options = options;
    this.#left = options.limitBytes ?? Infinity;
  }

  /** Throws LIMIT_REACHED after the block in which the limit falls. */
  block(bytes: Uint8Array, isWhole: boolean): Promise<void> | undefined {
    const { queue, source } = this.#options;
    if (this.#left === Infinity) return queue.push({ type: "block", source, bytes, isWhole });
    const to = this.#limit(bytes);
    if (to > 0) {
      const isEnded = to < bytes.length ? bytes[to - 1] === 10 : isWhole;
      void queue.push({ type: "block", source, bytes: bytes.subarray(0, to), isWhole: isEnded });
    }
    if (this.#left <= 0) throw LIMIT_REACHED;
    return undefined;
  }

  mark(kind: LogMarkKind, text: string, error?: OrkaError): void {
    const { queue, source, clock } = this.#options;
    const mark = { type: "mark" as const, kind, source, ms: clock.now(), text, ...(error ? { error } : {}) };
    void queue.push({ type: "mark", mark });
  }

  /** Where the limit falls: the stamps, which were not asked for, do not count. */
  #limit(bytes: Uint8Array): number {
    let end = bytes.length;
    eachLine(bytes, (from, to) => {
      const stamp = this.#options.limitCountsStamps ? 0 : stampLength(bytes, from);
      const start = stamp === 0 ? from : from + stamp + 1;
      const size = Math.min(to + 1, bytes.length) - start;
      if (size < this.#left) {
        this.#left -= size;
        return;
      }
      end = start + this.#left;
      this.#left = 0;
      return false;
    });
    return end;
  }
}
