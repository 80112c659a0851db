/** The memory backend's log: entries in an array whose first element is revision `compacted + 1`. */
import type { ChangeEvent, StoredObject } from "./interface.ts";
import type { KeyRange } from "./keys.ts";
import type { LogFacts } from "./retention.ts";

export interface LogEntry {
  readonly event: ChangeEvent;
  /** The object before; undefined for a creation. */
  readonly previous: StoredObject | undefined;
  readonly writtenAt: number;
  /** A deletion: its event shows the old text, which was counted when it was written. */
  readonly ended: boolean;
}

/** Removed entries are cut off the array when they are this many: one move of the rest instead of one each. */
const CUT = 4_096;

export class MemoryLog implements LogFacts {
  #entries: (LogEntry | undefined)[] = [];
  #chars: number[] = [];
  /** Entries at the array's head that are compacted and cleared. */
  #cleared = 0;
  #compacted = 0;
  #last = 0;

  get compacted(): number {
    return this.#compacted;
  }

  get last(): number {
    return this.#last;
  }

  append(entry: LogEntry): void {
    this.#last = entry.event.revision;
    const before = this.#chars.at(-1) ?? 0;
    this.#entries.push(entry);
    this.#chars.push(before + (entry.ended ? 0 : entry.event.value.length));
  }

  *after(revision: number): Generator<ChangeEvent, void, undefined> {
    for (let index = this.#index(revision + 1); index < this.#entries.length; index++) {
      yield this.#entries[index]!.event;
    }
  }

  /** What keys of the range that were written after a revision held at it, in key order. */
  undo(range: KeyRange, after: string | undefined, revision: number): StoredObject[] {
    const first = new Map<string, StoredObject | undefined>();
    for (let index = this.#index(revision + 1); index < this.#entries.length; index++) {
      const { event, previous } = this.#entries[index]!;
      if (!event.key.startsWith(range.prefix) || (after !== undefined && event.key <= after)) continue;
      if (!first.has(event.key)) first.set(event.key, previous);
    }
    return [...first.values()].filter((object) => object !== undefined)
      .sort((a, b) => a.key < b.key ? -1 : 1);
  }

  compact(revision: number): void {
    if (revision <= this.#compacted) return;
    const end = this.#index(revision + 1);
    this.#entries.fill(undefined, this.#cleared, end);
    this.#cleared = end;
    this.#compacted = revision;
    if (this.#cleared < CUT) return;
    this.#entries = this.#entries.slice(this.#cleared);
    this.#chars = this.#chars.slice(this.#cleared);
    this.#cleared = 0;
  }

  writtenAt(revision: number): number | undefined {
    return this.#entries[this.#index(revision)]?.writtenAt;
  }

  charsThrough(revision: number): number | undefined {
    return this.#chars[this.#index(revision)];
  }

  #index(revision: number): number {
    return revision - this.#compacted - 1 + this.#cleared;
  }
}
