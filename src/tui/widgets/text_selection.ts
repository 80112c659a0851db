/** A stretch of text between two places, in whichever order they were named. */
export interface Place {
  /** Counts from the first line ever, dropped ones included. */
  readonly line: number;
  readonly offset: number;
}

/** Half open, in offsets of one line. */
export interface Selection {
  readonly from: number;
  readonly to: number;
}

export class TextSelection {
  #anchor: Place | null = null;
  #head: Place | null = null;

  get isEmpty(): boolean {
    const { first, last } = this.#ordered();
    return !first || !last || (first.line === last.line && first.offset === last.offset);
  }

  start(place: Place): void {
    this.#anchor = this.#head = place;
  }

  extend(place: Place): void {
    if (this.#anchor) this.#head = place;
  }

  clear(): void {
    this.#anchor = this.#head = null;
  }

  /** The part of a line that is selected; null when none is. */
  onLine(line: number, length: number): Selection | null {
    const { first, last } = this.#ordered();
    if (!first || !last || this.isEmpty || line < first.line || line > last.line) return null;
    return { from: line === first.line ? first.offset : 0, to: line === last.line ? last.offset : length };
  }

  text(lineAt: (line: number) => string): string | null {
    const { first, last } = this.#ordered();
    if (!first || !last || this.isEmpty) return null;
    const lines: string[] = [];
    for (let line = first.line; line <= last.line; line++) {
      const text = lineAt(line);
      const { from, to } = this.onLine(line, text.length)!;
      lines.push(text.slice(from, to));
    }
    return lines.join("\n");
  }

  #ordered(): { first: Place | null; last: Place | null } {
    const [a, b] = [this.#anchor, this.#head];
    if (!a || !b) return { first: null, last: null };
    const isForward = a.line < b.line || (a.line === b.line && a.offset <= b.offset);
    return isForward ? { first: a, last: b } : { first: b, last: a };
  }
}
