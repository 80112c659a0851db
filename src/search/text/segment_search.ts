import { findRun, runScore } from "./contiguous.ts";
import { boundRows, type FuzzyPlan, type RunPlan, type TextPlan } from "./plan.ts";
import { OTHER } from "./alphabet.ts";
import { bigramRow, type Segment, trigramKey } from "./segment.ts";
import { TopList } from "./top_list.ts";

// Work space for one search at a time, shared by all segments: a step never yields while it is in use.
let bounds = new Int16Array(0);
let extras = new Int16Array(0);

function makeRoom(count: number): void {
  if (bounds.length >= count) return;
  const size = Math.max(1024, count + (count >> 2));
  bounds = new Int16Array(size);
  extras = new Int16Array(size);
}

/** Rank of a text among equal scores: shorter ones first, then in their order. */
const PLACES = 2 ** 24;

/** One query's way through one segment. Steps in order: `best`, then, unless that was enough, `candidates`, `score`. */
export class SegmentSearch {
  readonly segment: Segment;
  readonly top: TopList;
  readonly #plan: TextPlan;
  readonly #bits: Uint32Array;
  /** The texts that `best` found; null when it could not say. */
  #bestBits: Uint32Array | null = null;

  /** `bits`: the texts that may match, by their places. */
  constructor(segment: Segment, plan: TextPlan, options: { bits: Uint32Array; limit: number }) {
    this.segment = segment;
    this.top = new TopList(options.limit);
    this.#plan = plan;
    this.#bits = options.bits;
  }

  /**
   * Texts in which every term stands in one piece at a word's start, which is the best score there is: they are in `top`
   * afterwards. How many there are; null where the plan's terms or cut postings leave the question open.
   */
  best(): number | null {
    const { fuzzy, runs, notFuzzy, notRuns, best } = this.#plan;
    if (fuzzy.length === 0 || runs.length + notFuzzy.length + notRuns.length > 0) return null;
    let bits = this.#bits;
    for (const plan of fuzzy) {
      const next = this.#bestOf(plan, bits);
      if (next === null) return null;
      bits = next;
    }
    this.#bestBits = bits;
    const found = members(bits, this.segment.count);
    for (const text of found) this.top.push(best, this.rank(text), text);
    return found.length;
  }

