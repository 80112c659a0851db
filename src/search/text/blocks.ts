/** An index's texts, in their order, as bytes. */
export interface OrderedTexts {
  readonly count: number;
  /** Text i is the bytes starts[i] to starts[i + 1]. */
  readonly starts: Uint32Array;
  readonly bytes: Uint8Array;
  /** First letters that text i has in common with text i - 1. */
  readonly shared: Uint8Array;
}

/**
 * What 32 neighbours have in common: a block is one word of a bit set. In their order most texts differ from their
 * neighbours in a few last letters only, so that a block is often decided at once.
 */
export class Blocks {
  /** First letters that all texts of a block have in common. */
  readonly common: Uint8Array;
  /** The least that a text of the block has in common with the text before it, which may be of the block before. */
  readonly spans: Uint8Array;
  /** Letters that follow the common ones in each text: bit `code` of two words. */
  readonly tails: Uint32Array;
  /** Of those, the ones that may earn more than a match there: at a bonus, or right after the common letters. */
  readonly tailStarts: Uint32Array;
  /** Length of the block's shortest text. */
  readonly shortest: Uint8Array;

  constructor(count: number) {
    const words = (count + 31) >>> 5;
    this.common = new Uint8Array(words);
    this.spans = new Uint8Array(words);
    this.tails = new Uint32Array(2 * count);
    this.tailStarts = new Uint32Array(2 * count);
    this.shortest = new Uint8Array(words);
  }

  get bytesHeld(): number {
    const { common, spans, tails, tailStarts, shortest } = this;
    return [common, spans, tails, tailStarts, shortest].reduce((sum, array) => sum + array.byteLength, 0);
  }

  /** Takes in the texts of one block. */
  note(block: number, { count, starts, bytes, shared }: OrderedTexts): void {
    const first = block << 5;
    const end = Math.min(count, first + 32);
    let [common, shortest] = [255, 255];
    for (let text = first; text < end; text++) {
      if (text > first && shared[text]! < common) common = shared[text]!;
      shortest = Math.min(shortest, starts[text + 1]! - starts[text]!);
    }
    common = Math.min(common, shortest);
    this.common[block] = common;
    this.spans[block] = Math.min(common, shared[first]!);
    this.shortest[block] = shortest;
    for (let text = first; text < end; text++) {
      const from = starts[text]! + common;
      for (let at = from; at < starts[text + 1]!; at++) {
        const code = bytes[at]! & 63;
        const half = 2 * text + (code >>> 5);
        this.tails[half]! |= 1 << (code & 31);
        if (at === from || bytes[at]! > 63) this.tailStarts[half]! |= 1 << (code & 31);
      }
    }
  }

  /** How many of the codes, the last one first and one after the other, follow the common letters in a text. */
  tailLetters(text: number, codes: Uint8Array): number {
    const { tails } = this;
    let i = codes.length - 1;
    for (; i >= 0; i--) {
      const code = codes[i]!;
      if ((tails[2 * text + (code >>> 5)]! >>> (code & 31) & 1) === 0) break;
    }
    return codes.length - 1 - i;
  }
}
