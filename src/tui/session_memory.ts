/** The person's memory as a session holds it: opened late, once for each cluster, closed with the session. */
import type { Clock } from "../base/mod.ts";
import type { Memory } from "../persist/mod.ts";
import type { SessionOptions } from "./session_options.ts";

export interface SessionMemoryOptions {
  /** Without it everything is remembered as long as the session lasts. */
  readonly open: SessionOptions["memory"];
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

export class SessionMemory {
  readonly #options: SessionMemoryOptions;
  readonly #opened = new Map<string, Promise<Memory>>();

  constructor(options: SessionMemoryOptions) {
    this.#options = options;
  }

  async open(server: string): Promise<Memory> {
    const opened = this.#opened.get(server) ?? this.#new(server);
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

  async #new(server: string): Promise<Memory> {
    const { open, clock, warn } = this.#options;
    if (open !== undefined) return await open(server, warn);
    const { openMemory } = await import("../persist/mod.ts");
    return await openMemory({ directory: null, clock, warn });
  }
}
