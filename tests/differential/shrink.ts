/** Delta debugging: the fewest steps that still show a difference. */
import type { Step } from "./step.ts";

/**
 * Takes steps out while `shows` holds, halves first, single ones last. `shows` must hold of `steps`; it is asked at
 * most `tries` times.
 */
export async function shrink(
  steps: readonly Step[],
  shows: (steps: readonly Step[]) => Promise<boolean>,
  { tries = 60 }: { tries?: number } = {},
): Promise<readonly Step[]> {
  let left = [...steps];
  let asked = 0;
  for (let size = Math.max(1, left.length >> 1); size >= 1; size >>= 1) {
    // from the end: what a difference needs tends to stand early
    for (let at = left.length - size; at >= 0; at -= size) {
      if (asked >= tries || left.length <= 1) return left;
      const fewer = [...left.slice(0, at), ...left.slice(at + size)];
      if (fewer.length === 0) continue;
      asked++;
      if (await shows(fewer)) left = fewer;
    }
  }
  return left;
}
