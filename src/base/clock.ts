/** Time as a parameter: everything that waits or stamps takes a Clock, so tests own time. */
export interface Clock {
  /** Wall time, milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds from an arbitrary origin; never goes backwards. */
  monotonic(): number;
  /** Calls `fn` once after `delayMs`; disposing the result cancels it. */
  timer(delayMs: number, fn: () => void): Disposable;
  /** Resolves after `delayMs`; rejects with the signal's reason when aborted. */
  sleep(delayMs: number, options?: { signal?: AbortSignal | undefined }): Promise<void>;
}

/** The longest wait that setTimeout takes, ms; a longer one would be over at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The process's own clock; no wait is longer than 24.8 days. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer(delayMs, fn) {
    const id = setTimeout(fn, Math.min(delayMs, MAX_TIMER_MS));
    return { [Symbol.dispose]: () => clearTimeout(id) };
  },
  sleep(delayMs, { signal } = {}) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(id);
        reject(signal!.reason);
      };
      const id = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, Math.min(delayMs, MAX_TIMER_MS));
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },
};

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  readonly fn: () => void;
}

/**
 * A clock that moves only when told.
 *
 * 1. Timers fire in order of their due time, then of their creation.
 * 2. `advance` awaits the microtasks that a fired timer started before it fires the next.
 */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #originMs: number;
  #pending: Pending[] = [];
  #order = 0;

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
    this.#originMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs - this.#originMs;
  }

  /** Timers not yet fired or cancelled. */
  get pending(): number {
    return this.#pending.length;
  }

  timer(delayMs: number, fn: () => void): Disposable {
    const entry: Pending = { dueMs: this.#nowMs + delayMs, order: this.#order++, fn };
    this.#pending.push(entry);
    return { [Symbol.dispose]: () => this.#pending = this.#pending.filter((p) => p !== entry) };
  }

  sleep(delayMs: number, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        timer[Symbol.dispose]();
        reject(signal!.reason);
      };
      const timer = this.timer(delayMs, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settle();
    for (;;) {
      const next = this.#pending
        .filter((p) => p.dueMs <= endMs)
        .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
      if (!next) break;
      this.#pending = this.#pending.filter((p) => p !== next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.fn();
      await settle();
    }
    this.#nowMs = endMs;
  }
}

/** Lets every microtask and already-due macrotask run. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
