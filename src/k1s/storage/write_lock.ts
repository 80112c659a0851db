/**
 * The write lock between processes: `flock` on a file of its own. SQLite's own waiting polls and is unfair (230 ms
 * stalls with four saturating writers); the kernel wakes flock's waiters, and frees it when its holder dies.
 *
 * It is never taken on the database file: closing a second handle of that would drop SQLite's own locks.
 */

import type { Clock } from "../../base/mod.ts";
import { StorageError } from "./errors.ts";

/** A holder that is alive holds it for milliseconds; one that was stopped in the middle holds it until it goes on. */
const PATIENCE_MS = 10_000;

/** After the lock was found held, this long every take queues in the kernel, so that nobody overtakes. */
const POLITE_MS = 100;

/**
 * One process's part of it: what runs in the process takes turns by itself, for a handle that holds the lock gets it
 * again. `BEGIN IMMEDIATE` is what keeps writers apart; this decides who is next.
 */
export class WriteLock implements Disposable {
  readonly #file: Deno.FsFile;
  #politeUntilMs = 0;
  #closed = false;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  static async open(path: string): Promise<WriteLock> {
    return new WriteLock(await Deno.open(path, { create: true, read: true, write: true, mode: 0o600 }));
  }

  /** Takes the lock if it is free now: 1 us. */
  tryTake(): boolean {
    // a runtime of before Deno 2.7 can only queue
    if (!("tryLockSync" in this.#file) || this.#politeUntilMs > performance.now()) return false;
    if (this.#file.tryLockSync(true)) return true;
    this.#politeUntilMs = performance.now() + POLITE_MS;
    return false;
  }

  /** Waits for it in the kernel, without polling. Errors: `busy` after ten seconds. */
  async take(clock: Clock): Promise<void> {
    const taken = this.#file.lock(true);
    const late = Promise.withResolvers<"late">();
    using _timer = clock.timer(PATIENCE_MS, () => late.resolve("late"));
    if (await Promise.race([taken, late.promise]) !== "late") return;
    // it may still come when nobody waits for it any more; a closed file has no lock
    taken.then(() => this.#closed || this.release(), () => {});
    throw new StorageError("busy", "Another process has held the store's write lock for ten seconds", {
      hint: "Is a process that uses it stopped?",
    });
  }

  release(): void {
    this.#file.unlockSync();
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#file.close();
  }
}
