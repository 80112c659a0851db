import type { Clock } from "../../base/mod.ts";

/** Work that yields where it may be interrupted; a few thousand rows between yields. */
export type Sliced<T> = Generator<void, T, void>;

/** The longest that work holds the thread, ms: half a frame at 60 Hz. */
const SLICE_MS = 8;

/**
 * Runs work in slices, the first one at once, so that what is small is done when this returns. `done` is called once,
 * unless the result is disposed before.
 */
export function runSliced<T>(work: Sliced<T>, clock: Clock, done: (result: T) => void): Disposable {
  let timer: Disposable | null = null;
  let cancelled = false;
  const slice = () => {
    timer = null;
    const until = clock.monotonic() + SLICE_MS;
    do {
      const next = work.next();
      if (next.done) return done(next.value);
    } while (clock.monotonic() < until);
    if (!cancelled) timer = clock.timer(0, slice);
  };
  slice();
  return {
    [Symbol.dispose]() {
      cancelled = true;
      timer?.[Symbol.dispose]();
    },
  };
}

/** Runs work to its end at once. */
export function runWhole<T>(work: Sliced<T>): T {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
  }
}

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
