/** The namespaces behind the keys 1 to 9: those used, in the order they were first used, so that a key keeps its meaning. */
export class RecentNamespaces {
  static readonly MAX = 9;
  #names: readonly string[] = [];
  /** Use counts up; the least recently used place is given away when all nine are taken. */
  readonly #usedAt = new Map<string, number>();
  #uses = 0;

  get names(): readonly string[] {
    return this.#names;
  }

  use(name: string): void {
    this.#usedAt.set(name, ++this.#uses);
    if (this.#names.includes(name)) return;
    if (this.#names.length < RecentNamespaces.MAX) {
      this.#names = [...this.#names, name];
      return;
    }
    const age = (other: string) => this.#usedAt.get(other) ?? 0;
    const oldest = this.#names.reduce((a, b) => age(b) < age(a) ? b : a);
    this.#names = this.#names.map((other) => other === oldest ? name : other);
  }

  /** The namespace of a digit key; null for 0 (all), undefined where the key has none. */
  ofDigit(digit: number): string | null | undefined {
    return digit === 0 ? null : this.#names[digit - 1];
  }
}
