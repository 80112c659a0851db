/** A command in a container, or the process that runs there already: its streams and its end. */
import { Cancelled, isCancelled, OrkaError } from "../../base/mod.ts";
import type { Client, MessageSocket } from "../../client/mod.ts";
import {
  CHANNEL_PROTOCOLS,
  closeStdinMessage,
  decodeMessage,
  resizeMessage,
  stdinMessage,
  type TerminalSize,
} from "./channels.ts";
import { exitOf, type RemoteExit } from "./remote_exit.ts";

export interface ExecSpec {
  readonly namespace: string;
  readonly pod: string;
  /** The server's choice (the first one) unless given. */
  readonly container?: string | undefined;
  /** null: attach to what runs there already. */
  readonly command: readonly string[] | null;
}

export interface ExecOptions {
  /** The process reads `ExecSession.stdin`; else its stdin is empty. Default false. */
  readonly stdin?: boolean | undefined;
  /** A terminal: stdout and stderr are one stream, stdout. Default false. */
  readonly tty?: boolean | undefined;
  /** Told first, before anything that the process may ask of its terminal. */
  readonly size?: TerminalSize | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the connection is open; as of every request unless given. */
  readonly timeoutMs?: number | undefined;
}

/**
 * 1. Output that is not read holds the process up, from 64 KiB on: both streams have to be read, at the same time.
 * 2. Both end before `exit` settles, whatever ended the session.
 * 3. `exit` resolves when the process ended by itself; it rejects with OrkaError for one that never ran (`not-found`,
 *    `server`) or whose connection broke (`unreachable`), and with the signal's reason. Nobody needs to await it.
 * 4. Once stdin's end was told nothing can be written. With `v4` servers an end can't be told: `endsStdin` is false.
 */
export interface ExecSession {
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Ends at once with a terminal. */
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly endsStdin: boolean;
  /** For sessions with a terminal. What can't be told is forgotten: `exit` tells why. */
  resize(size: TerminalSize): void;
  readonly exit: Promise<RemoteExit>;
  /** Leaves the process to itself; its terminal is gone for it. */
  close(): void;
}

/** Begins it. Throws OrkaError as a request does: `read-only`, `forbidden`, `not-found`, `invalid`, `unreachable`. */
export async function openExec(
  client: Client,
  spec: ExecSpec,
  options: ExecOptions = {},
): Promise<ExecSession> {
  const { signal, timeoutMs } = options;
  const socket = await client.open(execPath(spec, options), {
    protocols: CHANNEL_PROTOCOLS,
    signal,
    timeoutMs,
  });
  return new SocketExecSession(socket, options);
}

/** The path and query that begin it. */
export function execPath(spec: ExecSpec, { stdin = false, tty = false }: ExecOptions = {}): string {
  const query = new URLSearchParams();
  for (const word of spec.command ?? []) query.append("command", word);
  if (spec.container !== undefined) query.append("container", spec.container);
  if (stdin) query.append("stdin", "true");
  query.append("stdout", "true");
  // One terminal has one stream; servers refuse both.
  query.append(tty ? "tty" : "stderr", "true");
  const name = encodeURIComponent(spec.pod);
  const verb = spec.command === null ? "attach" : "exec";
  return `/api/v1/namespaces/${encodeURIComponent(spec.namespace)}/pods/${name}/${verb}?${query}`;
}

/** Of each output, read ahead of its reader. */
const AHEAD_BYTES = 64 * 1024;
/** Bytes of stdin in one message. */
const STDIN_BYTES = 32 * 1024;

type Controller = ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;

class SocketExecSession implements ExecSession {
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly endsStdin: boolean;
  readonly exit: Promise<RemoteExit>;
  readonly #socket: MessageSocket;
  readonly #outputs = new Map<"stdout" | "stderr", Controller>();
  /** Called when a reader asks for more. */
  #wake: () => void = () => {};
  #isOver = false;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = () => this.#wake();

  constructor(socket: MessageSocket, { tty = false, size, signal }: ExecOptions) {
    this.#socket = socket;
    this.#signal = signal;
    this.endsStdin = socket.protocol === "v5.channel.k8s.io";
    this.stdin = this.#stdinStream();
    this.stdout = this.#output("stdout");
    this.stderr = this.#output("stderr");
    if (tty) this.#end("stderr");
    if (size !== undefined) this.resize(size);
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.exit = this.#run();
    this.exit.catch(() => {});
  }

  resize(size: TerminalSize): void {
    if (!this.#isOver) this.#socket.send(...resizeMessage(size)).catch(() => {});
  }

  close(): void {
    this.#isOver = true;
    this.#socket.close();
    this.#wake();
  }

  #stdinStream(): WritableStream<Uint8Array> {
    return new WritableStream({
      write: async (bytes) => {
        for (let at = 0; at < bytes.length; at += STDIN_BYTES) {
          await this.#socket.send(...stdinMessage(bytes.subarray(at, at + STDIN_BYTES)));
        }
      },
      close: async () => {
        if (this.endsStdin && !this.#isOver) await this.#socket.send(closeStdinMessage()).catch(() => {});
      },
    });
  }

  #output(name: "stdout" | "stderr"): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream({
      start: (controller) => void this.#outputs.set(name, controller),
      pull: () => this.#wake(),
      cancel: () => {
        this.#outputs.delete(name);
        this.#wake();
      },
    }, { highWaterMark: AHEAD_BYTES, size: (bytes) => bytes.length });
  }

  async #run(): Promise<RemoteExit> {
    try {
      for (;;) {
        const message = await this.#socket.receive();
        if (message === null) throw lost();
        const said = decodeMessage(message);
        if (said.type === "output") await this.#give(said.stream, said.bytes);
        else if (said.type === "result") return exitOf(said.status);
      }
    } catch (error) {
      // What `close` did is no failure of the connection.
      if (this.#isOver && !isCancelled(error)) throw new Cancelled("the session was closed");
      throw error;
    } finally {
      this.#isOver = true;
      this.#signal?.removeEventListener("abort", this.#onAbort);
      this.#end("stdout");
      this.#end("stderr");
      this.#socket.close();
    }
  }

  /** Waits until the reader has room for more. */
  async #give(name: "stdout" | "stderr", bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#outputs.get(name)?.enqueue(bytes);
    while (!this.#isOver && !this.#signal?.aborted && (this.#outputs.get(name)?.desiredSize ?? 1) <= 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  #end(name: "stdout" | "stderr"): void {
    this.#outputs.get(name)?.close();
    this.#outputs.delete(name);
  }
}

function lost(): OrkaError {
  return new OrkaError("unreachable", "the connection was closed before the command ended", {
    hint: "What it did in the container is not known.",
  });
}
