import { type Chunk, CHUNK_BITS, CHUNK_MASK, U } from "./chunk.ts";
import type { UidWords } from "./uid.ts";

const EMPTY = 0;
const TOMBSTONE = -1;

/** Reads a slot's chunk; the index keeps no uids of its own. */
export interface UidSource {
  readonly chunks: readonly Chunk[];
  readonly strideU: number;
}

/**
 * uid to slot by open addressing with linear probing, 4 to 8 bytes a row: a Map of 100,000 uid strings would be
 * some 12 MB. At most half of the table is in use, tombstones included.
 */
export class UidIndex {
  readonly #source: UidSource;
  #table = new Int32Array(1024);
  #used = 0;
  #live = 0;

  constructor(source: UidSource) {
    this.#source = source;
  }

  get bytes(): number {
    return this.#table.byteLength;
  }

  /** The slot that holds the uid, or -1. */
  find(uid: UidWords): number {
    const mask = this.#table.length - 1;
    for (let at = hash(uid) & mask;; at = (at + 1) & mask) {
      const entry = this.#table[at]!;
      if (entry === EMPTY) return -1;
      if (entry !== TOMBSTONE && this.#matches(entry - 1, uid)) return entry - 1;
    }
  }

  /** Adds a uid that is not there yet. */
  add(uid: UidWords, slot: number): void {
    if ((this.#used + 1) * 2 > this.#table.length) this.#rehash();
    this.#put(hash(uid), slot);
    this.#used++;
    this.#live++;
  }

  /** Call before the slot's row is wiped. */
  remove(uid: UidWords): void {
    const mask = this.#table.length - 1;
    for (let at = hash(uid) & mask;; at = (at + 1) & mask) {
      const entry = this.#table[at]!;
      if (entry === EMPTY) return;
      if (entry === TOMBSTONE || !this.#matches(entry - 1, uid)) continue;
      this.#table[at] = TOMBSTONE;
      this.#live--;
      return;
    }
  }

  #put(hashed: number, slot: number): void {
    const mask = this.#table.length - 1;
    let at = hashed & mask;
    while (this.#table[at]! !== EMPTY) at = (at + 1) & mask;
    this.#table[at] = slot + 1;
  }

  #rehash(): void {
    const old = this.#table;
    let size = 1024;
    while (size < this.#live * 4) size *= 2;
    this.#table = new Int32Array(size);
    const uid = new Uint32Array(4);
    for (const entry of old) {
      if (entry > 0) this.#put(hash(this.#read(entry - 1, uid)), entry - 1);
    }
    this.#used = this.#live;
  }

  #read(slot: number, out: UidWords): UidWords {
    const { chunks, strideU } = this.#source;
    const at = (slot & CHUNK_MASK) * strideU + U.uid;
    return (out.set(chunks[slot >> CHUNK_BITS]!.u.subarray(at, at + 4)), out);
  }

  #matches(slot: number, uid: UidWords): boolean {
    const { chunks, strideU } = this.#source;
    const u = chunks[slot >> CHUNK_BITS]!.u;
    const at = (slot & CHUNK_MASK) * strideU + U.uid;
    return u[at] === uid[0] && u[at + 1] === uid[1] && u[at + 2] === uid[2] && u[at + 3] === uid[3];
  }
}

/** All four words, mixed one after the other: uids of some servers differ in few bits, and of tests in one. */
function hash(uid: UidWords): number {
  let mixed = 0;
  for (let word = 0; word < 4; word++) {
    mixed = Math.imul(mixed ^ uid[word]!, 0x85ebca6b);
    mixed ^= mixed >>> 13;
  }
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
