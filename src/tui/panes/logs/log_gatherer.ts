/**
 * The beginning of several logs, put in order of time: their streams begin one after the other, and what is followed comes
 * in order of arrival.
 */
import type { Clock } from "../../../base/mod.ts";
import type { LogBatch, LogEntry } from "../../../ops/mod.ts";

/** What comes within this of the first line, ms; a person waits no longer for lines that are there. */
const GATHER_MS = 250;

export class LogGatherer {
  readonly #clock: Clock;
  readonly #give: (entries: LogBatch) => void;
  /** null: what comes goes through. */
  #entries: LogEntry[] | null = null;
  #timer: Disposable | null = null;

  constructor(clock: Clock, give: (entries: LogBatch) => void) {
    this.#clock = clock;
    this.#give = give;
  }

  begin(): void {
    this.#entries = [];
  }

  take(batch: LogBatch): void {
    if (this.#entries === null) return this.#give(batch);
    this.#entries.push(...batch);
    this.#timer ??= this.#clock.timer(GATHER_MS, () => this.end());
  }

  /** Gives what is there, and lets the rest through. */
  end(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    const entries = this.#entries ?? [];
    this.#entries = null;
    if (entries.length > 0) this.#give(inOrderOfTime(entries));
  }
}

/** Marks stay before the line that they came before; those of joining come first. */
function inOrderOfTime(entries: LogBatch): LogBatch {
  const times: number[] = [];
  let nextMs = Infinity;
  for (let at = entries.length - 1; at >= 0; at--) {
    const entry = entries[at]!;
    if (entry.type === "line") nextMs = entry.ms;
    times[at] = entry.type === "mark" && entry.kind === "joined" ? -Infinity : nextMs;
  }
  const order = entries.map((_, at) => at).sort((a, b) => times[a]! - times[b]! || a - b);
  return order.map((at) => entries[at]!);
}
