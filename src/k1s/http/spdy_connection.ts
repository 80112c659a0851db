/** The server's side of SPDY/3.1 on a raw connection: the streams that its client opens. */
import type { Duplex } from "node:stream";
import {
  dataHead,
  endFrame,
  goAwayFrame,
  pingFrame,
  SpdyDecoder,
  SpdyEncoder,
  type SpdyEvent,
} from "../../base/mod.ts";
import { HeaderReader } from "./spdy_headers.ts";

/** Bytes that a stream's reader may leave unread before it holds the connection up. */
const QUEUED_BYTES = 256 * 1024;

/**
 * 1. `bytes` ends when the client sends no more on the stream, or is gone.
 * 2. `send` resolves when the connection has taken the bytes; a stream that the client gave up takes them for nothing.
 */
export class SpdyStream {
  readonly bytes: ReadableStream<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #isOpen = true;

  constructor(
    readonly id: number,
    readonly headers: ReadonlyMap<string, string>,
    private readonly write: (...parts: Uint8Array[]) => Promise<void>,
  ) {
    const pipe = new TransformStream<Uint8Array, Uint8Array>(
      undefined,
      { highWaterMark: QUEUED_BYTES, size: (bytes) => bytes.length },
    );
    this.bytes = pipe.readable;
    this.#writer = pipe.writable.getWriter();
    this.#writer.closed.catch(() => {});
  }

  async send(bytes: Uint8Array): Promise<void> {
    if (this.#isOpen) await this.write(dataHead(this.id, bytes.length), bytes);
  }

  end(): void {
    if (this.#isOpen) void this.write(endFrame(this.id));
    this.#isOpen = false;
  }

  /** Waits while its reader has enough. Bytes that nobody wants are dropped. */
  async take(bytes: Uint8Array): Promise<void> {
    void this.#writer.write(bytes).catch(() => {});
    await this.#writer.ready.catch(() => {});
  }

  endInput(): void {
    void this.#writer.close().catch(() => {});
  }

  forget(): void {
    this.#isOpen = false;
    this.endInput();
  }
}

export class SpdyConnection {
  /** As the client opens them; ends with the connection. */
  readonly streams: ReadableStream<SpdyStream>;
  readonly #socket: Duplex;
  readonly #decoder = new SpdyDecoder();
  readonly #encoder = new SpdyEncoder();
  readonly #headers = new HeaderReader();
  readonly #open = new Map<number, SpdyStream>();
  #controller!: ReadableStreamDefaultController<SpdyStream>;
  #last = 0;
  #isOver = false;

  /** `head`: bytes that came with the request. */
  constructor(socket: Duplex, head: Uint8Array) {
    this.#socket = socket;
    this.streams = new ReadableStream({ start: (controller) => void (this.#controller = controller) });
    void this.#run(head);
  }

  /** Ends every stream, in good order. */
  close(): void {
    if (this.#isOver) return;
    for (const stream of this.#open.values()) stream.end();
    void this.#write(goAwayFrame(this.#last));
    this.#finish();
    this.#socket.end();
  }

  async #run(head: Uint8Array): Promise<void> {
    try {
      await this.#take(head);
      for await (const chunk of this.#socket) await this.#take(chunk);
    } catch {
      this.#socket.destroy(); // what is no SPDY, or a client that is gone
    }
    this.#finish();
  }

  async #take(chunk: Uint8Array): Promise<void> {
    for (const event of this.#decoder.push(new Uint8Array(chunk))) {
      if (!this.#isOver) await this.#event(event);
    }
    this.#decoder.check();
  }

  async #event(event: SpdyEvent): Promise<void> {
    if (event.type === "goAway") return;
    if (event.type === "ping") {
      if (event.id % 2 === 1) void this.#write(pingFrame(event.id));
      return;
    }
    if (event.type === "open") return await this.#accept(event.stream, event.block);
    const stream = this.#open.get(event.stream);
    if (event.type === "data") return await stream?.take(event.bytes);
    if (event.type === "end") return stream?.endInput();
    this.#open.delete(event.stream);
    stream?.forget();
  }

  async #accept(id: number, block: Uint8Array): Promise<void> {
    const stream = new SpdyStream(id, await this.#headers.read(block), (...parts) => this.#write(...parts));
    this.#last = id;
    this.#open.set(id, stream);
    void this.#write(this.#encoder.reply(id));
    this.#controller.enqueue(stream);
  }

  #write(...parts: readonly Uint8Array[]): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      for (const part of parts.slice(0, -1)) this.#socket.write(part);
      this.#socket.write(parts.at(-1)!, () => resolve());
    });
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const stream of this.#open.values()) stream.forget();
    this.#headers.close();
    this.#controller.close();
  }
}
