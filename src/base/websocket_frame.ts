/** WebSocket frames (https://www.rfc-editor.org/rfc/rfc6455#section-5), for both sides; no I/O. */

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface WebSocketFrame {
  readonly opcode: number;
  readonly isFinal: boolean;
  /** Unmasked; the frame's own copy, unless it is a part (see `giveParts`). */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** What came is not WebSocket, or more than was agreed to. `code` is what the other side is told with its close. */
export class WebSocketFault extends Error {
  constructor(readonly code: 1002 | 1009, message: string) {
    super(message);
  }
}

const CONTROL_BYTES = 125;

/**
 * Frames of a stream of bytes, cut anywhere. Throws WebSocketFault; the stream can't be read on after that. Frames ahead of
 * a fault are given back first: `check`, and every later `push`, throws it then.
 */
export class FrameDecoder {
  readonly #maxBytes: number;
  readonly #isMasked: boolean | undefined;
  /** Of the frame being read; at most 14 bytes. */
  readonly #head = new Uint8Array(14);
  #headLength = 0;
  #payload: Uint8Array<ArrayBuffer> | null = null;
  #filled = 0;
  #givesParts = false;
  /** Of the data frame that is given in parts: bytes still to come. */
  #left = 0;
  #fault: unknown = null;

  /**
   * `maxBytes`: the largest payload that is taken. `isMasked`: what every frame has to be; servers demand it of
   * clients (https://www.rfc-editor.org/rfc/rfc6455#section-5.1). Without it both are taken.
   */
  constructor({ maxBytes, isMasked }: { readonly maxBytes: number; readonly isMasked?: boolean }) {
    this.#maxBytes = maxBytes;
    this.#isMasked = isMasked;
  }

  /**
   * From the next frame on, data that is not masked comes as it came: each part as a frame of its own, which is not
   * final before the last one. Their payloads are the chunks' own bytes.
   */
  giveParts(): void {
    this.#givesParts = true;
  }

  push(chunk: Uint8Array): WebSocketFrame[] {
    this.check();
    const frames: WebSocketFrame[] = [];
    try {
      this.#read(chunk, frames);
    } catch (fault) {
      this.#fault = fault;
      if (frames.length === 0) throw fault;
    }
    return frames;
  }

  /** Throws the fault behind the frames so far. */
  check(): void {
    if (this.#fault !== null) throw this.#fault;
  }

  #read(chunk: Uint8Array, frames: WebSocketFrame[]): void {
    let at = 0;
    while (at < chunk.length || this.#isWhole()) {
      if (this.#left > 0) {
        // Sockets read into memory of their own, never into shared one.
        const part = chunk.subarray(at, at + this.#left) as Uint8Array<ArrayBuffer>;
        at += part.length;
        frames.push(this.#part(part));
        continue;
      }
      if (this.#payload === null) {
        this.#head[this.#headLength++] = chunk[at++]!;
        if (this.#headLength === 1) this.#checkFirst(this.#head[0]!);
        if (this.#headLength >= 2 && this.#headLength === this.#headNeeds()) this.#begin();
        continue;
      }
      const part = chunk.subarray(at, at + this.#payload.length - this.#filled);
      this.#payload.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#isWhole()) frames.push(this.#finish());
    }
  }

  #isWhole(): boolean {
    return this.#payload !== null && this.#filled === this.#payload.length;
  }

  #headNeeds(): number {
    const short = this.#head[1]! & 0x7f;
    return 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + ((this.#head[1]! & 0x80) === 0 ? 0 : 4);
  }

  #checkFirst(first: number): void {
    const opcode = first & 0x0f;
    if ((first & 0x70) !== 0) {
      throw new WebSocketFault(1002, "a frame uses an extension that was not agreed on");
    }
    if ((opcode > 2 && opcode < 8) || opcode > 10) {
      throw new WebSocketFault(1002, `opcode ${opcode} is unknown`);
    }
  }

  #begin(): void {
    const [first, second] = [this.#head[0]!, this.#head[1]!];
    const length = this.#length(second & 0x7f);
    const isMasked = (second & 0x80) !== 0;
    if (this.#isMasked !== undefined && isMasked !== this.#isMasked) {
      throw new WebSocketFault(1002, isMasked ? "a frame is masked" : "a frame is not masked");
    }
    if ((first & 0x0f) >= 8 && (length > CONTROL_BYTES || (first & 0x80) === 0)) {
      throw new WebSocketFault(1002, "a control frame is too long or in parts");
    }
    if (length > this.#maxBytes) throw new WebSocketFault(1009, `a frame of ${length} bytes is too big`);
    if (this.#givesParts && !isMasked && length > 0 && (first & 0x0f) < 8) {
      this.#left = length;
      return;
    }
    this.#payload = new Uint8Array(length);
    this.#filled = 0;
  }

  #part(payload: Uint8Array<ArrayBuffer>): WebSocketFrame {
    const first = this.#head[0]!;
    this.#left -= payload.length;
    if (this.#left === 0) this.#headLength = 0;
    return { opcode: first & 0x0f, isFinal: this.#left === 0 && (first & 0x80) !== 0, payload };
  }

  #length(short: number): number {
    const view = new DataView(this.#head.buffer);
    if (short === 126) return view.getUint16(2);
    return short === 127 ? Number(view.getBigUint64(2)) : short;
  }

  #finish(): WebSocketFrame {
    const [first, second] = [this.#head[0]!, this.#head[1]!];
    const payload = this.#payload!;
    if ((second & 0x80) !== 0) {
      applyMask(payload, this.#head.subarray(this.#headLength - 4, this.#headLength));
    }
    this.#payload = null;
    this.#headLength = 0;
    return { opcode: first & 0x0f, isFinal: (first & 0x80) !== 0, payload };
  }
}

export interface EncodeFrameOptions {
  /** Four random bytes: clients mask what they send, servers don't. */
  readonly mask?: Uint8Array | undefined;
  /** The message goes on in another frame. Default false. */
  readonly hasMore?: boolean | undefined;
}

/** One frame of the parts, one behind the other. */
export function encodeFrame(
  opcode: number,
  parts: readonly Uint8Array[],
  { mask, hasMore = false }: EncodeFrameOptions = {},
): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const extended = length < 126 ? 0 : length < 0x10000 ? 2 : 8;
  const headLength = 2 + extended + (mask === undefined ? 0 : 4);
  const frame = new Uint8Array(headLength + length);
  const view = new DataView(frame.buffer);
  frame[0] = (hasMore ? 0 : 0x80) | opcode;
  frame[1] = (mask === undefined ? 0 : 0x80) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) view.setUint16(2, length);
  if (extended === 8) view.setBigUint64(2, BigInt(length));
  let at = headLength;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  if (mask !== undefined) {
    frame.set(mask, headLength - 4);
    applyMask(frame.subarray(headLength), mask);
  }
  return frame;
}

/** In place, its own inverse. */
function applyMask(bytes: Uint8Array<ArrayBuffer>, mask: Uint8Array): void {
  let at = 0;
  // Four at a time from the first aligned byte on: a forwarded port masks every byte that is sent.
  const [a, b, c, d] = mask as unknown as [number, number, number, number];
  const keys = [a, b, c, d];
  while (at < bytes.length && (bytes.byteOffset + at) % 4 !== 0) bytes[at] = bytes[at]! ^ keys[at++ % 4]!;
  if (at === bytes.length) return;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + at, (bytes.length - at) >> 2);
  const turned = new Uint8Array([
    keys[at % 4]!,
    keys[(at + 1) % 4]!,
    keys[(at + 2) % 4]!,
    keys[(at + 3) % 4]!,
  ]);
  const key = new Uint32Array(turned.buffer)[0]!;
  for (let i = 0; i < words.length; i++) words[i] = words[i]! ^ key;
  for (at += words.length * 4; at < bytes.length; at++) bytes[at] = bytes[at]! ^ keys[at % 4]!;
}
