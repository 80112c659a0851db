export interface BackoffOptions {
  /** First delay, ms. */
  readonly baseMs: number;
  /** No delay is longer, ms. */
  readonly maxMs: number;
  /** In [0, 1); injected so that tests own chance. */
  readonly random: () => number;
}

/**
 * The delay before try number `attempt` (0 is the first retry), ms: exponential, with half of it random, so
 * that many feeds cut at once do not come back at once.
 */
export function backoffMs(attempt: number, options: BackoffOptions): number {
  const ceiling = Math.min(options.maxMs, options.baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(ceiling / 2 + options.random() * (ceiling / 2));
}

/** `ms` moved by up to `ratio` of itself either way; a ratio of 0.1 gives 90 to 110 %. */
export function jitterMs(ms: number, ratio: number, random: () => number): number {
  return Math.round(ms * (1 - ratio + 2 * ratio * random()));
}
