import { type Resource, resourceKey } from "../kube/mod.ts";
import type { Snapshot } from "../store/mod.ts";
import { bodyValues } from "./body_values.ts";
import { unknownFields } from "./notes.ts";
import { PathColumns, type ReadBody } from "./path_columns.ts";
import { printQuery, printTerm } from "./print_query.ts";
import type { Query, Term, TextTerm } from "./query.ts";
import { compileRows, compileTerm, movesWithTime } from "./row_terms.ts";
import { matchTerm, matchText } from "./text/match_text.ts";
import { type DocumentFilter, TextIndex } from "./text/text_index.ts";

export interface SearchIndexOptions {
  /** Postings kept under one key; searches stay right without, and get slower. Default: all. */
  readonly maxPostings?: number | undefined;
  /** Bytes, past which no more objects are taken in: those are not found. Default: no limit. */
  readonly maxBytes?: number | undefined;
  /** Annotations of one object that are looked at. Default: all. */
  readonly maxAnnotations?: number | undefined;
}

/** What an object takes in the index, bytes, while it is not in it yet. */
const DOCUMENT_BYTES = 280;

/** A collection to search: one kind, in one namespace or all. */
export interface Collection {
  readonly resource: Resource;
  readonly snapshot: Snapshot;
  /** Bodies for `field:` paths and `anno:`; none unless given. */
  readonly readBody?: ReadBody | undefined;
}

export interface AskOptions {
  readonly limit: number;
  readonly minScore?: number | undefined;
  readonly maxCandidates?: number | undefined;
  /** Epoch ms that ages are counted to. */
  readonly nowMs: number;
  readonly explain?: boolean | undefined;
  /** The collections asked, by key; all unless given. */
  readonly keys?: ReadonlySet<string> | undefined;
}

export interface Hit {
  /** Of the collection. */
  readonly key: string;
  readonly resource: Resource;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly createdMs: number;
  readonly score: number;
  readonly marks: {
    readonly kind: readonly number[];
    readonly namespace: readonly number[];
    readonly name: readonly number[];
  };
  readonly why: readonly string[];
}

export interface Answer {
  readonly hits: readonly Hit[];
  readonly matched: number;
  readonly atLeast: boolean;
  readonly leftOut: number;
}

interface Held {
  readonly key: string;
  readonly resource: Resource;
  readonly paths: PathColumns;
  snapshot: Snapshot;
  /** What the last typed terms selected. */
  selected: Selected | null;
  /** Document of each slot plus one; 0: none. */
  documents: Uint32Array;
  /** How many those are: fewer than rows, where the index is full. */
  count: number;
}

/** Slots that pass some typed terms, one byte each, for a snapshot but for the slots that changed since. */
interface Selected {
  readonly terms: string;
  snapshot: Snapshot;
  readonly slots: Uint8Array;
  changed: number[];
}

/**
 * Objects of many kinds, searchable by their identity and by what their rows say.
 *
 * 1. Answers depend on the collections' last snapshots alone, once settled.
 * 2. A row that changed but kept its namespace and name costs nothing: its cells are read from the snapshot.
 * 3. Nothing of an object's body is held but the values of paths that were asked for.
 */
export class SearchIndex {
  readonly #text: TextIndex;
  readonly #held = new Map<string, Held>();
  /** By document. */
  #kinds: (Held | null)[] = [];
  #slots = new Uint32Array(1024);
  readonly #free: number[] = [];
  readonly #maxBytes: number;
  readonly #maxAnnotations: number | undefined;
  /** Objects that are taken in before the bytes are counted anew. */
  #room = 0;

