/**
 * Rows are held in chunks of 64, row by row: a row's 32-bit fields lie together in `u`, its 64-bit ones in `f`. A chunk is
 * written only by the table that owns it in the epoch that it was made in; later writes go to a copy, so that
 * snapshots may share it.
 */
export const CHUNK_BITS = 6;
export const CHUNK_ROWS = 1 << CHUNK_BITS;
export const CHUNK_MASK = CHUNK_ROWS - 1;

/** Fields of a row in `u`; its text cells follow from `U.cells` on. */
export const U = {
  uid: 0,
  /** Pool number of the uid where it is no UUID, else 0. */
  uidText: 4,
  namespace: 5,
  labels: 6,
  /** Epoch seconds; 0 where there is none. */
  created: 7,
  /** Epoch of the last change. */
  changed: 8,
  flags: 9,
  /** Pool number of what is wrong with the object, else 0. */
  malformed: 10,
  cells: 11,
} as const;

/** Fields of a row in `f`; its time and number cells follow from `F.cells` on. */
export const F = { resourceVersion: 0, cells: 1 } as const;

export const FLAG = { alive: 1, deleting: 2 } as const;

export interface Chunk {
  readonly epoch: number;
  readonly u: Uint32Array<ArrayBuffer>;
  readonly f: Float64Array<ArrayBuffer>;
  readonly names: string[];
}

/** How many fields a row has. */
export interface Strides {
  readonly u: number;
  readonly f: number;
}

export function newChunk(epoch: number, strides: Strides): Chunk {
  return {
    epoch,
    u: new Uint32Array(CHUNK_ROWS * strides.u),
    f: new Float64Array(CHUNK_ROWS * strides.f),
    names: new Array<string>(CHUNK_ROWS).fill(""),
  };
}

export function copyChunk(chunk: Chunk, epoch: number): Chunk {
  return { epoch, u: chunk.u.slice(), f: chunk.f.slice(), names: chunk.names.slice() };
}

// A string in a field of `f` is its pool number scaled by a power of two, which is exact and below any number
// that Kubernetes sends.
const STRING_SCALE = -(2 ** 900);

export function packString(id: number): number {
  return (id + 1) * STRING_SCALE;
}

/** The pool number that a packed field holds, or -1 when it holds a number. */
export function packedString(value: number): number {
  return value <= STRING_SCALE ? value / STRING_SCALE - 1 : -1;
}
