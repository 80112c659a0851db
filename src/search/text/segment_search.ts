import { findRun, runScore } from "./contiguous.ts";
import { bitCount, intersect, members } from "./bit_sets.ts";
import { BlockScorer } from "./block_scorer.ts";
import { BoundTable } from "./bounds.ts";
import type { FuzzyPlan, RunPlan, TextPlan } from "./plan.ts";
import { bigramRow, type Segment, trigramKey } from "./segment.ts";
import { keepSubsequences } from "./subsequences.ts";
import { TopList } from "./top_list.ts";

// Work space for one search at a time, shared by all segments: a step never yields while it is in use.
let bounds = new Int16Array(0);
let extras = new Int16Array(0);
/** The highest bound of each block. */
let tops = new Int16Array(0);

function makeRoom(count: number): void {
  if (bounds.length >= count) return;
  const size = Math.max(1024, count + (count >> 2)) + 31 & ~31;
  bounds = new Int16Array(size);
  extras = new Int16Array(size);
  tops = new Int16Array(size >>> 5);
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

  /** The texts that match, as bits. */
  candidates(): Uint32Array {
    const { fuzzy, runs, notFuzzy, notRuns, possible } = this.#plan;
    if (!possible) return new Uint32Array(this.#bits.length);
    const bits = this.#narrowed();
    for (const run of runs) this.#keepRuns(run, { bits, wanted: true });
    for (const run of notRuns) this.#keepRuns(run, { bits, wanted: false });
    for (const { codes } of fuzzy) keepSubsequences(this.segment, codes, { bits, wanted: true });
    for (const codes of notFuzzy) keepSubsequences(this.segment, codes, { bits, wanted: false });
    return bits;
  }

  /** Scores candidates into `top`; `floor` is a score below which no hit is wanted. */
  score(bits: Uint32Array, floor: number): void {
    const { fuzzy, runs, ranks } = this.#plan;
    if (!ranks) {
      const texts = members(bits, this.segment.count);
      for (let i = 0; i < texts.length && !this.top.isFull; i++) this.top.push(0, texts[i]!, texts[i]!);
      return;
    }
    makeRoom(this.segment.count);
    this.top.clear();
    extras.fill(0, 0, this.segment.count);
    const texts = runs.length > 0 ? members(bits, this.segment.count) : new Uint32Array(0);
    for (const run of runs) {
      for (let i = 0; i < texts.length; i++) extras[texts[i]!]! += this.#runScore(run, texts[i]!);
    }
    if (fuzzy.length > 0) return this.#scoreFuzzy(bits, floor);
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

  #keepRuns(run: RunPlan, { bits, wanted }: { readonly bits: Uint32Array; readonly wanted: boolean }): void {
    for (let word = 0; word < bits.length; word++) {
      for (let rest = bits[word]!; rest !== 0;) {
        const low = rest & -rest;
        rest ^= low;
        if ((this.#place(run, word << 5 | 31 - Math.clz32(low)) >= 0) !== wanted) bits[word]! ^= low;
      }
    }
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
  #scoreFuzzy(bits: Uint32Array, floor: number): void {
    const counts = this.#bound(bits);
    let threshold = counts.length - 1;
    for (let above = 0; threshold > 0; threshold--) {
      above += counts[threshold]!;
      if (above >= WAVE * this.top.limit) break;
    }
    this.#wave(bits, { floor, from: threshold, to: counts.length });
    this.#wave(bits, { floor, from: 0, to: threshold });
  }

  /** Writes the bound of every candidate, and the highest one of every block; how many have each. */
  #bound(bits: Uint32Array): Uint32Array {
    const { fuzzy } = this.#plan;
    let most = this.#plan.best;
    const hasExtras = this.#plan.runs.length > 0;
    if (hasExtras) {
      let extra = 0;
      for (let text = 0; text < this.segment.count; text++) if (extras[text]! > extra) extra = extras[text]!;
      most += extra;
    }
    const counts = new Uint32Array(most + 1);
    const tables = fuzzy.map(({ codes }) => new BoundTable(codes, this.segment));
    // The best score of one term is known to be that of `best`; any other match of it loses two at least.
    const known = fuzzy.length === 1 ? this.#bestBits : null;
    for (let block = 0; block < bits.length; block++) {
      const asked = bits[block]!;
      if (asked === 0) continue;
      const same = boundBlock(block, { asked, tables, hasExtras });
      if (same > 0 && same < most) {
        tops[block] = same;
        counts[same]! += bitCount(asked);
        continue;
      }
      let top = 0;
      for (let rest = asked; rest !== 0;) {
        const low = rest & -rest;
        rest ^= low;
        const text = block << 5 | 31 - Math.clz32(low);
        let bound = bounds[text]!;
        if (known !== null && bound === most && (known[block]! & low) === 0) bound = bounds[text] = bound - 2;
        if (bound > top) top = bound;
        counts[bound]!++;
      }
      tops[block] = top;
    }
    return counts;
  }

  /** Scores those whose bound is `from` to below `to`. */
  #wave(bits: Uint32Array, { floor, from, to }: { floor: number; from: number; to: number }): void {
    const least = Math.max(from, floor);
    const { common, spans, shortest } = this.segment.blocks;
    const readers = this.#plan.fuzzy.map(({ scorer }) => new BlockScorer(this.segment, scorer));
    for (let block = 0; block < bits.length; block++) {
      const asked = bits[block]!;
      const isPassed = asked === 0 || tops[block]! < least ||
        !this.top.admits(tops[block]!, shortest[block]! * PLACES + (block << 5));
      if (isPassed) { for (const reader of readers) reader.skip(spans[block]!); }
      else {
        for (const reader of readers) reader.enter(block);
        this.#scoreBlock(block, { asked, least, to, readers });
        for (const reader of readers) reader.skip(common[block]!);
      }
    }
  }

  #scoreBlock(block: number, { asked, least, to, readers }: BlockAsked): void {
    const top = this.top;
    const { starts } = this.segment;
    // As top.admits, which is too much to ask of every text.
    let [floor, floorRank] = [top.floor, top.floorRank];
    for (let rest = asked; rest !== 0;) {
      const low = rest & -rest;
      rest ^= low;
      const text = block << 5 | 31 - Math.clz32(low);
      const bound = bounds[text]!;
      if (bound < least || bound < floor || bound >= to) continue;
      const rank = (starts[text + 1]! - starts[text]!) * PLACES + text;
      if (bound === floor && rank > floorRank) continue;
      let most = extras[text]!;
      for (let i = 0; i < readers.length; i++) most += readers[i]!.most(text);
      if (most < floor || (most === floor && rank > floorRank)) continue;
      let score = extras[text]!;
      for (let i = 0; i < readers.length; i++) score += readers[i]!.score(text);
      if (score < floor) continue;
      top.push(score, rank, text);
      floor = top.floor;
      floorRank = top.floorRank;
    }
  }
}