  constructor({ maxPostings = Infinity, maxBytes = Infinity, maxAnnotations }: SearchIndexOptions = {}) {
    this.#maxBytes = maxBytes;
    this.#maxAnnotations = maxAnnotations;
    this.#text = new TextIndex({
      text: (document) => this.#textOf(document),
      nameAt: (document) => this.#prefixOf(document).length,
      tie: (document) => resourceKey(this.#kinds[document]!.resource),
    }, { maxPostings });
  }

  /** Objects held. */
  get size(): number {
    return this.#text.size;
  }

  /** Keys whose postings were cut. */
  get cutKeys(): number {
    return this.#text.cutKeys;
  }

  get bytesHeld(): number {
    return this.#text.bytesHeld + this.#tableBytes;
  }

  get #tableBytes(): number {
    let bytes = this.#slots.byteLength + this.#kinds.length * 8 + this.#free.length * 8;
    for (const { documents } of this.#held.values()) bytes += documents.byteLength;
    return bytes;
  }

  get isUnsettled(): boolean {
    return this.#text.isUnsettled;
  }

  /** Objects of these collections that are not in the index because it is full. */
  missing(keys: ReadonlySet<string> = this.keys): number {
    let missing = 0;
    for (const { key, snapshot, count } of this.#held.values()) {
      if (keys.has(key)) missing += snapshot.size - count;
    }
    return missing;
  }

  /** Annotations that the last queries did not look at because their objects have too many. */
  get annotationsLeftOut(): number {
    return this.#held.values().reduce((sum, { paths }) => sum + paths.annotationsLeftOut, 0);
  }

  get keys(): ReadonlySet<string> {
    return new Set(this.#held.keys());
  }

  /** Takes a collection in, or its next snapshot. */
  update(key: string, { resource, snapshot, readBody = () => null }: Collection): void {
    let held = this.#held.get(key);
    if (held === undefined) {
      held = {
        key,
        resource,
        snapshot,
        selected: null,
        documents: new Uint32Array(64),
        count: 0,
        paths: new PathColumns(readBody, { maxAnnotations: this.#maxAnnotations }),
      };
      this.#held.set(key, held);
      this.#advance(held, snapshot, null);
    } else if (held.snapshot !== snapshot) this.#advance(held, snapshot, snapshot.changes);
  }

  remove(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    for (const document of held.documents) if (document > 0) this.#drop(document - 1);
  }

  /** Takes in what came; to be run to its end, one at a time. Yields between steps of a few ms. */
  settle(): Generator<void, void, void> {
    return this.#text.settle();
  }

  /** Reads from bodies what a query needs; false when some were not held. Yields between steps of a few ms. */
  *prepare(query: Query, keys: ReadonlySet<string> = this.keys): Generator<void, boolean, void> {
    let whole = true;
    for (const held of this.#asked(query, keys)) {
      if (!(yield* held.paths.prepare(bodyValues(query, held), held.snapshot))) whole = false;
    }
    return whole;
  }

  /** Fields that none of the kinds asked has a column for, and that are no paths. */
  unknownFields(query: Query, keys: ReadonlySet<string> = this.keys): readonly string[] {
    const asked = this.#asked(query, keys);
    return asked.every(({ snapshot }) => snapshot.size === 0) ? [] : unknownFields(query, asked);
  }

  search(query: Query, options: AskOptions): Answer {
    const { keys, nowMs, limit, maxCandidates, minScore = 0 } = options;
    const terms = query.filter((term): term is TextTerm => term.type === "text");
    const tests = new Map<Held, Uint8Array | boolean>();
    for (const held of this.#held.values()) {
      tests.set(held, (keys?.has(held.key) ?? true) && select(held, query, nowMs));
    }
    const filter = [...tests.values()].every((test) => test === true) ? undefined : this.#filter(tests);
    const answer = this.#text.search(terms, { limit, maxCandidates, filter });
    const hits = answer.hits.filter(({ score }) => score >= minScore);
    return {
      ...answer,
      hits: hits.map(({ document, score }) => this.#hit({ document, score, query, options })),
    };
  }

  #asked(query: Query, keys: ReadonlySet<string>): Held[] {
    const kinds = query.filter(({ type }) => type === "kind" || type === "group");
    return [...this.#held.values()].filter((held) =>
      keys.has(held.key) && compileRows(kinds, { ...held, nowMs: 0 }) === true
    );
  }

  #filter(tests: ReadonlyMap<Held, Uint8Array | boolean>): DocumentFilter {
    const kinds = this.#kinds;
    const slots = this.#slots;
    return {
      allows: (document) => {
        const test = tests.get(kinds[document]!)!;
        return typeof test === "boolean" ? test : test[slots[document]!] === 1;
      },
      narrow: (bits, documents) => {
        let last: Held | null = null;
        let test: Uint8Array | boolean = false;
        for (let word = 0; word < bits.length; word++) {
          let kept = bits[word]!;
          for (let rest = kept; rest !== 0;) {
            const low = rest & -rest;
            rest ^= low;
            const document = documents[word << 5 | 31 - Math.clz32(low)]!;
            const held = kinds[document]!;
            // Texts begin with their kind, so that neighbours are of one.
            if (held !== last) {
              last = held;
              test = tests.get(held)!;
            }
            if (test === true) continue;
            if (test === false || test[slots[document]!] === 0) kept ^= low;
          }
          bits[word] = kept;
        }
      },
    };
  }

  #advance(held: Held, snapshot: Snapshot, changes: Uint32Array | null): void {
    const before = held.snapshot;
    if (held.documents.length < snapshot.slots) {
      const documents = new Uint32Array(Math.max(snapshot.slots, held.documents.length * 2));
      documents.set(held.documents);
      held.documents = documents;
    }
    held.snapshot = snapshot;
    held.selected = carry(held.selected, before, snapshot);
    const look = (slot: number) => this.#look(held, before, slot);
    this.#room = 0;
    // Where some had no room there may be some now.
    if (changes !== null && held.count === before.size) changes.forEach(look);
    else for (let slot = 0; slot < held.documents.length; slot++) look(slot);
  }

  /** Brings the document of one slot in line with its row. */
  #look(held: Held, before: Snapshot, slot: number): void {
    const document = held.documents[slot]!;
    const lives = held.snapshot.alive(slot);
    if (document > 0) {
      const same = lives && before.name(slot) === held.snapshot.name(slot) &&
        before.namespace(slot) === held.snapshot.namespace(slot);
      if (same) return;
      this.#drop(document - 1);
      held.documents[slot] = 0;
      held.count--;
    }
    if (!lives || !this.#hasRoom()) return;
    held.documents[slot] = this.#make(held, slot) + 1;
    held.count++;
  }

  #hasRoom(): boolean {
    if (this.#maxBytes === Infinity || this.#room-- > 0) return true;
    const { bytesKept, waiting } = this.#text;
    const left = this.#maxBytes - bytesKept - this.#tableBytes - waiting * DOCUMENT_BYTES;
    // Counted often enough that estimates add up to little.
    this.#room = Math.min(1024, Math.floor(left / DOCUMENT_BYTES)) - 1;
    return this.#room >= 0;
  }

  #make(held: Held, slot: number): number {
    const document = this.#free.pop() ?? this.#kinds.length;
    if (document >= this.#slots.length) {
      const slots = new Uint32Array(this.#slots.length * 2);
      slots.set(this.#slots);
      this.#slots = slots;
    }
    this.#kinds[document] = held;
    this.#slots[document] = slot;
    this.#text.add(document);
    return document;
  }

  #drop(document: number): void {
    this.#text.remove(document);
    this.#kinds[document] = null;
    this.#free.push(document);
  }

  #prefixOf(document: number): string {
    const { resource, snapshot } = this.#kinds[document]!;
    return textPrefix(resource, snapshot.namespace(this.#slots[document]!));
  }

  #textOf(document: number): string {
    return this.#prefixOf(document) + this.#kinds[document]!.snapshot.name(this.#slots[document]!);
  }

  #hit({ document, score, query, options }: HitRequest): Hit {
    const { key, resource, snapshot, paths } = this.#kinds[document]!;
    const slot = this.#slots[document]!;
    const [namespace, name] = [snapshot.namespace(slot), snapshot.name(slot)];
    const context = { resource, snapshot, paths, nowMs: options.nowMs };
    const named = { text: this.#textOf(document), name: this.#prefixOf(document).length };
    const isExplained = options.explain ?? false;
    return {
      key,
      resource,
      uid: snapshot.uid(slot),
      namespace,
      name,
      createdMs: snapshot.createdMs(slot),
      score,
      marks: marksOf(query, named, { kind: resource.kind, namespace }),
      why: isExplained
        ? query.map((term) => explain(term, named, () => compileTerm(term, context)(slot)))
        : [],
    };
  }
}

