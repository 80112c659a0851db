/** One connection to a pod's port in a message socket of its own: channel 0 is its data, 1 its errors, each begins with the port. */
import { OrkaError } from "../../base/mod.ts";
import type { MessageSocket } from "../../client/mod.ts";
import type { PortStream } from "./tunnel.ts";

const [DATA, ERRORS, CLOSE] = [0, 1, 255];

export class ChannelStream implements PortStream {
  readonly #socket: MessageSocket;
  readonly #endsStreams: boolean;
  readonly #begun = new Set<number>();
  #isOver = false;

  constructor(socket: MessageSocket) {
    this.#socket = socket;
    this.#endsStreams = socket.protocol === "v5.channel.k8s.io";
  }

  async receive(): Promise<Uint8Array<ArrayBuffer> | null> {
    while (!this.#isOver) {
      const message = await this.#socket.receive();
      if (message === null) return this.#over();
      const channel = message[0]!;
      const bytes = message.subarray(1);
      if (channel === CLOSE && bytes[0] === DATA) return this.#over();
      if (channel !== DATA && channel !== ERRORS) continue;
      if (!this.#begun.has(channel)) {
        this.#begun.add(channel); // two bytes that name the port
        continue;
      }
      if (bytes.length === 0) continue;
      if (channel === DATA) return bytes;
      throw new OrkaError("unreachable", new TextDecoder().decode(bytes).trim());
    }
    return null;
  }

  async send(bytes: Uint8Array): Promise<void> {
    await this.#socket.send(Uint8Array.of(DATA), bytes);
  }

  /** v4 has no word for it: the pod learns of it when the connection is closed as a whole. */
  async end(): Promise<void> {
    if (this.#endsStreams) await this.#socket.send(Uint8Array.of(CLOSE, DATA));
  }

  close(): void {
    this.#isOver = true;
    this.#socket.close();
  }

  #over(): null {
    this.#isOver = true;
    return null;
  }
}
