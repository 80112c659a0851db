import { type Clock, safeText } from "../base/mod.ts";
import type { Client, ConnectOptions, WriteGate } from "../client/mod.ts";
import type { Discovered } from "../engine/protocol.ts";
import type { TerminalAccess } from "./remote/terminal.ts";
import type { SessionOptions } from "../tui/mod.ts";

/** Where text goes. */
export interface Output {
  readonly isTerminal: boolean;
  /** Columns of the terminal; 80 where there is none. */
  readonly columns: number;
  /**
   * Takes text. The promise resolves when the reader keeps up, so a loop that awaits it holds a bounded
   * amount of text. Rejects with `Deno.errors.BrokenPipe` once the reader has gone.
   */
  write(text: string | Uint8Array): Promise<void>;
  /** Resolves when everything taken so far is out. */
  flush(): Promise<void>;
  /** Whether its reader has gone, which also shows while nothing is written; not there where it can't be told. */
  readonly isUnread?: (() => boolean) | undefined;
}

/** Everything that a command sees of the world; tests give their own. */
export interface CliIo {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdinIsTerminal: boolean;
  /** A line that the person typed after the question, which goes to stderr; null at the end of stdin. */
  ask(question: string): Promise<string | null>;
  /** The whole of stdin, for `-f -`. */
  readStdin(): Promise<string>;
  readFile(path: string): Promise<string>;
  /** Files below a directory, sorted; null when `path` is not a directory. */
  listFiles(path: string, options: { readonly recursive: boolean }): Promise<readonly string[] | null>;
  /** For what runs somewhere else and is typed at here; the process's own unless given. */
  readonly terminal?: TerminalAccess | undefined;
  /** Runs another program at this terminal: Ctrl-C is that program's, and `signal` stays as it is. */
  readonly lend?: (<T>(run: () => Promise<T>) => Promise<T>) | undefined;
  env(name: string): string | undefined;
  readonly clock: Clock;
  /** Aborted on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** How the program was called, for completion scripts: `orka`. */
  readonly program: string;
  readonly backend: Backend;
}

/** The parts of Orka that a verb may need, loaded late; tests give their own. */
export interface Backend {
  /** Begins what a request to a server will need, and does not wait for it. */
  prepare(): void;
  /** `embedded`: a cluster inside this process instead of the one that the kubeconfig names. */
  cluster(embedded?: EmbeddedRequest): Promise<ClusterBackend>;
  /** Runs the full-screen session to its end; the exit code. */
  session(options: SessionRequest): Promise<number>;
  /** Resident bytes of this process; 0 where unknown. */
  residentBytes(): number;
}

/** A cluster inside this process: in memory with the demo's objects (null), or in a store's directory. */
export interface EmbeddedRequest {
  readonly directory: string | null;
}

export interface ClusterBackend {
  /** The names in the kubeconfig, for completion. */
  configNames(
    options: ConnectOptions,
  ): Promise<Readonly<Record<"context" | "cluster" | "user", readonly string[]>>>;
  /** `writes`: closed, and the client read-only, unless given. */
  connect(options: ConnectOptions, context?: { readonly writes?: WriteGate }): Promise<Client>;
  discover(
    client: Client,
    options: {
      readonly refresh: boolean;
      readonly signal: AbortSignal;
      readonly cacheDir: string | undefined;
    },
  ): Promise<Discovered>;
}

/** `orka -n x`: namespace undefined is the context's own, null all of them. */
export interface SessionRequest {
  readonly connect: ConnectOptions;
  readonly namespace: string | null | undefined;
  readonly writeRule: SessionOptions["writeRule"];
  readonly memory: SessionOptions["memory"];
  /** Instead of what `connect` names. */
  readonly embedded?: EmbeddedRequest | undefined;
}

/** `safeText` of every line: line breaks and tabs stay. */
export function safeLines(text: string): string {
  return text.replace(/[^\n\t]+/g, safeText);
}

/** One line on stderr, at once. What it quotes may be anybody's: nothing in it reaches the terminal as a command. */
export async function note(io: CliIo, line: string): Promise<void> {
  await io.stderr.write(`${safeLines(line)}\n`);
  await io.stderr.flush();
}

const HIGH_WATER_BYTES = 64 * 1024;

/**
 * Text gathered into chunks of 64 KiB and written in order by `sink`, one at a time.
 *
 * 1. At most two chunks wait: `write` resolves only when the one before the last is out.
 * 2. After the sink failed once, every later write and flush rejects with that failure.
 */
export class BufferedOutput implements Output {
  #parts: string[] = [];
  #size = 0;
  #tail: Promise<void> = Promise.resolve();
  #failed: unknown = null;
  readonly #encoder = new TextEncoder();

  constructor(
    readonly isTerminal: boolean,
    readonly columns: number,
    private readonly sink: (bytes: Uint8Array) => Promise<void>,
    readonly isUnread?: () => boolean,
  ) {}

  async write(text: string | Uint8Array): Promise<void> {
    if (this.#failed !== null) throw this.#failed;
    if (typeof text !== "string") {
      this.#drain();
      this.#push(text);
      return await this.#settled();
    }
    this.#parts.push(text);
    this.#size += text.length;
    if (this.#size < HIGH_WATER_BYTES) return;
    const before = this.#tail;
    this.#drain();
    await before;
    if (this.#failed !== null) throw this.#failed;
  }

  async flush(): Promise<void> {
    this.#drain();
    await this.#settled();
  }

  async #settled(): Promise<void> {
    await this.#tail;
    if (this.#failed !== null) throw this.#failed;
  }

  #drain(): void {
    if (this.#parts.length === 0) return;
    this.#push(this.#encoder.encode(this.#parts.join("")));
    this.#parts = [];
    this.#size = 0;
  }

  #push(bytes: Uint8Array): void {
    this.#tail = this.#tail.then(async () => {
      if (this.#failed === null) await this.sink(bytes);
    }).catch((error) => {
      this.#failed ??= error;
    });
  }
}
