/**
 * A MessageSocket over a MessagePort. Each message is asked for before it is read, and each that is sent is acknowledged
 * once the system has taken it: a reader or a writer that waits holds the other end up just as without the port.
 */
import { AbortScope, Cancelled, fromWire, OrkaError, toWire, type WireError } from "../base/mod.ts";
import type { MessageSocket } from "./protocol.ts";

type ToSocket =
  | { readonly type: "receive" }
  | { readonly type: "send"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: "close" };

type FromSocket =
  /** null: closed in good order. */
  | { readonly type: "message"; readonly bytes: Uint8Array<ArrayBuffer> | null }
  | { readonly type: "sent" }
  | { readonly type: "failed"; readonly of: "receive" | "send"; readonly error: WireError };

/** The engine's side: serves the socket until either end closes. */
export function serveSocket(socket: MessageSocket, port: MessagePort): void {
  const post = (message: FromSocket, transfer: Transferable[] = []) => port.postMessage(message, transfer);
  port.onmessage = async ({ data }: MessageEvent<ToSocket>) => {
    if (data.type === "close") {
      socket.close();
      return port.close();
    }
    try {
      if (data.type === "receive") {
        const bytes = await socket.receive();
        post({ type: "message", bytes }, bytes === null ? [] : [bytes.buffer]);
      } else {
        await socket.send(data.bytes);
        post({ type: "sent" });
      }
    } catch (error) {
      post({ type: "failed", of: data.type, error: toWire(error) });
    }
  };
}

/** Nobody will read from this side's end: the socket, open already or just about to be, is to close. */
export function refuseSocket(port: MessagePort): void {
  port.postMessage({ type: "close" } satisfies ToSocket);
  port.close();
}

interface Waiting {
  resolve(bytes: Uint8Array<ArrayBuffer> | null): void;
  reject(error: unknown): void;
}

export interface RemoteSocketOptions {
  readonly protocol: string;
  /** Whichever of them aborts first closes it. */
  readonly ends?: readonly (AbortSignal | undefined)[];
}

export class RemoteSocket implements MessageSocket {
  readonly protocol: string;
  readonly #port: MessagePort;
  readonly #scope: AbortScope;
  /** Answers come in the order of the questions. */
  readonly #waiting: Readonly<Record<"receive" | "send", Waiting[]>> = { receive: [], send: [] };
  #end: unknown = null;

  constructor(port: MessagePort, { protocol, ends = [] }: RemoteSocketOptions) {
    this.protocol = protocol;
    this.#port = port;
    this.#scope = new AbortScope(ends);
    port.onmessage = ({ data }: MessageEvent<FromSocket>) => this.#take(data);
    const { signal } = this.#scope;
    signal.addEventListener("abort", this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  receive(): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#ask({ type: "receive" });
  }

  async send(...parts: readonly Uint8Array[]): Promise<void> {
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    await this.#ask({ type: "send", bytes }, [bytes.buffer]);
  }

  close(): void {
    this.#finish(new Cancelled("the connection was closed"));
  }

  readonly #onAbort = () => this.#finish(this.#scope.signal.reason);

  #ask(
    question: Exclude<ToSocket, { type: "close" }>,
    transfer: Transferable[] = [],
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.#end !== null) return Promise.reject(this.#end);
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer> | null>();
    this.#waiting[question.type].push({ resolve, reject });
    this.#port.postMessage(question, transfer);
    return promise;
  }

  #take(message: FromSocket): void {
    switch (message.type) {
      case "message":
        return this.#waiting.receive.shift()?.resolve(message.bytes);
      case "sent":
        return this.#waiting.send.shift()?.resolve(null);
      case "failed":
        return this.#waiting[message.of].shift()?.reject(fromWire(message.error));
    }
  }

  #finish(reason: unknown): void {
    if (this.#end !== null) return;
    this.#end = reason ?? new OrkaError("unreachable", "the connection was closed");
    this.#scope.signal.removeEventListener("abort", this.#onAbort);
    this.#scope[Symbol.dispose]();
    refuseSocket(this.#port);
    for (const { reject } of [...this.#waiting.receive, ...this.#waiting.send]) reject(this.#end);
  }
}
