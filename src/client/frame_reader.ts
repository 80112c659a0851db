/** A watch's body: one JSON frame a line, `{"type":"ADDED","object":{…}}`, cut as list items are. */
import { OrkaError } from "../base/mod.ts";
import { jsonText, type TableColumn } from "../kube/mod.ts";
import { statusError } from "./http_error.ts";
import { type ObjectItem, parse, readTableRow, type TableRow } from "./item_reader.ts";
import { ItemSplitter, type SplitItem } from "./item_splitter.ts";
import { readPageHead } from "./page_head.ts";
import type { ChangeType } from "./watch.ts";

export interface FrameOptions {
  readonly resourceVersion: string;
  readonly keepManagedFields?: boolean | undefined;
  readonly onBookmark?: ((resourceVersion: string) => void) | undefined;
  readonly onColumns?: ((columns: readonly TableColumn[]) => void) | undefined;
  readonly onRow?: ((type: ChangeType, row: TableRow) => void) | undefined;
  readonly onItem?: ((type: ChangeType, item: ObjectItem) => void) | undefined;
}

/** As Go's encoder writes every frame; anything else takes the slow way. */
const FRAME_HEAD = /^\{"type":"([A-Z]+)","object":/;
const FRAME_HEAD_BYTES = 64;
const NEWLINE = 10, CLOSE = 125;

const encoder = new TextEncoder();
const ascii = new TextDecoder("latin1");

/**
 * 1. `resourceVersion` is the last one seen: a watch from it misses nothing and repeats nothing.
 * 2. Bytes of rows and items are lent until their callback returns.
 */
export class FrameReader {
  readonly #options: FrameOptions;
  readonly #splitter: ItemSplitter;
  #pending = new Uint8Array(16 * 1024);
  #pendingLength = 0;
  #type: ChangeType = "ADDED";
  resourceVersion: string;
  /** Frames read, bookmarks included. */
  frames = 0;

  constructor(options: FrameOptions) {
    this.#options = options;
    this.resourceVersion = options.resourceVersion;
    this.#splitter = new ItemSplitter({
      keepManagedFields: options.keepManagedFields,
      onHead: (document) => this.#head(document),
      onItem: (item) => this.#item(item),
    });
  }

  /** True while the last bytes were no whole frame. */
  get partial(): boolean {
    return this.#pendingLength > 0;
  }

  /** Throws OrkaError on an ERROR frame (`expired` for 410) and `protocol` on what is no frame. */
  push(chunk: Uint8Array): void {
    let from = 0;
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, from);
      if (newline < 0) break;
      this.#line(this.#joined(chunk.subarray(from, newline)));
      from = newline + 1;
    }
    this.#keep(chunk.subarray(from));
  }

  #joined(end: Uint8Array): Uint8Array {
    if (this.#pendingLength === 0) return end;
    this.#keep(end);
    const line = this.#pending.subarray(0, this.#pendingLength);
    this.#pendingLength = 0;
    return line;
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#pendingLength + bytes.length;
    if (length > this.#pending.length) {
      const grown = new Uint8Array(length * 2);
      grown.set(this.#pending.subarray(0, this.#pendingLength));
      this.#pending = grown;
    }
    this.#pending.set(bytes, this.#pendingLength);
    this.#pendingLength = length;
  }

  #line(line: Uint8Array): void {
    const end = line.lastIndexOf(CLOSE);
    if (end < 0 && line.every((byte) => byte <= 32)) return;
    const head = FRAME_HEAD.exec(ascii.decode(line.subarray(0, FRAME_HEAD_BYTES)));
    if (head && end >= head[0].length) this.#frame(head[1]!, line.subarray(head[0].length, end));
    else this.#oddLine(line);
  }

  #oddLine(line: Uint8Array): void {
    let frame: unknown;
    try {
      frame = parse(line);
    } catch (cause) {
      throw new OrkaError("protocol", "the watch sent what is no frame", { cause });
    }
    const { type, object } = (frame ?? {}) as { type?: unknown; object?: unknown };
    if (typeof type !== "string") throw new OrkaError("protocol", "the watch sent a frame without a type");
    this.#frame(type, encoder.encode(jsonText(object ?? null)));
  }

  #frame(type: string, object: Uint8Array): void {
    this.frames++;
    switch (type) {
      case "ADDED":
      case "MODIFIED":
      case "DELETED":
        this.#type = type;
        return this.#options.onRow ? this.#rows(object) : this.#splitter.single(object);
      case "BOOKMARK":
        return this.#bookmark(object);
      case "ERROR":
        throw statusError(tryParse(object), {});
      default:
        throw new OrkaError("protocol", `the watch sent a frame of unknown type ${JSON.stringify(type)}`);
    }
  }

  #item(item: SplitItem): void {
    if (this.#options.onRow) {
      const row = readTableRow(item);
      this.#options.onRow(this.#type, row);
      return this.#seen(row.metadata?.resourceVersion);
    }
    const { bytes, marks } = item;
    this.#options.onItem?.(this.#type, { bytes, parse: () => parse(bytes) });
    if (marks === null) return;
    const metadata = tryParse(bytes.subarray(marks.metadataStart, marks.metadataEnd));
    this.#seen((metadata as { resourceVersion?: unknown } | null)?.resourceVersion);
  }

  /** A Table of rows; a whole object where the server makes no Tables. */
  #rows(bytes: Uint8Array): void {
    this.#splitter.document(bytes);
    if (this.#splitter.count === 0) this.#splitter.single(bytes);
  }

  #head(document: unknown): void {
    const head = readPageHead(document);
    if (head?.columns) this.#options.onColumns?.(head.columns);
    this.#seen(head?.resourceVersion);
  }

  #bookmark(bytes: Uint8Array): void {
    const object = tryParse(bytes) as {
      metadata?: { resourceVersion?: unknown };
      rows?: readonly { object?: { metadata?: { resourceVersion?: unknown } } }[];
    } | null;
    this.#seen(object?.metadata?.resourceVersion || object?.rows?.[0]?.object?.metadata?.resourceVersion);
    this.#options.onBookmark?.(this.resourceVersion);
  }

  #seen(resourceVersion: unknown): void {
    if (typeof resourceVersion === "string" && resourceVersion !== "") this.resourceVersion = resourceVersion;
  }
}

function tryParse(bytes: Uint8Array): unknown {
  try {
    return parse(bytes);
  } catch {
    return null; // a broken object is its reader's to report
  }
}
