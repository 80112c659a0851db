import type { Clock, Sliced } from "../../base/mod.ts";

export { type Sliced, slicedSort } from "../../base/mod.ts";

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
