/** The other end of a connection, in memory: what is fed to it is read in these very chunks. */
import type { ByteConnection } from "../../src/client/websocket/byte_connection.ts";

export class FakeConnection implements ByteConnection {
  readonly #chunks: (Uint8Array | Error | null)[] = [];
  readonly #take: (bytes: Uint8Array<ArrayBuffer>) => void;
  #wake = () => {};
  isClosed = false;
  reads = 0;
  /** The other side reads nothing any more. */
  isStuck = false;

  /** `take`: gets what was sent, piece by piece. */
  constructor(take: (bytes: Uint8Array<ArrayBuffer>) => void) {
    this.#take = take;
  }

  /** null: the other side's end; an error: the connection's. */
  feed(...chunks: (Uint8Array | Error | null)[]): void {
    this.#chunks.push(...chunks);
    this.#wake();
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    this.reads++;
    while (this.#chunks.length === 0 && !this.isClosed) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    if (this.isClosed) throw new Deno.errors.BadResource("closed");
    const chunk = this.#chunks.shift()!;
    if (chunk instanceof Error) throw chunk;
    if (chunk !== null) buffer.set(chunk);
    return chunk?.length ?? null;
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.isStuck) return new Promise(() => {});
    const length = Math.min(bytes.length, 3); // the system may take less than it is given
    this.#take(bytes.slice(0, length));
    return Promise.resolve(length);
  }

  close(): void {
    this.isClosed = true;
    this.#wake();
  }
}

/** What the work failed with. */
export async function failure(work: Promise<unknown>): Promise<unknown> {
  return await work.then(() => {
    throw new Error("it did not fail");
  }, (error) => error);
}
