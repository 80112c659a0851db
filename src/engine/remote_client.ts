/** The engine's client on the other side of a port: requests go as questions, bodies come as transferred streams. */
import { AbortScope } from "../base/mod.ts";
import type { Client, MessageSocket, OpenOptions, RequestOptions, Target } from "./protocol.ts";
import { refuseSocket, RemoteSocket } from "./remote_socket.ts";
import type { PlainRequestOptions, PlainResponse, Question } from "./wire.ts";

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly transfer?: Transferable[] | undefined;
}

export interface RemoteClientOptions {
  readonly ask: (question: Question, options: AskOptions) => Promise<unknown>;
  /** Aborted when the other side is gone: nothing else would end what is open. */
  readonly over: AbortSignal;
}

export class RemoteClient implements Client {
  readonly target: Target;
  readonly #options: RemoteClientOptions;

  constructor(target: Target, options: RemoteClientOptions) {
    this.target = target;
    this.#options = options;
  }

  async request(path: string, options: RequestOptions = {}): Promise<Response> {
    const { signal, ...rest } = options;
    const answer = await this.#options.ask({ type: "request", path, options: plain(rest) }, {
      signal,
    }) as PlainResponse;
    const { status, headers } = answer;
    const body = answer.body === null ? null : this.#until(answer.body, signal);
    return new Response(body, {
      status,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
    });
  }

  json(path: string, { signal, ...options }: RequestOptions = {}): Promise<unknown> {
    return this.#options.ask({ type: "read", path, options: plain(options) }, { signal });
  }

  async open(path: string, { signal, ...options }: OpenOptions): Promise<MessageSocket> {
    const { port1, port2 } = new MessageChannel();
    const question: Question = { type: "open", path, options, port: port2 };
    try {
      const protocol = await this.#options.ask(question, { signal, transfer: [port2] }) as string;
      return new RemoteSocket(port1, { protocol, ends: [this.#options.over, signal] });
    } catch (error) {
      refuseSocket(port1);
      throw error;
    }
  }

  /** It ends with the engine. */
  close(): void {}

  /** What aborts the request ends its body too, and with it the other side's. */
  #until(
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    signal: AbortSignal | undefined,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    const scope = new AbortScope([this.#options.over, signal]);
    const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
    // how it ended is told to the reader by the stream itself
    body.pipeTo(writable, { signal: scope.signal }).catch(() => {}).finally(() => scope[Symbol.dispose]());
    return readable;
  }
}

/** Without what is undefined: some of it can't be posted. */
function plain(options: Omit<RequestOptions, "signal">): PlainRequestOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
