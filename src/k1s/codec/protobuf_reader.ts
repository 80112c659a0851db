/** Wire types of https://protobuf.dev/programming-guides/encoding/ that Kubernetes uses. */
const VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5;

/** The body is not protobuf, or is cut short. The server answers 400. */
export class ProtobufError extends Error {
  override readonly name = "ProtobufError";
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads one message's bytes field by field.
 *
 * 1. Never reads past `end`: a length that would is an error, not a short read.
 * 2. Integers are returned as numbers when they are safe, else as bigint: int64 fields can hold either.
 */
export class ProtobufReader {
  #at: number;
  readonly #end: number;

  constructor(readonly bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.#at = start;
    this.#end = end;
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  /** The next field's number and wire type. */
  tag(): { number: number; wire: number } {
    const key = Number(this.varint());
    const number = Math.floor(key / 8);
    if (number === 0) throw new ProtobufError("illegal tag 0");
    return { number, wire: key % 8 };
  }

  /** A signed 64-bit varint: a number where it is safe. */
  varint(): number | bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return low;
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        const signed = BigInt.asIntN(64, value);
        const small = Number(signed);
        return Number.isSafeInteger(small) ? small : signed;
      }
    }
    throw new ProtobufError("integer overflow");
  }

  /** A length-delimited field's bytes, lent. */
  chunk(): Uint8Array {
    const length = Number(this.varint());
    const start = this.#at;
    if (length < 0 || start + length > this.#end) throw new ProtobufError("unexpected EOF");
    this.#at = start + length;
    return this.bytes.subarray(start, this.#at);
  }

  /** A length-delimited field as a reader of its own. */
  message(): ProtobufReader {
    const chunk = this.chunk();
    return new ProtobufReader(this.bytes, this.#at - chunk.length, this.#at);
  }

  string(): string {
    try {
      return utf8.decode(this.chunk());
    } catch (error) {
      if (error instanceof ProtobufError) throw error;
      throw new ProtobufError("invalid UTF-8 in a string");
    }
  }

  double(): number {
    if (this.#at + 8 > this.#end) throw new ProtobufError("unexpected EOF");
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.#at, 8);
    this.#at += 8;
    return view.getFloat64(0, true);
  }

  /** Steps over a field of a number that the table does not know. */
  skip(wire: number): void {
    if (wire === VARINT) this.varint();
    else if (wire === BYTES) this.chunk();
    else if (wire === FIXED64) this.#forward(8);
    else if (wire === FIXED32) this.#forward(4);
    else throw new ProtobufError(`illegal wireType ${wire}`);
  }

  #forward(count: number): void {
    if (this.#at + count > this.#end) throw new ProtobufError("unexpected EOF");
    this.#at += count;
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new ProtobufError("unexpected EOF");
    return this.bytes[this.#at++]!;
  }
}
