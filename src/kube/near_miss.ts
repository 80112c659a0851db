/** Suggestions for mistyped words: optimal string alignment, so that swapped neighbours count as one edit. */

/** Edits that turn `a` into `b`, at most `limit` + 1 (a larger distance is not worked out). */
export function editDistance(a: string, b: string, limit = Infinity): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    if (Math.min(...row) > limit) return limit + 1;
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}

/**
 * The candidate that was most likely meant, or undefined when nothing is near. A third of the word's letters
 * may be wrong, case aside; a candidate that starts with the word wins over one with as many edits.
 */
export function nearMiss(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestCost = Infinity;
  for (const candidate of candidates) {
    const lower = candidate.toLowerCase();
    let cost = editDistance(wanted, lower, limit);
    if (cost > limit) {
      if (wanted.length < 3 || !lower.startsWith(wanted)) continue;
      cost = limit;
    } else if (lower.startsWith(wanted)) cost -= 0.5;
    if (cost < bestCost) [best, bestCost] = [candidate, cost];
  }
  return best;
}
