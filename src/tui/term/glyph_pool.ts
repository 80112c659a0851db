/** Cells hold numbers: a single code point is itself, a cluster of several is an index into this pool. */

/** The right half of a wide glyph. */
export const CONTINUATION = 0xffffffff;
/** First code that means a pooled cluster: one past the last Unicode code point. */
const FIRST_POOLED = 0x110000;
/** Clusters kept before the screen starts over; hostile logs could invent them without end. */
const CAPACITY = 16_384;
const EMOJI_FROM = 0x1f000;

export class GlyphPool {
  readonly #clusters: string[] = [];
  readonly #codes = new Map<string, number>();

  /** True when the next frame should start with an empty pool and a full repaint. */
  get isFull(): boolean {
    return this.#clusters.length >= CAPACITY;
  }

  clear(): void {
    this.#clusters.length = 0;
    this.#codes.clear();
  }

  code(cluster: string): number {
    const point = cluster.codePointAt(0)!;
    if (cluster.length === (point > 0xffff ? 2 : 1)) return point;
    const known = this.#codes.get(cluster);
    if (known !== undefined) return known;
    const code = FIRST_POOLED + this.#clusters.push(cluster) - 1;
    this.#codes.set(cluster, code);
    return code;
  }

  text(code: number): string {
    if (code < 0x10000) return String.fromCharCode(code);
    if (code < FIRST_POOLED) return String.fromCodePoint(code);
    return code === CONTINUATION ? "" : this.#clusters[code - FIRST_POOLED] ?? "\ufffd";
  }

  /**
   * Columns that a terminal may wrongly use for this glyph, 0 when every terminal agrees. One that doesn't
   * know a joined emoji draws each of its parts, two columns each.
   */
  reach(code: number): number {
    if (code < EMOJI_FROM) return 0;
    return code < FIRST_POOLED ? 2 : 2 * this.text(code).length;
  }
}
