/** JSON as zstd. An object of 6 KB takes some 1.5 KB. */
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";

export function pack(text: string): Uint8Array {
  return zstdCompressSync(new TextEncoder().encode(text));
}

/** A blob that is not what was written: damage that SQLite itself doesn't see. */
export class DamagedBlob extends Error {
  override readonly name = "DamagedBlob";
}

/** Throws DamagedBlob. */
export function unpack(blob: Uint8Array): string {
  try {
    return new TextDecoder().decode(zstdDecompressSync(blob));
  } catch (cause) {
    throw new DamagedBlob("a kept object cannot be read", { cause });
  }
}

export function packJson(value: unknown): Uint8Array {
  return pack(JSON.stringify(value));
}

/** Throws DamagedBlob. */
export function unpackJson<T>(blob: Uint8Array): T {
  const text = unpack(blob);
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new DamagedBlob("a kept object is not JSON", { cause });
  }
}
