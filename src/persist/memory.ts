import type { Clock } from "../base/mod.ts";
import type { Audit, Prefs, SchemaCache, Snapshots } from "./records.ts";

/**
 * 1. No method throws for what a disk, a file or another process does: it warns once and goes on in memory.
 * 2. Methods block for a short while, at most two seconds when another process holds the file.
 * 3. After `close` every method answers as an empty memory.
 */
export interface Memory extends Disposable {
  readonly prefs: Prefs;
  readonly schemas: SchemaCache;
  readonly snapshots: Snapshots;
  readonly audit: Audit;
  /** Why nothing more will be found by the next process; null while all is well. */
  readonly degraded: string | null;
  close(): void;
}

export interface OpenMemoryOptions {
  /** The directory of the file, made when needed; null keeps everything in this process alone. */
  readonly directory: string | null;
  readonly clock: Clock;
  /** One line, at most once for each thing that goes wrong. */
  readonly warn: (message: string) => void;
  /** Writes the values of Secrets too: the person asked for it. */
  readonly keepSecrets?: boolean | undefined;
  /** The most that the file may grow to; 256 MiB unless given. */
  readonly maxBytes?: number | undefined;
}

/** Opens the memory; never rejects for what is wrong with the file. SQLite is loaded here and not before. */
export async function openMemory(options: OpenMemoryOptions): Promise<Memory> {
  const { openSqliteMemory } = await import("./sqlite_memory.ts");
  return openSqliteMemory(options);
}
