import type { Segment } from "./segment.ts";

/**
 * Keeps in `bits` the texts that have the letters in order, or those that have not. What neighbours have in common is
 * read once.
 */
export function keepSubsequences(
  segment: Segment,
  codes: Uint8Array,
  { bits, wanted }: { readonly bits: Uint32Array; readonly wanted: boolean },
): void {
  const { common, spans } = segment.blocks;
  const reader = new OrderReader(segment, codes);
  for (let block = 0; block < bits.length; block++) {
    const asked = bits[block]!;
    if (asked === 0) {
      reader.skip(spans[block]!);
      continue;
    }
    const first = block << 5;
    // No more than all texts of the block have, however much of its first text was read with the one before it.
    reader.read(first, Math.min(segment.shared[first]!, common[block]!), common[block]!);
    const has = reader.isWhole ? asked : single(reader, { segment, codes }, { first, asked });
    reader.skip(common[block]!);
    bits[block] = wanted ? has : asked & ~has;
  }
}

/** Those of a block's texts that have all letters: their own letters tell of most, the others are read. */
function single(
  reader: OrderReader,
  { segment, codes }: { readonly segment: Segment; readonly codes: Uint8Array },
  { first, asked }: { readonly first: number; readonly asked: number },
): number {
  const { shared, starts, blocks } = segment;
  const missing = codes.length - reader.found;
  let has = 0;
  let last = first;
  for (let rest = asked; rest !== 0;) {
    const low = rest & -rest;
    rest ^= low;
    const text = first + 31 - Math.clz32(low);
    if (blocks.tailLetters(text, codes) < missing) continue;
    if (missing === 1) {
      has |= low;
      continue;
    }
    let same = 255;
    for (let y = last + 1; y <= text; y++) if (shared[y]! < same) same = shared[y]!;
    last = text;
    reader.read(text, same, starts[text + 1]! - starts[text]!);
    if (reader.isWhole) has |= low;
  }
  return has;
}

/** Where a pattern's letters are found in a text, each as early as can be; the next text need not be read from its start. */
class OrderReader {
  readonly #bytes: Uint8Array;
  readonly #starts: Uint32Array;
  readonly #codes: Uint8Array;
  readonly #places: Int32Array;
  /** Letters of the pattern found within what was read. */
  found = 0;
  #read = 0;

  constructor({ bytes, starts }: Segment, codes: Uint8Array) {
    this.#bytes = bytes;
    this.#starts = starts;
    this.#codes = codes;
    this.#places = new Int32Array(codes.length);
  }

  get isWhole(): boolean {
    return this.found === this.#codes.length;
  }

  /** The next text has no more than `same` letters in common with the last one. */
  skip(same: number): void {
    if (same < this.#read) this.#read = same;
  }

  /** Reads a text, of which the first `same` letters are those of the last one, as far as `length`. */
  read(text: number, same: number, length: number): void {
    const codes = this.#codes;
    const places = this.#places;
    const letters = codes.length;
    let found = this.found;
    let t = same < this.#read ? same : this.#read;
    while (found > 0 && places[found - 1]! >= t) found--;
    if (found < letters) {
      const bytes = this.#bytes;
      const at = this.#starts[text]!;
      let want = codes[found]!;
      for (; t < length; t++) {
        if ((bytes[at + t]! & 63) !== want) continue;
        places[found++] = t;
        if (found === letters) {
          t++;
          break;
        }
        want = codes[found]!;
      }
    }
    this.found = found;
    this.#read = t;
  }
}
