/**
 * fzf's second algorithm (junegunn/fzf src/algo/algo.go, as npm's fzf 0.5 has it): an optimal subsequence match where starts
 * of words, transitions and runs earn more.
 */
export const MATCH = 16;
const GAP_START = 3;
const GAP_EXTENSION = 1;
/** What the kinds of bonus in a byte earn: none, camel or digit, boundary. */
const BONUS = new Uint8Array([0, 7, 8, 0]);
export const BEST_BONUS = 8;
/** Least bonus of a letter that goes on a run. */
const CONSECUTIVE = 4;

/** The score that no match of so many letters exceeds: a run from a word's start. */
export function bestScore(letters: number): number {
  return letters === 0 ? 0 : (MATCH + BEST_BONUS) * letters + BEST_BONUS;
}

/**
 * Scores texts against one pattern, column by column, and only where something matches.
 *
 * 1. A score is -1 when the pattern is no subsequence, else fzf's score.
 * 2. `shared` is how many first letters are those of the text scored before: their columns are not worked out again.
 *    An undo log takes the state back to there.
 */
export class Scorer {
  readonly #codes: Uint8Array;
  /** Rows (places in the pattern) of each code, last first: rows[starts[code]] to rows[starts[code + 1]]. */
  readonly #starts = new Uint16Array(65);
  readonly #rows: Uint8Array;
  /** By row: score at the last column that matched, that column, whether it fell to a gap, length of the run. */
  readonly #score: Int32Array;
  readonly #column: Int32Array;
  readonly #gap: Uint8Array;
  readonly #run: Int32Array;
  #log = new Int32Array(0);
  #logged = 0;
  /** Letters of the pattern found in order so far. */
  #found = 0;
  #best = 0;
  /** Columns that the state stands for. */
  #valid = 0;

  constructor(codes: Uint8Array) {
    const rows = codes.length;
    this.#codes = codes;
    this.#rows = new Uint8Array(rows);
    let at = 0;
    for (let code = 0; code < 64; code++) {
      this.#starts[code] = at;
      for (let row = rows - 1; row >= 0; row--) if (codes[row] === code) this.#rows[at++] = row;
    }
    this.#starts[64] = at;
    this.#score = new Int32Array(rows);
    this.#column = new Int32Array(rows).fill(-1);
    this.#gap = new Uint8Array(rows);
    this.#run = new Int32Array(rows);
  }

  get codes(): Uint8Array {
    return this.#codes;
  }

