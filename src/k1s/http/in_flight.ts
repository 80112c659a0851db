/** A bound on the requests that are answered at once: those beyond it wait in order, and those beyond that are refused. */

/** The real server's max-requests-inflight and max-mutating-requests-inflight together. */
const DEFAULT_LIMIT = 600;
/** Requests that may wait, for each that may run. */
const WAITING_FACTOR = 5;

export class InFlight {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limit = DEFAULT_LIMIT) {
    this.#limit = limit;
  }

  /** A place, given back by its disposal; null when too many wait already. */
  async enter(): Promise<Disposable | null> {
    if (this.#running < this.#limit) this.#running++;
    else {
      if (this.#waiting.length >= this.#limit * WAITING_FACTOR) return null;
      // who leaves hands over the place itself: the count stays
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return { [Symbol.dispose]: () => this.#leave() };
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running--;
  }
}
