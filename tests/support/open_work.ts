/** What a test's server is in the middle of: its failures are its own, its end is waited for. */
export class OpenWork {
  readonly #work = new Set<Promise<void>>();

  add(work: Promise<void>): void {
    const quiet = work.catch(() => {});
    this.#work.add(quiet);
    void quiet.then(() => this.#work.delete(quiet));
  }

  async end(): Promise<void> {
    await Promise.all(this.#work);
  }
}
