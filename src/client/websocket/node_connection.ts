/** A Node socket as a ByteConnection, for servers that Deno's own client can't be talked into. */
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { ServerSettings } from "../connection.ts";
import { NodeTransport } from "../node_transport.ts";
import type { ByteConnection, DialOptions } from "./byte_connection.ts";

export async function dialNode(
  server: ServerSettings,
  { identity, signal }: DialOptions,
): Promise<ByteConnection> {
  const transport = new NodeTransport(server, { identity, headers: [] });
  const socket = await transport.open(signal);
  socket.setNoDelay(true);
  return new NodeConnection(socket, () => transport.close());
}

class NodeConnection implements ByteConnection {
  readonly #socket: Socket;
  readonly #onClose: () => void;
  #isEnded = false;
  #error: Error | null = null;
  #wake: () => void = () => {};

  constructor(socket: Socket, onClose: () => void) {
    this.#socket = socket;
    this.#onClose = onClose;
    socket.on("readable", () => this.#wake());
    const end = (error?: Error) => {
      this.#isEnded = true;
      this.#error ??= error ?? null;
      this.#wake();
    };
    socket.on("end", () => end()).on("close", () => end()).on("error", end);
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    for (;;) {
      const most = Math.min(buffer.length, this.#socket.readableLength);
      const chunk: Buffer | null = most > 0 ? this.#socket.read(most) : this.#socket.read();
      if (chunk !== null) {
        if (chunk.length > buffer.length) this.#socket.unshift(chunk.subarray(buffer.length));
        const taken = chunk.subarray(0, buffer.length);
        buffer.set(taken);
        return taken.length;
      }
      if (this.#error !== null) throw this.#error;
      if (this.#isEnded) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    });
  }

  close(): void {
    this.#socket.destroy();
    this.#onClose();
  }
}
