import type { Clock } from "../base/mod.ts";
import type { Resource } from "../kube/mod.ts";
import type { Snapshot } from "../store/mod.ts";
import type { Feed, FeedReader } from "./feed.ts";
import type { FeedStatus, Row, View, WindowSpec, WindowUpdate } from "./protocol.ts";
import { RowView } from "./window/row_view.ts";
import { readRow, WindowDiff } from "./window/window_diff.ts";

export interface FeedViewOptions {
  readonly clock: Clock;
  readonly resource: Resource;
  /** Annotations of one object that a query looks at; null: all. */
  readonly maxAnnotations: number | null;
  readonly onUpdate: (update: WindowUpdate) => void;
  readonly onClose: () => void;
}

/**
 * One reader's window on a feed.
 *
 * 1. Every `setWindow` is answered by one update with its generation, or with a later one's.
 * 2. Besides that, an update goes out only when something in it differs from what was sent.
 */
export class FeedView implements View, FeedReader {
  readonly #feed: Feed;
  readonly #options: FeedViewOptions;
  readonly #rows: RowView;
  readonly #reading: Disposable;
  #diff = new WindowDiff();
  #window: WindowSpec;
  #generation = 0;
  #answered = -1;
  #columns: Snapshot["columns"] | null = null;
  #status: FeedStatus | null = null;
  #counts = "";
  #note = "";
  /** Told since the last `setWindow`. */
  #gone = new Set<string>();
  #timer: Disposable | null = null;
  #ready: (() => void)[] = [];
  #closed = false;

  constructor(feed: Feed, window: WindowSpec, options: FeedViewOptions) {
    this.#feed = feed;
    this.#options = options;
    this.#window = window;
    this.#rows = new RowView(feed.snapshot, feed.base, {
      clock: options.clock,
      bodies: {
        resource: options.resource,
        read: (uid) => feed.rawJson(uid),
        maxAnnotations: options.maxAnnotations,
      },
      onReady: () => this.#send(),
    });
    this.#reading = feed.addReader(this);
    this.#rows.setQuery(window.filter, window.sort);
    this.#schedule();
  }

  setWindow(window: WindowSpec): number {
    this.#window = window;
    this.#gone.clear();
    this.#rows.setQuery(window.filter, window.sort);
    this.#schedule();
    return ++this.#generation;
  }

  async rows({ limit = Infinity }: { readonly limit?: number } = {}): Promise<readonly Row[]> {
    while (this.#rows.busy) await new Promise<void>((resolve) => this.#ready.push(resolve));
    const { order, snapshot } = this.#rows;
    return Array.from(order.subarray(0, Math.min(order.length, limit)), (slot) => readRow(snapshot, slot));
  }

  refresh(): void {
    this.#feed.refresh();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reading[Symbol.dispose]();
    this.#timer?.[Symbol.dispose]();
    this.#rows.dispose();
    for (const resolve of this.#ready) resolve();
    this.#options.onClose();
  }

  onSnapshot(snapshot: Snapshot, base: Uint32Array): void {
    this.#rows.update(snapshot, base);
    this.#send();
  }

  onStatus(): void {
    this.#schedule();
  }

  #schedule(): void {
    this.#timer ??= this.#options.clock.timer(0, () => {
      this.#timer = null;
      this.#send();
    });
  }

  #send(): void {
    if (this.#closed) return;
    // A long sort answers when it is done; until then the reader keeps what it has.
    if (this.#rows.busy) return;
    for (const resolve of this.#ready.splice(0)) resolve();
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    const update = this.#next();
    if (update !== null) this.#options.onUpdate(update);
  }

  /** The next update, or null when the reader has everything. */
  #next(): WindowUpdate | null {
    const { snapshot, order } = this.#rows;
    const newColumns = snapshot.columns !== this.#columns;
    const status = this.#feed.status;
    const newStatus = this.#status === null || !sameStatus(this.#status, status);
    const diff = this.#diff.next(snapshot, order, this.#window);
    const counts = `${diff.from} ${diff.length} ${snapshot.size} ${order.length}`;
    const { note } = this.#rows;
    const newNote = note !== this.#note;
    const gone = this.#newlyGone(status);
    const nothing = this.#answered === this.#generation && !newColumns && !newStatus && !newNote &&
      diff.changed.length === 0 && gone.length === 0 &&
      counts === this.#counts;
    if (nothing) return null;
    this.#counts = counts;
    this.#note = note;
    this.#answered = this.#generation;
    this.#columns = snapshot.columns;
    this.#status = status;
    return {
      epoch: snapshot.epoch,
      generation: this.#generation,
      ...diff,
      total: snapshot.size,
      matched: order.length,
      ...(newColumns ? { columns: snapshot.columns } : {}),
      ...(newStatus ? { status } : {}),
      ...(newNote ? { note } : {}),
      ...(gone.length > 0 ? { gone } : {}),
    };
  }

  /** While a list arrives, what is not there may be to come. */
  #newlyGone({ phase }: FeedStatus): readonly string[] {
    if (phase !== "live") return [];
    const gone = (this.#window.marked ?? []).filter((uid) => !this.#gone.has(uid) && !this.#feed.has(uid));
    for (const uid of gone) this.#gone.add(uid);
    return gone;
  }
}

/** Freshness moves all the time; it goes out with what else changes, and while a view is not live. */
function sameStatus(a: FeedStatus, b: FeedStatus): boolean {
  return a.phase === b.phase && a.loaded === b.loaded && a.expected === b.expected &&
    a.retryMs === b.retryMs &&
    a.error === b.error && a.dropped === b.dropped && (b.phase === "live" || a.freshMs === b.freshMs);
}
