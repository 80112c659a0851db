/**
 * The part of SPDY/3.1 that a pod's streams need (https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/):
 * streams that the client opens, their data and their ends, for both sides. No I/O. Kubernetes' servers and clients take
 * no part in flow control: windows and settings are passed over. Header blocks are for who wants to read them.
 */

const FRAME = {
  synStream: 1,
  synReply: 2,
  reset: 3,
  ping: 6,
  goAway: 7,
  headers: 8,
} as const;

const FLAG_FIN = 1;
/** RST_STREAM's status for a stream that is no longer wanted. */
const CANCEL = 5;
/** A control frame is small; past this it isn't SPDY. */
const MAX_CONTROL_BYTES = 64 * 1024;

/** What the other side says. Data may come in pieces of a frame; only the last one can end the stream. */
export type SpdyEvent =
  /** `block`: the stream's headers, a piece of the connection's zlib stream. An `end` follows where nothing will. */
  | { readonly type: "open"; readonly stream: number; readonly block: Uint8Array<ArrayBuffer> }
  | { readonly type: "data"; readonly stream: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: "end"; readonly stream: number }
  | { readonly type: "reset"; readonly stream: number; readonly status: number }
  | { readonly type: "ping"; readonly id: number }
  /** No new streams are taken. */
  | { readonly type: "goAway" };

/**
 * Frames of a stream of bytes, cut anywhere. Throws Error for what is not SPDY; nothing can be read after that. Events ahead
 * of a fault are given back first: `check`, and every later `push`, throws it then.
 */
export class SpdyDecoder {
  readonly #head = new Uint8Array(8);
  #headLength = 0;
  /** Of the frame whose head is whole: bytes still to come. */
  #left = 0;
  #control: Uint8Array<ArrayBuffer> | null = null;
  #fault: unknown = null;

  push(chunk: Uint8Array<ArrayBuffer>): SpdyEvent[] {
    this.check();
    const events: SpdyEvent[] = [];
    try {
      this.#read(chunk, events);
    } catch (fault) {
      this.#fault = fault;
      if (events.length === 0) throw fault;
    }
    return events;
  }

  /** Throws the fault behind the events so far. */
  check(): void {
    if (this.#fault !== null) throw this.#fault;
  }

  #read(chunk: Uint8Array<ArrayBuffer>, events: SpdyEvent[]): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#headLength < 8) {
        this.#head[this.#headLength++] = chunk[at++]!;
        if (this.#headLength === 8) this.#begin(events);
        continue;
      }
      const part = chunk.subarray(at, at + this.#left);
      at += part.length;
      this.#take(part, events);
    }
  }

  get #isControl(): boolean {
    return (this.#head[0]! & 0x80) !== 0;
  }

