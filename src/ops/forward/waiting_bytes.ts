/**
 * Bytes that wait for their reader, in two buffers that change places: what comes while one is written goes into the
 * other, so that whatever has come goes out as one piece, and no memory is made for it.
 */

/** What a slow reader lets wait fits in it; a larger buffer is not kept. */
const KEPT_BYTES = 512 * 1024;

export class WaitingBytes {
  #filled = new Uint8Array(0);
  #lent = new Uint8Array(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#filled.length) this.#grow(length);
    this.#filled.set(bytes, this.#length);
    this.#length = length;
  }

  /** Everything; lent until the next call. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#filled;
    const length = this.#length;
    this.#filled = this.#lent.length > KEPT_BYTES ? new Uint8Array(0) : this.#lent;
    this.#lent = taken;
    this.#length = 0;
    return taken.subarray(0, length);
  }

  /** What was lent stays as it is. */
  clear(): void {
    this.#filled = new Uint8Array(0);
    this.#length = 0;
  }

  #grow(length: number): void {
    const grown = new Uint8Array(Math.max(length, this.#filled.length * 2));
    grown.set(this.#filled.subarray(0, this.#length));
    this.#filled = grown;
  }
}
