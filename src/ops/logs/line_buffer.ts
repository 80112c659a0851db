/** Bytes gathered for one write: a write costs as much as reading hundreds of lines does. */
import { stampLength } from "./log_stamp.ts";

const LINE_BREAK = 10;
const FIRST_BYTES = 320 * 1024;

export interface AddLinesOptions {
  /** Stands before each line. */
  readonly prefix?: Uint8Array | undefined;
  /** The first line goes on where the last one stopped: no prefix. */
  readonly isContinued?: boolean | undefined;
  /** The server's times stay. */
  readonly hasStamps: boolean;
}

export class LineBuffer {
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;

  /** Everything since the last `clear`; lent until the next one. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#used);
  }

  clear(): void {
    this.#used = 0;
  }

  add(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  addByte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#used++] = byte;
  }

  /** Lines as the server sent them, each with its time before it. */
  addLines(lines: Uint8Array, { prefix, isContinued = false, hasStamps }: AddLinesOptions): void {
    const isPrefixed = prefix !== undefined && prefix.length > 0;
    if (hasStamps && !isPrefixed) return this.add(lines);
    this.#reserve(lines.length);
    const from = new DataView(lines.buffer, lines.byteOffset, lines.length);
    for (let at = 0; at < lines.length;) {
      if (isPrefixed && (at > 0 || !isContinued)) {
        this.#reserve(prefix.length + lines.length - at);
        this.#bytes.set(prefix, this.#used);
        this.#used += prefix.length;
      }
      const stamp = hasStamps ? 0 : stampLength(lines, at);
      at = this.#addLine(lines, from, stamp === 0 ? at : at + stamp + 1);
    }
  }

  /** One line with its line break, for which there is room; where the next one begins. Copied by words, not by `set`: a
   * view of each line would take four times as long. */
  #addLine(lines: Uint8Array, from: DataView, start: number): number {
    const [to, view] = [this.#bytes, this.#view];
    let [at, used] = [start, this.#used];
    for (const last = lines.length - 4; at <= last; at += 4, used += 4) {
      const word = from.getUint32(at, true);
      // A zero byte in it is a line break in the word: its top bit is borrowed from.
      const zero = word ^ 0x0a0a0a0a;
      if (((zero - 0x01010101) & ~zero & 0x80808080) !== 0) break;
      view.setUint32(used, word, true);
    }
    for (let byte = 0; at < lines.length && byte !== LINE_BREAK;) to[used++] = byte = lines[at++]!;
    this.#used = used;
    return at;
  }

  #reserve(count: number): void {
    if (this.#used + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + count));
    grown.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
