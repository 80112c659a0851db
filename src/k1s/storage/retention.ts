/** How much history a store keeps. Objects themselves are never forgotten. */
export interface Retention {
  /** Younger history is kept, within the next two bounds. */
  readonly keepMs: number;
  /** At least this many revisions are kept, however old. */
  readonly minRevisions: number;
  /** At most this many, however young. */
  readonly maxRevisions: number;
  /** At most about this much text of values, however young. */
  readonly maxChars: number;
}

/** 10 minutes: twice what the API server keeps, so that a client's pause of five never costs it a relist. */
export const DEFAULT_RETENTION: Retention = {
  keepMs: 600_000,
  minRevisions: 1_000,
  maxRevisions: 200_000,
  maxChars: 256 * 1024 * 1024,
};

/** What a policy needs to know of a log of revisions `first`..`last`. */
export interface LogFacts {
  readonly compacted: number;
  readonly last: number;
  /** Wall time, ms, of a revision's write; undefined where its row is gone. */
  writtenAt(revision: number): number | undefined;
  /** Characters of values written up to and including a revision; undefined where its row is gone. */
  charsThrough(revision: number): number | undefined;
}

/**
 * The revision to compact to, or `compacted` if nothing is due. Ages are searched as if they rose with revisions;
 * where the clock went back they don't, and then history is kept longer, up to the two other bounds.
 */
export function compactionTarget(facts: LogFacts, retention: Retention, nowMs: number): number {
  const { compacted, last } = facts;
  const newestAllowed = last - retention.minRevisions;
  if (newestAllowed <= compacted) return compacted;
  const oldBefore = nowMs - retention.keepMs;
  const byAge = lastWhere(compacted, newestAllowed, (revision) => {
    const at = facts.writtenAt(revision);
    return at === undefined || at <= oldBefore;
  });
  const total = facts.charsThrough(last) ?? 0;
  const bySize = lastWhere(compacted, newestAllowed, (revision) => {
    const chars = facts.charsThrough(revision);
    return chars === undefined || total - chars >= retention.maxChars;
  });
  return Math.max(byAge, bySize, last - retention.maxRevisions);
}

/** The newest kept revision that was written at or before a time; `compacted` where none is. */
export function revisionAt(facts: LogFacts, timeMs: number): number {
  return lastWhere(facts.compacted, facts.last, (revision) => {
    const at = facts.writtenAt(revision);
    return at === undefined || at <= timeMs;
  });
}

/** The last revision in (low, high] of a run beginning at low where `holds`; `low` if none. */
function lastWhere(low: number, high: number, holds: (revision: number) => boolean): number {
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