  /** The next text has no more than `columns` letters in common with the last one. */
  keep(columns: number): void {
    if (columns < this.#valid) this.#valid = columns;
  }

  /**
   * What the text scored last can come to at most when it goes on, by how many of the pattern's last letters are in what
   * follows: first where those may earn a bonus, then, from `into[letters + 1]` on, where none does. Its score is at 0.
   */
  reach(into: Int32Array): void {
    const letters = this.#codes.length;
    const found = this.#found;
    let high = found === letters ? this.#best : -1;
    let low = high;
    into[0] = into[letters + 1] = high;
    for (let more = 1; more <= letters; more++) {
      const row = letters - 1 - more;
      const run = MATCH + (more - 1) * (MATCH + CONSECUTIVE);
      if (row < 0) {
        high = bestScore(letters);
        low = Math.max(low, run);
      } else if (row < found) {
        const value = this.#valueAt(row, this.#valid - 1);
        high = Math.max(high, value + more * (MATCH + BEST_BONUS));
        low = Math.max(low, value + run);
      }
      into[more] = high;
      into[letters + 1 + more] = low;
    }
  }

  /** Forgets the last text. */
  reset(): void {
    this.#undo(0);
    this.#valid = 0;
  }

  /**
   * The score of the text of `length` bytes from `at` on. Four positions, no object and no calls inside: this runs for
   * every candidate of every keystroke.
   */
  score(bytes: Uint8Array, at: number, length: number, shared: number): number {
    const codes = this.#codes;
    const last = codes.length - 1;
    const starts = this.#starts;
    const rows = this.#rows;
    const score = this.#score;
    const column = this.#column;
    const gap = this.#gap;
    const run = this.#run;
    let t = shared < this.#valid ? shared : this.#valid;
    this.#undo(t);
    let found = this.#found;
    let best = this.#best;
    let logged = this.#logged;
    const room = logged + (length - t) * codes.length * LOG_ENTRY;
    if (room > this.#log.length) this.#grow(room);
    const log = this.#log;
    for (; t < length; t++) {
      const byte = bytes[at + t]!;
      const code = byte & 63;
      let next = starts[code]!;
      const end = starts[code + 1]!;
      if (next === end) continue;
      const before = found;
      if (found <= last && codes[found] === code) found++;
      const bonus = BONUS[byte >> 6]!;
      for (; next < end; next++) {
        const row = rows[next]!;
        if (row >= found) continue;
        log[logged] = t;
        log[logged + 1] = row | gap[row]! << 16;
        log[logged + 2] = score[row]!;
        log[logged + 3] = column[row]!;
        log[logged + 4] = run[row]!;
        log[logged + 5] = before;
        log[logged + 6] = best;
        logged += LOG_ENTRY;
        if (row === 0) {
          const first = MATCH + 2 * bonus;
          score[0] = first;
          column[0] = t;
          gap[0] = 0;
          run[0] = 1;
          if (last === 0 && first > best) best = first;
          continue;
        }
        // What is left of this row's last match, with the gap since then.
        let distance = t - column[row]!;
        let skip = score[row]! - (gap[row] === 1 ? distance : distance + GAP_START - GAP_EXTENSION);
        if (skip < 0) skip = 0;
        // What the row above has one column before.
        let take = score[row - 1]!;
        let chain = 1;
        distance = t - 1 - column[row - 1]!;
        if (distance > 0) {
          take -= gap[row - 1] === 1 ? distance : distance + GAP_START - GAP_EXTENSION;
          if (take < 0) take = 0;
        } else chain = run[row - 1]! + 1;
        take += MATCH;
        let extra = bonus;
        if (extra === BEST_BONUS) chain = 1;
        else if (chain > 1) {
          const firstBonus = BONUS[bytes[at + t - chain + 1]! >> 6]!;
          if (firstBonus > extra) extra = firstBonus;
          if (extra < CONSECUTIVE) extra = CONSECUTIVE;
        }
        if (take + extra < skip) {
          take += bonus;
          chain = 0;
        } else take += extra;
        const fell = take < skip;
        const value = fell ? skip : take;
        score[row] = value;
        column[row] = t;
        gap[row] = fell ? 1 : 0;
        run[row] = chain;
        if (row === last && value > best) best = value;
      }
    }
    this.#logged = logged;
    this.#found = found;
    this.#best = best;
    this.#valid = length;
    return found > last ? best : -1;
  }

  /** Where the letters of the best match are, ascending; empty when there is none. */
  positions(bytes: Uint8Array): number[] {
    const letters = this.#codes.length;
    const length = bytes.length;
    const scores = new Int32Array(letters * length);
    const runs = new Int32Array(letters * length);
    const firsts = new Int32Array(letters).fill(length);
    this.reset();
    let best = 0;
    let bestAt = -1;
    for (let t = 0; t < length; t++) {
      this.score(bytes, 0, t + 1, t);
      for (let row = 0; row < this.#found; row++) {
        if (firsts[row]! > t) firsts[row] = t;
        scores[row * length + t] = this.#valueAt(row, t);
        if (this.#column[row] === t) runs[row * length + t] = this.#run[row]!;
      }
      const value = scores[(letters - 1) * length + t]!;
      if (this.#found === letters && value > best) [best, bestAt] = [value, t];
    }
    this.reset();
    return bestAt < 0 ? [] : backtrace({ scores, runs, firsts, length }, bestAt);
  }

  /** A row's value at a column: that of its last match less the gap since. */
  #valueAt(row: number, t: number): number {
    const distance = t - this.#column[row]!;
    if (distance === 0) return this.#score[row]!;
    const lost = this.#gap[row] === 1 ? distance : distance + GAP_START - GAP_EXTENSION;
    return Math.max(0, this.#score[row]! - lost);
  }

  #undo(t: number): void {
    const log = this.#log;
    let logged = this.#logged;
    while (logged > 0 && log[logged - LOG_ENTRY]! >= t) {
      logged -= LOG_ENTRY;
      const packed = log[logged + 1]!;
      const row = packed & 0xffff;
      this.#gap[row] = packed >> 16;
      this.#score[row] = log[logged + 2]!;
      this.#column[row] = log[logged + 3]!;
      this.#run[row] = log[logged + 4]!;
      this.#found = log[logged + 5]!;
      this.#best = log[logged + 6]!;
    }
    this.#logged = logged;
  }

  #grow(room: number): void {
    const log = new Int32Array(room * 2);
    log.set(this.#log.subarray(0, this.#logged));
    this.#log = log;
  }
}

/** column, row and gap, score, column before, run, found, best. */
const LOG_ENTRY = 7;

interface Matrix {
  readonly scores: Int32Array;
  readonly runs: Int32Array;
  /** Where each row can match at the earliest. */
  readonly firsts: Int32Array;
  readonly length: number;
}

/** The way back from the best cell, as fzf goes it: runs are preferred. */
function backtrace({ scores, runs, firsts, length }: Matrix, from: number): number[] {
  const positions: number[] = [];
  let row = firsts.length - 1;
  let prefersMatch = true;
  for (let t = from; t >= 0 && row >= 0; t--) {
    const here = scores[row * length + t]!;
    const above = row > 0 && t >= firsts[row]! ? scores[(row - 1) * length + t - 1] ?? 0 : 0;
    const left = t > firsts[row]! ? scores[row * length + t - 1]! : 0;
    const isMatch = here > above && (here > left || (here === left && prefersMatch));
    prefersMatch = runs[row * length + t]! > 1 || (runs[(row + 1) * length + t + 1] ?? 0) > 0;
    if (isMatch) {
      positions.unshift(t);
      row--;
    }
  }
  return positions;
}