/**
 * The slots that pass the typed terms. Rows are asked in the order in which they lie in memory, and for as long as only the
 * text of a query is typed on, only those that change are asked again.
 */
function select(held: Held, query: Query, nowMs: number): Uint8Array | boolean {
  const { snapshot, paths } = held;
  // Ages move; they are shown by seconds.
  const second = movesWithTime(query, snapshot) ? Math.floor(nowMs / 1000) : 0;
  const terms = `${second} ${paths.reads} ${printQuery(query.filter(({ type }) => type !== "text"))}`;
  const last = held.selected?.terms === terms && held.selected.snapshot === snapshot ? held.selected : null;
  if (last !== null && last.changed.length === 0) return last.slots;
  const test = compileRows(query, { ...held, nowMs });
  if (typeof test === "boolean") return test;
  const { slots } = last ?? { slots: new Uint8Array(Math.ceil(snapshot.slots * 1.25)) };
  const ask = (slot: number) => slots[slot] = snapshot.alive(slot) && test(slot) ? 1 : 0;
  if (last !== null) last.changed.forEach(ask);
  else for (let slot = 0; slot < snapshot.slots; slot++) ask(slot);
  held.selected = { terms, snapshot, slots, changed: [] };
  return slots;
}

/** Takes what was selected over to the next snapshot, where that differs in so few slots that it is worth it. */
function carry(selected: Selected | null, before: Snapshot, after: Snapshot): Selected | null {
  if (selected === null || selected.snapshot !== before || after.changes === null) return null;
  if (before.columns !== after.columns || after.slots > selected.slots.length) return null;
  const changed = [...selected.changed, ...after.changes];
  return changed.length > after.slots / 4 ? null : { ...selected, snapshot: after, changed };
}

