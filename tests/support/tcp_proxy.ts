/** A port of this machine before another one, whose connections a test cuts. */
export class TcpProxy implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #ends: Promise<void>[] = [];
  /** Connections cut so far. */
  cuts = 0;

  constructor(private readonly target: { readonly hostname: string; readonly port: number }) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#ends.push(this.#accept());
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Closes every connection as a network that goes does. */
  cut(): void {
    for (const connection of this.#open) {
      this.cuts++;
      close(connection);
    }
    this.#open.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    await Promise.all(this.#ends);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) this.#ends.push(this.#join(client));
  }

  async #join(client: Deno.TcpConn): Promise<void> {
    const server = await Deno.connect(this.target).catch(() => null);
    if (server === null) return close(client);
    this.#open.add(client);
    this.#open.add(server);
    await Promise.all([
      client.readable.pipeTo(server.writable).catch(() => {}),
      server.readable.pipeTo(client.writable).catch(() => {}),
    ]);
    this.#open.delete(client);
    this.#open.delete(server);
  }
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // it has closed by itself
  }
}
