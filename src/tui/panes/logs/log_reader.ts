/**
 * Several log streams read as one, for a pane that may be hidden and shown again.
 *
 * 1. `close` ends every request; `open` goes on where lines stopped, none twice: the server's `sinceTime` counts whole
 *    seconds, so what came before is left out here by the lines' own times.
 * 2. `onBatch` is called with what came, in order of arrival; `onEnd` once, when all streams ended or one failed for good.
 */
import { isCancelled } from "../../../base/mod.ts";
import type { Client } from "../../../engine/protocol.ts";
import type { LogBatch, LogEntry, LogSpec, LogStream } from "../../../ops/mod.ts";
import type { OpsDoor } from "../../actions/ops_door.ts";

export interface LogReaderOptions {
  readonly client: Client;
  readonly ops: Pick<OpsDoor, "openLogs">;
  readonly onBatch: (batch: LogBatch) => void;
  /** null: it ended in good order. */
  readonly onEnd: (error: unknown) => void;
}

/** The newest line of one source, and how many came with that very time. */
interface Newest {
  stamp: string;
  count: number;
}

export class LogReader {
  #abort = new AbortController();
  #streams: readonly LogStream[] = [];
  readonly #newest = new Map<string, Newest>();

  get isOpen(): boolean {
    return this.#streams.length > 0;
  }

  /** RFC 3339 of the newest line; null before the first one. */
  get lastStamp(): string | null {
    const stamps = [...this.#newest.values()].map(({ stamp }) => stamp).filter((stamp) => stamp !== "");
    return stamps.length === 0 ? null : stamps.reduce((a, b) => (padded(a) > padded(b) ? a : b));
  }

  open(specs: readonly LogSpec[], options: LogReaderOptions): void {
    this.close();
    const { signal } = this.#abort = new AbortController();
    const resumed = new Map([...this.#newest].map(([id, newest]) => [id, { ...newest, seen: 0 }]));
    this.#streams = specs.map((spec) => options.ops.openLogs(options.client, spec, { signal }));
    const reads = this.#streams.map(async (stream) => {
      for await (const batch of stream) {
        if (signal.aborted) return;
        const fresh = batch.filter((entry) => isNew(entry, resumed));
        for (const entry of fresh) this.#note(entry);
        if (fresh.length > 0) options.onBatch(fresh);
      }
    });
    Promise.all(reads).then(() => {
      if (!signal.aborted) options.onEnd(null);
    }, (error) => {
      if (signal.aborted || isCancelled(error)) return;
      this.close();
      options.onEnd(error);
    });
  }

  /** Lines before the first, of all sources, oldest first. */
  async older(count: number): Promise<LogBatch> {
    const batches = await Promise.all(this.#streams.map((stream) => stream.older(count)));
    if (batches.length < 2) return batches[0] ?? [];
    return batches.flat().map((entry, at) => ({ entry, at })).sort((a, b) =>
      a.entry.ms - b.entry.ms || a.at - b.at
    )
      .map(({ entry }) => entry);
  }

  close(): void {
    this.#abort.abort();
    for (const stream of this.#streams) stream.close();
    this.#streams = [];
  }

  /** Nothing was read yet: the next `open` begins anew. */
  forget(): void {
    this.#newest.clear();
  }

  #note(entry: LogEntry): void {
    if (entry.type !== "line") return;
    const newest = this.#newest.get(entry.source.id);
    if (newest?.stamp === entry.stamp) newest.count++;
    else this.#newest.set(entry.source.id, { stamp: entry.stamp, count: 1 });
  }
}

function isNew(entry: LogEntry, resumed: Map<string, Newest & { seen: number }>): boolean {
  if (entry.type !== "line") return !(entry.kind === "joined" && resumed.has(entry.source?.id ?? ""));
  const before = resumed.get(entry.source.id);
  if (before === undefined || entry.stamp === "") return true;
  const [now, then] = [padded(entry.stamp), padded(before.stamp)];
  if (now < then) return false;
  if (now === then) return ++before.seen > before.count;
  resumed.delete(entry.source.id);
  return true;
}

/** Nanoseconds are written without trailing zeros: as wide for all, they compare as text. */
function padded(stamp: string): string {
  const [whole = "", fraction = ""] = stamp.replace("Z", "").split(".");
  return `${whole}.${fraction.padEnd(9, "0")}`;
}
