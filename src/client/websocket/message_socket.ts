/** Messages both ways over an upgraded connection: exec, attach, port-forward. */
import {
  Cancelled,
  type Clock,
  encodeFrame,
  FrameDecoder,
  OPCODE,
  OrkaError,
  WebSocketFault,
  type WebSocketFrame,
} from "../../base/mod.ts";
import type { ByteConnection } from "./byte_connection.ts";

/**
 * 1. `receive` is called by one reader at a time. Nothing is read ahead of it but one network buffer: a reader that
 *    waits holds the sender up, and memory stays as it is.
 * 2. `send` resolves when the system has taken the bytes; messages go out whole, in the order of the calls.
 * 3. After `close`, or once the signal that the socket was opened with is aborted, both fail or end at once.
 */
export interface MessageSocket {
  /** What the server chose of what was offered. */
  readonly protocol: string;
  /** The next message; null when the other side closed in good order. Throws OrkaError `unreachable` when it broke off. */
  receive(): Promise<Uint8Array<ArrayBuffer> | null>;
  /**
   * Instead of `receive`, for a protocol that is a stream of bytes: what has come of the messages, wherever they end. Lent
   * until the next call, so that nothing is copied. Not every socket can.
   */
  receivePart?(): Promise<Uint8Array<ArrayBuffer> | null>;
  /** One binary message of the parts, one behind the other. */
  send(...parts: readonly Uint8Array[]): Promise<void>;
  close(): void;
}

export interface MessageSocketOptions {
  readonly protocol: string;
  readonly clock: Clock;
  /** Bytes that came behind the answer that upgraded the connection. */
  readonly leftover?: Uint8Array | undefined;
  /** Only for the words of errors. */
  readonly host: string;
  readonly signal?: AbortSignal | undefined;
}

/** A server sends at most 32 KiB of output in one message; proxies may join some. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const READ_BYTES = 64 * 1024;
/** As often as kubectl, and as long as it waits for a sign of life. */
const PING_MS = 5_000;
const SILENCE_MS = 60_000;
/** As long as the close frame may take to go out. */
const LAST_WORD_MS = 1_000;

export class WebSocketConnection implements MessageSocket {
  readonly protocol: string;
  readonly #connection: ByteConnection;
  readonly #options: MessageSocketOptions;
  readonly #decoder = new FrameDecoder({ maxBytes: MAX_MESSAGE_BYTES });
  readonly #buffer = new Uint8Array(READ_BYTES);
  #frames: WebSocketFrame[] = [];
  #nextFrame = 0;
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #partBytes = 0;
  #sent: Promise<void> = Promise.resolve();
  /** Why nothing more comes or goes. */
  #end: { readonly error: unknown } | null = null;
  /** Nothing more can be sent, while what the other side said before it closed may still be there to read. */
  #unwritable: OrkaError | null = null;
  #ping: Disposable | null = null;
  /** Monotonic ms of the last byte, or of the moment that the reader came to wait. */
  #heardMs = 0;
  #isReading = false;

  constructor(connection: ByteConnection, options: MessageSocketOptions) {
    this.protocol = options.protocol;
    this.#connection = connection;
    this.#options = options;
    if (options.leftover?.length) this.#begin(options.leftover);
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (options.signal?.aborted) this.#onAbort();
    else this.#schedulePing();
  }

  async receive(): Promise<Uint8Array<ArrayBuffer> | null> {
    for (;;) {
      const frame = await this.#next();
      const message = frame === null ? null : this.#take(frame);
      if (message !== undefined) return message;
    }
  }

  async receivePart(): Promise<Uint8Array<ArrayBuffer> | null> {
    this.#decoder.giveParts();
    return (await this.#next())?.payload ?? null;
  }

  /** The next frame with data; null: the other side closed. */
  async #next(): Promise<WebSocketFrame | null> {
    for (;;) {
      this.#options.signal?.throwIfAborted();
      const frame = this.#frames[this.#nextFrame++];
      if (frame !== undefined) {
        if (frame.opcode < OPCODE.close) return frame;
        if (frame.opcode === OPCODE.close) return this.#closedByOther(frame.payload);
        // What goes wrong with the answer is told by the next read.
        if (frame.opcode === OPCODE.ping) this.#write(OPCODE.pong, [frame.payload]).catch(() => {});
        continue;
      }
      if (this.#end !== null) {
        if (this.#end.error === null) return null;
        throw this.#end.error;
      }
      await this.#read();
    }
  }

  send(...parts: readonly Uint8Array[]): Promise<void> {
    return this.#write(OPCODE.binary, parts);
  }

  close(): void {
    if (this.#end !== null) return;
    // The other side may be gone already; what it makes of the close is not waited for.
    const told = this.#write(OPCODE.close, [closeBody(1000)]).catch(() => {});
    this.#finish(new Cancelled("the connection was closed"), { keepOpen: true });
    this.#closeAfter(told);
  }

  /** The bytes before the last word may never go out: a process that reads nothing holds them up. */
  #closeAfter(told: Promise<void>): void {
    const limit = this.#options.clock.timer(LAST_WORD_MS, () => this.#connection.close());
    void told.then(() => {
      limit[Symbol.dispose]();
      this.#connection.close();
    });
  }

  readonly #onAbort = () => this.#finish(this.#options.signal?.reason);

  /** A fault is for the reader. */
  #begin(leftover: Uint8Array): void {
    try {
      this.#frames = this.#decoder.push(leftover);
    } catch {
      // the decoder tells it again
    }
  }

