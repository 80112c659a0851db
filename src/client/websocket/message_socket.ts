/** Messages both ways over an upgraded connection: exec, attach, port-forward. */
import {
  Cancelled,
  encodeFrame,
  FrameDecoder,
  OPCODE,
  OrkaError,
  WebSocketFault,
  type WebSocketFrame,
} from "../../base/mod.ts";
import type { ByteConnection } from "./byte_connection.ts";
import { joined, LiveConnection, type LiveOptions } from "./live_connection.ts";

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

export interface MessageSocketOptions extends LiveOptions {
  readonly protocol: string;
}

/** A server sends at most 32 KiB of output in one message; proxies may join some. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

export class WebSocketConnection implements MessageSocket {
  readonly protocol: string;
  readonly #options: MessageSocketOptions;
  readonly #live: LiveConnection;
  readonly #decoder = new FrameDecoder({ maxBytes: MAX_MESSAGE_BYTES });
  #frames: WebSocketFrame[] = [];
  #nextFrame = 0;
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #partBytes = 0;

  constructor(connection: ByteConnection, options: MessageSocketOptions) {
    this.protocol = options.protocol;
    this.#options = options;
    this.#live = new LiveConnection(connection, options, () => masked(OPCODE.ping, []));
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
        if (frame.opcode === OPCODE.ping) {
          this.#live.write(masked(OPCODE.pong, [frame.payload])).catch(() => {});
        }
        continue;
      }
      const { end } = this.#live;
      if (end !== null) {
        if (end.error === null) return null;
        throw end.error;
      }
      await this.#read();
    }
  }

  send(...parts: readonly Uint8Array[]): Promise<void> {
    return this.#live.write(masked(OPCODE.binary, parts));
  }

  /** The other side may be gone already; what it makes of the close is not waited for. */
  close(): void {
    this.#live.finish(new Cancelled("the connection was closed"), closeFrame(1000));
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
    const whole = joined(this.#parts);
    this.#parts = [];
    this.#partBytes = 0;
    return whole;
  }

  #closedByOther(payload: Uint8Array): null {
    const code = payload.length >= 2 ? payload[0]! * 256 + payload[1]! : 1005;
    if (code === 1000 || code === 1005) {
      this.#live.finish(null, closeFrame(1000));
      return null;
    }
    const said = new TextDecoder().decode(payload.subarray(2)) || `code ${code}`;
    const error = new OrkaError("unreachable", `${this.#options.host} ended the connection: ${said}`);
    this.#live.finish(error, closeFrame(1000));
    throw error;
  }

  async #read(): Promise<void> {
    try {
      this.#decoder.check();
      const bytes = await this.#live.read();
      if (bytes === null) throw new Error("it ended without a close");
      this.#frames = this.#decoder.push(bytes);
      this.#nextFrame = 0;
    } catch (error) {
      if (this.#live.end === null) throw this.#faulted(error);
    }
  }

  #faulted(cause: unknown): unknown {
    if (cause instanceof WebSocketFault) this.#live.write(closeFrame(cause.code)).catch(() => {});
    return this.#live.fail(cause);
  }
}

function masked(opcode: number, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return encodeFrame(opcode, parts, { mask: crypto.getRandomValues(new Uint8Array(4)) });
}

function closeFrame(code: number): Uint8Array<ArrayBuffer> {
  return masked(OPCODE.close, [Uint8Array.of(code >> 8, code & 0xff)]);
}
