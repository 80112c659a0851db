/**
 * Makes commits durable outside the commit. Transactions commit to the write-ahead log without a sync, the write
 * lock is free again, and one fdatasync of the log covers every commit before it, other processes' included: the
 * same bytes that SQLite's `synchronous=FULL` syncs, once for all writes under way. A write is acknowledged after.
 *
 * A fast disk's sync runs on this thread (0.2 ms, and no trip to another one); a slow disk's doesn't block it.
 */

/** Syncs slower than this leave the thread free; at 0.5 ms a trip to the pool is lost in the noise. */
const SLOW_MS = 0.5;
/** What one sync counts for at most: a hiccup of a fast disk doesn't send the next ten to the pool. */
const MOST_MS = 4 * SLOW_MS;

/** How long a disk's syncs take, smoothed. */
export class SyncPace {
  #durationMs = 0;

  note(durationMs: number): void {
    this.#durationMs = this.#durationMs * 0.9 + Math.min(durationMs, MOST_MS) * 0.1;
  }

  get isSlow(): boolean {
    return this.#durationMs > SLOW_MS;
  }
}

/** What the writer needs of it. */
export interface LogSync {
  readonly isSlow: boolean;
  /** On this thread. Throws if the disk fails: then nothing since the last sync is known to be durable. */
  now(): void;
  /** On another thread. */
  later(): Promise<void>;
}

export class WalSync implements LogSync, Disposable {
  readonly #file: Deno.FsFile;
  readonly #pace = new SyncPace();

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** The database must be open in WAL mode: its connection keeps the log file in its place. */
  static async open(databasePath: string): Promise<WalSync> {
    return new WalSync(await Deno.open(`${databasePath}-wal`, { read: true, write: true }));
  }

  get isSlow(): boolean {
    return this.#pace.isSlow;
  }

  now(): void {
    const began = performance.now();
    this.#file.syncDataSync();
    this.#pace.note(performance.now() - began);
  }

  async later(): Promise<void> {
    const began = performance.now();
    await this.#file.syncData();
    this.#pace.note(performance.now() - began);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