  #begin(events: SpdyEvent[]): void {
    const view = new DataView(this.#head.buffer);
    this.#left = view.getUint32(4) & 0xffffff;
    if (this.#isControl) {
      if (view.getUint16(0) !== 0x8003) throw new Error("the other side does not speak SPDY/3");
      if (this.#left > MAX_CONTROL_BYTES) throw new Error("a control frame is too long");
      this.#control = new Uint8Array(this.#left);
    }
    if (this.#left === 0) this.#finish(events);
  }

  #take(part: Uint8Array<ArrayBuffer>, events: SpdyEvent[]): void {
    if (this.#control !== null) this.#control.set(part, this.#control.length - this.#left);
    else events.push({ type: "data", stream: this.#streamId(), bytes: part });
    this.#left -= part.length;
    if (this.#left === 0) this.#finish(events);
  }

  #streamId(): number {
    return new DataView(this.#head.buffer).getUint32(0) & 0x7fffffff;
  }

  #finish(events: SpdyEvent[]): void {
    const hasEnd = (this.#head[4]! & FLAG_FIN) !== 0;
    if (this.#control !== null) {
      events.push(...controlEvents(new DataView(this.#head.buffer).getUint16(2), this.#control, { hasEnd }));
    } else if (hasEnd) events.push({ type: "end", stream: this.#streamId() });
    this.#control = null;
    this.#headLength = 0;
  }
}

function controlEvents(
  type: number,
  body: Uint8Array<ArrayBuffer>,
  { hasEnd }: { readonly hasEnd: boolean },
): readonly SpdyEvent[] {
  const view = new DataView(body.buffer);
  const word = (at: number) => body.length >= at + 4 ? view.getUint32(at) : 0;
  const stream = word(0) & 0x7fffffff;
  const ends: readonly SpdyEvent[] = hasEnd ? [{ type: "end", stream }] : [];
  switch (type) {
    case FRAME.synStream:
      return [{ type: "open", stream, block: body.subarray(10) }, ...ends];
    case FRAME.synReply:
    case FRAME.headers:
      return ends;
    case FRAME.reset:
      return [{ type: "reset", stream, status: word(4) }];
    case FRAME.ping:
      return [{ type: "ping", id: word(0) }];
    case FRAME.goAway:
      return [{ type: "goAway" }];
  }
  return [];
}

export interface OpenStream {
  readonly stream: number;
  readonly headers: readonly (readonly [string, string])[];
  /** Nothing will be sent on it. */
  readonly isEnded?: boolean;
}

/**
 * Opens streams, and accepts them. Header blocks of a connection are one zlib stream: this writes them as stored blocks, which every
 * inflater reads, with no dictionary, each followed by the empty block that flushes it.
 */
export class SpdyEncoder {
  #hasBegun = false;

  open({ stream, headers, isEnded = false }: OpenStream): Uint8Array<ArrayBuffer> {
    const block = this.#deflated(headerBlock(headers));
    const body = new Uint8Array(10 + block.length);
    new DataView(body.buffer).setUint32(0, stream);
    body.set(block, 10);
    return controlFrame(FRAME.synStream, body, isEnded ? FLAG_FIN : 0);
  }

  /** Accepts a stream; there is nothing to say of it. */
  reply(stream: number): Uint8Array<ArrayBuffer> {
    const block = this.#deflated(headerBlock([]));
    const body = new Uint8Array(4 + block.length);
    new DataView(body.buffer).setUint32(0, stream);
    body.set(block, 4);
    return controlFrame(FRAME.synReply, body);
  }

  #deflated(bytes: Uint8Array): Uint8Array {
    const head = this.#hasBegun ? [] : [0x78, 0x01];
    this.#hasBegun = true;
    const low = bytes.length & 0xff;
    const high = bytes.length >> 8;
    return Uint8Array.of(
      ...head,
      0x00,
      low,
      high,
      low ^ 0xff,
      high ^ 0xff,
      ...bytes,
      ...[0x00, 0x00, 0x00, 0xff, 0xff],
    );
  }
}

function headerBlock(headers: OpenStream["headers"]): Uint8Array {
  const encoder = new TextEncoder();
  const words = headers.flatMap(([name, value]) => [encoder.encode(name), encoder.encode(value)]);
  const block = new Uint8Array(4 + words.reduce((sum, word) => sum + 4 + word.length, 0));
  const view = new DataView(block.buffer);
  view.setUint32(0, headers.length);
  let at = 4;
  for (const word of words) {
    view.setUint32(at, word.length);
    block.set(word, at + 4);
    at += 4 + word.length;
  }
  return block;
}

function controlFrame(type: number, body: Uint8Array, flags = 0): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(8 + body.length);
  const view = new DataView(frame.buffer);
  view.setUint16(0, 0x8003);
  view.setUint16(2, type);
  view.setUint32(4, flags << 24 | body.length);
  frame.set(body, 8);
  return frame;
}

/** What goes before so many bytes of data. */
export function dataHead(stream: number, length: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(8);
  const view = new DataView(head.buffer);
  view.setUint32(0, stream);
  view.setUint32(4, length);
  return head;
}

/** Nothing more is sent on the stream. */
export function endFrame(stream: number): Uint8Array<ArrayBuffer> {
  const head = dataHead(stream, 0);
  head[4] = FLAG_FIN;
  return head;
}

export function resetFrame(stream: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(8);
  new DataView(body.buffer).setUint32(0, stream);
  new DataView(body.buffer).setUint32(4, CANCEL);
  return controlFrame(FRAME.reset, body);
}

export function pingFrame(id: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(4);
  new DataView(body.buffer).setUint32(0, id);
  return controlFrame(FRAME.ping, body);
}

/** Nothing more is taken, in good order. */
export function goAwayFrame(lastStream: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(8);
  new DataView(body.buffer).setUint32(0, lastStream);
  return controlFrame(FRAME.goAway, body);
}
