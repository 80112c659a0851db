import type { Clock } from "../../base/mod.ts";

/** Two presses of the button on the same thing within this are one double click. */
const DOUBLE_CLICK_MS = 400;

/** Tells the second click of two. */
export class DoubleClick {
  readonly #clock: Clock;
  #last = { what: "", atMs: -Infinity };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes a click; true when it makes a double click. A third one begins anew. */
  click(what: string): boolean {
    const nowMs = this.#clock.monotonic();
    const { what: before, atMs } = this.#last;
    const isDouble = what !== "" && what === before && nowMs - atMs <= DOUBLE_CLICK_MS;
    this.#last = { what, atMs: isDouble ? -Infinity : nowMs };
    return isDouble;
  }
}
