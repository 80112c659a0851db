/** Writes protobuf by growing one buffer. https://protobuf.dev/programming-guides/encoding/ */

const ENCODER = new TextEncoder();

/** Writes a value: a scalar by `varint`, `double` or `text`, a message by its fields. */
type Write = (writer: ProtobufWriter, value: never) => void;

export class ProtobufWriter {
  #bytes = new Uint8Array(64 * 1024);
  #at = 0;
  /** Set by the scalar that was written last; undefined: a message. */
  #wire: 0 | 1 | 2 | undefined;

  /** What was written. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#at);
  }

  /** One field; of a repeated one, each item of the list. */
  field(number: number, write: Write, value: never): void {
    if ("repeated" in write) {
      for (const item of value as readonly never[]) this.#one(number, write, item);
    } else this.#one(number, write, value);
  }

  varint(value: number): void {
    this.#wire = 0;
    this.#raw(value);
  }

  double(value: number): void {
    this.#wire = 1;
    this.#room(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  text(value: string): void {
    this.#wire = 2;
    // a UTF-16 unit is three bytes at most
    this.#room(value.length * 3);
    this.#at += ENCODER.encodeInto(value, this.#bytes.subarray(this.#at)).written;
  }

  /** The value goes first, then its tag and length are put before it: lengths are not known ahead. */
  #one(number: number, write: Write, value: never): void {
    const start = this.#at;
    this.#wire = undefined;
    write(this, value);
    const wire = this.#wire ?? 2;
    const end = this.#at;
    const tag = number << 3 | wire;
    this.#raw(tag);
    if (wire === 2) this.#raw(end - start);
    const head = this.#bytes.slice(end, this.#at);
    this.#bytes.copyWithin(start + head.length, start, end);
    this.#bytes.set(head, start);
    // what holds this value is a message
    this.#wire = undefined;
  }

  #raw(value: number): void {
    this.#room(10);
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.#bytes[this.#at++] = rest % 128 | 0x80;
    this.#bytes[this.#at++] = rest;
  }

  #room(size: number): void {
    if (this.#at + size <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + size));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
