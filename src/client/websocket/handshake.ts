/** The request that turns a connection into a WebSocket; https://www.rfc-editor.org/rfc/rfc6455#section-4.1. */
import type { ByteConnection } from "./byte_connection.ts";

export interface HandshakeRequest {
  /** With its query. */
  readonly path: string;
  readonly host: string;
  readonly headers: Headers;
  /** Sent as they are, each on a line of its own: `Headers` joins those that repeat. */
  readonly repeated: readonly (readonly [string, string])[];
  /** In order of preference. */
  readonly protocols: readonly string[];
}

export type HandshakeAnswer =
  | { readonly type: "upgraded"; readonly protocol: string; readonly leftover: Uint8Array }
  /** The server's own answer, whole or as far as it came. */
  | { readonly type: "refused"; readonly response: Response; readonly text: string };

const MAX_HEAD_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 64 * 1024;

/** Throws Error when what comes back is no answer to it. */
export async function shakeHands(
  connection: ByteConnection,
  request: HandshakeRequest,
): Promise<HandshakeAnswer> {
  const key = base64(crypto.getRandomValues(new Uint8Array(16)));
  await writeAll(connection, new TextEncoder().encode(requestHead(request, key)));
  const reader = new HeadReader(connection);
  const { status, headers } = await reader.head();
  if (status !== 101) return await refusal({ status, headers, reader });
  const accepted = base64(
    new Uint8Array(await crypto.subtle.digest("SHA-1", new TextEncoder().encode(key + GUID))),
  );
  if (headers.get("sec-websocket-accept") !== accepted) {
    throw new Error("the upgrade was not answered by a WebSocket server");
  }
  const protocol = headers.get("sec-websocket-protocol") ?? "";
  if (!request.protocols.includes(protocol)) {
    throw new Error(
      `the server speaks ${protocol || "no protocol"} where ${request.protocols.join(" or ")} was asked for`,
    );
  }
  return { type: "upgraded", protocol, leftover: reader.rest() };
}

/** https://www.rfc-editor.org/rfc/rfc6455#section-1.3 */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

function requestHead({ path, host, headers, repeated, protocols }: HandshakeRequest, key: string): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${key}`,
    `Sec-WebSocket-Protocol: ${protocols.join(", ")}`,
  ];
  const again = new Set(repeated.map(([name]) => name.toLowerCase()));
  for (const [name, value] of headers) if (!again.has(name)) lines.push(`${name}: ${value}`);
  for (const [name, value] of repeated) lines.push(`${name}: ${value}`);
  return lines.join("\r\n") + "\r\n\r\n";
}

interface Refused {
  readonly status: number;
  readonly headers: Headers;
  readonly reader: HeadReader;
}

async function refusal({ status, headers, reader }: Refused): Promise<HandshakeAnswer> {
  const isChunked = headers.get("transfer-encoding")?.toLowerCase() === "chunked";
  const length = Number(headers.get("content-length") ?? MAX_BODY_BYTES);
  const bytes = await reader.body(Math.min(length, MAX_BODY_BYTES), { isChunked });
  const text = new TextDecoder().decode(bytes);
  const hasNoBody = status < 200 || status === 204 || status === 304;
  const response = new Response(null, { status: hasNoBody ? 502 : status, headers });
  return { type: "refused", response, text: isChunked ? unchunked(text) : text };
}

/** Good enough for an error's text: sizes count bytes, and a Status in ASCII has as many characters. */
function unchunked(text: string): string {
  let rest = text;
  let whole = "";
  for (;;) {
    const line = /^([0-9a-fA-F]+)[^\r\n]*\r\n/.exec(rest);
    const size = parseInt(line?.[1] ?? "0", 16);
    if (line === null || size === 0) return whole;
    whole += rest.slice(line[0].length, line[0].length + size);
    rest = rest.slice(line[0].length + size + 2);
  }
}

class HeadReader {
  readonly #connection: ByteConnection;
  #bytes = new Uint8Array(0);
  readonly #buffer = new Uint8Array(16 * 1024);

  constructor(connection: ByteConnection) {
    this.#connection = connection;
  }

  async head(): Promise<{ readonly status: number; readonly headers: Headers }> {
    let end = headEnd(this.#bytes);
    while (end < 0) {
      if (this.#bytes.length > MAX_HEAD_BYTES || !await this.#more()) {
        throw new Error("the server did not answer in HTTP");
      }
      end = headEnd(this.#bytes);
    }
    const [first = "", ...lines] = new TextDecoder("latin1").decode(this.#bytes.subarray(0, end)).split(
      "\r\n",
    );
    this.#bytes = this.#bytes.slice(end + 4);
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1];
    if (status === undefined) throw new Error("the server did not answer in HTTP");
    const headers = new Headers();
    for (const line of lines) {
      const colon = line.indexOf(":");
      if (colon > 0) headers.append(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
    }
    return { status: Number(status), headers };
  }

  /** So many bytes, or all until the end; chunked ones as they are, until the last. */
  async body(length: number, { isChunked }: { readonly isChunked: boolean }): Promise<Uint8Array> {
    const isDone = () => this.#bytes.length >= length || (isChunked && endsChunks(this.#bytes));
    while (!isDone() && await this.#more()) { /* until it is there */ }
    return this.#bytes.subarray(0, length);
  }

  rest(): Uint8Array {
    return this.#bytes;
  }

  async #more(): Promise<boolean> {
    const length = await this.#connection.read(this.#buffer);
    if (length === null) return false;
    const joined = new Uint8Array(this.#bytes.length + length);
    joined.set(this.#bytes);
    joined.set(this.#buffer.subarray(0, length), this.#bytes.length);
    this.#bytes = joined;
    return true;
  }
}

function endsChunks(bytes: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(-7)).endsWith("\r\n0\r\n\r\n");
}

function headEnd(bytes: Uint8Array): number {
  for (let at = 0; at + 3 < bytes.length; at++) {
    if (bytes[at] === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at;
  }
  return -1;
}

async function writeAll(connection: ByteConnection, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
