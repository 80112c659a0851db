/**
 * The lines that a logs pane has at hand: the newest of a stream, older ones in front as they are asked for, those that a
 * filter lets through.
 *
 * 1. At most `maxLines` lines and `maxBytes` bytes of text; the oldest go first, in lots, and `gone` counts them.
 * 2. `dropped + i` names a shown line until the filter changes or all is cleared; lines put in front count down from there,
 *    below 0 if need be. Nothing may be put in front once lines have made room: there would be a gap.
 * 3. Nothing is rendered but what is asked for.
 */
import type { LogEntry } from "../../../ops/mod.ts";
import type { LineSource } from "../../widgets/mod.ts";

/** A line that a person put there (`m`), or that the pane says of itself. */
export interface LogNote {
  readonly type: "note";
  readonly text: string;
}

export type BufferEntry = LogEntry | LogNote;

export interface LogBufferOptions {
  readonly render: (entry: BufferEntry) => string;
  readonly maxLines?: number;
  readonly maxBytes?: number;
}

/** Some 25 MB as kept: a line's object, its bytes and its text. */
const MAX_LINES = 50_000;
const MAX_BYTES = 32 * 1024 * 1024;
/** What a mark or note counts for. */
const MARK_BYTES = 100;

export class LogBuffer implements LineSource {
  readonly #options: Required<LogBufferOptions>;
  #entries: BufferEntry[] = [];
  /** The absolute place of the first entry kept. */
  #first = 0;
  #bytes = 0;
  #gone = 0;
  #passes: ((entry: BufferEntry) => boolean) | null = null;
  /** With a filter: the entries that pass, and the absolute place of each. */
  #shown: BufferEntry[] = [];
  #places: number[] = [];
  #shownFirst = 0;

  constructor({ render, maxLines = MAX_LINES, maxBytes = MAX_BYTES }: LogBufferOptions) {
    this.#options = { render, maxLines, maxBytes };
  }

  get length(): number {
    return this.#passes === null ? this.#entries.length : this.#shown.length;
  }

  get dropped(): number {
    return this.#passes === null ? this.#first : this.#shownFirst;
  }

  /** All that is kept, whatever the filter says. */
  get total(): number {
    return this.#entries.length;
  }

  /** Lines that had to make room. */
  get gone(): number {
    return this.#gone;
  }

  entry(index: number): BufferEntry | undefined {
    return this.#passes === null ? this.#entries[index] : this.#shown[index];
  }

  line(index: number): string {
    const entry = this.entry(index);
    return entry === undefined ? "" : this.#options.render(entry);
  }

  append(batch: readonly BufferEntry[]): void {
    const from = this.#first + this.#entries.length;
    for (const [at, entry] of batch.entries()) {
      this.#entries.push(entry);
      this.#bytes += sizeOf(entry);
      if (this.#passes?.(entry)) this.#show(entry, from + at);
    }
    this.#cut();
  }

  /** Lines from before the first one, oldest first. They are kept even where they are too many: the person asked. */
  prepend(batch: readonly BufferEntry[]): void {
    this.#entries = [...batch, ...this.#entries];
    this.#first -= batch.length;
    for (const entry of batch) this.#bytes += sizeOf(entry);
    if (this.#passes === null) return;
    const passing = batch.flatMap((entry, at) =>
      this.#passes!(entry) ? [[entry, this.#first + at] as const] : []
    );
    this.#shown = [...passing.map(([entry]) => entry), ...this.#shown];
    this.#places = [...passing.map(([, place]) => place), ...this.#places];
    this.#shownFirst -= passing.length;
  }

  /** Shows only what passes; null shows all. Lines are named anew. */
  filter(passes: ((entry: BufferEntry) => boolean) | null): void {
    this.#passes = passes;
    this.#shown = [];
    this.#places = [];
    this.#shownFirst = 0;
    if (passes === null) return;
    this.#entries.forEach((entry, at) => {
      if (passes(entry)) this.#show(entry, this.#first + at);
    });
  }

  /** The index of the shown line nearest to an absolute place, as `placeOf` gave it. */
  indexOf(place: number): number {
    if (this.#passes === null) return Math.max(0, place - this.#first);
    const at = this.#places.findIndex((shown) => shown >= place);
    return at < 0 ? Math.max(0, this.#places.length - 1) : at;
  }

  /** The absolute place of a shown line: the same under any filter. */
  placeOf(index: number): number {
    return this.#passes === null ? this.#first + index : this.#places[index] ?? this.#first;
  }

  clear(): void {
    this.#first += this.#entries.length;
    this.#shownFirst += this.#shown.length;
    this.#entries = [];
    this.#shown = [];
    this.#places = [];
    this.#bytes = 0;
    this.#gone = 0;
  }

  #show(entry: BufferEntry, place: number): void {
    this.#shown.push(entry);
    this.#places.push(place);
  }

  /** A tenth more than wanted before cutting, so that a cut's cost is shared by many lines. */
  #cut(): void {
    const { maxLines, maxBytes } = this.#options;
    if (this.#entries.length <= maxLines * 1.1 && this.#bytes <= maxBytes * 1.1) return;
    let count = Math.max(0, this.#entries.length - maxLines);
    for (let at = 0; at < this.#entries.length && (at < count || this.#bytes > maxBytes); at++) {
      this.#bytes -= sizeOf(this.#entries[at]!);
      count = Math.max(count, at + 1);
    }
    this.#entries.splice(0, count);
    this.#first += count;
    this.#gone += count;
    const hidden = this.#places.findIndex((place) => place >= this.#first);
    const cut = hidden < 0 ? this.#places.length : hidden;
    this.#places.splice(0, cut);
    this.#shown.splice(0, cut);
    this.#shownFirst += cut;
  }
}

function sizeOf(entry: BufferEntry): number {
  return entry.type === "line" ? entry.raw.length + MARK_BYTES : MARK_BYTES;
}
