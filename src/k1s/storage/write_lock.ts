/**
 * The write lock between processes: `flock` on a file of its own. SQLite's own waiting polls and is unfair (230 ms
 * stalls with four saturating writers); the kernel wakes flock's waiters, and frees it when its holder dies.
 *
 * It is never taken on the database file: closing a second handle of that would drop SQLite's own locks.
 */

/** After the lock was found held, this long every take queues in the kernel, so that nobody overtakes. */
const POLITE_MS = 100;

export class WriteLock implements Disposable {
  readonly #file: Deno.FsFile;
  #politeUntilMs = 0;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  static async open(path: string): Promise<WriteLock> {
    return new WriteLock(await Deno.open(path, { create: true, read: true, write: true, mode: 0o600 }));
  }

  /** Takes the lock if it is free now: 1 us. */
  tryTake(): boolean {
    if (this.#politeUntilMs > performance.now()) return false;
    if (this.#file.tryLockSync(true)) return true;
    this.#politeUntilMs = performance.now() + POLITE_MS;
    return false;
  }

  /** Waits for it in the kernel, without polling. */
  async take(): Promise<void> {
    await this.#file.lock(true);
  }

  release(): void {
    this.#file.unlockSync();
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
