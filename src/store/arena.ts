const ARENA_BYTES = 1 << 20;

/** Where a piece of bytes lies. */
export interface Piece {
  readonly arena: number;
  readonly at: number;
  readonly length: number;
}

interface Arena {
  readonly bytes: Uint8Array;
  used: number;
  live: number;
}

/**
 * Byte pieces packed into buffers of 1 MiB (larger ones get their own): a Uint8Array for each would cost 200 bytes. A
 * buffer is let go when nothing in it is live; `sparse` names those that the owner had better move out of.
 */
export class Arenas {
  readonly #arenas: (Arena | null)[] = [];
  #current = -1;
  #live = 0;
  #held = 0;

  /** Bytes of live pieces. */
  get liveBytes(): number {
    return this.#live;
  }

  /** Bytes of buffers held. */
  get heldBytes(): number {
    return this.#held;
  }

  put(bytes: Uint8Array): Piece {
    const index = this.#roomFor(bytes.length);
    const arena = this.#arenas[index]!;
    const at = arena.used;
    arena.bytes.set(bytes, at);
    arena.used += bytes.length;
    arena.live += bytes.length;
    this.#live += bytes.length;
    return { arena: index, at, length: bytes.length };
  }

  get({ arena, at, length }: Piece): Uint8Array {
    return this.#arenas[arena]!.bytes.subarray(at, at + length);
  }

  free({ arena: index, length }: Piece): void {
    const arena = this.#arenas[index]!;
    arena.live -= length;
    this.#live -= length;
    if (arena.live > 0) return;
    if (index === this.#current) {
      arena.used = 0;
      return;
    }
    this.#arenas[index] = null;
    this.#held -= arena.bytes.length;
  }

  /** Whether a full buffer is less than half live. */
  sparse(index: number): boolean {
    const arena = this.#arenas[index];
    return index !== this.#current && !!arena && arena.live * 2 < arena.bytes.length;
  }

  #roomFor(length: number): number {
    const current = this.#arenas[this.#current];
    if (current && current.used + length <= current.bytes.length) return this.#current;
    const arena = { bytes: new Uint8Array(Math.max(ARENA_BYTES, length)), used: 0, live: 0 };
    this.#held += arena.bytes.length;
    const hole = this.#arenas.indexOf(null);
    const index = hole >= 0 ? hole : this.#arenas.length;
    this.#arenas[index] = arena;
    return (this.#current = index);
  }
}
