import {
  type Clock,
  defaultKnobs,
  type Knobs,
  type Logger,
  MetricSet,
  silentLogger,
  systemClock,
} from "../base/mod.ts";
import type { Client, WriteGate } from "../client/mod.ts";
import { groupResource, type KubeObject, parseJson, resourceKey } from "../kube/mod.ts";
import { RawStore, zstdWhenLoaded } from "../store/mod.ts";
import { DiscoveryFollower, type DiscoverySource } from "./discovery_follower.ts";
import { Feed } from "./feed.ts";
import { tableSource } from "./feed_source.ts";
import { FeedView } from "./feed_view.ts";
import { type HeldObject, ObjectFollower } from "./object_follower.ts";
import { observeClient, type ServerWatch } from "./observed_client.ts";
import type {
  Discovered,
  Engine,
  Metrics,
  ObjectRef,
  ObjectUpdate,
  SearchOptions,
  SearchUpdate,
  SearchView,
  ServerStatus,
  Target,
  View,
  ViewSpec,
  WindowSpec,
  WindowUpdate,
} from "./protocol.ts";
import { SearchService, type WatchedFeed } from "./search_service.ts";

export interface LocalEngineOptions {
  readonly discovery: DiscoverySource;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly knobs?: Knobs;
  readonly metrics?: MetricSet;
  readonly log?: Logger;
  /** A feed that nobody reads is kept warm for so long, ms. */
  readonly releaseMs?: number;
  /** Keeps objects' JSON where the budget allows; false for verbs that only print rows. */
  readonly keepRaw?: boolean;
  /** Notices CRDs that come and go; false for verbs that end soon. */
  readonly followDiscovery?: boolean;
  /** The client's gate, for `allowWrites`. */
  readonly writes?: WriteGate;
  /** Closes the client with the engine. */
  readonly ownsClient?: boolean;
}

/** How long a kind that nobody looks at stays warm. */
export const RELEASE_MS = 60_000;

interface HeldFeed {
  readonly spec: ViewSpec;
  readonly feed: Feed;
  views: number;
  release: Disposable | null;
  dropRaw: Disposable | null;
}

/** The engine in this process, over one client; the Worker runs one too. */
export function openLocalEngine(client: Client, options: LocalEngineOptions): Engine {
  return new LocalEngine(client, options);
}

class LocalEngine implements Engine {
  readonly #options: LocalEngineOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #knobs: Knobs;
  readonly #metrics: MetricSet;
  readonly #log: Logger;
  readonly #server: ServerWatch;
  readonly #discovery: DiscoveryFollower;
  readonly #feeds = new Map<string, HeldFeed>();
  readonly #followers = new Set<ObjectFollower>();
  readonly #statusListeners = new Set<(status: ServerStatus) => void>();
  readonly #closing = new Set<Promise<void>>();
  readonly #abort = new AbortController();
  #search: SearchService | null = null;

