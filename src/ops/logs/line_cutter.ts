/** A stream's bytes cut into blocks of whole lines, wherever the network cut them. */

const LINE_BREAK = 10;

/** A line without end (a progress bar, a binary file) is handed on in pieces of about this. */
export const LONGEST_LINE_BYTES = 4 * 1024 * 1024;

/** Whole lines, each with its line break; the last may lack it when `isWhole` is false. */
export interface LineBlock {
  readonly bytes: Uint8Array;
  readonly isWhole: boolean;
}

export class LineCutter {
  #rest: Uint8Array[] = [];
  #restBytes = 0;

  /** `chunk` is lent: what is kept is copied. null: no line has ended yet. */
  push(chunk: Uint8Array): LineBlock | null {
    const end = chunk.lastIndexOf(LINE_BREAK) + 1;
    if (end === 0) {
      this.#keep(chunk);
      return this.#restBytes < LONGEST_LINE_BYTES ? null : this.rest();
    }
    const bytes = this.#joined(chunk.subarray(0, end));
    if (end < chunk.length) this.#keep(chunk.subarray(end));
    return { bytes, isWhole: true };
  }

  /** What came after the last line break; null: nothing. */
  rest(): LineBlock | null {
    if (this.#restBytes === 0) return null;
    return { bytes: this.#joined(new Uint8Array(0)), isWhole: false };
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#rest.push(part.slice());
    this.#restBytes += part.length;
  }

  #joined(last: Uint8Array): Uint8Array {
    const bytes = new Uint8Array(this.#restBytes + last.length);
    let at = 0;
    for (const part of [...this.#rest, last]) {
      bytes.set(part, at);
      at += part.length;
    }
    this.#rest = [];
    this.#restBytes = 0;
    return bytes;
  }
}

/** Calls with each line's begin and end, without its line break; false stops. */
export function eachLine(bytes: Uint8Array, use: (from: number, to: number) => boolean | void): void {
  for (let from = 0; from < bytes.length;) {
    const found = bytes.indexOf(LINE_BREAK, from);
    const to = found < 0 ? bytes.length : found;
    if (use(from, to) === false) return;
    from = to + 1;
  }
}

export function countLines(bytes: Uint8Array): number {
  let count = 0;
  eachLine(bytes, () => void count++);
  return count;
}
