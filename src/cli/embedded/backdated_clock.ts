import type { Clock } from "../../base/mod.ts";

/** The server's clock, which tells a time of the past while the demo is written: its objects have ages. */
export class BackdatedClock implements Clock {
  #offsetMs = 0;

  constructor(private readonly clock: Clock) {}

  /** `now` says `ms`, and goes on from there; null: the real time. */
  set(ms: number | null): void {
    this.#offsetMs = ms === null ? 0 : ms - this.clock.now();
  }

  now(): number {
    return this.clock.now() + this.#offsetMs;
  }

  monotonic(): number {
    return this.clock.monotonic();
  }

  timer(delayMs: number, fn: () => void): Disposable {
    return this.clock.timer(delayMs, fn);
  }

  sleep(delayMs: number, options?: { signal?: AbortSignal | undefined }): Promise<void> {
    return this.clock.sleep(delayMs, options);
  }
}