interface HitRequest {
  readonly document: number;
  readonly score: number;
  readonly query: Query;
  readonly options: AskOptions;
}

/** What stands before the name in an object's text: `Pod shop/`, `Node `. */
export function textPrefix({ kind }: Pick<Resource, "kind">, namespace: string): string {
  return namespace === "" ? `${kind} ` : `${kind} ${namespace}/`;
}

/** Which letters of kind, namespace and name the text terms matched. */
function marksOf(
  query: Query,
  named: { readonly text: string; readonly name: number },
  { kind, namespace }: { readonly kind: string; readonly namespace: string },
): Hit["marks"] {
  const terms = query.filter((term): term is TextTerm => term.type === "text");
  const marks = matchText(terms, named, { marks: true })?.marks ?? [];
  const within = (from: number, length: number) =>
    marks.filter((mark) => mark >= from && mark < from + length).map((mark) => mark - from);
  return {
    kind: within(0, kind.length),
    namespace: within(kind.length + 1, namespace.length),
    name: within(named.name, named.text.length - named.name),
  };
}

function explain(
  term: Term,
  named: { readonly text: string; readonly name: number },
  holds: () => boolean,
): string {
  if (term.type !== "text") return `${printTerm(term)}: ${holds() ? "holds" : "does not hold"}`;
  if (term.negated) return `${printTerm(term)}: not there`;
  const found = matchTerm(term, named, true);
  if (found === null) return `${printTerm(term)}: does not hold`;
  const letters = found.marks.map((mark) => named.text[mark]).join("");
  return `${printTerm(term)}: ${found.score} for ${term.match} "${letters}" in "${named.text}"`;
}
