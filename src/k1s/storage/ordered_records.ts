/**
 * Records in key order: a sorted list of sorted chunks. Finding is two binary searches, an insert moves at most one
 * chunk's tail; 100,000 keys are about 500 chunks.
 */
const CHUNK = 256;

export interface Keyed {
  readonly key: string;
}

/** 1. Keys are unique and ascending across chunks. 2. No chunk is empty or above twice CHUNK. */
export class OrderedRecords<T extends Keyed> {
  readonly #chunks: T[][] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): T | undefined {
    const chunk = this.#chunks[this.#chunkOf(key)];
    if (!chunk) return undefined;
    const record = chunk[lowerBound(chunk, key)];
    return record?.key === key ? record : undefined;
  }

  set(record: T): void {
    const index = this.#chunkOf(record.key);
    const chunk = this.#chunks[index];
    if (!chunk) {
      this.#chunks.push([record]);
      this.#size++;
      return;
    }
    const at = lowerBound(chunk, record.key);
    if (chunk[at]?.key === record.key) {
      chunk[at] = record;
      return;
    }
    chunk.splice(at, 0, record);
    this.#size++;
    if (chunk.length > 2 * CHUNK) this.#chunks.splice(index + 1, 0, chunk.splice(CHUNK));
  }

  delete(key: string): boolean {
    const index = this.#chunkOf(key);
    const chunk = this.#chunks[index];
    if (!chunk) return false;
    const at = lowerBound(chunk, key);
    if (chunk[at]?.key !== key) return false;
    chunk.splice(at, 1);
    this.#size--;
    if (chunk.length === 0) this.#chunks.splice(index, 1);
    return true;
  }

  /** Records with `from` <= key < `to`, in order; the records must not change while it runs. */
  *range(from: string, to: string): Generator<T, void, undefined> {
    for (let index = this.#chunkOf(from); index < this.#chunks.length; index++) {
      const chunk = this.#chunks[index]!;
      for (let at = chunk[0]!.key >= from ? 0 : lowerBound(chunk, from); at < chunk.length; at++) {
        const record = chunk[at]!;
        if (record.key >= to) return;
        yield record;
      }
    }
  }

  /** How many have `from` <= key < `to`; whole chunks are counted without looking inside. */
  count(from: string, to: string): number {
    let count = 0;
    for (let index = this.#chunkOf(from); index < this.#chunks.length; index++) {
      const chunk = this.#chunks[index]!;
      if (chunk[0]!.key >= to) break;
      const end = chunk.at(-1)!.key < to ? chunk.length : lowerBound(chunk, to);
      count += end - (chunk[0]!.key >= from ? 0 : lowerBound(chunk, from));
    }
    return count;
  }

  /** The last chunk that begins at or before the key; the first one for keys before all. */
  #chunkOf(key: string): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#chunks[middle]![0]!.key <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function lowerBound(chunk: readonly Keyed[], key: string): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (chunk[middle]!.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
