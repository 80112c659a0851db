import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";

/** Whole-buffer compression of raw blocks. */
export interface RawCodec {
  compress(bytes: Uint8Array): Uint8Array;
  decompress(bytes: Uint8Array): Uint8Array;
}

const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** zstd level 1. Import this file late: node:zlib costs start-up time. */
export const zstdCodec: RawCodec = {
  compress: (bytes) => zstdCompressSync(bytes, FASTEST),
  decompress: (bytes) => zstdDecompressSync(bytes),
};
