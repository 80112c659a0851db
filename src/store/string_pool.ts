/**
 * Strings of one kind's rows, each held once and named by a number; 0 is the empty string. It only grows: a snapshot that
 * holds a pool reads it for ever. Churn is answered by a new pool (RowTable compacts), never by reuse of a number.
 */
export class StringPool {
  readonly #strings: string[] = [""];
  readonly #ids = new Map<string, number>([["", 0]]);
  #chars = 0;

  get size(): number {
    return this.#strings.length;
  }

  intern(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#strings.length;
    this.#strings.push(text);
    this.#ids.set(text, id);
    this.#chars += text.length;
    return id;
  }

  get(id: number): string {
    return this.#strings[id] ?? "";
  }

  /** Estimated bytes: characters, a string's header and slot (32), a map entry (40). */
  get bytes(): number {
    return this.#chars + this.#strings.length * 72;
  }
}

/**
 * Label sets, each distinct one held once as pairs of pool numbers in one array; 0 is the empty set. Append-only, like
 * the pool that it belongs to.
 */
export class LabelSets {
  readonly #pool: StringPool;
  readonly #ids = new Map<string, number>([["", 0]]);
  /** Set i is pairs[starts[i]] to pairs[starts[i + 1]]. */
  #starts = new Uint32Array(64);
  #pairs = new Uint32Array(256);
  #count = 1;
  #used = 0;
  #keyChars = 0;

  constructor(pool: StringPool) {
    this.#pool = pool;
  }

  get size(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#starts.byteLength + this.#pairs.byteLength + this.#keyChars + this.#count * 72;
  }

  /** Interns a set; `limit` labels of it at most, in the server's order. */
  intern(labels: Readonly<Record<string, string>>, limit = Infinity): number {
    const pairs: number[] = [];
    for (const key in labels) {
      if (pairs.length >= limit * 2) break;
      pairs.push(this.#pool.intern(key), this.#pool.intern(String(labels[key])));
    }
    return this.#add(pairs);
  }

  get(id: number): Readonly<Record<string, string>> {
    const labels: Record<string, string> = {};
    const end = this.#starts[id + 1] ?? 0;
    for (let at = this.#starts[id] ?? 0; at < end; at += 2) {
      labels[this.#pool.get(this.#pairs[at] ?? 0)] = this.#pool.get(this.#pairs[at + 1] ?? 0);
    }
    return labels;
  }

  #add(pairs: readonly number[]): number {
    const key = pairs.join();
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (this.#count + 2 > this.#starts.length) this.#starts = grown(this.#starts);
    while (this.#used + pairs.length > this.#pairs.length) this.#pairs = grown(this.#pairs);
    this.#pairs.set(pairs, this.#used);
    const id = this.#count++;
    this.#starts[id] = this.#used;
    this.#used += pairs.length;
    this.#starts[id + 1] = this.#used;
    this.#ids.set(key, id);
    this.#keyChars += key.length;
    return id;
  }
}

/** A copy of twice the length. */
export function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const bigger = new Uint32Array(array.length * 2);
  bigger.set(array);
  return bigger;
}