  /** The texts that match, ascending. */
  candidates(): Uint32Array {
    const { fuzzy, runs, notFuzzy, notRuns, possible } = this.#plan;
    if (!possible) return new Uint32Array(0);
    const bits = this.#narrowed();
    let texts = members(bits, this.segment.count);
    for (const run of runs) texts = texts.filter((text) => this.#place(run, text) >= 0);
    for (const run of notRuns) texts = texts.filter((text) => this.#place(run, text) < 0);
    for (const { codes } of fuzzy) texts = subsequences(this.segment, codes, { texts, wanted: true });
    for (const codes of notFuzzy) texts = subsequences(this.segment, codes, { texts, wanted: false });
    return texts;
  }

  /** Scores candidates into `top`; `floor` is a score below which no hit is wanted. */
  score(texts: Uint32Array, floor: number): void {
    const { fuzzy, runs, ranks } = this.#plan;
    if (!ranks) {
      for (let i = 0; i < texts.length && !this.top.isFull; i++) this.top.push(0, texts[i]!, texts[i]!);
      return;
    }
    makeRoom(this.segment.count);
    this.top.clear();
    for (let i = 0; i < texts.length; i++) extras[texts[i]!] = 0;
    for (const run of runs) {
      for (let i = 0; i < texts.length; i++) extras[texts[i]!]! += this.#runScore(run, texts[i]!);
    }
    if (fuzzy.length > 0) return this.#scoreFuzzy(texts, floor);
    for (let i = 0; i < texts.length; i++) {
      this.top.push(extras[texts[i]!]!, this.rank(texts[i]!), texts[i]!);
    }
  }

  rank(text: number): number {
    const { starts } = this.segment;
    return (starts[text + 1]! - starts[text]!) * PLACES + text;
  }

  /** Of `among`, the texts in which the term stands at a word's start; null when the postings do not tell of all. */
  #bestOf({ codes }: FuzzyPlan, among: Uint32Array): Uint32Array | null {
    const { starts, bytes, postings, cutKeys } = this.segment;
    const letters = codes.length;
    const low = trigramKey(codes[0]!, letters > 1 ? codes[1]! : 0, letters > 2 ? codes[2]! : 0);
    const high = low + (letters === 1 ? 4096 : letters === 2 ? 64 : 1);
    for (const key of cutKeys) if (key >= low && key < high) return null;
    const bits = new Uint32Array(among.length);
    const [from, to] = this.segment.range(low, high);
    for (let p = from; p < to; p++) {
      const text = postings[p]! >>> 8;
      const bit = 1 << (text & 31);
      if ((among[text >>> 5]! & bit) === 0 || (bits[text >>> 5]! & bit) !== 0) continue;
      const at = starts[text]! + (postings[p]! & 255);
      if (at + letters > starts[text + 1]!) continue;
      let j = 3;
      while (j < letters && (bytes[at + j]! & 63) === codes[j]) j++;
      if (j >= letters) bits[text >>> 5]! |= bit;
    }
    return bits;
  }

  /** The texts that have every letter, and every pair of the terms that stand in one piece. */
  #narrowed(): Uint32Array {
    const { charSets, pairSets, words } = this.segment;
    const bits = this.#bits.slice();
    const letters = new Set<number>();
    const pairs = new Set<number>();
    for (const { codes } of [...this.#plan.fuzzy, ...this.#plan.runs]) {
      codes.forEach((code) => letters.add(code));
    }
    for (const { codes } of this.#plan.runs) {
      for (let i = 1; i < codes.length; i++) pairs.add(bigramRow(codes[i - 1]!, codes[i]!));
    }
    for (const letter of letters) intersect(bits, charSets, letter * words);
    for (const pair of pairs) intersect(bits, pairSets, pair * words);
    return bits;
  }

  #place({ codes, match }: RunPlan, text: number): number {
    const { bytes, starts, names } = this.segment;
    const at = starts[text]!;
    return findRun(codes, match, { bytes, at, length: starts[text + 1]! - at, name: names[text]! });
  }

  #runScore(run: RunPlan, text: number): number {
    const { bytes, starts } = this.segment;
    return runScore({ bytes, at: starts[text]! }, this.#place(run, text), run.codes.length);
  }

