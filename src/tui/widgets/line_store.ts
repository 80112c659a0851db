/**
 * The lines that a text view shows: all of a document, or the newest of a log.
 *
 * 1. At most `capacity` lines; the oldest go first, in lots, and `dropped` counts them.
 * 2. `line(i)` counts from the oldest kept; `dropped + i` names a line for good.
 */
export interface LineSource {
  readonly length: number;
  /** Lines that came before those kept; it goes down, below 0 if need be, where older ones are put in front. */
  readonly dropped: number;
  line(index: number): string;
}

export class LineStore implements LineSource {
  #lines: string[] = [];
  #dropped = 0;
  readonly #capacity: number;

  constructor({ capacity = Infinity, lines = [] }: { capacity?: number; lines?: readonly string[] } = {}) {
    this.#capacity = capacity;
    this.append(lines);
  }

  /** A document's lines; a last line end adds none. */
  static fromText(text: string): LineStore {
    const body = text.endsWith("\n") ? text.slice(0, -1) : text;
    return new LineStore({ lines: body.split(/\r?\n/) });
  }

  get length(): number {
    return this.#lines.length;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** The lines themselves, for a highlighter. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  line(index: number): string {
    return this.#lines[index] ?? "";
  }

  append(lines: readonly string[]): void {
    for (const line of lines) this.#lines.push(line);
    // a tenth more than wanted before cutting, so that a cut's cost is shared by many lines
    if (this.#lines.length <= this.#capacity * 1.1) return;
    const extra = this.#lines.length - this.#capacity;
    this.#lines.splice(0, extra);
    this.#dropped += extra;
  }

  clear(): void {
    this.#dropped += this.#lines.length;
    this.#lines = [];
  }
}
