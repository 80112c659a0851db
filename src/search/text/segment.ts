import { BOUNDARY, encodeText, NO_BONUS, OTHER } from "./alphabet.ts";
import { Blocks } from "./blocks.ts";

/** Where an index's texts come from. */
export interface TextSource {
  /** `Kind namespace/name`, or `Kind name`. */
  text(document: number): string;
  /** Where the name begins in it. */
  nameAt(document: number): number;
  /** Orders documents of one and the same text, as kinds of two groups have them. */
  tie(document: number): string;
}

/** One document, its text as it is now. */
export interface SourceText {
  readonly document: number;
  readonly text: string;
  readonly nameAt: number;
  readonly tie: string;
}

/** Orders by text alone. */
export function compareTexts(a: SourceText, b: SourceText): number {
  if (a.text !== b.text) return a.text < b.text ? -1 : 1;
  return a.tie < b.tie ? -1 : a.tie > b.tie ? 1 : 0;
}

/** Longer texts are kept apart: a place in a posting is one byte. */
export const LONGEST = 255;
/** Rows of the bigram sets: pairs of letters are hashed to nine bits. */
const BIGRAMS = 512;
/** Rows of the sets of pairs that begin at a bonus, hashed to eight bits: a text has few of them. */
const START_PAIRS = 256;
const KEYS = 64 * 64 * 64;

export function bigramRow(first: number, second: number): number {
  return Math.imul(first * 64 + second, 0x9E3779B1) >>> 23;
}

export function startPairRow(first: number, second: number): number {
  return Math.imul(first * 64 + second, 0x9E3779B1) >>> 24;
}

/** The key of a word start's first three letters; OTHER where the text ends before. */
export function trigramKey(first: number, second: number, third: number): number {
  return first << 12 | second << 6 | third;
}

// A table for counting keys, shared by small builds, which never yield; large ones have their own.
let shared: Uint32Array | null = null;
const SMALL = 4096;

/**
 * Texts that never change, in their order, made ready for search. Deleted ones are cleared in `alive`.
 *
 * `charSets`, `wordSets`, `startSets`, `pairSets` and `startPairSets` are bit sets over texts: which have a letter, have it at
 * a word's start, have it where a match earns a bonus, have a pair of letters (or one of the same hash), have one whose
 * first letter is where a match earns a bonus. Postings lead from the first three letters of a word to its places.
 */
export class Segment {
  readonly count: number;
  /** 32 texts a word. */
  readonly words: number;
  /** Text i is the caller's document documents[i]. */
  readonly documents: Uint32Array;
  readonly starts: Uint32Array;
  readonly names: Uint8Array;
  bytes = new Uint8Array(0);
  /** First letters that text i has in common with text i - 1. */
  readonly shared: Uint8Array;
  readonly charSets: Uint32Array;
  readonly wordSets: Uint32Array;
  readonly startSets: Uint32Array;
  readonly pairSets: Uint32Array;
  readonly startPairSets: Uint32Array;
  /** 1 for pairs (first * 64 + second) whose second letter earns a bonus right after the first in any text. */
  readonly adjoined = new Uint8Array(64 * 64);
  readonly blocks: Blocks;
  readonly alive: Uint32Array;
  living: number;
  /** Keys of the postings, ascending; those of keys[i] are postings[firsts[i]] to postings[firsts[i + 1]]: text << 8 | place. */
  keys = new Uint32Array(0);
  firsts = new Uint32Array(1);
  postings = new Uint32Array(0);
  /** Keys whose postings were cut at the cap: they tell of some texts, not of all. */
  readonly cutKeys = new Set<number>();

  private constructor(texts: readonly SourceText[]) {
    const count = this.count = this.living = texts.length;
    const words = this.words = (count + 31) >>> 5;
    this.documents = Uint32Array.from(texts, ({ document }) => document);
    this.starts = new Uint32Array(count + 1);
    this.names = Uint8Array.from(texts, ({ nameAt }) => nameAt);
    this.shared = new Uint8Array(count);
    this.charSets = new Uint32Array(64 * words);
    this.wordSets = new Uint32Array(64 * words);
    this.startSets = new Uint32Array(64 * words);
    this.pairSets = new Uint32Array(BIGRAMS * words);
    this.startPairSets = new Uint32Array(START_PAIRS * words);
    this.blocks = new Blocks(count);
    this.alive = new Uint32Array(words).fill(0xffffffff);
    if (count & 31) this.alive[words - 1] = 2 ** (count & 31) - 1;
  }

  /** `texts` ordered by compareTexts, each of at most LONGEST letters of the alphabet. Yields between steps of a few ms. */
  static *build(texts: readonly SourceText[], maxPostings: number): Generator<void, Segment, void> {
    const segment = new Segment(texts);
    yield* segment.#encode(texts);
    for (let text = 0; text < segment.count; text++) {
      if ((text & 4095) === 4095) yield;
      segment.#note(text);
      if ((text & 31) === 31 || text === segment.count - 1) segment.blocks.note(text >>> 5, segment);
    }
    yield* segment.#post(maxPostings);
    return segment;
  }

