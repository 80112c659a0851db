/** A server with one pod, `web-0`, whose upgraded connections do what a test says, byte by byte. */
import { createHash } from "node:crypto";
import { encodeFrame, OPCODE } from "../../src/base/mod.ts";
import type { ConnectOptions } from "../../src/client/mod.ts";
import { OpenWork } from "./open_work.ts";

const POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web-0", namespace: "default", uid: "1", resourceVersion: "1" },
  spec: { nodeName: "node", containers: [{ name: "app", ports: [{ name: "http", containerPort: 80 }] }] },
  status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
};

/** A connection that asks to be a WebSocket. */
export class AskedUpgrade {
  /** Bytes that the connection has taken. */
  sent = 0;
  readonly #connection: Deno.TcpConn;
  readonly #key: string;

  constructor(connection: Deno.TcpConn, key: string) {
    this.#connection = connection;
    this.#key = key;
  }

  /** With `leftover` in the same piece. */
  accept(protocol: string, leftover: Uint8Array = new Uint8Array()): Promise<void> {
    const accept = createHash("sha1").update(`${this.#key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest(
      "base64",
    );
    const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`;
    return this.write(new Uint8Array([...new TextEncoder().encode(head), ...leftover]));
  }

  /** As SPDY. */
  acceptSpdy(protocol: string, leftover: Uint8Array = new Uint8Array()): Promise<void> {
    const head = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n" +
      `X-Stream-Protocol-Version: ${protocol}\r\n\r\n`;
    return this.write(new Uint8Array([...new TextEncoder().encode(head), ...leftover]));
  }

  async write(bytes: Uint8Array | string): Promise<void> {
    const all = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    for (let at = 0; at < all.length;) {
      const length = await this.#connection.write(all.subarray(at));
      at += length;
      this.sent += length;
    }
  }

  /** Sends for as long as the other side takes it; it may never. */
  async pour(bytes: Uint8Array): Promise<void> {
    for (;;) await this.write(bytes);
  }

  /** Until the other side ends it; what it says is not looked at. */
  async ended(): Promise<void> {
    const buffer = new Uint8Array(4096);
    try {
      while (await this.#connection.read(buffer) !== null) { /* on */ }
    } catch {
      // cut off
    }
  }
}

/** A message of a channel, as a server sends it. */
export function channelFrame(channel: number, body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return encodeFrame(OPCODE.binary, [Uint8Array.of(channel), bytes]);
}

export type UpgradeScript = (asked: AskedUpgrade) => Promise<void>;

export class BrokenServer implements AsyncDisposable {
  /** What the next upgrades do: the last one again and again. The connection is closed at the script's end. */
  scripts: UpgradeScript[] = [];
  /** For SPDY, where a WebSocket was refused; unless given, the same that refused it. */
  spdyScript: UpgradeScript | null = null;
  upgrades = 0;
  /** The requests that asked for SPDY. */
  readonly spdyHeads: string[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #work = new OpenWork();

  constructor(...scripts: UpgradeScript[]) {
    this.scripts = scripts;
    this.#work.add(this.#accept());
  }

  get url(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}`;
  }

  /** For `connect`. */
  get options(): ConnectOptions {
    return { server: this.url, env: { HOME: "/nowhere" } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) close(connection);
    await this.#work.end();
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      this.#connections.add(connection);
      this.#work.add(this.#serve(connection));
    }
  }

  async #serve(connection: Deno.TcpConn): Promise<void> {
    try {
      const head = await headOf(connection);
      const key = /^sec-websocket-key: (.*)$/im.exec(head)?.[1];
      if (/^upgrade: SPDY\/3\.1/im.test(head)) {
        const again = this.scripts[Math.min(this.upgrades, this.scripts.length) - 1]!;
        this.spdyHeads.push(head);
        return await (this.spdyScript ?? again)(new AskedUpgrade(connection, ""));
      }
      if (key === undefined) return await answer(connection, head);
      const script = this.scripts[Math.min(this.upgrades++, this.scripts.length - 1)]!;
      await script(new AskedUpgrade(connection, key));
    } finally {
      close(connection);
      this.#connections.delete(connection);
    }
  }
}

async function headOf(connection: Deno.TcpConn): Promise<string> {
  const buffer = new Uint8Array(16 * 1024);
  let head = "";
  while (!head.includes("\r\n\r\n")) {
    const length = await connection.read(buffer);
    if (length === null) throw new Error("no request");
    head += new TextDecoder().decode(buffer.subarray(0, length));
  }
  return head;
}

/** The pod; a watch of it begins, and says nothing. */
async function answer(connection: Deno.TcpConn, head: string): Promise<void> {
  const write = (text: string) => connection.write(new TextEncoder().encode(text));
  const type = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
  if (/^GET \S*[?&]watch=/.test(head)) {
    await write(`${type}Transfer-Encoding: chunked\r\n\r\n`);
    await connection.read(new Uint8Array(1));
    return;
  }
  const body = JSON.stringify(POD);
  await write(`${type}Content-Length: ${body.length}\r\n\r\n${body}`);
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // it is already
  }
}

/** An answer in place of the upgrade. */
export function refusing(status: string, body: string, headers = ""): UpgradeScript {
  return (asked) =>
    asked.write(`HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`);
}
