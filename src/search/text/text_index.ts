import { type Sliced, slicedSort } from "../../base/mod.ts";
import type { TextTerm } from "../query.ts";
import { encodeText } from "./alphabet.ts";
import { matchText } from "./match_text.ts";
import { planText, type TextPlan } from "./plan.ts";
import { compareTexts, LONGEST, Segment, type SourceText, type TextSource } from "./segment.ts";
import { members, size } from "./bit_sets.ts";
import { SegmentSearch } from "./segment_search.ts";
import { TopList } from "./top_list.ts";

export interface TextHit {
  readonly document: number;
  readonly score: number;
}

export interface TextAnswer {
  /** Best first. */
  readonly hits: readonly TextHit[];
  readonly matched: number;
  /** Search ended when nothing better could come: there may be more matches. */
  readonly atLeast: boolean;
  /** Matches that were not scored because of `maxCandidates`. */
  readonly leftOut: number;
}

export interface TextSearchOptions {
  readonly limit: number;
  readonly maxCandidates?: number | undefined;
  /** The documents that may match; all unless given. */
  readonly filter?: DocumentFilter | undefined;
}

/** Says of one segment's documents, or of a single one, whether they may match. */
export interface DocumentFilter {
  /** Clears the bits of those that may not; place i is `documents[i]`. */
  narrow(bits: Uint32Array, documents: Uint32Array): void;
  allows(document: number): boolean;
}

/** No segment: a document whose text is not of the alphabet. */
const APART = 0xffff;
const NOWHERE = 0xfffe;

/**
 * Texts of documents, searchable while they come and go.
 *
 * 1. What `search` finds depends on the documents alone, not on the order in which they came or went.
 * 2. Additions wait until `settle`; it joins segments so that there are few: each holds at least twice the next one's.
 * 3. A document's text never changes: one that does is removed and added.
 */
export class TextIndex {
  readonly #source: TextSource;
  readonly #maxPostings: number;
  #segments: Segment[] = [];
  /** Of each document: its segment by number, and its place there. */
  #segmentOf = new Uint16Array(1024).fill(NOWHERE);
  #placeOf = new Uint32Array(1024);
  readonly #waiting = new Set<number>();
  readonly #apart = new Set<number>();
  /** Documents removed while a segment is made of what they were; null when none is. */
  #goneMeanwhile: Set<number> | null = null;

  constructor(source: TextSource, { maxPostings = Infinity }: { readonly maxPostings?: number } = {}) {
    this.#source = source;
    this.#maxPostings = maxPostings;
  }

  get size(): number {
    return this.#segments.reduce((sum, { living }) => sum + living, this.#waiting.size + this.#apart.size);
  }

  /** Keys of which not all postings are kept. */
  get cutKeys(): number {
    return this.#segments.reduce((sum, { cutKeys }) => sum + cutKeys.size, 0);
  }

  get bytesHeld(): number {
    const segments = this.#segments.reduce((sum, segment) => sum + segment.bytesHeld, 0);
    return segments + this.#segmentOf.byteLength + this.#placeOf.byteLength + this.#apart.size * 40;
  }

  /** Bytes that the next `settle` will leave, without what waits for it: it makes segments anew that are half dead. */
  get bytesKept(): number {
    const dead = this.#segments.filter(isHalfDead);
    const given = dead.reduce(
      (sum, { bytesHeld, living, count }) => sum + bytesHeld * (1 - living / count),
      0,
    );
    return this.bytesHeld - given;
  }

  get segments(): number {
    return this.#segments.length;
  }

  /** True when `settle` has something to do. */
  get isUnsettled(): boolean {
    return this.#waiting.size > 0;
  }

  /** Documents that `settle` has yet to take in. */
  get waiting(): number {
    return this.#waiting.size;
  }

  add(document: number): void {
    this.#reserve(document);
    this.#waiting.add(document);
  }

