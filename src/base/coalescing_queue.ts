/** What `push` did with an item: the key that it pushed out, when the queue was full. */
export type Pushed = "queued" | "merged" | "overflowed";

/**
 * A bounded queue that holds one item a key.
 *
 * 1. A second push of a queued key replaces its item and keeps its place: newest wins, order is first come.
 * 2. At capacity the oldest key is dropped, counted, and told to `onDrop`: whoever owns the data must then
 *    fetch it anew, for what was dropped will not come again.
 * 3. `length` never exceeds the capacity.
 */
export class CoalescingQueue<T> {
  // A Map iterates in insertion order and keeps a key's place when its value is replaced.
  readonly #items = new Map<string, T>();
  readonly #capacity: number;
  readonly #onDrop: (key: string, item: T) => void;
  #dropped = 0;
  #merged = 0;

  constructor(capacity: number, onDrop: (key: string, item: T) => void = () => {}) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError("capacity must be 1 or more");
    this.#capacity = capacity;
    this.#onDrop = onDrop;
  }

  get length(): number {
    return this.#items.size;
  }

  /** Items dropped by overflow since the queue was made. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Items that a newer one of the same key replaced. */
  get merged(): number {
    return this.#merged;
  }

  /** The item queued under a key. */
  peek(key: string): T | undefined {
    return this.#items.get(key);
  }

  push(key: string, item: T): Pushed {
    if (this.#items.has(key)) {
      this.#items.set(key, item);
      this.#merged++;
      return "merged";
    }
    const full = this.#items.size >= this.#capacity;
    if (full) this.#dropOldest();
    this.#items.set(key, item);
    return full ? "overflowed" : "queued";
  }

  /** Takes every queued item, oldest first. */
  drain(): T[] {
    const items = [...this.#items.values()];
    this.#items.clear();
    return items;
  }

  clear(): void {
    this.#items.clear();
  }

  #dropOldest(): void {
    const oldest = this.#items.entries().next().value;
    if (oldest === undefined) return;
    this.#items.delete(oldest[0]);
    this.#dropped++;
    this.#onDrop(oldest[0], oldest[1]);
  }
}
