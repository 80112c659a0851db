import type { Clock, Knobs, Logger, MetricSet } from "../base/mod.ts";
import type { Resource } from "../kube/mod.ts";
import { type Answer, bodyNotes, onlyNamespace, type Query, readQuery, SearchIndex } from "../search/mod.ts";
import type { Feed } from "./feed.ts";
import type {
  Discovered,
  SearchedKind,
  SearchHit,
  SearchOptions,
  SearchUpdate,
  SearchView,
  ViewSpec,
} from "./protocol.ts";
import { EVERYDAY_KINDS, kindsToSearch, MOST_KINDS, sameKind } from "./search_kinds.ts";
import { runSliced, type Sliced } from "./window/sliced.ts";

/** A feed of the engine, by its key. */
export interface WatchedFeed {
  readonly key: string;
  readonly spec: ViewSpec;
  readonly feed: Feed;
}

/** What searches need of the engine. */
export interface SearchHost {
  readonly clock: Clock;
  readonly knobs: Knobs;
  readonly metrics: MetricSet;
  readonly log: Logger;
  /** The namespace to look in where all of them may not be listed. */
  readonly namespace: string;
  readonly releaseMs: number;
  discover(): Promise<Discovered>;
  feeds(): Iterable<WatchedFeed>;
  /** Keeps a feed open until it is let go. */
  hold(spec: ViewSpec): WatchedFeed & Disposable;
}

/** While objects come and go, answers are worked out anew at most this often, ms. */
const REFRESH_MS = 100;

/**
 * The searches of one engine, over one index that follows its feeds while a search is open.
 *
 * 1. Every query is answered by one update with its generation, or with a later one's.
 * 2. Besides that, an update goes out only when something in it differs from what was sent.
 * 3. Work is done in slices, one piece after the other; nothing is done while nothing changes.
 */
export class SearchService {
  readonly host: SearchHost;
  #index: SearchIndex;
  readonly #reading = new Map<string, Disposable>();
  readonly #views = new Set<OpenSearch>();
  readonly #dirty = new Set<OpenSearch>();
  #timer: Disposable | null = null;
  /** A new query waits for its answer. */
  #soon = false;
  #running: Disposable | null = null;
  #idle: Disposable | null = null;
  #closed = false;
  /** It was said that the index is full. */
  #warned = false;

  constructor(host: SearchHost) {
    this.host = host;
    this.#index = this.#newIndex();
  }

  get index(): SearchIndex {
    return this.#index;
  }

  open(query: string, options: SearchOptions, onUpdate: (update: SearchUpdate) => void): SearchView {
    this.#idle?.[Symbol.dispose]();
    this.#idle = null;
    const view = new OpenSearch(this, { options, onUpdate });
    this.#views.add(view);
    for (const watched of this.host.feeds()) this.#follow(watched);
    view.ask(query);
    return {
      setQuery: (next) => view.ask(next),
      close: () => this.#close(view),
    };
  }

