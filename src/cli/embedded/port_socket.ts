/** A pod's streams of the server in this process as the client's message socket. */
import { Cancelled, OrkaError } from "../../base/mod.ts";
import { type MessageSocket, responseError, type Upgrade } from "../../client/mod.ts";
import { ApiError, type ApiServer } from "../../k1s/mod.ts";

/** For `createClient`. Throws OrkaError as a server across the network does. */
export function inProcessOpen(server: ApiServer): (upgrade: Upgrade) => Promise<MessageSocket> {
  return async ({ url, headers, repeated, signal }) => {
    const all = new Headers(headers);
    for (const [name, value] of repeated) all.append(name, value);
    const request = new Request(url, { headers: all });
    try {
      return new PortSocket(await server.openStreams(request), signal);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const answer = new Response(null, { status: error.status });
      throw responseError(answer, JSON.stringify(error.toStatus()), { path: url.pathname });
    }
  };
}

/** What waits for its reader is not bounded: both ends live in this process, and the demo's programs say little. */
class PortSocket implements MessageSocket {
  readonly protocol = "v5.channel.k8s.io";
  readonly #port: MessagePort;
  readonly #signal: AbortSignal;
  readonly #queue: (Uint8Array<ArrayBuffer> | null)[] = [];
  #wake: () => void = () => {};
  #end: unknown = null;

  constructor(port: MessagePort, signal: AbortSignal) {
    this.#port = port;
    this.#signal = signal;
    port.onmessage = ({ data }: MessageEvent<Uint8Array<ArrayBuffer> | null>) => {
      this.#queue.push(data);
      this.#wake();
    };
    signal.addEventListener("abort", this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  async receive(): Promise<Uint8Array<ArrayBuffer> | null> {
    for (;;) {
      this.#signal.throwIfAborted();
      const message = this.#queue[0];
      if (message === null) {
        this.#finish(new OrkaError("unreachable", "the connection was closed"));
        return null;
      }
      if (message !== undefined) return this.#queue.shift()!;
      if (this.#end !== null) throw this.#end;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  send(...parts: readonly Uint8Array[]): Promise<void> {
    if (this.#end !== null) return Promise.reject(this.#end);
    const message = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      message.set(part, at);
      at += part.length;
    }
    this.#port.postMessage(message, [message.buffer]);
    return Promise.resolve();
  }

  close(): void {
    this.#finish(new Cancelled("the connection was closed"));
  }

  readonly #onAbort = () => this.#finish(this.#signal.reason);

  #finish(reason: unknown): void {
    if (this.#end !== null) return;
    this.#end = reason;
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#port.postMessage(null);
    this.#port.close();
    this.#wake();
  }
}