interface BlockAsked {
  readonly asked: number;
  readonly least: number;
  readonly to: number;
  readonly readers: readonly BlockScorer[];
}

/** Candidates of the first wave, for each hit wanted. */
const WAVE = 8;

/** The signs of 32 texts are those of most of them: only what they differ in is looked at one by one. */
const mixed = new Uint32Array(32);
const mixedSigns = new Uint32Array(32);

/** Writes the bounds of a block's texts; gives the one that all of them have, or 0. */
function boundBlock(
  block: number,
  { asked, tables, hasExtras }: {
    readonly asked: number;
    readonly tables: readonly BoundTable[];
    readonly hasExtras: boolean;
  },
): number {
  const first = block << 5;
  let same = hasExtras ? -1 : 0;
  for (let i = 0; i < 32; i++) bounds[first + i] = extras[first + i]!;
  for (const table of tables) {
    const { sets, known } = table;
    let [count, signs] = [0, 0];
    for (let z = 0; z < sets.length; z++) {
      const has = sets[z]![0][sets[z]![1] + block]! & asked;
      if (has === asked) signs |= 1 << z;
      else if (has !== 0) {
        mixed[count] = has;
        mixedSigns[count++] = z;
      }
    }
    if (count === 0) {
      const bound = table.of(signs);
      if (same >= 0) same += bound;
      for (let i = 0; i < 32; i++) bounds[first + i]! += bound;
      continue;
    }
    same = -1;
    for (let rest = asked; rest !== 0;) {
      const low = rest & -rest;
      rest ^= low;
      const i = 31 - Math.clz32(low);
      let own = signs;
      for (let z = 0; z < count; z++) own |= (mixed[z]! >>> i & 1) << mixedSigns[z]!;
      bounds[first + i]! += known[own]! || table.of(own);
    }
  }
  return Math.max(0, same);
}
