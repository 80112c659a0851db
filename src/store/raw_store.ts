import { Arenas, type Piece } from "./arena.ts";
import type { RawCodec } from "./raw_codec.ts";

/** Objects in one block: 16 compress to some 330 bytes each and one comes back in 0.13 ms; 64 save little more. */
const BLOCK = 16;
/** Objects kept as they came, newest first to change again: a megabyte of 4 KB pods. */
const HOT = 256;
/** Header of a block before compression: 16 slots, then 17 offsets of bodies, 32 bits each. */
const HEADER_WORDS = BLOCK + BLOCK + 1;
const NOWHERE = -1;
const IN_HOT = -2;

export interface RawStoreOptions {
  /** null while it is loading: bodies stay as they came for so long. */
  readonly codec: RawCodec | (() => RawCodec | null);
  /** Compressed bytes that may be held; more is not kept. */
  readonly limitBytes?: number;
}

interface Block {
  readonly piece: Piece;
  live: number;
}

/**
 * The JSON of rows by slot, compressed in blocks.
 *
 * 1. `get` gives the bytes last put for the slot, or null when there are none or they were not kept.
 * 2. A block that is half stale is taken apart and its live bodies are folded anew.
 * 3. Compressed bytes never exceed the limit.
 */
export class RawStore {
  readonly #loadCodec: () => RawCodec | null;
  #codec: RawCodec | null = null;
  readonly #limitBytes: number;
  /** Block number times BLOCK plus place in it, by slot. */
  #where = new Int32Array(1024).fill(NOWHERE);
  readonly #hot = new Map<number, Uint8Array>();
  #hotBytes = 0;
  #blocks: (Block | null)[] = [];
  readonly #freeBlocks: number[] = [];
  #arenas = new Arenas();
  #refused = 0;

  constructor({ codec, limitBytes = Infinity }: RawStoreOptions) {
    this.#loadCodec = typeof codec === "function" ? codec : () => codec;
    this.#limitBytes = limitBytes;
  }

  /** Bytes held: blocks' buffers, bodies not folded yet, and the table. */
  get bytes(): number {
    return this.#arenas.heldBytes + this.#hotBytes + this.#where.byteLength;
  }

  /** Bodies that were not kept because of the limit. */
  get refused(): number {
    return this.#refused;
  }

  /** Takes a copy of `json`. */
  put(slot: number, json: Uint8Array): void {
    this.drop(slot);
    if (slot >= this.#where.length) this.#growTo(slot);
    this.#hot.set(slot, json.slice());
    this.#hotBytes += json.length;
    this.#where[slot] = IN_HOT;
    if (this.#hot.size >= HOT + BLOCK) this.#foldOldest();
  }

  get(slot: number): Uint8Array | null {
    const where = this.#where[slot] ?? NOWHERE;
    if (where === NOWHERE) return null;
    if (where === IN_HOT) return this.#hot.get(slot) ?? null;
    const { bytes, words } = this.#open(Math.floor(where / BLOCK));
    const from = BLOCK + (where % BLOCK);
    return bytes.subarray(words[from]!, words[from + 1]!);
  }

  drop(slot: number): void {
    const where = this.#where[slot] ?? NOWHERE;
    if (where === NOWHERE) return;
    this.#where[slot] = NOWHERE;
    if (where === IN_HOT) {
      this.#hotBytes -= this.#hot.get(slot)!.length;
      this.#hot.delete(slot);
      return;
    }
    this.#release(Math.floor(where / BLOCK));
  }

  clear(): void {
    this.#where.fill(NOWHERE);
    this.#hot.clear();
    this.#hotBytes = 0;
    this.#blocks = [];
    this.#freeBlocks.length = 0;
    this.#arenas = new Arenas();
  }

  /** Takes the BLOCK oldest hot bodies and folds them into one block. */
  #foldOldest(): void {
    this.#codec ??= this.#loadCodec();
    if (this.#codec === null) return;
    const entries: [number, Uint8Array][] = [];
    for (const entry of this.#hot) if (entries.push(entry) === BLOCK) break;
    for (const [slot, json] of entries) {
      this.#hot.delete(slot);
      this.#hotBytes -= json.length;
      this.#where[slot] = NOWHERE;
    }
    const packed = this.#codec.compress(pack(entries));
    if (this.#arenas.liveBytes + packed.length > this.#limitBytes) {
      this.#refused += entries.length;
      return;
    }
    const number = this.#freeBlocks.pop() ?? this.#blocks.length;
    this.#blocks[number] = { piece: this.#arenas.put(packed), live: entries.length };
    entries.forEach(([slot], i) => this.#where[slot] = number * BLOCK + i);
  }

  #release(number: number): void {
    const block = this.#blocks[number]!;
    block.live--;
    if (block.live > BLOCK / 2) return;
    const { arena } = block.piece;
    this.#takeApart(number);
    if (this.#arenas.sparse(arena)) this.#moveOut(arena);
  }

  /** Frees a block; its live bodies become hot again and are folded later. */
  #takeApart(number: number): void {
    const block = this.#blocks[number]!;
    const { bytes, words } = this.#open(number);
    for (let i = 0; i < BLOCK && block.live > 0; i++) {
      const slot = words[i]!;
      if (this.#where[slot] !== number * BLOCK + i) continue;
      const json = bytes.slice(words[BLOCK + i]!, words[BLOCK + i + 1]!);
      this.#hot.set(slot, json);
      this.#hotBytes += json.length;
      this.#where[slot] = IN_HOT;
    }
    this.#arenas.free(block.piece);
    this.#blocks[number] = null;
    this.#freeBlocks.push(number);
    if (this.#hot.size >= HOT + BLOCK) this.#foldOldest();
  }

  /** Copies what is live in a buffer to another, so that the buffer can go. */
  #moveOut(arena: number): void {
    for (const [number, block] of this.#blocks.entries()) {
      if (block?.piece.arena !== arena) continue;
      const piece = this.#arenas.put(this.#arenas.get(block.piece).slice());
      this.#arenas.free(block.piece);
      this.#blocks[number] = { piece, live: block.live };
    }
  }

  #open(number: number): { bytes: Uint8Array; words: Uint32Array } {
    const packed = this.#arenas.get(this.#blocks[number]!.piece);
    // A copy of its own buffer: what the codec gives may lie at an odd offset of a shared one.
    const bytes = this.#codec!.decompress(packed).slice();
    return { bytes, words: new Uint32Array(bytes.buffer, 0, HEADER_WORDS) };
  }

  #growTo(slot: number): void {
    let length = this.#where.length;
    while (length <= slot) length *= 2;
    const where = new Int32Array(length).fill(NOWHERE);
    where.set(this.#where);
    this.#where = where;
  }
}

/** A block as it is before compression; entries may be fewer than BLOCK. */
function pack(entries: readonly (readonly [number, Uint8Array])[]): Uint8Array {
  const size = entries.reduce((sum, [, json]) => sum + json.length, HEADER_WORDS * 4);
  const bytes = new Uint8Array(size);
  const words = new Uint32Array(bytes.buffer, 0, HEADER_WORDS);
  let at = HEADER_WORDS * 4;
  entries.forEach(([slot, json], i) => {
    words[i] = slot;
    words[BLOCK + i] = at;
    bytes.set(json, at);
    at += json.length;
  });
  words.fill(at, BLOCK + entries.length);
  return bytes;
}
