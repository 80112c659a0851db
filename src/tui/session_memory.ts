/** The person's memory as a session holds it: opened late, once for each kind of cluster, closed with the session. */
import type { Memory } from "../persist/mod.ts";
import type { SessionOptions } from "./session_options.ts";

export class SessionMemory {
  readonly #open: SessionOptions["memory"];
  readonly #warn: (message: string) => void;
  readonly #opened = new Map<string, Promise<Memory>>();

  constructor(open: SessionOptions["memory"], warn: (message: string) => void) {
    this.#open = open;
    this.#warn = warn;
  }

  /** null: nothing is remembered here. */
  async open(server: string): Promise<Memory | null> {
    if (this.#open === undefined) return null;
    const opened = this.#opened.get(server) ?? this.#open(server, this.#warn);
    this.#opened.set(server, opened);
    try {
      return await opened;
    } catch (error) {
      this.#opened.delete(server);
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const opened of this.#opened.values()) (await opened.catch(() => null))?.close();
    this.#opened.clear();
  }
}
