/** Header blocks of SPDY/3: names and values in one zlib stream of the whole connection, begun with a dictionary. */
import { Buffer } from "node:buffer";
import { constants, createInflate } from "node:zlib";

/** https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/#TOC-2.6.10.1-Compression: words behind their lengths. */
const WORDS = [
  ..."options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status"
    .split(" "),
  ...["200 OK", "version", "HTTP/1.1", "url", "public", "set-cookie", "keep-alive", "origin"],
];
const REST = "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505" +
  "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized" +
  "403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable" +
  "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT" +
  "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain," +
  "text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";

/** Lengths are four bytes, whose first three are 0. */
export const DICTIONARY = Buffer.from(
  WORDS.map((word) => `\0\0\0${String.fromCharCode(word.length)}${word}`).join("") + REST,
  "latin1",
);

/** Streams of a pod say which one they are, and no more. */
const MAX_BYTES = 64 * 1024;

/** Reads the blocks of a connection, in their order: each is read when the one before was. */
export class HeaderReader {
  readonly #inflate = createInflate({ dictionary: DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH });
  #chunks: Uint8Array[] = [];
  #error: Error | null = null;

  constructor() {
    this.#inflate.on("data", (chunk: Uint8Array) => this.#chunks.push(chunk));
    this.#inflate.on("error", (error: Error) => this.#error = error);
  }

  /** By name, in small letters. Throws Error for what is no such block. */
  async read(block: Uint8Array): Promise<ReadonlyMap<string, string>> {
    this.#chunks = [];
    await new Promise<void>((resolve) =>
      this.#inflate.write(block, () => this.#inflate.flush(() => resolve()))
    );
    if (this.#error !== null) throw this.#error;
    return pairsOf(Buffer.concat(this.#chunks));
  }

  close(): void {
    this.#inflate.destroy();
  }
}

function pairsOf(bytes: Uint8Array): ReadonlyMap<string, string> {
  if (bytes.length > MAX_BYTES) throw new Error("a header block is too long");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = new Map<string, string>();
  let at = 4;
  const word = () => {
    const length = view.getUint32(at);
    const text = new TextDecoder().decode(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
    return text;
  };
  for (let left = view.getUint32(0); left > 0; left--) found.set(word().toLowerCase(), word());
  return found;
}
