/** The server's side of a WebSocket on a raw connection. https://www.rfc-editor.org/rfc/rfc6455 */
import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";
import type { MessageSocket } from "./pod_channels.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0x0, 0x1, 0x2, 0x8, 0x9, 0xa];
/** Larger messages end the connection: no client of a pod's streams sends one. */
const MAX_MESSAGE = 4 * 1024 * 1024;
const [PROTOCOL_ERROR, TOO_BIG] = [1002, 1009];

/** The head that accepts an upgrade. */
export function acceptance(key: string, protocol: string): string {
  const accept = createHash("sha1").update(key + GUID).digest("base64");
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`;
}

/**
 * 1. Messages come whole and in order; a reader that waits holds the connection back.
 * 2. `send` resolves when the connection has taken the message in.
 * 3. After `close`, from either side, `messages` ends and `send` does nothing.
 */
export class WebSocketConnection implements MessageSocket {
  readonly messages: ReadableStream<Uint8Array>;
  readonly #socket: Duplex;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #pending: Uint8Array;
  #parts: Uint8Array[] = [];
  #closed = false;

  /** `head`: bytes that came with the request. */
  constructor(socket: Duplex, head: Uint8Array) {
    this.#socket = socket;
    this.#pending = head;
    this.messages = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => {
        socket.resume();
      },
      cancel: () => this.close(),
    });
    socket.on("data", (chunk: Uint8Array) => this.#take(chunk));
    socket.on("close", () => this.#end());
    socket.on("error", () => this.#end());
    if (head.length > 0) this.#take(new Uint8Array());
  }

  async send(message: Uint8Array): Promise<void> {
    await this.#frame(BINARY, message);
  }

  close(code = 1000): void {
    if (this.#closed) return;
    void this.#frame(CLOSE, Uint8Array.of(code >> 8, code & 0xff));
    this.#end();
    this.#socket.end();
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#controller.close();
    } catch {
      // its reader has cancelled it
    }
  }

  #frame(opcode: number, payload: Uint8Array): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const { length } = payload;
    const size = length < 126 ? 0 : length < 65_536 ? 2 : 8;
    const frame = new Uint8Array(2 + size + length);
    const view = new DataView(frame.buffer);
    frame[0] = 0x80 | opcode;
    frame[1] = size === 0 ? length : size === 2 ? 126 : 127;
    if (size === 2) view.setUint16(2, length);
    if (size === 8) view.setBigUint64(2, BigInt(length));
    frame.set(payload, 2 + size);
    return new Promise((resolve) => this.#socket.write(frame, () => resolve()));
  }

  #take(chunk: Uint8Array): void {
    this.#pending = joined([this.#pending, chunk]);
    while (!this.#closed && this.#frameIn());
    if (!this.#closed && (this.#controller.desiredSize ?? 0) <= 0) this.#socket.pause();
  }

  /** Reads one frame of what has come; false when it is not whole yet. */
  #frameIn(): boolean {
    const bytes = this.#pending;
    if (bytes.length < 2) return false;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const short = bytes[1]! & 0x7f;
    const size = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (bytes.length < 2 + size) return false;
    const length = size === 0 ? short : size === 2 ? view.getUint16(2) : Number(view.getBigUint64(2));
    if (length > MAX_MESSAGE) return this.#fail(TOO_BIG);
    // clients mask what they send
    if ((bytes[1]! & 0x80) === 0) return this.#fail(PROTOCOL_ERROR);
    const start = 2 + size + 4;
    if (bytes.length < start + length) return false;
    const mask = bytes.subarray(start - 4, start);
    const payload = bytes.slice(start, start + length);
    for (let at = 0; at < length; at++) payload[at]! ^= mask[at & 3]!;
    this.#pending = bytes.subarray(start + length);
    this.#message(bytes[0]!, payload);
    return true;
  }

  #fail(code: number): false {
    this.close(code);
    return false;
  }

  #message(head: number, payload: Uint8Array): void {
    const opcode = head & 0x0f;
    if (opcode === PING) void this.#frame(PONG, payload);
    else if (opcode === CLOSE) this.close();
    else if (opcode === TEXT || opcode === BINARY || opcode === CONTINUATION) {
      this.#parts.push(payload);
      if (this.#parts.reduce((size, part) => size + part.length, 0) > MAX_MESSAGE) this.close(TOO_BIG);
      else if ((head & 0x80) !== 0) {
        const parts = this.#parts;
        this.#parts = [];
        const whole = parts.length === 1 ? parts[0]! : joined(parts);
        this.#controller.enqueue(whole);
      }
    }
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
