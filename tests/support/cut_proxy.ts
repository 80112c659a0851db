/** A TCP proxy that a test can cut, stall or leave half open. */
import { OpenWork } from "./open_work.ts";

export class CutProxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #pairs = new Set<readonly [Deno.TcpConn, Deno.TcpConn]>();
  readonly #target: { readonly hostname: string; readonly port: number };
  #stalled: PromiseWithResolvers<void> | null = null;
  readonly #work = new OpenWork();
  /** Connections since it began. */
  accepted = 0;
  /** Bytes to the client until it is cut; null: never. */
  cutAfterBytes: number | null = null;

  constructor(target: { readonly hostname: string; readonly port: number }) {
    this.#target = target;
    this.#work.add(this.#accept());
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Ends every connection where it stands. */
  cut(): void {
    for (const pair of this.#pairs) for (const connection of pair) closeQuietly(connection);
    this.#pairs.clear();
  }

  /** Nothing passes until `resume`; connections stay open. */
  stall(): void {
    this.#stalled ??= Promise.withResolvers<void>();
  }

  resume(): void {
    this.#stalled?.resolve();
    this.#stalled = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.resume();
    this.cut();
    await this.#work.end();
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      this.accepted++;
      const server = await Deno.connect(this.#target);
      const pair = [client, server] as const;
      this.#pairs.add(pair);
      this.#work.add(this.#carry(client, server, () => {}));
      this.#work.add(this.#carry(server, client, (length) => this.#count(length)));
    }
  }

  #count(length: number): void {
    if (this.cutAfterBytes === null) return;
    this.cutAfterBytes -= length;
    if (this.cutAfterBytes > 0) return;
    this.cutAfterBytes = null;
    this.cut();
  }

  async #carry(from: Deno.TcpConn, to: Deno.TcpConn, onBytes: (length: number) => void): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (;;) {
        const length = await from.read(buffer);
        if (this.#stalled !== null) await this.#stalled.promise;
        if (length === null) return await to.closeWrite();
        for (let at = 0; at < length;) at += await to.write(buffer.subarray(at, length));
        onBytes(length);
      }
    } catch {
      closeQuietly(from);
      closeQuietly(to);
    }
  }
}

function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // it is already
  }
}
