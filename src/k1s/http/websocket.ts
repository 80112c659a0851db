/** The server's side of a WebSocket on a raw connection. https://www.rfc-editor.org/rfc/rfc6455 */
import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";
import { encodeFrame, FrameDecoder, OPCODE, WebSocketFault, type WebSocketFrame } from "../../base/mod.ts";
import type { MessageSocket } from "./pod_channels.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** Larger messages end the connection: no client of a pod's streams sends one. */
const MAX_MESSAGE = 4 * 1024 * 1024;
const TOO_BIG = 1009;

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
  readonly #decoder = new FrameDecoder({ maxBytes: MAX_MESSAGE, isMasked: true });
  /** Of a message that comes in several frames. */
  #parts: Uint8Array[] = [];
  #partsBytes = 0;
  #closed = false;

  /** `head`: bytes that came with the request. */
  constructor(socket: Duplex, head: Uint8Array) {
    this.#socket = socket;
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
    if (head.length > 0) this.#take(head);
  }

  async send(message: Uint8Array): Promise<void> {
    await this.#frame(OPCODE.binary, message);
  }

  close(code = 1000): void {
    if (this.#closed) return;
    void this.#frame(OPCODE.close, Uint8Array.of(code >> 8, code & 0xff));
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
    const frame = encodeFrame(opcode, [payload]);
    return new Promise((resolve) => this.#socket.write(frame, () => resolve()));
  }

  #take(chunk: Uint8Array): void {
    if (this.#closed) return;
    try {
      for (const frame of this.#decoder.push(chunk)) {
        if (!this.#closed) this.#frameIn(frame);
      }
      this.#decoder.check();
    } catch (error) {
      if (!(error instanceof WebSocketFault)) throw error;
      this.close(error.code);
    }
    if (!this.#closed && (this.#controller.desiredSize ?? 0) <= 0) this.#socket.pause();
  }

  #frameIn({ opcode, isFinal, payload }: WebSocketFrame): void {
    if (opcode === OPCODE.ping) void this.#frame(OPCODE.pong, payload);
    else if (opcode === OPCODE.close) this.close();
    else if (opcode !== OPCODE.pong) this.#part(payload, isFinal);
  }

  #part(payload: Uint8Array, isFinal: boolean): void {
    this.#parts.push(payload);
    this.#partsBytes += payload.length;
    if (this.#partsBytes > MAX_MESSAGE) return this.close(TOO_BIG);
    if (!isFinal) return;
    const parts = this.#parts;
    this.#parts = [];
    this.#partsBytes = 0;
    this.#controller.enqueue(parts.length === 1 ? parts[0]! : joined(parts));
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
