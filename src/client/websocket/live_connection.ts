/** What stays of a connection once it was upgraded: bytes both ways, a sign of life asked for every few seconds, and one end. */
import { type Clock, OrkaError } from "../../base/mod.ts";
import type { ByteConnection } from "./byte_connection.ts";

export interface LiveOptions {
  readonly clock: Clock;
  /** Bytes that came behind the answer that upgraded the connection. */
  readonly leftover?: Uint8Array | undefined;
  /** Only for the words of errors. */
  readonly host: string;
  readonly signal?: AbortSignal | undefined;
}

const READ_BYTES = 64 * 1024;
/** As often as kubectl, and as long as it waits for a sign of life. */
const PING_MS = 5_000;
const SILENCE_MS = 60_000;
/** As long as the last word may take to go out. */
const LAST_WORD_MS = 1_000;

/**
 * 1. `read` is called by one reader at a time; nothing is read ahead of it.
 * 2. Writes go out whole, in the order of the calls.
 * 3. It ends once: `end` tells why, and reads and writes fail with that from then on.
 */
export class LiveConnection {
  readonly #connection: ByteConnection;
  readonly #options: LiveOptions;
  /** The frame that asks the other side for a sign of life. */
  readonly #pingFrame: () => Uint8Array;
  readonly #buffer = new Uint8Array(READ_BYTES);
  #leftover: Uint8Array<ArrayBuffer> | null;
  #sent: Promise<void> = Promise.resolve();
  #end: { readonly error: unknown } | null = null;
  /** Nothing more can be sent, while what the other side said before it closed may still be there to read. */
  #unwritable: OrkaError | null = null;
  #ping: Disposable | null = null;
  /** Monotonic ms of the last byte, or of the moment that the reader came to wait. */
  #heardMs = 0;
  #isReading = false;

  constructor(connection: ByteConnection, options: LiveOptions, pingFrame: () => Uint8Array) {
    this.#connection = connection;
    this.#options = options;
    this.#pingFrame = pingFrame;
    this.#leftover = options.leftover?.length ? options.leftover.slice() : null;
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (options.signal?.aborted) this.#onAbort();
    else this.#schedulePing();
  }

  /** Why nothing more comes or goes; its error is null after a good end. */
  get end(): { readonly error: unknown } | null {
    return this.#end;
  }

  /** The next bytes, lent until the next call; null: the other side sends no more. Throws OrkaError, or what ended it. */
  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    const leftover = this.#leftover;
    this.#leftover = null;
    if (leftover !== null) return leftover;
    this.#isReading = true;
    this.#heardMs = this.#options.clock.monotonic();
    try {
      const length = await this.#connection.read(this.#buffer);
      this.#heardMs = this.#options.clock.monotonic();
      return length === null ? null : this.#buffer.subarray(0, length);
    } catch (error) {
      throw this.fail(error);
    } finally {
      this.#isReading = false;
    }
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#end !== null) return Promise.reject(this.#end.error ?? this.lost(new Error("it was closed")));
    if (this.#unwritable !== null) return Promise.reject(this.#unwritable);
    const written = this.#sent.then(async () => {
      for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
    });
    this.#sent = written.catch(() => {});
    return written.catch((error) => {
      if (this.#end !== null) throw this.#end.error;
      throw this.#unwritable ??= this.lost(error);
    });
  }

  /** Ends it, unless it has ended, because of what went wrong. Returns what is to be thrown. */
  fail(cause: unknown): unknown {
    this.finish(cause instanceof OrkaError ? cause : this.lost(cause));
    return this.#end!.error ?? this.lost(cause);
  }

  /** Ends it; what `lastWord` says still goes out, if that does not take long. */
  finish(error: unknown, lastWord?: Uint8Array): void {
    if (this.#end !== null) return;
    const told = lastWord === undefined ? null : this.write(lastWord).catch(() => {});
    this.#end = { error };
    this.#ping?.[Symbol.dispose]();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    if (told === null) this.#connection.close();
    else this.#closeAfter(told);
  }

  lost(cause: unknown): OrkaError {
    const why = cause instanceof Error ? cause.message.replace(/ \(os error \d+\)$/, "") : String(cause);
    return new OrkaError("unreachable", `the connection to ${this.#options.host} was lost: ${why}`, {
      cause,
    });
  }

  readonly #onAbort = () => this.finish(this.#options.signal?.reason);

  /** The bytes before the last word may never go out: a process that reads nothing holds them up. */
  #closeAfter(told: Promise<void>): void {
    const limit = this.#options.clock.timer(LAST_WORD_MS, () => this.#connection.close());
    void told.then(() => {
      limit[Symbol.dispose]();
      this.#connection.close();
    });
  }

  #schedulePing(): void {
    this.#ping = this.#options.clock.timer(PING_MS, () => {
      if (this.#end !== null) return;
      if (this.#unwritable !== null) return this.finish(this.#unwritable);
      const silentMs = this.#options.clock.monotonic() - this.#heardMs;
      if (this.#isReading && silentMs >= SILENCE_MS) {
        return void this.fail(new Error(`no sign of life for ${SILENCE_MS / 1000} s`));
      }
      this.write(this.#pingFrame()).catch(() => {});
      this.#schedulePing();
    });
  }
}

/** The parts, one behind the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
