/**
 * The best `limit` of what is pushed: higher score first, then lower rank. A heap whose root is the worst one kept.
 */
export class TopList {
  readonly limit: number;
  readonly #scores: Int32Array;
  readonly #ranks: Float64Array;
  readonly #items: Uint32Array;
  #size = 0;

  constructor(limit: number) {
    this.limit = limit;
    this.#scores = new Int32Array(limit);
    this.#ranks = new Float64Array(limit);
    this.#items = new Uint32Array(limit);
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size === this.limit;
  }

  /** The score below which nothing enters any more; -1 while there is room. */
  get floor(): number {
    return this.#size < this.limit ? -1 : this.#scores[0]!;
  }

  /** The rank above which nothing of the floor's score enters; infinite while there is room. */
  get floorRank(): number {
    return this.#size < this.limit ? Infinity : this.#ranks[0]!;
  }

  clear(): void {
    this.#size = 0;
  }

  /** Whether it would enter. */
  admits(score: number, rank: number): boolean {
    if (this.#size < this.limit) return this.limit > 0;
    return score > this.#scores[0]! || (score === this.#scores[0] && rank < this.#ranks[0]!);
  }

  push(score: number, rank: number, item: number): void {
    if (!this.admits(score, rank)) return;
    let at = 0;
    if (this.#size < this.limit) {
      at = this.#size++;
      this.#set(at, score, rank, item);
      for (let up = (at - 1) >> 1; at > 0 && this.#isWorse(at, up); up = (at - 1) >> 1) {
        this.#swap(at, up);
        at = up;
      }
      return;
    }
    this.#set(0, score, rank, item);
    for (;;) {
      let down = 2 * at + 1;
      if (down >= this.#size) return;
      if (down + 1 < this.#size && this.#isWorse(down + 1, down)) down++;
      if (!this.#isWorse(down, at)) return;
      this.#swap(at, down);
      at = down;
    }
  }

  /** Best first. */
  list(): { readonly score: number; readonly rank: number; readonly item: number }[] {
    const all = Array.from({ length: this.#size }, (_, i) => ({
      score: this.#scores[i]!,
      rank: this.#ranks[i]!,
      item: this.#items[i]!,
    }));
    return all.sort((a, b) => b.score - a.score || a.rank - b.rank);
  }

  #set(at: number, score: number, rank: number, item: number): void {
    this.#scores[at] = score;
    this.#ranks[at] = rank;
    this.#items[at] = item;
  }

  #isWorse(a: number, b: number): boolean {
    const [x, y] = [this.#scores[a]!, this.#scores[b]!];
    return x < y || (x === y && this.#ranks[a]! > this.#ranks[b]!);
  }

  #swap(a: number, b: number): void {
    const [score, rank, item] = [this.#scores[a]!, this.#ranks[a]!, this.#items[a]!];
    this.#set(a, this.#scores[b]!, this.#ranks[b]!, this.#items[b]!);
    this.#set(b, score, rank, item);
  }
}
