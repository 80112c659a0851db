/** Heads of a tar archive: POSIX ustar, with GNU's long names and large numbers, which every tar of a container reads. */

export const BLOCK_BYTES = 512;

/** What is copied; other types are left out and named. */
export type TarType = "file" | "directory" | "symlink" | "hardlink" | "other";

export interface TarEntry {
  /** With `/` between its parts; of a directory without the last one. */
  readonly name: string;
  readonly type: TarType;
  /** Permission bits, setuid and its like included. */
  readonly mode: number;
  /** Bytes of content that follow. */
  readonly size: number;
  readonly mtimeSeconds: number;
  /** Of links: where they point to. */
  readonly link: string;
}

const FLAG_OF: Readonly<Record<TarType, string>> = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  directory: "5",
  other: "0",
};

const TYPE_OF: Readonly<Record<string, TarType>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  "1": "hardlink",
  "2": "symlink",
  "5": "directory",
};

/** Bytes of the fields that names are in. */
const NAME_BYTES = 100;
/** Octal digits end at 8 GiB; above, GNU writes binary. */
const MAX_OCTAL = 8 ** 11 - 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The head of an entry, and those before it that carry what is too long for it. */
export function encodeHead(entry: TarEntry): Uint8Array<ArrayBuffer>[] {
  const name = encoder.encode(entry.type === "directory" ? `${entry.name}/` : entry.name);
  const link = encoder.encode(entry.link);
  return [
    ...name.length > NAME_BYTES ? longHead("L", name) : [],
    ...link.length > NAME_BYTES ? longHead("K", link) : [],
    head({ ...entry, flag: FLAG_OF[entry.type], name, link }),
  ];
}

/** What ends an archive. */
export function encodeEnd(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(2 * BLOCK_BYTES);
}

/** Zeros after content of so many bytes. */
export function paddingOf(size: number): number {
  return (BLOCK_BYTES - size % BLOCK_BYTES) % BLOCK_BYTES;
}

function longHead(flag: string, text: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const size = text.length + 1; // it ends with a zero
  const content = new Uint8Array(size + paddingOf(size));
  content.set(text);
  const name = encoder.encode("././@LongLink");
  return [head({ flag, name, link: new Uint8Array(0), mode: 0, size, mtimeSeconds: 0 }), content];
}

interface Head {
  readonly flag: string;
  readonly name: Uint8Array;
  readonly link: Uint8Array;
  readonly mode: number;
  readonly size: number;
  readonly mtimeSeconds: number;
}

function head({ flag, name, link, mode, size, mtimeSeconds }: Head): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK_BYTES);
  const text = (at: number, value: string) => block.set(encoder.encode(value), at);
  block.set(name.subarray(0, NAME_BYTES), 0);
  text(100, octal(mode & 0o7777, 7));
  text(108, octal(0, 7)); // owner and group: whoever unpacks it
  text(116, octal(0, 7));
  if (size <= MAX_OCTAL) text(124, octal(size, 11));
  else {
    block[124] = 0x80;
    new DataView(block.buffer).setBigUint64(128, BigInt(size));
  }
  text(136, octal(Math.min(Math.max(0, Math.floor(mtimeSeconds)), MAX_OCTAL), 11));
  text(148, " ".repeat(8));
  text(156, flag);
  block.set(link.subarray(0, NAME_BYTES), 157);
  text(257, "ustar  "); // GNU's magic: what is too long stands in heads of its own
  text(148, `${octal(checksum(block), 6)}\0 `);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function checksum(block: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < BLOCK_BYTES; at++) sum += at >= 148 && at < 156 ? 0x20 : block[at]!;
  return sum;
}

/** What a block says by itself; names may still be replaced by heads before it. */
export interface DecodedHead extends TarEntry {
  /** `0`, `5`, …; `L`, `K`, `x`, `g` are about the next entry, or all. */
  readonly flag: string;
}

/** null for a block of zeros, which ends an archive. Throws for what is no head. */
export function decodeHead(block: Uint8Array): DecodedHead | null {
  if (block.every((byte) => byte === 0)) return null;
  if (number(block.subarray(148, 156)) !== checksum(block)) throw new Error("this is no tar archive");
  const text = (at: number, length: number) => {
    const field = block.subarray(at, at + length);
    const end = field.indexOf(0);
    return decoder.decode(end < 0 ? field : field.subarray(0, end));
  };
  const flag = String.fromCharCode(block[156]!);
  const isPosix = text(257, 6) === "ustar" && block[262] === 0;
  const prefix = isPosix ? text(345, 155) : "";
  const name = prefix === "" ? text(0, NAME_BYTES) : `${prefix}/${text(0, NAME_BYTES)}`;
  // Archives from before POSIX say with a slash that a file is a directory.
  const type = TYPE_OF[flag] === "file" && name.endsWith("/") ? "directory" : TYPE_OF[flag] ?? "other";
  return {
    flag,
    name: name.replace(/\/+$/, ""),
    type,
    mode: number(block.subarray(100, 108)) & 0o7777,
    size: number(block.subarray(124, 136)),
    mtimeSeconds: number(block.subarray(136, 148)),
    link: text(157, NAME_BYTES),
  };
}

/** Octal digits, or GNU's binary where the first bit is set. */
function number(field: Uint8Array): number {
  if ((field[0]! & 0x80) === 0) {
    const digits = /^[\s\0]*([0-7]*)/.exec(decoder.decode(field))![1]!;
    return digits === "" ? 0 : parseInt(digits, 8);
  }
  let value = field[0]! & 0x7f;
  for (const byte of field.subarray(1)) value = value * 256 + byte;
  if (!Number.isSafeInteger(value)) throw new Error("a number in the tar archive is out of range");
  return value;
}

/** The records of a pax head: `27 path=some/long/name\n`. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html */
export function paxRecords(content: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const length = space < 0 ? NaN : Number(decoder.decode(content.subarray(at, space)));
    if (!Number.isInteger(length) || length <= space - at || at + length > content.length) break;
    const record = decoder.decode(content.subarray(space + 1, at + length - 1));
    const equals = record.indexOf("=");
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}
