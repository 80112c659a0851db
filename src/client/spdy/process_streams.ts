/**
 * The streams of a process, each a SPDY stream of its own, as the numbered channels that they are in a WebSocket
 * (`v5.channel.k8s.io`): whoever reads and writes those need not know which of both carries them.
 */
import {
  Cancelled,
  dataHead,
  endFrame,
  goAwayFrame,
  pingFrame,
  SpdyDecoder,
  SpdyEncoder,
  type SpdyEvent,
} from "../../base/mod.ts";
import type { ByteConnection } from "../websocket/byte_connection.ts";
import { joined, LiveConnection, type LiveOptions } from "../websocket/live_connection.ts";
import type { MessageSocket } from "../websocket/message_socket.ts";
import { Pings } from "./pings.ts";

/** As kubectl offers them, in order of preference. */
export const PROCESS_PROTOCOLS = [5, 4, 3, 2, 1].map((version) => `v${version}.channel.k8s.io`);

const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;
type StreamType = Exclude<keyof typeof CHANNEL, "close">;

/** The streams that a query asks for; the server waits for exactly these. */
export function channelsOf(query: URLSearchParams): readonly StreamType[] {
  const has = (name: string) => query.get(name) === "true";
  return [
    "error",
    ...(["stdin", "stdout", "stderr"] as const).filter((name) =>
      has(name) && !(name === "stderr" && has("tty"))
    ),
    ...(has("tty") ? ["resize"] as const : []),
  ];
}

export interface ProcessStreamsOptions extends LiveOptions {
  /** What the server chose of `PROCESS_PROTOCOLS`: it knows sizes from 3 on, and tells how it ended in JSON from 4 on. */
  readonly version: number;
  readonly channels: readonly StreamType[];
}

/** How a process ended takes a few hundred bytes. */
const MAX_RESULT_BYTES = 1024 * 1024;
const SUCCESS = '{"status":"Success"}';

/** How it ended is the last message, behind all output, as in a WebSocket. */
export class ProcessStreams implements MessageSocket {
  readonly protocol = "v5.channel.k8s.io";
  readonly #live: LiveConnection;
  readonly #options: ProcessStreamsOptions;
  readonly #decoder = new SpdyDecoder();
  /** Of the channels that are open for sending. */
  readonly #streams = new Map<number, number>();
  /** Of the channels that still say something. */
  readonly #channels = new Map<number, number>();
  #ready: Uint8Array<ArrayBuffer>[] = [];
  #result = new Uint8Array(0);
  #isOver = false;

  constructor(connection: ByteConnection, options: ProcessStreamsOptions) {
    const pings = new Pings();
    this.#live = new LiveConnection(connection, options, () => pingFrame(pings.next()));
    this.#options = options;
    const encoder = new SpdyEncoder();
    const known = options.channels.filter((name) => name !== "resize" || options.version >= 3);
    const begun = known.map((name, at) => {
      const stream = 2 * at + 1;
      this.#streams.set(CHANNEL[name], stream);
      if (name !== "stdin" && name !== "resize") this.#channels.set(stream, CHANNEL[name]);
      return encoder.open({ stream, headers: [["streamtype", name]] });
    });
    // What goes wrong with it is told by the first read.
    this.#live.write(joined(begun)).catch(() => {});
  }

  async receive(): Promise<Uint8Array<ArrayBuffer> | null> {
    for (;;) {
      this.#options.signal?.throwIfAborted();
      const message = this.#ready.shift();
      if (message !== undefined) return message;
      const { end } = this.#live;
      if (end !== null && end.error !== null) throw end.error;
      if (this.#isOver) return null;
      await this.#read();
    }
  }

  send(...parts: readonly Uint8Array[]): Promise<void> {
    const bytes = joined(parts);
    const isClose = bytes[0] === CHANNEL.close;
    const channel = isClose ? bytes[1] : bytes[0];
    const stream = this.#streams.get(channel ?? CHANNEL.close);
    // What a process can't take any more is nobody's failure; its end is told to the reader.
    if (stream === undefined) return this.#live.write(new Uint8Array(0));
    if (!isClose) return this.#live.write(joined([dataHead(stream, bytes.length - 1), bytes.subarray(1)]));
    this.#streams.delete(channel!);
    return this.#live.write(endFrame(stream));
  }

  close(): void {
    this.#live.finish(new Cancelled("the connection was closed"), goAwayFrame(0));
  }

  async #read(): Promise<void> {
    try {
      this.#decoder.check();
      const bytes = await this.#live.read();
      if (bytes === null) throw new Error("it ended without a close");
      for (const event of this.#decoder.push(bytes)) this.#take(event);
    } catch (error) {
      if (!this.#isWhole()) throw this.#live.fail(error);
      // It was all said: servers may close at once behind it.
      this.#finish();
    }
  }

  #take(event: SpdyEvent): void {
    if (event.type === "ping") {
      // Even ids are the server's own.
      if (event.id % 2 === 0) this.#live.write(pingFrame(event.id)).catch(() => {});
      return;
    }
    if (event.type === "goAway" || event.type === "open") return;
    const channel = this.#channels.get(event.stream);
    if (event.type === "data") {
      if (channel === CHANNEL.error) this.#said(event.bytes);
      else if (channel !== undefined) this.#ready.push(joined([Uint8Array.of(channel), event.bytes]));
      return;
    }
    if (event.type === "reset") this.#forget(event.stream);
    if (channel !== undefined) this.#ended(event.stream, channel);
  }

  #said(bytes: Uint8Array): void {
    this.#result = joined([this.#result, bytes]);
    if (this.#result.length > MAX_RESULT_BYTES) throw new Error("it says too much of how the command ended");
  }

  #ended(stream: number, channel: number): void {
    this.#channels.delete(stream);
    if (channel !== CHANNEL.error) this.#ready.push(Uint8Array.of(CHANNEL.close, channel));
    if (this.#channels.size === 0) this.#finish();
  }

  /** Without a word of how it ended, servers before v4 mean that it went well, and later ones were cut off. */
  #finish(): void {
    this.#isOver = true;
    const isSilent = this.#result.length === 0;
    if (isSilent && this.#options.version >= 4) return;
    const result = isSilent ? new TextEncoder().encode(SUCCESS) : this.#result;
    this.#ready.push(joined([Uint8Array.of(CHANNEL.error), result]));
  }

  #isWhole(): boolean {
    if (this.#options.version < 4) return false;
    try {
      return typeof JSON.parse(new TextDecoder().decode(this.#result)) === "object";
    } catch {
      return false;
    }
  }

  #forget(stream: number): void {
    for (const [channel, its] of this.#streams) if (its === stream) this.#streams.delete(channel);
  }
}
