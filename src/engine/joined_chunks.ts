/**
 * An endless body for another thread: what comes within a moment goes as one chunk. A transferred stream costs two
 * messages a chunk, some 0.3 ms of both threads' time; a followed log comes in hundreds of small chunks a second.
 *
 * 1. A chunk after a pause goes at once; only what follows it closely is held, for `JOIN_MS` at most.
 * 2. No byte is held longer for want of a reader, and at most `JOIN_BYTES` and one chunk are read ahead of it.
 */
import type { Clock } from "../base/mod.ts";

type Chunk = Uint8Array<ArrayBuffer>;

/** 30 frames a second show no more, and nobody sees a line 30 ms later. */
const JOIN_MS = 30;
const JOIN_BYTES = 64 * 1024;

export function joinedChunks(body: ReadableStream<Chunk>, clock: Clock): ReadableStream<Chunk> {
  const joiner = new Joiner(body.getReader(), clock);
  return new ReadableStream<Chunk>({
    pull: (controller) => joiner.pull(controller),
    cancel: (reason) => joiner.cancel(reason),
  }, { highWaterMark: 0 });
}

class Joiner {
  readonly #reader: ReadableStreamDefaultReader<Chunk>;
  readonly #clock: Clock;
  #held: Chunk[] = [];
  #bytes = 0;
  #sentMs = -Infinity;
  /** A read under way; kept when its chunk is not waited for any more. */
  #read: Promise<ReadableStreamReadResult<Chunk>> | null = null;
  #isDone = false;

  constructor(reader: ReadableStreamDefaultReader<Chunk>, clock: Clock) {
    this.#reader = reader;
    this.#clock = clock;
  }

  async pull(controller: ReadableStreamDefaultController<Chunk>): Promise<void> {
    while (!this.#isDone && !this.#isDue()) await this.#more();
    if (this.#held.length > 0) controller.enqueue(this.#taken());
    else controller.close();
  }

  cancel(reason: unknown): Promise<void> {
    return this.#reader.cancel(reason);
  }

  #isDue(): boolean {
    if (this.#held.length === 0) return false;
    return this.#bytes >= JOIN_BYTES || this.#clock.monotonic() - this.#sentMs >= JOIN_MS;
  }

  /** Waits for a chunk, and no longer than what is held may wait. */
  async #more(): Promise<void> {
    this.#read ??= this.#reader.read();
    const result = this.#held.length === 0 ? await this.#read : await this.#readUntilDue(this.#read);
    if (result === "due") return;
    this.#read = null;
    if (result.done) this.#isDone = true;
    else {
      this.#held.push(result.value);
      this.#bytes += result.value.length;
    }
  }

  async #readUntilDue(
    read: Promise<ReadableStreamReadResult<Chunk>>,
  ): Promise<ReadableStreamReadResult<Chunk> | "due"> {
    const { promise: due, resolve } = Promise.withResolvers<"due">();
    using _timer = this.#clock.timer(this.#sentMs + JOIN_MS - this.#clock.monotonic(), () => resolve("due"));
    // a failure is told when what came before it has been taken
    return await Promise.race([read.catch(() => due), due]);
  }

  #taken(): Chunk {
    const [first] = this.#held;
    const chunk = this.#held.length === 1 ? first! : joined(this.#held, this.#bytes);
    this.#held = [];
    this.#bytes = 0;
    this.#sentMs = this.#clock.monotonic();
    return chunk;
  }
}

function joined(chunks: readonly Chunk[], bytes: number): Chunk {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
