/** Work that yields where it may be interrupted; a few thousand rows between yields. */
export type Sliced<T> = Generator<void, T, void>;

const STEPS_PER_SLICE = 4096;

/** Sorts in place by stable merges, yielding between them; ordered input costs one pass. */
export function* slicedSort<T>(items: T[], compare: (a: T, b: T) => number): Sliced<void> {
  // Blocks are sorted natively, which finds runs by itself; then merged pairwise.
  for (let from = 0; from < items.length; from += STEPS_PER_SLICE) {
    const block = items.slice(from, from + STEPS_PER_SLICE).sort(compare);
    for (let i = 0; i < block.length; i++) items[from + i] = block[i]!;
    yield;
  }
  const spare = new Array<T>(items.length);
  for (let width = STEPS_PER_SLICE; width < items.length; width *= 2) {
    for (let from = 0; from + width < items.length; from += width * 2) {
      yield* merge({ items, spare, compare }, { from, middle: from + width });
    }
  }
}

interface Merging<T> {
  readonly items: T[];
  readonly spare: T[];
  readonly compare: (a: T, b: T) => number;
}

function* merge<T>(
  { items, spare, compare }: Merging<T>,
  at: { from: number; middle: number },
): Sliced<void> {
  const { from, middle } = at;
  const to = Math.min(items.length, middle + (middle - from));
  if (compare(items[middle - 1]!, items[middle]!) <= 0) return;
  let [left, right] = [from, middle];
  for (let out = from; out < to; out++) {
    const takeLeft = left < middle && (right >= to || compare(items[left]!, items[right]!) <= 0);
    spare[out] = takeLeft ? items[left++]! : items[right++]!;
    if ((out - from) % STEPS_PER_SLICE === STEPS_PER_SLICE - 1) yield;
  }
  for (let i = from; i < to; i++) items[i] = spare[i]!;
}