  /**
   * The texts that may score most first, so that most others need no score at all: those whose bound is among the
   * best few, then those whose bound can still enter.
   */
  #scoreFuzzy(texts: Uint32Array, floor: number): void {
    const counts = this.#bound(texts);
    let threshold = counts.length - 1;
    for (let above = 0; threshold > 0; threshold--) {
      above += counts[threshold]!;
      if (above >= WAVE * this.top.limit) break;
    }
    this.#wave(texts, { floor, from: threshold, to: counts.length });
    this.#wave(texts, { floor, from: 0, to: threshold });
  }

  /** Writes the bound of every candidate; how many have each. */
  #bound(texts: Uint32Array): Uint32Array {
    const { words, startSets, pairSets } = this.segment;
    const { fuzzy } = this.#plan;
    let most = 0;
    for (let i = 0; i < texts.length; i++) {
      const extra = bounds[texts[i]!] = extras[texts[i]!]!;
      if (extra > most) most = extra;
    }
    for (const plan of fuzzy) {
      const rows = boundRows(plan, words);
      const sets = new Int32Array(plan.bounded * 2 - 1);
      let loaded = -1;
      for (let i = 0; i < texts.length; i++) {
        const text = texts[i]!;
        const word = text >>> 5;
        if (word !== loaded) {
          loaded = word;
          let z = 0;
          for (const row of rows.starts) sets[z++] = startSets[row + word]!;
          for (const row of rows.pairs) sets[z++] = pairSets[row + word]!;
        }
        let pattern = 0;
        for (let z = 0; z < sets.length; z++) pattern |= (sets[z]! >>> (text & 31) & 1) << z;
        bounds[text]! += plan.bounds[pattern]!;
      }
      most += plan.best;
    }
    const counts = new Uint32Array(most + 1);
    // The best score of one term is known to be that of `best`; any other match of it loses two at least.
    const known = fuzzy.length === 1 ? this.#bestBits : null;
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i]!;
      const isLess = known !== null && bounds[text] === most &&
        (known[text >>> 5]! >>> (text & 31) & 1) === 0;
      if (isLess) bounds[text]! -= 2;
      counts[bounds[text]!]!++;
    }
    return counts;
  }

  /** Scores those whose bound is `from` to below `to`. */
  #wave(texts: Uint32Array, { floor, from, to }: { floor: number; from: number; to: number }): void {
    const least = Math.max(from, floor);
    const { starts, bytes, shared } = this.segment;
    const scorers = this.#plan.fuzzy.map((plan) => plan.scorer);
    for (const scorer of scorers) scorer.reset();
    let last = -1;
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i]!;
      const bound = bounds[text]!;
      if (bound < least || bound >= to) continue;
      const rank = this.rank(text);
      if (!this.top.admits(bound, rank)) continue;
      // What the text has in common with the one scored last is the least that neighbours on the way share.
      let common = scorers[0]!.valid;
      for (let y = last + 1; y <= text && common > 0; y++) if (shared[y]! < common) common = shared[y]!;
      last = text;
      const at = starts[text]!;
      let score = extras[text]!;
      for (const scorer of scorers) score += scorer.score(bytes, at, starts[text + 1]! - at, common);
      this.top.push(score, rank, text);
    }
  }
}

/** Candidates of the first wave, for each hit wanted. */
const WAVE = 8;

function intersect(bits: Uint32Array, sets: Uint32Array, row: number): void {
  for (let word = 0; word < bits.length; word++) bits[word]! &= sets[row + word]!;
}

/** The places of the bits that are set. */
export function members(bits: Uint32Array, limit: number): Uint32Array {
  const found = new Uint32Array(limit);
  let count = 0;
  for (let word = 0; word < bits.length; word++) {
    for (let rest = bits[word]!; rest !== 0;) {
      const low = rest & -rest;
      found[count++] = word << 5 | 31 - Math.clz32(low);
      rest ^= low;
    }
  }
  return found.subarray(0, count);
}

/** Of `texts`, those that have the letters in order, or those that have not. Prefixes shared by neighbours are read once. */
function subsequences(
  segment: Segment,
  codes: Uint8Array,
  { texts, wanted }: { texts: Uint32Array; wanted: boolean },
): Uint32Array {
  const { starts, bytes, shared } = segment;
  const letters = codes.length;
  /** Where each letter was found in the text read last. */
  const places = new Int32Array(letters);
  const kept = new Uint32Array(texts.length);
  let [count, found, read, last] = [0, 0, 0, -1];
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i]!;
    let t = read;
    for (let y = last + 1; y <= text; y++) if (shared[y]! < t) t = shared[y]!;
    last = text;
    const at = starts[text]!;
    const length = starts[text + 1]! - at;
    while (found > 0 && places[found - 1]! >= t) found--;
    if (found < letters) {
      let want = codes[found]!;
      for (; t < length; t++) {
        if ((bytes[at + t]! & 63) !== want) continue;
        places[found++] = t;
        if (found === letters) {
          t++;
          break;
        }
        want = codes[found] ?? OTHER;
      }
    }
    read = t;
    if ((found === letters) === wanted) kept[count++] = text;
  }
  return kept.subarray(0, count);
}
