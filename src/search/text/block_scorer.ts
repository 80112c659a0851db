import type { Scorer } from "./scorer.ts";
import type { Segment } from "./segment.ts";

/**
 * Scores texts of one segment in ascending order, block by block: what a block's texts have in common is scored once, and
 * texts whose own letters cannot add to it are not read at all.
 */
export class BlockScorer {
  readonly #segment: Segment;
  readonly #scorer: Scorer;
  /** The pattern's letters, by bit `code`. */
  #lowLetters = 0;
  #highLetters = 0;
  readonly #codes: Uint8Array;
  readonly #tails: Uint32Array;
  readonly #tailStarts: Uint32Array;
  /** See Scorer.reach. */
  readonly #reach: Int32Array;
  #last = 0;

  constructor(segment: Segment, scorer: Scorer) {
    this.#segment = segment;
    this.#scorer = scorer;
    this.#reach = new Int32Array(2 * (scorer.codes.length + 1));
    this.#codes = scorer.codes;
    this.#tails = segment.blocks.tails;
    this.#tailStarts = segment.blocks.tailStarts;
    for (const code of scorer.codes) {
      if (code < 32) this.#lowLetters |= 1 << code;
      else this.#highLetters |= 1 << (code - 32);
    }
    scorer.reset();
  }

  /** The next text has no more than `columns` letters in common with the last one. */
  skip(columns: number): void {
    this.#scorer.keep(columns);
  }

  enter(block: number): void {
    const { bytes, starts, shared, blocks } = this.#segment;
    const first = this.#last = block << 5;
    const common = blocks.common[block]!;
    this.#scorer.score(bytes, starts[first]!, common, Math.min(shared[first]!, common));
    this.#scorer.reach(this.#reach);
  }

  /** The most that a text of the block can score. */
  most(text: number): number {
    const tails = this.#tails;
    const tailStarts = this.#tailStarts;
    const codes = this.#codes;
    let i = codes.length - 1;
    for (; i >= 0; i--) {
      const code = codes[i]!;
      if ((tails[2 * text + (code >>> 5)]! >>> (code & 31) & 1) === 0) break;
    }
    const more = codes.length - 1 - i;
    const earns = (tailStarts[2 * text]! & this.#lowLetters) |
      (tailStarts[2 * text + 1]! & this.#highLetters);
    return this.#reach[earns !== 0 ? more : codes.length + 1 + more]!;
  }

  score(text: number): number {
    const { bytes, starts, shared, blocks } = this.#segment;
    if (blocks.tailLetters(text, this.#codes) === 0) return this.#reach[0]!;
    let same = 255;
    for (let y = this.#last + 1; y <= text; y++) if (shared[y]! < same) same = shared[y]!;
    this.#last = text;
    return this.#scorer.score(bytes, starts[text]!, starts[text + 1]! - starts[text]!, same);
  }
}