  get bytesHeld(): number {
    const { documents, starts, names, bytes, shared, charSets, wordSets, startSets, pairSets } = this;
    const texts = [documents, starts, names, bytes, shared, this.alive];
    const sets = [charSets, wordSets, startSets, pairSets, this.startPairSets, this.adjoined];
    const posted = [this.keys, this.firsts, this.postings];
    const held = [...texts, ...sets, ...posted].reduce((sum, array) => sum + array.byteLength, 0);
    return held + this.blocks.bytesHeld;
  }

  remove(text: number): void {
    this.alive[text >>> 5]! &= ~(1 << (text & 31));
    this.living--;
  }

  /** Half open range of the postings of all keys from `low` to below `high`. */
  range(low: number, high: number): readonly [number, number] {
    return [this.firsts[lowerBound(this.keys, low)]!, this.firsts[lowerBound(this.keys, high)]!];
  }

  *#encode(texts: readonly SourceText[]): Generator<void, void, void> {
    const length = texts.reduce((sum, { text }) => sum + text.length, 0);
    this.bytes = new Uint8Array(length);
    let at = 0;
    for (let i = 0; i < texts.length; i++) {
      if ((i & 4095) === 4095) yield;
      encodeText(texts[i]!.text, this.bytes, at);
      this.starts[i + 1] = at += texts[i]!.text.length;
    }
  }

  /** Enters a text into the bit sets. */
  #note(text: number): void {
    const { bytes, starts, words, charSets, wordSets, startSets, pairSets, startPairSets } = this;
    const from = starts[text]!;
    const to = starts[text + 1]!;
    const word = text >>> 5;
    const bit = 1 << (text & 31);
    let before = -1;
    for (let at = from; at < to; at++) {
      const code = bytes[at]! & 63;
      const bonus = bytes[at]! >> 6;
      charSets[code * words + word]! |= bit;
      if (bonus !== NO_BONUS) startSets[code * words + word]! |= bit;
      if (bonus === BOUNDARY) wordSets[code * words + word]! |= bit;
      if (before >= 0) {
        const first = before & 63;
        pairSets[bigramRow(first, code) * words + word]! |= bit;
        if (before > 63) startPairSets[startPairRow(first, code) * words + word]! |= bit;
        if (bonus !== NO_BONUS) this.adjoined[first * 64 + code] = 1;
      }
      before = bytes[at]!;
    }
    if (text > 0) this.shared[text] = commonLength(bytes, starts[text - 1]!, { from, to });
  }

  *#post(maxPostings: number): Generator<void, void, void> {
    const isSmall = this.count <= SMALL;
    const table = isSmall ? shared ??= new Uint32Array(KEYS) : new Uint32Array(KEYS);
    let distinct = 0;
    for (let from = 0; from < this.count; from += SMALL) {
      if (from > 0) yield;
      this.#eachWordStart(from, (key) => {
        if (table[key] === maxPostings) this.cutKeys.add(key);
        else if (table[key]!++ === 0) distinct++;
      });
    }
    this.keys = new Uint32Array(distinct);
    this.firsts = new Uint32Array(distinct + 1);
    let [at, sum] = [0, 0];
    for (let key = 0; at < distinct; key++) {
      const count = table[key]!;
      if (count === 0) continue;
      this.keys[at] = key;
      table[key] = sum;
      this.firsts[++at] = sum += count;
    }
    this.postings = new Uint32Array(sum);
    for (let from = 0; from < this.count; from += SMALL) {
      if (from > 0) yield;
      this.#eachWordStart(from, (key, posting) => {
        // The first ones of a key that is cut are kept.
        const isFull = this.cutKeys.has(key) && table[key] === this.firsts[lowerBound(this.keys, key) + 1];
        if (!isFull) this.postings[table[key]!++] = posting;
      });
    }
    if (isSmall) { for (const key of this.keys) table[key] = 0; }
  }

  /** Word starts of SMALL texts. */
  #eachWordStart(first: number, take: (key: number, posting: number) => void): void {
    const { bytes, starts } = this;
    const end = Math.min(this.count, first + SMALL);
    for (let text = first; text < end; text++) {
      const from = starts[text]!;
      const to = starts[text + 1]!;
      for (let at = from; at < to; at++) {
        if (bytes[at]! >> 6 !== BOUNDARY) continue;
        const second = at + 1 < to ? bytes[at + 1]! & 63 : OTHER;
        const third = at + 2 < to ? bytes[at + 2]! & 63 : OTHER;
        take(trigramKey(bytes[at]! & 63, second, third), text * 256 + at - from);
      }
    }
  }
}

function commonLength(bytes: Uint8Array, before: number, { from, to }: { from: number; to: number }): number {
  const most = Math.min(to - from, from - before);
  let length = 0;
  while (length < most && bytes[before + length] === bytes[from + length]) length++;
  return length;
}

function lowerBound(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
