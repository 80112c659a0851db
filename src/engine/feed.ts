import { type Clock, CoalescingQueue, type Knobs, type Logger, type MetricSet } from "../base/mod.ts";
import type { ChangeType, ListPage, TableRow } from "../client/mod.ts";
import type { TableColumn } from "../kube/mod.ts";
import {
  KindStore,
  type RawStore,
  type RowInput,
  type Snapshot,
  storeColumns,
  Tombstones,
  versionNumber,
} from "../store/mod.ts";
import { FALLBACK_COLUMNS, fallbackCells, rowFromTable } from "./feed_row.ts";
import type { FeedSource } from "./feed_source.ts";
import type { FeedStatus } from "./protocol.ts";
import { Reflector, type ReflectorSink } from "./reflector.ts";
import { failureOf, phaseOf } from "./reflector_state.ts";
import { BaseOrder } from "./window/row_order.ts";

/** A reader of a feed; called with everything in place. */
export interface FeedReader {
  /** The next snapshot, with the base order that goes with it. */
  onSnapshot(snapshot: Snapshot, base: Uint32Array): void;
  onStatus(): void;
}

export interface FeedOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly knobs: Knobs;
  readonly metrics: MetricSet;
  readonly log: Logger;
  /** Label of this feed's per-shard metrics. */
  readonly shard: number;
  /** null: no bodies are kept. */
  readonly raw: RawStore | null;
}

interface Change {
  readonly type: ChangeType;
  readonly row: RowInput;
  readonly json: Uint8Array | null;
  readonly receivedMs: number;
}

/** Changes are shown at most this often, ms: a frame at 60 Hz. */
const FLUSH_MS = 16;
/** While many rows load, often enough for a count that moves. */
const LOADING_FLUSH_MS = 60;
/** As many rows are shown without that wait. */
const FIRST_ROWS = 1000;

/**
 * One collection kept in step with its server, and published to its readers.
 *
 * 1. Readers get every snapshot in order, and none while a new list replaces an old view: then they get it whole.
 * 2. What overflowed the queue is fetched anew by a list at once.
 * 3. No timer runs while nothing happens, but the one of the next verification.
 */
export class Feed implements ReflectorSink {
  readonly #options: FeedOptions;
  readonly #store: KindStore;
  readonly #base = new BaseOrder();
  readonly #queue: CoalescingQueue<Change>;
  readonly #reflector: Reflector;
  readonly #readers = new Set<FeedReader>();
  readonly #gone = new Tombstones();
  #keepsRaw: boolean;
  #flush: Disposable | null = null;
  #flushedMs = -Infinity;
  /** A list is replacing a complete view: it is published when it is whole. */
  #holding = false;
  #tables = true;
  /** The list at hand has said what its columns are. */
  #headed = false;
  /** The list at hand runs beside a watch. */
  #verifying = false;
  #listing = 0;
  #expected: number | null = null;
  #freshMs = 0;
  #overflowed = false;
  #oldestMs: number | null = null;

