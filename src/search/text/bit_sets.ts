/** Sets of small numbers as bits, 32 a word. */

/** Keeps of `bits` what the row of `sets` that begins at `row` has too. */
export function intersect(bits: Uint32Array, sets: Uint32Array, row: number): void {
  for (let word = 0; word < bits.length; word++) bits[word]! &= sets[row + word]!;
}

/** The numbers of the bits that are set, ascending; `limit`: at least as many as there are. */
export function members(bits: Uint32Array, limit: number): Uint32Array {
  const found = new Uint32Array(limit);
  let count = 0;
  for (let word = 0; word < bits.length; word++) {
    for (let rest = bits[word]!; rest !== 0;) {
      const low = rest & -rest;
      found[count++] = word << 5 | 31 - Math.clz32(low);
      rest ^= low;
    }
  }
  return found.subarray(0, count);
}

export function bitCount(word: number): number {
  const pairs = word - (word >>> 1 & 0x55555555);
  const nibbles = (pairs & 0x33333333) + (pairs >>> 2 & 0x33333333);
  return Math.imul(nibbles + (nibbles >>> 4) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

export function size(bits: Uint32Array): number {
  let count = 0;
  for (let word = 0; word < bits.length; word++) count += bitCount(bits[word]!);
  return count;
}
