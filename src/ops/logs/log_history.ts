/**
 * Lines before the first one that was shown, for who scrolls back. A server can only be asked for the last so many
 * lines: as many are asked for as were shown since, and some more, until the first line shown is found among them.
 */
import type { Clock } from "../../base/mod.ts";
import { OrkaError } from "../../base/mod.ts";
import type { Client } from "../../client/mod.ts";
import { blockLines } from "./block_lines.ts";
import { LineCutter } from "./line_cutter.ts";
import type { LogEntry, LogLine, LogSource } from "./log_entry.ts";
import { requestLog } from "./log_request.ts";
import type { LogBatch, LogSpec } from "./log_spec.ts";

export interface LogHistoryOptions {
  readonly client: Client;
  readonly spec: Pick<LogSpec, "previous">;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Lines by which the beginning of what was shown is told: equal lines may stand before it. */
const ANCHOR_LINES = 4;
/** Asked for at most: more would hold the whole log in memory for a look at its past. */
const MOST_LINES = 500_000;

interface Past {
  /** The first lines given. */
  anchor: readonly LogLine[];
  /** Lines of this instance from the anchor on. */
  since: number;
  /** The instance before the current one is what is read now. */
  isPrevious: boolean;
  isOver: boolean;
  /** A later instance's lines no longer count. */
  isCounting: boolean;
}

export class LogHistory {
  readonly #options: LogHistoryOptions;
  readonly #pasts = new Map<string, Past>();

  constructor(options: LogHistoryOptions) {
    this.#options = options;
  }

  /** Entries that were handed out, in order. */
  given(batch: LogBatch): void {
    for (const entry of batch) {
      if (entry.source === null) continue;
      const past = this.#pastOf(entry.source);
      if (entry.type === "mark") {
        // Two instances ago is more than a server keeps: what was shown first is then out of reach after one restart.
        if (entry.kind === "restarted") {
          past.isOver = past.isPrevious;
          past.isPrevious = true;
          past.isCounting = false;
        }
        continue;
      }
      if (past.isCounting) past.since++;
      if (past.anchor.length < ANCHOR_LINES) past.anchor = [...past.anchor, entry];
    }
  }

  /** At most `count` lines a source, in the order of their times. */
  async older(sources: readonly LogSource[], count: number): Promise<LogBatch> {
    const parts = await Promise.all(sources.map((source) => this.#olderOf(source, count)));
    const found = parts.filter((part) => part.length > 0);
    if (found.length < 2) return found[0] ?? [];
    return found.flat().sort((a, b) => a.ms - b.ms);
  }

  #pastOf(source: LogSource): Past {
    let past = this.#pasts.get(source.id);
    if (past === undefined) {
      const isPrevious = this.#options.spec.previous === true;
      past = { anchor: [], since: 0, isPrevious, isOver: false, isCounting: true };
      this.#pasts.set(source.id, past);
    }
    return past;
  }

  async #olderOf(source: LogSource, count: number): Promise<LogEntry[]> {
    const past = this.#pastOf(source);
    // Nothing of this instance was given: what comes next might be given twice.
    if (past.isOver || count <= 0 || past.anchor.length === 0 && past.isCounting) return [];
    for (let wanted = past.since + count + 1;; wanted *= 4) {
      const tailLines = Math.min(wanted, MOST_LINES);
      const lines = await this.#read(source, { previous: past.isPrevious, tailLines });
      if (lines === null) return this.#end(past);
      const at = past.anchor.length === 0 ? lines.length : anchorIn(lines, past.anchor);
      const isWhole = lines.length < tailLines;
      const isEnough = at >= count || isWhole || tailLines === MOST_LINES;
      if (!isEnough) continue;
      if (at <= 0) return isWhole && at === 0 ? await this.#before(source, count) : this.#end(past);
      const older = lines.slice(Math.max(0, at - count), at);
      past.anchor = [...older, ...past.anchor].slice(0, ANCHOR_LINES);
      past.since += older.length;
      return older;
    }
  }

  #end(past: Past): LogEntry[] {
    past.isOver = true;
    return [];
  }

  /** The instance before this one, with a mark of the restart after its last line. */
  async #before(source: LogSource, count: number): Promise<LogEntry[]> {
    const past = this.#pastOf(source);
    if (past.isPrevious) return this.#end(past);
    const first = past.anchor[0];
    past.isPrevious = true;
    past.isCounting = false;
    past.anchor = [];
    past.since = 0;
    const older = await this.#olderOf(source, count);
    const last = older.at(-1);
    if (last === undefined) return [];
    return [...older, { type: "mark", kind: "restarted", source, ms: first?.ms ?? last.ms, text: "" }];
  }

  /** null: there is no such log (any more). */
  async #read(
    source: LogSource,
    query: { readonly previous: boolean; readonly tailLines: number },
  ): Promise<LogLine[] | null> {
    const { client, signal, clock } = this.#options;
    const cutter = new LineCutter();
    const lines: LogLine[] = [];
    const add = (bytes: Uint8Array, isWhole: boolean) => {
      for (const line of blockLines({ type: "block", source, bytes, isWhole }, 0)) lines.push(line);
    };
    try {
      await requestLog(client, source, {
        query,
        signal,
        clock,
        onChunk: (chunk) => {
          const block = cutter.push(chunk);
          if (block !== null) add(block.bytes, block.isWhole);
        },
      });
    } catch (error) {
      const isMissing = error instanceof OrkaError && (error.code === "not-found" || error.status === 400);
      if (isMissing) return null;
      throw error;
    }
    const rest = cutter.rest();
    if (rest !== null) add(rest.bytes, false);
    return lines;
  }
}

/** Where the anchor begins; -1: it is not there. */
function anchorIn(lines: readonly LogLine[], anchor: readonly LogLine[]): number {
  for (let at = lines.length - anchor.length; at >= 0; at--) {
    if (anchor.every((line, i) => isSame(line, lines[at + i]!))) return at;
  }
  return -1;
}

function isSame(a: LogLine, b: LogLine): boolean {
  return a.raw.length === b.raw.length && a.raw.every((byte, i) => byte === b.raw[i]);
}
