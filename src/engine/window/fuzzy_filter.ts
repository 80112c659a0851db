import type { Snapshot } from "../../store/mod.ts";
import { compareRows } from "./row_order.ts";
import { fuzzyScore } from "./fuzzy_score.ts";

/** Scores rows by a pattern of letters in order, over the name, or `namespace/name` where rows have namespaces. */
export class FuzzyFilter {
  readonly #pattern: string;

  constructor(pattern: string) {
    this.#pattern = pattern.toLowerCase();
  }

  /** -1 where the row does not match. */
  score(snapshot: Snapshot, slot: number): number {
    return fuzzyScore(this.#pattern, rowText(snapshot, slot));
  }

  matches(snapshot: Snapshot, slot: number): boolean {
    return this.score(snapshot, slot) >= 0;
  }

  /** Best first; equal scores by the shorter text, then by namespace and name. */
  compare(snapshot: Snapshot, a: number, b: number): number {
    const by = this.key(snapshot, a) - this.key(snapshot, b);
    return by !== 0 ? by : compareRows(snapshot, a, b);
  }

  /** A number that is less for rows that come first. */
  key(snapshot: Snapshot, slot: number): number {
    return rankKey(this.score(snapshot, slot), rowText(snapshot, slot).length);
  }
}

/** Score, then length, as one number: a length is far below 2^20. */
export function rankKey(score: number, length: number): number {
  return -score * 2 ** 20 + length;
}

export function rowText(snapshot: Snapshot, slot: number): string {
  const namespace = snapshot.namespace(slot);
  return namespace === "" ? snapshot.name(slot) : `${namespace}/${snapshot.name(slot)}`;
}
