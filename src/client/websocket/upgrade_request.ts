/** The request that turns a connection to the server into one of another protocol. */
import type { ByteConnection } from "./byte_connection.ts";

export interface UpgradeRequest {
  /** With its query. */
  readonly path: string;
  readonly host: string;
  readonly headers: Headers;
  /** Sent as they are, each on a line of its own: `Headers` joins those that repeat. */
  readonly repeated: readonly (readonly [string, string])[];
}

/** What the protocol adds to it. */
export interface UpgradeTo {
  readonly method: string;
  /** Of the `Upgrade` header. */
  readonly name: string;
  readonly lines: readonly string[];
}

export type UpgradeAnswer =
  | { readonly type: "upgraded"; readonly headers: Headers; readonly leftover: Uint8Array }
  | Refusal;

/** The server's own answer, whole or as far as it came. */
export interface Refusal {
  readonly type: "refused";
  readonly response: Response;
  readonly text: string;
}

/** The server took no upgrade: another protocol may do. `cause` is what to tell where none does. */
export class UpgradeFailure extends Error {
  constructor(override readonly cause: Error) {
    super(cause.message);
  }
}

const MAX_HEAD_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 64 * 1024;

/** Throws Error when what comes back is no HTTP. */
export async function askUpgrade(
  connection: ByteConnection,
  request: UpgradeRequest,
  to: UpgradeTo,
): Promise<UpgradeAnswer> {
  await writeAll(connection, new TextEncoder().encode(requestHead(request, to)));
  const reader = new HeadReader(connection);
  const { status, headers } = await reader.head();
  if (status !== 101) return await refusal({ status, headers, reader });
  return { type: "upgraded", headers, leftover: reader.rest() };
}

function requestHead({ path, host, headers, repeated }: UpgradeRequest, to: UpgradeTo): string {
  const lines = [
    `${to.method} ${path} HTTP/1.1`,
    `Host: ${host}`,
    "Connection: Upgrade",
    `Upgrade: ${to.name}`,
    ...to.lines,
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

async function refusal({ status, headers, reader }: Refused): Promise<Refusal> {
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
