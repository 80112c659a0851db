/**
 * One signal for several sources. AbortSignal.any keeps about 1 KB on each source for every signal made of it, and a
 * client's own signal, a feed's and an engine's live as long as the session: this lets go of them when it is
 * disposed.
 */
export class AbortScope {
  readonly #controller = new AbortController();
  readonly #sources: readonly AbortSignal[];
  readonly #onAbort = (event: Event) => this.abort((event.target as AbortSignal).reason);

  constructor(sources: readonly (AbortSignal | undefined)[]) {
    this.#sources = sources.filter((source) => source !== undefined);
    for (const source of this.#sources) {
      if (source.aborted) this.#controller.abort(source.reason);
      else source.addEventListener("abort", this.#onAbort);
    }
  }

  /** Aborted with the reason of the first source that is. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * The work's end, or the signal's reason when that comes first: plugins and proxies may never end. What then still
   * comes goes to `onLate`.
   */
  async race<T>(work: Promise<T>, onLate?: (result: T) => void): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const { signal } = this.#controller;
    const onAbort = () => {
      reject(signal.reason);
      work.then(onLate, () => {});
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort);
    try {
      return await Promise.race([work, promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
    this[Symbol.dispose]();
  }

  /** The sources no longer count. */
  [Symbol.dispose](): void {
    for (const source of this.#sources) source.removeEventListener("abort", this.#onAbort);
  }
}