  constructor(client: Client, options: LocalEngineOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#knobs = options.knobs ?? defaultKnobs();
    this.#metrics = options.metrics ?? new MetricSet();
    this.#log = (options.log ?? silentLogger).for("engine");
    this.#server = observeClient(client, this.#clock, (status) => {
      for (const listener of this.#statusListeners) listener(status);
    });
    this.#discovery = new DiscoveryFollower(this.#server.client, {
      source: options.discovery,
      follow: options.followDiscovery ?? false,
      clock: this.#clock,
      random: this.#random,
      knobs: this.#knobs,
      metrics: this.#metrics,
      log: this.#log,
    });
  }

  get target(): Target {
    return this.#server.client.target;
  }

  get client(): Client {
    return { ...this.#server.client, close: () => {} };
  }

  allowWrites(isAllowed: boolean): void {
    if (isAllowed) this.#options.writes?.open();
    else this.#options.writes?.close();
  }

  onServerStatus(listener: (status: ServerStatus) => void): Disposable {
    this.#statusListeners.add(listener);
    if (this.#server.status.answeredMs > 0 || this.#server.status.error) listener(this.#server.status);
    if (this.#statusListeners.size === 1) this.#askVersion(0);
    return { [Symbol.dispose]: () => this.#statusListeners.delete(listener) };
  }

  onDiscovered(listener: (discovered: Discovered) => void): Disposable {
    return this.#discovery.listen(listener);
  }

  discover({ refresh = false }: { readonly refresh?: boolean } = {}): Promise<Discovered> {
    return refresh ? this.#discovery.refresh() : this.#discovery.get();
  }

  openView(spec: ViewSpec, window: WindowSpec, onUpdate: (update: WindowUpdate) => void): View {
    const { key, held } = this.#enter(spec);
    return new FeedView(held.feed, window, {
      clock: this.#clock,
      resource: spec.resource,
      maxAnnotations: this.#knobs.maxAnnosPerObj,
      onUpdate,
      onClose: () => this.#leave(key, held),
    });
  }

  openObject(
    ref: ObjectRef,
    { events }: { readonly events: boolean },
    onUpdate: (update: ObjectUpdate) => void,
  ): Disposable {
    const follower = new ObjectFollower(this.#server.client, ref, {
      ...this.#tools(),
      events,
      onUpdate,
      isReachable: () => this.#server.status.reachable,
      held: () => this.#held(ref),
    });
    this.#followers.add(follower);
    return {
      [Symbol.dispose]: () => {
        if (this.#followers.delete(follower)) this.#await(follower[Symbol.asyncDispose]());
      },
    };
  }

  openSearch(
    query: string,
    options: SearchOptions,
    onUpdate: (update: SearchUpdate) => void,
  ): SearchView {
    this.#search ??= this.#searchService();
    return this.#search.open(query, options, onUpdate);
  }

  read(
    path: string,
    { signal = this.#abort.signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<unknown> {
    return this.#server.client.json(path, { signal });
  }

  metrics(): Promise<Metrics> {
    let [docs, bytes, raw, labels] = [0, 0, 0, 0];
    for (const { feed } of this.#feeds.values()) {
      docs += feed.snapshot.size;
      bytes += feed.snapshot.bytes;
      raw += feed.rawBytes;
      labels += feed.snapshot.labelSets.size - 1;
    }
    this.#metrics.gauge("docs_total", docs);
    this.#metrics.gauge("snapshot_items", docs);
    this.#metrics.gauge("snapshot_bytes", bytes);
    this.#metrics.gauge("raw_bytes", raw);
    this.#metrics.gauge("labels_cardinality", labels);
    this.#metrics.gauge("feeds", this.#feeds.size);
    for (const [shard, queued] of this.#queued().entries()) {
      this.#metrics.gauge(`coalescer_len{shard="${shard}"}`, queued);
      this.#metrics.count(`coalescer_dropped_total{shard="${shard}"}`, 0);
    }
    for (const name of FROM_THE_START) this.#metrics.count(name, 0);
    this.#search?.report();
    return Promise.resolve(this.#metrics.snapshot());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    this.#search?.dispose();
    for (const { feed, release, dropRaw } of this.#feeds.values()) {
      release?.[Symbol.dispose]();
      dropRaw?.[Symbol.dispose]();
      this.#await(feed.close());
    }
    for (const follower of this.#followers) this.#await(follower[Symbol.asyncDispose]());
    this.#followers.clear();
    this.#await(this.#discovery[Symbol.asyncDispose]());
    await Promise.all(this.#closing);
    this.#feeds.clear();
    if (this.#options.ownsClient ?? true) this.#server.client.close();
  }

  /** Changes that wait in the feeds' queues, by shard. */
  #queued(): readonly number[] {
    const { shards } = this.#knobs;
    const queued = new Array<number>(shards).fill(0);
    for (const [key, { feed }] of this.#feeds) queued[shardOf(key, shards)]! += feed.queued;
    return queued;
  }

  /** The object as one of the feeds holds it, with the age of that; null when none has its body. */
  #held({ resource, namespace, name }: ObjectRef): HeldObject | null {
    const prefix = resourceKey(resource);
    for (const [key, { feed }] of this.#feeds) {
      if ((JSON.parse(key) as unknown[])[0] !== prefix) continue;
      const json = feed.rawJsonOf(namespace, name);
      if (json === null) continue;
      const object = parseJson(new TextDecoder().decode(json)) as KubeObject;
      return { object, freshMs: feed.status.freshMs };
    }
    return null;
  }

  #tools() {
    return {
      clock: this.#clock,
      random: this.#random,
      knobs: this.#knobs,
      metrics: this.#metrics,
      log: this.#log,
    };
  }

  #searchService(): SearchService {
    return new SearchService({
      ...this.#tools(),
      log: this.#log.for("engine.search"),
      namespace: this.target.namespace || "default",
      releaseMs: this.#options.releaseMs ?? RELEASE_MS,
      discover: () => this.discover(),
      feeds: () => [...this.#feeds].map(([key, { spec, feed }]): WatchedFeed => ({ key, spec, feed })),
      hold: (spec) => {
        const { key, held } = this.#enter(spec);
        return { key, spec, feed: held.feed, [Symbol.dispose]: () => this.#leave(key, held) };
      },
    });
  }

  /** Counts one more reader of a feed, and opens it for the first one. */
  #enter(spec: ViewSpec): { readonly key: string; readonly held: HeldFeed } {
    const key = feedKey(spec);
    const held = this.#feeds.get(key) ?? this.#openFeed(key, spec);
    held.views++;
    held.release?.[Symbol.dispose]();
    held.dropRaw?.[Symbol.dispose]();
    held.release = held.dropRaw = null;
    return { key, held };
  }

  #openFeed(key: string, spec: ViewSpec): HeldFeed {
    // A Secret's content stays on the server until someone opens that one Secret.
    const secret = groupResource(spec.resource) === "secrets";
    const rawBudgetBytes = secret || !(this.#options.keepRaw ?? true) ? 0 : this.#knobs.maxRawBytes;
    const raw = rawBudgetBytes === 0
      ? null
      : new RawStore({ codec: zstdWhenLoaded, limitBytes: rawBudgetBytes });
    const source = tableSource(this.#server.client, spec, { clock: this.#clock, rawBudgetBytes });
    const shard = shardOf(key, this.#knobs.shards);
    const feed = new Feed(source, { ...this.#tools(), log: this.#log.for("engine.feed"), shard, raw });
    const held: HeldFeed = { spec, feed, views: 0, release: null, dropRaw: null };
    this.#feeds.set(key, held);
    feed.start();
    this.#search?.feedOpened({ key, spec, feed });
    return held;
  }

  /** A view was closed: its feed stays warm for a while, for a person comes back. */
  #leave(key: string, held: HeldFeed): void {
    if (--held.views > 0 || this.#feeds.get(key) !== held || this.#abort.signal.aborted) return;
    held.release = this.#clock.timer(this.#options.releaseMs ?? RELEASE_MS, () => {
      this.#feeds.delete(key);
      this.#search?.feedClosed(key);
      held.dropRaw?.[Symbol.dispose]();
      this.#await(held.feed.close());
    });
    const { dropRawTtlSecs } = this.#knobs;
    if (dropRawTtlSecs !== null) {
      held.dropRaw = this.#clock.timer(dropRawTtlSecs * 1000, () => held.feed.dropRaw());
    }
  }

  /** Closing waits for work that ends in the background. */
  #await(work: Promise<void>): void {
    this.#closing.add(work);
    work.finally(() => this.#closing.delete(work));
  }

  /** Asks for the version until there is an answer: a server that is not there yet is shown when it comes. */
  #askVersion(attempt: number): void {
    if (this.#abort.signal.aborted || this.#server.status.version !== "") return;
    const ask = this.#server.client.json("/version", { signal: this.#abort.signal }).then(
      (version) =>
        this.#server.setVersion(String((version as { gitVersion?: unknown } | null)?.gitVersion ?? "")),
      () => this.#askLater(attempt),
    );
    this.#await(ask);
  }

  #askLater(attempt: number): void {
    if (this.#abort.signal.aborted) return;
    const delayMs = Math.min(1000 * 2 ** attempt, this.#knobs.watchBackoffMaxSecs * 1000);
    this.#clock.sleep(delayMs, { signal: this.#abort.signal }).then(
      () => this.#askVersion(attempt + 1),
      () => {},
    );
  }
}

/** There before anything of theirs happened, so that a rate can be told of them and an alert set on them. */
const FROM_THE_START = [
  "watch_restarts_total",
  "relist_total",
  "ingest_epoch",
  "index_docs",
  "index_bytes",
  "index_postings_truncated_keys",
  "index_over_cap",
  "annotations_left_out",
  "search_candidates",
];

function feedKey({ resource, namespace, labelSelector = "", fieldSelector = "" }: ViewSpec): string {
  return JSON.stringify([
    resourceKey(resource),
    resource.namespaced ? namespace : null,
    labelSelector,
    fieldSelector,
  ]);
}

function shardOf(key: string, shards: number): number {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193) >>> 0;
  return hash % shards;
}