  /** A feed was opened. */
  feedOpened(watched: WatchedFeed): void {
    if (this.#views.size > 0 && !this.#closed) this.#follow(watched);
  }

  feedClosed(key: string): void {
    this.#reading.get(key)?.[Symbol.dispose]();
    if (this.#reading.delete(key)) this.#index.remove(key);
  }

  /** Answers a view anew: at once for a new query, with others a little later for what came or went. */
  touch(view: OpenSearch, { soon }: { readonly soon: boolean }): void {
    if (!this.#views.has(view) || this.#closed) return;
    this.#dirty.add(view);
    const isSooner = soon && !this.#soon;
    this.#soon ||= soon;
    if (this.#running !== null || (this.#timer !== null && !isSooner)) return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.host.clock.timer(soon ? 0 : REFRESH_MS, () => this.#run());
  }

  report(): void {
    const { metrics } = this.host;
    metrics.gauge("index_docs", this.#index.size);
    metrics.gauge("index_bytes", this.#index.bytesHeld);
    metrics.gauge("index_postings_truncated_keys", this.#index.cutKeys);
    metrics.gauge("index_over_cap", this.#index.missing() > 0 ? 1 : 0);
    metrics.gauge("annotations_left_out", this.#index.annotationsLeftOut);
  }

  dispose(): void {
    this.#closed = true;
    for (const view of [...this.#views]) this.#close(view);
    this.#forget();
    this.#running?.[Symbol.dispose]();
    this.#timer?.[Symbol.dispose]();
  }

  #warnWhenFull(): void {
    const { knobs, log } = this.host;
    if (this.#warned || knobs.maxIndexBytes === null || this.#index.missing() === 0) return;
    this.#warned = true;
    log.warn("search index at its cap: further objects are not found", {
      indexBytes: this.#index.bytesHeld,
      capBytes: knobs.maxIndexBytes,
      missing: this.#index.missing(),
    });
  }

  #newIndex(): SearchIndex {
    const { maxPostingsPerKey, maxIndexBytes, maxAnnosPerObj } = this.host.knobs;
    return new SearchIndex({
      maxPostings: maxPostingsPerKey ?? undefined,
      maxBytes: maxIndexBytes ?? undefined,
      maxAnnotations: maxAnnosPerObj ?? undefined,
    });
  }

  #close(view: OpenSearch): void {
    if (!this.#views.delete(view)) return;
    this.#dirty.delete(view);
    view.release();
    if (this.#views.size > 0 || this.#closed) return;
    // A person who closes a search opens the next one soon.
    this.#idle = this.host.clock.timer(this.host.releaseMs, () => this.#forget());
  }

  #forget(): void {
    this.#idle?.[Symbol.dispose]();
    this.#idle = null;
    for (const reading of this.#reading.values()) reading[Symbol.dispose]();
    this.#reading.clear();
    this.#index = this.#newIndex();
  }

  #follow({ key, spec, feed }: WatchedFeed): void {
    // Selectors leave objects out: such a feed says nothing of its kind.
    if (spec.labelSelector || spec.fieldSelector || this.#reading.has(key)) return;
    const readBody = (uid: string) => feed.rawJson(uid);
    const take = () => {
      this.#index.update(key, { resource: spec.resource, snapshot: feed.snapshot, readBody });
      this.#warnWhenFull();
      for (const view of this.#views) this.touch(view, { soon: false });
    };
    this.#reading.set(
      key,
      feed.addReader({
        onSnapshot: take,
        onStatus: () => {
          for (const view of this.#views) this.touch(view, { soon: false });
        },
      }),
    );
    take();
  }

  #run(): void {
    this.#timer = null;
    this.#soon = false;
    let finished = false;
    const job = runSliced(this.#work(), this.host.clock, () => {
      finished = true;
      this.#running = null;
      const [next] = this.#dirty;
      const soon = this.#soon;
      this.#soon = false;
      if (next !== undefined) this.touch(next, { soon });
    });
    if (!finished) this.#running = job;
  }

  /** Is run to its end always: the index cannot be left half settled. */
  *#work(): Sliced<void> {
    const views = [...this.#dirty];
    this.#dirty.clear();
    for (const view of views) {
      const { query } = view;
      const whole = query === null || (yield* this.#index.prepare(query, view.keys()));
      // What came while a slice was worked on belongs to the answer too.
      while (this.#index.isUnsettled) yield* this.#index.settle();
      if (this.#views.has(view)) view.answer(this.#index, { whole });
      yield;
    }
  }
}

interface OpenSearchOptions {
  readonly options: SearchOptions;
  readonly onUpdate: (update: SearchUpdate) => void;
}

/** One reader's query. */
class OpenSearch {
  readonly #service: SearchService;
  readonly #options: SearchOptions;
  readonly #onUpdate: (update: SearchUpdate) => void;
  readonly #holds = new Map<string, WatchedFeed & Disposable>();
  #parsed = readQuery("");
  #resources: readonly Resource[] | null = null;
  #discoveryError: string | null = null;
  #leftOutKinds = 0;
  #whole = true;
  #generation = -1;
  #sent = "";

  constructor(service: SearchService, { options, onUpdate }: OpenSearchOptions) {
    this.#service = service;
    this.#options = options;
    this.#onUpdate = onUpdate;
    service.host.discover().then(
      ({ resources }) => this.#learn(resources),
      (error) => {
        this.#discoveryError = (error as Error).message;
        this.#learn([]);
      },
    );
  }

  /** null while the text does not parse. */
  get query(): Query | null {
    return this.#parsed.ok ? this.#parsed.query : null;
  }

  ask(text: string): number {
    this.#parsed = readQuery(text);
    this.#generation++;
    this.#hold();
    this.#service.touch(this, { soon: true });
    return this.#generation;
  }

  release(): void {
    for (const hold of this.#holds.values()) hold[Symbol.dispose]();
    this.#holds.clear();
  }

  /** The feeds that the query is asked of. */
  keys(): ReadonlySet<string> {
    return new Set(this.#asked().map(({ key }) => key));
  }

  /** `whole`: every object's body that the query needs was at hand. */
  answer(index: SearchIndex, { whole }: { readonly whole: boolean }): void {
    this.#whole = whole;
    // Until the kinds are known there is nothing to say.
    if (this.#resources === null) return;
    this.#holdWhereDenied();
    const { clock, metrics } = this.#service.host;
    const startMs = clock.monotonic();
    const asked = this.#asked();
    const answer = this.#search(index, new Set(asked.map(({ key }) => key)));
    const tookMs = clock.monotonic() - startMs;
    metrics.observe("search_eval_ms", tookMs);
    metrics.gauge("search_candidates", answer.matched);
    const update = this.#update(index, { answer, asked });
    const text = JSON.stringify(update);
    if (text === this.#sent) return;
    this.#sent = text;
    this.#onUpdate({ ...update, tookMs });
  }

  #learn(resources: readonly Resource[]): void {
    this.#resources = resources;
    this.#hold();
    this.#service.touch(this, { soon: true });
  }

  #search(index: SearchIndex, keys: ReadonlySet<string>): Answer {
    const { limit, minScore, maxCandidates, explain } = this.#options;
    const query = this.query;
    if (query === null) return NOTHING;
    const nowMs = this.#service.host.clock.now();
    return index.search(query, { limit, minScore, maxCandidates, explain, keys, nowMs });
  }

  #update(
    index: SearchIndex,
    { answer, asked }: { readonly answer: Answer; readonly asked: readonly WatchedFeed[] },
  ): Omit<SearchUpdate, "tookMs"> {
    const keys = new Set(asked.map(({ key }) => key));
    return {
      generation: this.#generation,
      hits: answer.hits.map(toHit),
      matched: answer.matched,
      atLeast: answer.atLeast,
      indexed: asked.reduce((sum, { feed }) => sum + feed.snapshot.size, 0) - index.missing(keys),
      kinds: asked.map(({ spec, feed }): SearchedKind => ({
        resource: spec.resource,
        namespace: spec.namespace,
        // Freshness moves all the time and is not what a search tells.
        status: { ...feed.status, freshMs: 0 },
      })),
      problem: this.#parsed.ok ? null : this.#parsed.problem,
      notes: this.#notes(index, answer),
    };
  }

  #notes(index: SearchIndex, answer: Answer): readonly string[] {
    const query = this.query;
    const notes: string[] = [];
    if (this.#discoveryError !== null) {
      notes.push(`the server's kinds are not known: ${this.#discoveryError}`);
    }
    if (query !== null && this.#resources !== null && this.#asked().length === 0) notes.push("no such kind");
    if (this.#leftOutKinds > 0) notes.push(`${this.#leftOutKinds} more kinds are not searched`);
    if (answer.leftOut > 0) notes.push(`${answer.leftOut} more candidates were not scored`);
    const { annotationsLeftOut } = index;
    notes.push(...bodyNotes({ isWhole: this.#whole, annotationsLeftOut }));
    const missing = index.missing(this.keys());
    if (missing > 0) {
      notes.push(
        `${missing} objects are not in the index, which is full (ORKA_MAX_INDEX_BYTES): results may be incomplete`,
      );
    }
    if (index.cutKeys > 0) notes.push(`postings of ${index.cutKeys} keys are cut: slower, not less right`);
    if (query !== null) {
      for (const field of index.unknownFields(query, this.keys())) {
        notes.push(`no kind that is searched has a column "${field}"`);
      }
    }
    return notes;
  }

  /** Opens feeds for the kinds that the query is to be asked of; they stay until the search is closed. */
  #hold(): void {
    const query = this.query;
    if (query === null || this.#resources === null) return;
    const wanted = kindsToSearch(query, this.#resources, this.#kinds());
    this.#leftOutKinds = Math.max(0, wanted.length - MOST_KINDS);
    const only = this.#options.once ? onlyNamespace(query) : null;
    for (const resource of wanted.slice(0, MOST_KINDS)) {
      this.#keep({ resource, namespace: resource.namespaced ? only : null });
    }
  }

  #keep(spec: ViewSpec): void {
    const isHeld = [...this.#holds.values()].some((hold) =>
      sameKind(hold.spec.resource, spec.resource) && hold.spec.namespace === spec.namespace
    );
    if (isHeld) return;
    const hold = this.#service.host.hold(spec);
    this.#holds.set(hold.key, hold);
    this.#service.feedOpened(hold);
  }

  /** Who may not list all namespaces may list their own. */
  #holdWhereDenied(): void {
    for (const { spec, feed } of [...this.#holds.values()]) {
      if (spec.namespace !== null || !spec.resource.namespaced || feed.status.phase !== "denied") continue;
      this.#keep({ resource: spec.resource, namespace: this.#service.host.namespace });
    }
  }

  /** Feeds of the kinds wanted; of one kind those of single namespaces only where there is none of all. */
  #asked(): readonly WatchedFeed[] {
    const query = this.query;
    if (query === null || this.#resources === null) return [];
    const kinds = [...this.#kinds(), ...this.#watchedKinds()];
    const wanted = kindsToSearch(query, this.#resources, kinds);
    const feeds = [...this.#service.host.feeds()].filter(({ spec }) =>
      !spec.labelSelector && !spec.fieldSelector
    );
    return feeds.filter(({ spec, feed }) => {
      if (!wanted.some((resource) => sameKind(resource, spec.resource))) return false;
      const siblings = feeds.filter((other) => sameKind(other.spec.resource, spec.resource));
      const whole = siblings.find((other) => other.spec.namespace === null);
      if (spec.namespace === null) return siblings.length === 1 || feed.status.phase !== "denied";
      return whole === undefined || whole.feed.status.phase === "denied";
    });
  }

  /** What is looked at when the query does not say. */
  #kinds(): readonly string[] {
    const configured = this.#service.host.knobs.searchKinds?.split(",").map((kind) => kind.trim());
    return this.#options.kinds ?? configured ?? EVERYDAY_KINDS;
  }

  /** Kinds that panes look at are searched too, unless the kinds were chosen. */
  #watchedKinds(): readonly string[] {
    if (this.#options.kinds !== undefined) return [];
    return [...this.#service.host.feeds()].map(({ spec: { resource } }) =>
      `${resource.plural}.${resource.version}.${resource.group}`
    );
  }
}

const NOTHING: Answer = { hits: [], matched: 0, atLeast: false, leftOut: 0 };

function toHit({ key: _, ...hit }: Answer["hits"][number]): SearchHit {
  return hit;
}
