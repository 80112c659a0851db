import type { WordMatch } from "../query.ts";
import { BEST_BONUS, MATCH } from "./scorer.ts";

/** A text's bytes: `at` to `at + length`, of which those from `at + name` on are the object's name. */
export interface TextPlace {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly length: number;
  readonly name: number;
}

const BONUS = [0, 7, BEST_BONUS, 0];

/**
 * Where the codes stand in one piece: the place of the best bonus, as fzf has it, or the one the anchors leave. -1: nowhere.
 */
export function findRun(codes: Uint8Array, match: Exclude<WordMatch, "fuzzy">, text: TextPlace): number {
  const { length, name } = text;
  const end = length - codes.length;
  if (end < 0) return -1;
  if (match === "prefix") return standsAt(codes, text, name) ? name : -1;
  if (match === "suffix") return standsAt(codes, text, end) ? end : -1;
  if (match === "equal") return end === name && standsAt(codes, text, name) ? name : -1;
  let best = -1;
  let bestBonus = -1;
  for (let t = 0; t <= end; t++) {
    if (!standsAt(codes, text, t)) continue;
    const bonus = BONUS[text.bytes[text.at + t]! >> 6]!;
    if (bonus > bestBonus) [best, bestBonus] = [t, bonus];
    if (bonus === BEST_BONUS) break;
  }
  return best;
}

function standsAt(codes: Uint8Array, { bytes, at, length }: TextPlace, t: number): boolean {
  if (t < 0 || t + codes.length > length) return false;
  for (let i = 0; i < codes.length; i++) if ((bytes[at + t + i]! & 63) !== codes[i]) return false;
  return true;
}

/** What fzf gives for a piece of so many letters from `t` on. */
export function runScore({ bytes, at }: Pick<TextPlace, "bytes" | "at">, t: number, letters: number): number {
  let score = 0;
  let first = 0;
  for (let i = 0; i < letters; i++) {
    let bonus = BONUS[bytes[at + t + i]! >> 6]!;
    if (i === 0) {
      first = bonus;
      score += MATCH + 2 * bonus;
      continue;
    }
    if (bonus === BEST_BONUS) first = bonus;
    bonus = Math.max(bonus, first, 4);
    score += MATCH + bonus;
  }
  return score;
}