  /** undefined: it was not the end of a message. */
  #take({ isFinal, payload }: WebSocketFrame): Uint8Array<ArrayBuffer> | undefined {
    if (isFinal && this.#parts.length === 0) return payload;
    this.#partBytes += payload.length;
    if (this.#partBytes > MAX_MESSAGE_BYTES) {
      throw this.#faulted(new WebSocketFault(1009, "a message is too big"));
    }
    this.#parts.push(payload);
    if (!isFinal) return undefined;
    const whole = joined(this.#parts, this.#partBytes);
    this.#parts = [];
    this.#partBytes = 0;
    return whole;
  }

  #closedByOther(payload: Uint8Array): null {
    const code = payload.length >= 2 ? payload[0]! * 256 + payload[1]! : 1005;
    const reason = new TextDecoder().decode(payload.subarray(2));
    this.#closeAfter(this.#write(OPCODE.close, [closeBody(1000)]).catch(() => {}));
    if (code === 1000 || code === 1005) {
      this.#finish(null, { keepOpen: true });
      return null;
    }
    const said = reason === "" ? `code ${code}` : reason;
    const error = new OrkaError("unreachable", `${this.#options.host} ended the connection: ${said}`);
    this.#finish(error, { keepOpen: true });
    throw error;
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    this.#heardMs = this.#options.clock.monotonic();
    try {
      this.#decoder.check();
      const length = await this.#connection.read(this.#buffer);
      this.#heardMs = this.#options.clock.monotonic();
      if (length === null) throw new Error("it ended without a close");
      this.#frames = this.#decoder.push(this.#buffer.subarray(0, length));
      this.#nextFrame = 0;
    } catch (error) {
      if (this.#end === null) throw this.#faulted(error);
    } finally {
      this.#isReading = false;
    }
  }

  #write(opcode: number, parts: readonly Uint8Array[]): Promise<void> {
    if (this.#end !== null) return Promise.reject(this.#end.error ?? this.#lost(new Error("it was closed")));
    if (this.#unwritable !== null) return Promise.reject(this.#unwritable);
    const mask = crypto.getRandomValues(new Uint8Array(4));
    const frame = encodeFrame(opcode, parts, { mask });
    const written = this.#sent.then(async () => {
      for (let at = 0; at < frame.length;) at += await this.#connection.write(frame.subarray(at));
    });
    this.#sent = written.catch(() => {});
    return written.catch((error) => {
      if (this.#end !== null) throw this.#end.error;
      throw this.#unwritable ??= this.#lost(error);
    });
  }

  #schedulePing(): void {
    this.#ping = this.#options.clock.timer(PING_MS, () => {
      if (this.#end !== null) return;
      if (this.#unwritable !== null) return this.#finish(this.#unwritable);
      const silentMs = this.#options.clock.monotonic() - this.#heardMs;
      if (this.#isReading && silentMs >= SILENCE_MS) {
        return void this.#faulted(new Error(`no sign of life for ${SILENCE_MS / 1000} s`));
      }
      this.#write(OPCODE.ping, []).catch(() => {});
      this.#schedulePing();
    });
  }

  #faulted(cause: unknown): unknown {
    if (this.#end === null) {
      if (cause instanceof WebSocketFault) {
        void this.#write(OPCODE.close, [closeBody(cause.code)]).catch(() => {});
      }
      this.#finish(this.#lost(cause));
    }
    return this.#end!.error;
  }

  #lost(cause: unknown): OrkaError {
    const why = cause instanceof Error ? cause.message.replace(/ \(os error \d+\)$/, "") : String(cause);
    return new OrkaError("unreachable", `the connection to ${this.#options.host} was lost: ${why}`, {
      cause,
    });
  }

  #finish(error: unknown, { keepOpen = false }: { readonly keepOpen?: boolean } = {}): void {
    if (this.#end !== null) return;
    this.#end = { error };
    this.#ping?.[Symbol.dispose]();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    if (!keepOpen) this.#connection.close();
  }
}

function closeBody(code: number): Uint8Array {
  return Uint8Array.of(code >> 8, code & 0xff);
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
