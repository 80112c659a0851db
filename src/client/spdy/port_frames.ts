/** SPDY's frames as they are, for forwarded ports: what opens them speaks SPDY itself, as it does inside a WebSocket. */
import { Cancelled, goAwayFrame, pingFrame } from "../../base/mod.ts";
import type { ByteConnection } from "../websocket/byte_connection.ts";
import { joined, LiveConnection, type LiveOptions } from "../websocket/live_connection.ts";
import type { MessageSocket } from "../websocket/message_socket.ts";
import { Pings } from "./pings.ts";

/** Every message that is sent is whole frames: pings go between them. */
export class PortFrames implements MessageSocket {
  readonly protocol = "SPDY/3.1+portforward.k8s.io";
  readonly #live: LiveConnection;
  readonly #signal: AbortSignal | undefined;

  constructor(connection: ByteConnection, options: LiveOptions) {
    const pings = new Pings();
    this.#live = new LiveConnection(connection, options, () => pingFrame(pings.next()));
    this.#signal = options.signal;
  }

  async receive(): Promise<Uint8Array<ArrayBuffer> | null> {
    return (await this.receivePart())?.slice() ?? null;
  }

  async receivePart(): Promise<Uint8Array<ArrayBuffer> | null> {
    this.#signal?.throwIfAborted();
    const { end } = this.#live;
    if (end !== null) throw end.error;
    return await this.#live.read();
  }

  send(...parts: readonly Uint8Array[]): Promise<void> {
    return this.#live.write(joined(parts));
  }

  close(): void {
    this.#live.finish(new Cancelled("the connection was closed"), goAwayFrame(0));
  }
}