  remove(document: number): void {
    if (this.#waiting.delete(document)) return;
    this.#goneMeanwhile?.add(document);
    const segment = this.#segmentOf[document]!;
    this.#segmentOf[document] = NOWHERE;
    if (segment === APART) this.#apart.delete(document);
    else if (segment !== NOWHERE) this.#segments[segment]!.remove(this.#placeOf[document]!);
  }

  /**
   * Takes in what was added; until then it is not found. Yields between steps of a few ms, is to be run to its end, and
   * only one at a time; additions and removals may come meanwhile.
   */
  *settle(): Sliced<void> {
    if (this.#waiting.size === 0) return;
    const fresh = [...this.#waiting];
    this.#waiting.clear();
    this.#goneMeanwhile = new Set();
    let total = fresh.length;
    const kept: Segment[] = [];
    const joined: number[][] = [fresh];
    // Smallest first; one that is not much larger than what joins so far joins too, and so does one that is half dead.
    for (const segment of [...this.#segments].sort((a, b) => a.living - b.living)) {
      if (isHalfDead(segment) || segment.living < total * 2) {
        total += segment.living;
        joined.push(Array.from(members(segment.alive, segment.count), (at) => segment.documents[at]!));
      } else kept.push(segment);
    }
    const texts = yield* this.#readAll(joined);
    yield* slicedSort(texts, compareTexts);
    this.#adopt(kept, yield* Segment.build(texts, this.#maxPostings));
    this.#goneMeanwhile = null;
  }

  /** The best of the documents that match every term; with no terms, the first ones in the order of their texts. */
  search(
    terms: readonly TextTerm[],
    { limit, maxCandidates, filter }: TextSearchOptions,
  ): TextAnswer {
    const plan = planText(terms);
    const parts = this.#segments.map((segment) => {
      const bits = segment.alive.slice();
      filter?.narrow(bits, segment.documents);
      return new SegmentSearch(segment, plan, { bits, limit });
    });
    const apart = this.#searchApart(terms, filter);
    if (maxCandidates === undefined && apart.length === 0) {
      const counts = parts.map((part) => part.best());
      const found = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
      // A segment that cannot say might have better ones.
      if (found >= limit && found > 0 && !counts.includes(null)) {
        return {
          hits: this.#merge(parts, { plan, apart, limit }),
          matched: found,
          atLeast: true,
          leftOut: 0,
        };
      }
    }
    let candidates = parts.map((part) => part.candidates());
    const matched = candidates.reduce((sum, bits) => sum + size(bits), apart.length);
    const leftOut = Math.max(0, matched - apart.length - (maxCandidates ?? Infinity));
    if (leftOut > 0) candidates = this.#firsts(parts, candidates, maxCandidates!);
    const floor = new TopList(limit);
    for (const { score } of apart) floor.push(score, 0, 0);
    parts.forEach((part, i) => {
      part.score(candidates[i]!, floor.floor);
      for (const { score } of part.top.list()) floor.push(score, 0, 0);
    });
    return { hits: this.#merge(parts, { plan, apart, limit }), matched, atLeast: false, leftOut };
  }

  #reserve(document: number): void {
    if (document < this.#segmentOf.length) return;
    const size = Math.max(document + 1, this.#segmentOf.length * 2);
    const [segments, places] = [new Uint16Array(size).fill(NOWHERE), new Uint32Array(size)];
    segments.set(this.#segmentOf);
    places.set(this.#placeOf);
    this.#segmentOf = segments;
    this.#placeOf = places;
  }

  /** What segments can hold; new texts that they cannot are put apart. Of documents that went there is nothing to read. */
  *#readAll([fresh, ...joined]: readonly number[][]): Sliced<SourceText[]> {
    const texts: SourceText[] = [];
    const bytes = new Uint8Array(LONGEST);
    let read = 0;
    for (const document of fresh!) {
      if ((++read & 2047) === 0) yield;
      if (this.#goneMeanwhile!.has(document)) continue;
      const made = this.#read(document);
      if (made.text.length <= LONGEST && encodeText(made.text, bytes, 0)) texts.push(made);
      else {
        this.#apart.add(document);
        this.#segmentOf[document] = APART;
      }
    }
    for (const document of joined.flat()) {
      if ((++read & 2047) === 0) yield;
      if (!this.#goneMeanwhile!.has(document)) texts.push(this.#read(document));
    }
    return texts;
  }

  #read(document: number): SourceText {
    const source = this.#source;
    return {
      document,
      text: source.text(document),
      nameAt: source.nameAt(document),
      tie: source.tie(document),
    };
  }

  #adopt(kept: readonly Segment[], made: Segment): void {
    const gone = this.#goneMeanwhile!;
    made.documents.forEach((document, place) => {
      if (gone.has(document)) made.remove(place);
    });
    this.#segments = [...kept, made].filter(({ living }) => living > 0).sort((a, b) => b.living - a.living);
    this.#segments.forEach((segment, number) => {
      for (const place of members(segment.alive, segment.count)) {
        const document = segment.documents[place]!;
        this.#segmentOf[document] = number;
        this.#placeOf[document] = place;
      }
    });
  }

  #searchApart(terms: readonly TextTerm[], filter: DocumentFilter | undefined): TextHit[] {
    return [...this.#apart].flatMap((document) => {
      if (filter?.allows(document) === false) return [];
      const text = this.#source.text(document);
      const found = matchText(terms, { text, name: this.#source.nameAt(document) });
      return found === null ? [] : [{ document, score: found.score }];
    });
  }

  /** The first `count` candidates of all segments, in the order of their texts. */
  #firsts(parts: readonly SegmentSearch[], candidates: readonly Uint32Array[], count: number): Uint32Array[] {
    const all = candidates.flatMap((bits, part) => {
      const { segment } = parts[part]!;
      const first = members(bits, segment.count).subarray(0, count);
      return Array.from(first, (at) => ({ part, at, ...this.#read(segment.documents[at]!) }));
    });
    all.sort(compareTexts);
    const kept = candidates.map((bits) => new Uint32Array(bits.length));
    for (const { part, at } of all.slice(0, count)) kept[part]![at >>> 5]! |= 1 << (at & 31);
    return kept;
  }

  /** The best of all segments and of what is kept apart. */
  #merge(
    parts: readonly SegmentSearch[],
    { plan, apart, limit }: { plan: TextPlan; apart: readonly TextHit[]; limit: number },
  ): TextHit[] {
    const found = parts.flatMap((part) =>
      part.top.list().map(({ score, item }) => ({ document: part.segment.documents[item]!, score }))
    );
    const hits = [...found, ...apart].map((hit) => ({ ...hit, ...this.#read(hit.document) }));
    hits.sort((a, b) =>
      b.score - a.score || (plan.ranks ? a.text.length - b.text.length : 0) || compareTexts(a, b)
    );
    return hits.slice(0, limit).map(({ document, score }) => ({ document, score }));
  }
}

function isHalfDead({ living, count }: Segment): boolean {
  return living * 2 < count;
}
