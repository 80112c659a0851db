/** Many connections to a pod's ports in one message socket. */
import {
  dataHead,
  endFrame,
  OrkaError,
  pingFrame,
  resetFrame,
  SpdyDecoder,
  SpdyEncoder,
  type SpdyEvent,
} from "../../base/mod.ts";
import type { MessageSocket } from "../../client/mod.ts";
import { WaitingBytes } from "./waiting_bytes.ts";
import type { PortStream } from "./tunnel.ts";

/** Bytes that a connection may leave unread before it holds up those that share its tunnel. */
const MAX_QUEUED_BYTES = 256 * 1024;
/** Stream ids have 31 bits; a connection takes two odd ones. */
const LAST_STREAM = 0x7fffffff - 4;

/**
 * 1. The protocol has no flow control of its own: what one connection doesn't read holds up the others of the tunnel, from
 *    256 KiB on. `isHeldUp` tells; who opens connections takes another tunnel then.
 * 2. Once it is over every stream fails or ends, and `done` resolves with why: null when it was closed here.
 */
export class SpdyTunnel {
  readonly #socket: MessageSocket;
  readonly #encoder = new SpdyEncoder();
  /** By the id of the data stream, and of the error stream. */
  readonly #streams = new Map<number, SpdyStream>();
  #nextStream = 1;
  #requests = 0;
  #isClosed = false;
  #takesStreams = true;
  #closesWhenIdle = false;
  #wake: () => void = () => {};
  readonly done: Promise<OrkaError | null>;

  constructor(socket: MessageSocket) {
    this.#socket = socket;
    this.done = this.#run();
  }

  get connections(): number {
    return this.#streams.size / 2;
  }

  /** Whether new connections can be opened. */
  get isOpen(): boolean {
    return this.#takesStreams && this.#nextStream < LAST_STREAM;
  }

  get isHeldUp(): boolean {
    return this.#fullStream() !== undefined;
  }

  open(port: number): PortStream {
    const [errors, data] = [this.#nextStream, this.#nextStream + 2];
    this.#nextStream += 4;
    const stream = new SpdyStream(data, errors, {
      socket: this.#socket,
      forget: () => {
        this.#streams.delete(data);
        this.#streams.delete(errors);
        if (this.#closesWhenIdle && this.#streams.size === 0) this.close();
        this.#wake();
      },
      drained: () => this.#wake(),
    });
    this.#streams.set(data, stream);
    this.#streams.set(errors, stream);
    const names = (type: string) =>
      [["streamtype", type], ["port", String(port)], ["requestid", String(this.#requests)]] as const;
    const begun = this.#encoder.open({ stream: errors, headers: names("error"), isEnded: true });
    const second = this.#encoder.open({ stream: data, headers: names("data") });
    this.#requests++;
    // A failure is told by the reader of the socket.
    this.#socket.send(begun, second).catch(() => {});
    return stream;
  }

  /** Takes no new connections, and is over when the last one is. */
  retire(): void {
    this.#takesStreams = false;
    this.#closesWhenIdle = true;
    if (this.#streams.size === 0) this.close();
  }

  close(): void {
    this.#isClosed = true;
    this.#takesStreams = false;
    this.#socket.close();
    this.#wake();
  }

  async #run(): Promise<OrkaError | null> {
    let why: OrkaError | null = null;
    const decoder = new SpdyDecoder();
    const socket = this.#socket;
    try {
      for (;;) {
        const bytes = await (socket.receivePart?.() ?? socket.receive());
        if (bytes === null) break;
        for (const event of decoder.push(bytes)) this.#take(event);
        decoder.check();
        while (!this.#isClosed && this.isHeldUp) {
          await new Promise<void>((resolve) => this.#wake = resolve);
        }
      }
      why = this.#isClosed
        ? null
        : new OrkaError("unreachable", "the server closed the connection to the pod");
    } catch (error) {
      if (!this.#isClosed) why = asLost(error);
    }
    this.#takesStreams = false;
    const gone = why ?? new OrkaError("unreachable", "the forward was closed");
    for (const stream of new Set(this.#streams.values())) stream.lose(gone);
    this.#streams.clear();
    this.#socket.close();
    return why;
  }

  #take(event: SpdyEvent): void {
    if (event.type === "ping") {
      // Even ids are the server's own.
      if (event.id % 2 === 0) this.#socket.send(pingFrame(event.id)).catch(() => {});
    } else if (event.type === "goAway") this.#takesStreams = false;
    else if (event.type !== "open") this.#streams.get(event.stream)?.take(event);
  }

  #fullStream(): SpdyStream | undefined {
    for (const stream of this.#streams.values()) if (stream.queuedBytes > MAX_QUEUED_BYTES) return stream;
    return undefined;
  }
}

function asLost(error: unknown): OrkaError {
  if (error instanceof OrkaError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new OrkaError("unreachable", `the connection to the pod was lost: ${why}`, { cause: error });
}

interface StreamOwner {
  readonly socket: MessageSocket;
  readonly forget: () => void;
  readonly drained: () => void;
}

class SpdyStream implements PortStream {
  readonly #data: number;
  readonly #errors: number;
  readonly #owner: StreamOwner;
  readonly #waiting = new WaitingBytes();
  #said = "";
  readonly #decoder = new TextDecoder();
  #failure: OrkaError | null = null;
  #hasEnded = false;
  #isEnded = false;
  #wake: () => void = () => {};

  constructor(data: number, errors: number, owner: StreamOwner) {
    this.#data = data;
    this.#errors = errors;
    this.#owner = owner;
  }

  get queuedBytes(): number {
    return this.#waiting.length;
  }

  async receive(): Promise<Uint8Array<ArrayBuffer> | null> {
    for (;;) {
      if (this.#waiting.length > 0) {
        const wasFull = this.#waiting.length > MAX_QUEUED_BYTES;
        const bytes = this.#waiting.take();
        if (wasFull) this.#owner.drained();
        return bytes;
      }
      if (this.#failure !== null) throw this.#failure;
      if (this.#hasEnded) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  async send(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    await this.#owner.socket.send(dataHead(this.#data, bytes.length), bytes);
  }

  async end(): Promise<void> {
    if (this.#isEnded || this.#failure !== null) return;
    this.#isEnded = true;
    await this.#owner.socket.send(endFrame(this.#data));
    this.#forgetIfDone();
  }

  close(): void {
    if (!this.#isEnded || !this.#hasEnded) {
      this.#owner.socket.send(resetFrame(this.#data)).catch(() => {});
    }
    this.lose(new OrkaError("unreachable", "the connection was closed"));
    this.#waiting.clear();
    this.#owner.forget();
  }

  lose(error: OrkaError): void {
    this.#failure ??= error;
    this.#wake();
  }

  take(event: Exclude<SpdyEvent, { type: "open" | "ping" | "goAway" }>): void {
    if (event.stream === this.#errors) return this.#takeError(event);
    if (event.type === "data") this.#waiting.add(event.bytes);
    else if (event.type === "end") {
      this.#hasEnded = true;
      this.#forgetIfDone();
    } else this.#failure ??= new OrkaError("unreachable", this.#said || "the pod reset the connection");
    this.#wake();
  }

  /** The server tells there why a port can't be reached, and ends it either way. */
  #takeError(event: SpdyEvent): void {
    if (event.type === "data") this.#said += this.#decoder.decode(event.bytes, { stream: true });
    else if (this.#said !== "") this.lose(new OrkaError("unreachable", this.#said.trim()));
  }

  #forgetIfDone(): void {
    if (this.#isEnded && this.#hasEnded) this.#owner.forget();
  }
}