  constructor(source: FeedSource, options: FeedOptions) {
    const { clock, knobs, metrics, random, log, raw } = options;
    this.#options = options;
    this.#keepsRaw = raw !== null;
    this.#store = new KindStore({ raw, maxLabels: knobs.maxLabelsPerObj });
    this.#queue = new CoalescingQueue(knobs.queueCap, () => {
      this.#overflowed = true;
      metrics.count(`coalescer_dropped_total{shard="${options.shard}"}`);
    });
    this.#reflector = new Reflector(source, this, {
      clock,
      random,
      metrics,
      log,
      backoffMaxMs: knobs.watchBackoffMaxSecs * 1000,
      verifyMs: knobs.relistSecs * 1000,
    });
  }

  get snapshot(): Snapshot {
    return this.#store.snapshot;
  }

  get base(): Uint32Array {
    return this.#base.order;
  }

  get rawBytes(): number {
    return this.#store.rawBytes;
  }

  get queued(): number {
    return this.#queue.length;
  }

  get status(): FeedStatus {
    const { state, retryMs } = this.#reflector;
    const phase = phaseOf(state);
    return {
      phase,
      loaded: this.#store.snapshot.size,
      expected: phase === "listing" ? this.#expected : null,
      freshMs: this.#freshMs,
      retryMs,
      error: failureOf(state)?.error ?? null,
      dropped: this.#queue.dropped,
    };
  }

  start(): void {
    this.#reflector.start();
  }

  refresh(): void {
    this.#reflector.refresh();
  }

  addReader(reader: FeedReader): Disposable {
    this.#readers.add(reader);
    return { [Symbol.dispose]: () => this.#readers.delete(reader) };
  }

  /** The object's JSON without managedFields, or null when it is not held. */
  has(uid: string): boolean {
    return this.#store.has(uid);
  }

  rawJson(uid: string): Uint8Array | null {
    return this.#store.rawJson(uid);
  }

  /** As `rawJson`, of the object of that name. */
  rawJsonOf(namespace: string, name: string): Uint8Array | null {
    const { snapshot } = this.#store;
    const slot = this.#base.order.find((at) =>
      snapshot.name(at) === name && snapshot.namespace(at) === namespace
    );
    return slot === undefined ? null : this.#store.rawJson(snapshot.uid(slot));
  }

  /** Gives up the bodies under memory pressure; they are fetched again on demand. */
  dropRaw(): void {
    this.#keepsRaw = false;
    this.#store.dropRaw();
  }

  /** Stops following; what was taken in is published, and the last snapshot stays. */
  async close(): Promise<void> {
    await this.#reflector.close();
    this.#flush?.[Symbol.dispose]();
    this.#flush = null;
    if (!this.#holding) this.#publish();
  }

  // ---- what the reflector brings

  listBegins({ verify }: { verify: boolean }): void {
    this.#apply();
    if (!this.#holding) this.#publish();
    this.#store.beginSweep();
    this.#listing = 0;
    this.#headed = false;
    this.#verifying = verify;
    if (verify) return;
    this.#gone.clear();
    this.#expected = null;
    const state = this.#reflector.state;
    this.#holding = state.type === "listing" && state.complete;
  }

  page(page: ListPage): void {
    this.#head(page.columns);
    if (page.remaining !== null) this.#expected = this.#listing + page.remaining + PAGE_ROWS;
  }

  listed(row: TableRow, { verify }: { verify: boolean }): void {
    // Only a list of plain custom objects sends its rows before its head.
    if (!this.#headed) this.#head(null);
    this.#listing++;
    const receivedMs = this.#options.clock.now();
    const by = verify ? "verify" : "list";
    this.#store.upsert(this.#read(row), this.#json(row), { receivedMs, by });
    if (!this.#holding) this.#schedule();
  }

  listEnds(): void {
    this.#store.sweep();
    this.#holding = false;
    this.#publish();
    this.#underPressure();
  }

  listAbandoned(): void {
    this.#store.abandonSweep();
    // What was taken in is newer than what was there; a later list sorts out the rest.
    this.#holding = false;
    this.#schedule();
  }

  /** What the watch says its columns are. */
  columns(columns: readonly TableColumn[]): void {
    this.#adopt(columns, { whole: false });
  }

  changed(type: ChangeType, row: TableRow): void {
    const receivedMs = this.#options.clock.now();
    const input = this.#read(row);
    const json = type === "DELETED" ? null : this.#json(row)?.slice() ?? null;
    if (!this.#isNews(type, input)) return;
    this.#queue.push(input.uid, { type, row: input, json, receivedMs });
    this.#oldestMs ??= receivedMs;
    this.#schedule();
  }

  fresh(): void {
    this.#freshMs = this.#options.clock.now();
  }

  stepped(): void {
    for (const reader of this.#readers) reader.onStatus();
  }

  // ----

  /** Versions order what is said of one object; a watch taken up again may repeat itself. */
  #isNews(type: ChangeType, { uid, resourceVersion }: RowInput): boolean {
    const version = versionNumber(resourceVersion);
    if (version === null) return true;
    if (this.#gone.covers(uid, version)) return false;
    const queued = versionNumber(this.#queue.peek(uid)?.row.resourceVersion ?? "");
    if (queued !== null && queued > version) return false;
    if (type === "DELETED") this.#gone.add(uid, version);
    return true;
  }

  /** A server without Tables shows it by having no columns. */
  #head(columns: readonly TableColumn[] | null): void {
    this.#headed = true;
    this.#tables = columns !== null;
    this.#adopt(columns ?? FALLBACK_COLUMNS, { whole: !this.#verifying });
  }

  /** Other columns than those of the rows at hand leave every cell without a heading: all rows are listed anew. */
  #adopt(columns: readonly TableColumn[], { whole }: { whole: boolean }): void {
    const next = storeColumns(columns);
    if (whole || this.#store.size === 0 || this.#store.hasColumns(next)) this.#store.setColumns(next);
    else this.#reflector.dropped();
  }

  #read(row: TableRow): RowInput {
    const read = rowFromTable(row);
    return this.#tables ? read : { ...read, cells: fallbackCells(row) };
  }

  #json(row: TableRow): Uint8Array | null {
    // Metadata alone is no body; servers mark it by its kind.
    return this.#keepsRaw && row.object.length > 0 && !isPartial(row.object) ? row.object : null;
  }

  #schedule(): void {
    if (this.#flush !== null) return;
    const loading = this.#reflector.state.type === "listing" && this.#store.size > FIRST_ROWS;
    const sinceMs = this.#options.clock.monotonic() - this.#flushedMs;
    const delayMs = Math.max(0, (loading ? LOADING_FLUSH_MS : FLUSH_MS) - sinceMs);
    this.#flush = this.#options.clock.timer(delayMs, () => {
      this.#flush = null;
      this.#apply();
      if (!this.#holding) this.#publish();
      if (this.#overflowed) this.#relistDropped();
    });
  }

  #relistDropped(): void {
    this.#overflowed = false;
    this.#options.log.warn("changes dropped: listing anew", { dropped: this.#queue.dropped });
    this.#reflector.dropped();
  }

  /** Takes what is queued into the store. */
  #apply(): void {
    if (this.#queue.length === 0) return;
    const { clock, metrics, shard } = this.#options;
    const startMs = clock.monotonic();
    metrics.gauge(`coalescer_len{shard="${shard}"}`, this.#queue.length);
    metrics.observe(`ingest_batch_size{shard="${shard}"}`, this.#queue.length);
    for (const { type, row, json, receivedMs } of this.#queue.drain()) {
      if (type === "DELETED") this.#store.remove(row.uid);
      else this.#store.upsert(row, json, { receivedMs, by: "watch" });
    }
    metrics.observe(`shard_build_ms{shard="${shard}"}`, clock.monotonic() - startMs);
  }

  #publish(): void {
    const { clock, metrics } = this.#options;
    const startMs = this.#flushedMs = clock.monotonic();
    const before = this.#store.snapshot;
    const snapshot = this.#store.publish();
    if (snapshot === before) return;
    const swappedMs = clock.monotonic();
    metrics.observe("snapshot_swap_ms", swappedMs - startMs);
    this.#base.update(snapshot);
    metrics.observe("shard_merge_ms", clock.monotonic() - swappedMs);
    metrics.count("ingest_epoch");
    if (this.#oldestMs !== null) metrics.observe("ingest_lag_ms", clock.now() - this.#oldestMs);
    this.#oldestMs = null;
    const mergedMs = clock.monotonic();
    for (const reader of this.#readers) reader.onSnapshot(snapshot, this.#base.order);
    metrics.observe("window_diff_ms", clock.monotonic() - mergedMs);
  }

  #underPressure(): void {
    const { knobs, log } = this.#options;
    if (knobs.maxRssMb === null) return;
    const rssMb = Deno.memoryUsage().rss / 2 ** 20;
    if (rssMb <= knobs.maxRssMb) return;
    log.warn("memory above its cap: bodies dropped", { rssMb: Math.round(rssMb), capMb: knobs.maxRssMb });
    this.dropRaw();
  }
}

/** As many rows as the page at hand brings, for the count of what to expect. */
const PAGE_ROWS = 500;

const PARTIAL = new TextEncoder().encode('{"kind":"PartialObjectMetadata"');

function isPartial(json: Uint8Array): boolean {
  if (json.length < PARTIAL.length) return false;
  for (let i = 0; i < PARTIAL.length; i++) if (json[i] !== PARTIAL[i]) return false;
  return true;
}
