/** A tar archive read as it comes. */
import { OrkaError } from "../../base/mod.ts";
import {
  BLOCK_BYTES,
  type DecodedHead,
  decodeHead,
  paddingOf,
  paxRecords,
  type TarEntry,
} from "./tar_format.ts";

/** Heads that carry names are no larger. */
const MAX_NAME_BYTES = 1024 * 1024;

export interface ReadEntry {
  readonly entry: TarEntry;
  /** Its bytes, in pieces; what is not read is skipped when the next entry is asked for. */
  readonly content: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/**
 * The entries in the archive's order; it holds one chunk of the stream. Throws OrkaError `protocol` for what is no tar, or
 * ends in the middle of an entry.
 */
export async function* readTar(stream: AsyncIterable<Uint8Array<ArrayBuffer>>): AsyncGenerator<ReadEntry> {
  const source = new ByteSource(stream);
  let next = new Map<string, string>();
  for (;;) {
    const block = await source.exactly(BLOCK_BYTES, { orEnd: true });
    const head = block === null ? null : decoded(block);
    if (head === null) return;
    if ("LKxg".includes(head.flag)) {
      const records = await longRecords(source, head);
      if (head.flag !== "g") next = new Map([...next, ...records]);
      continue;
    }
    const entry = withRecords(head, next);
    next = new Map();
    const content = source.content(hasContent(entry) ? entry.size : 0);
    yield { entry, content };
    for await (const _ of content) { /* what nobody read */ }
    await source.exactly(paddingOf(hasContent(entry) ? entry.size : 0));
  }
}

/** Links and directories have none, whatever their size says. */
function hasContent({ type }: TarEntry): boolean {
  return type === "file" || type === "other";
}

function decoded(block: Uint8Array): DecodedHead | null {
  try {
    return decodeHead(block);
  } catch (cause) {
    throw new OrkaError("protocol", (cause as Error).message, { cause });
  }
}

async function longRecords(source: ByteSource, head: DecodedHead): Promise<ReadonlyMap<string, string>> {
  if (head.size > MAX_NAME_BYTES) throw new OrkaError("protocol", "a name in the tar archive is too long");
  const content = await source.exactly(head.size);
  await source.exactly(paddingOf(head.size));
  if (head.flag === "x" || head.flag === "g") return paxRecords(content);
  const text = new TextDecoder().decode(content).replace(/\0.*$/s, "");
  return new Map([[head.flag === "L" ? "path" : "linkpath", text]]);
}

function withRecords(head: DecodedHead, records: ReadonlyMap<string, string>): TarEntry {
  const { flag: _, ...entry } = head;
  const name = (records.get("path") ?? head.name).replace(/\/+$/, "");
  const size = Number(records.get("size") ?? head.size);
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new OrkaError("protocol", `the size of ${name} is no number`);
  }
  return { ...entry, name, link: records.get("linkpath") ?? head.link, size };
}

class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array<ArrayBuffer>>;
  #chunk: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  constructor(stream: AsyncIterable<Uint8Array<ArrayBuffer>>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async exactly(length: number): Promise<Uint8Array<ArrayBuffer>>;
  async exactly(length: number, options: { readonly orEnd: true }): Promise<Uint8Array<ArrayBuffer> | null>;
  async exactly(length: number, { orEnd = false } = {}): Promise<Uint8Array<ArrayBuffer> | null> {
    const whole = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const part = await this.#part(length - filled);
      if (part === null) {
        if (orEnd && filled === 0) return null;
        throw cutOff();
      }
      whole.set(part, filled);
      filled += part.length;
    }
    return whole;
  }

  /** So many bytes in pieces; it goes on where it was left. */
  content(size: number): AsyncIterable<Uint8Array<ArrayBuffer>> {
    let left = size;
    const next = async (): Promise<IteratorResult<Uint8Array<ArrayBuffer>>> => {
      if (left === 0) return { done: true, value: undefined };
      const part = await this.#part(left);
      if (part === null) throw cutOff();
      left -= part.length;
      return { done: false, value: part };
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  async #part(most: number): Promise<Uint8Array<ArrayBuffer> | null> {
    while (this.#chunk.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done) return null;
      this.#chunk = value;
    }
    const part = this.#chunk.subarray(0, most);
    this.#chunk = this.#chunk.subarray(part.length);
    return part;
  }
}

function cutOff(): OrkaError {
  return new OrkaError("protocol", "the tar archive ends in the middle of an entry");
}
