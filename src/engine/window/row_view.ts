import type { Clock } from "../../base/mod.ts";
import type { Resource } from "../../kube/mod.ts";
import { PathColumns, type ReadBody } from "../../search/mod.ts";
import type { Snapshot } from "../../store/mod.ts";
import type { Filter, Sort } from "../protocol.ts";
import { FuzzyFilter } from "./fuzzy_filter.ts";
import { QueryFilter } from "./query_filter.ts";
import { createRowFilter, narrows, type RowFilter } from "./row_filter.ts";
import { compareRows, mergeOrder, stays } from "./row_order.ts";
import { runSliced, runWhole, type Sliced } from "./sliced.ts";
import { ColumnSort } from "./sort_key.ts";

/** What orders the rows of a view after its filter. */
type Ordering =
  | { readonly type: "base" }
  | { readonly type: "column"; readonly by: ColumnSort }
  | { readonly type: "ranked"; readonly by: FuzzyFilter };

interface Result {
  readonly order: Uint32Array;
  readonly ordering: Ordering;
}

const BASE: Ordering = { type: "base" };

/** What queries look into. */
export interface ViewBodies {
  readonly resource: Resource;
  readonly read: ReadBody;
  /** Annotations of one object that are looked at; null: all. */
  readonly maxAnnotations: number | null;
}

export interface RowViewOptions {
  readonly clock: Clock;
  readonly bodies: ViewBodies;
  /** Called when the order changed after work that took more than one slice. */
  readonly onReady: () => void;
}

/**
 * The rows of one kind that pass a filter, in the order of a sort, kept so over changes.
 *
 * 1. `order` and `snapshot` always belong together; while a long sort runs they are those from before it.
 * 2. A change costs one pass over the order and a search for each row that moved; only a new filter or sort costs more.
 * 3. Work that would hold the thread runs in slices; changes that come meanwhile are merged when it is done.
 */
export class RowView {
  readonly #clock: Clock;
  readonly #onReady: () => void;
  #snapshot: Snapshot;
  #base: Uint32Array;
  #sort: Sort | null = null;
  #filter: Filter | null = null;
  readonly #resource: Resource;
  /** Kept over filters, so that bodies are not read anew at every letter. */
  readonly #paths: PathColumns;
  #query: QueryFilter | null = null;
  #matcher: RowFilter | FuzzyFilter | null = null;
  #order: Uint32Array;
  #ordering: Ordering = BASE;
  #members = new Uint8Array(0);
  #job: Disposable | null = null;
  /** Newer snapshots than the running job's, oldest first. */
  #waiting: { snapshot: Snapshot; base: Uint32Array }[] = [];

  constructor(snapshot: Snapshot, base: Uint32Array, { clock, bodies, onReady }: RowViewOptions) {
    this.#clock = clock;
    this.#resource = bodies.resource;
    this.#paths = new PathColumns(bodies.read, bodies);
    this.#onReady = onReady;
    this.#snapshot = snapshot;
    this.#base = base;
    this.#order = base;
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Slots in the view's order. */
  get order(): Uint32Array {
    return this.#order;
  }

  /** True while the order does not answer the last filter and sort yet. */
  get busy(): boolean {
    return this.#job !== null;
  }

  /** What a person should know of what the filter answered; empty when nothing. */
  get note(): string {
    return this.#query?.note(this.#snapshot) ?? "";
  }

  setQuery(filter: Filter | null, sort: Sort | null): void {
    const trimmed = isEmpty(filter) ? null : filter;
    const sameSort = JSON.stringify(sort) === JSON.stringify(this.#sort);
    if (sameSort && JSON.stringify(trimmed) === JSON.stringify(this.#filter)) return;
    // An unfinished job leaves nothing to narrow down from.
    const narrow = sameSort && !this.busy && trimmed !== null && this.#filter !== null &&
      narrows(this.#filter, trimmed);
    this.#filter = trimmed;
    this.#sort = sort;
    this.#query = trimmed?.type === "query" ? this.#makeQuery(trimmed.query) : null;
    this.#matcher = this.#query?.rows ?? makeMatcher(trimmed);
    this.#start(narrow ? this.#order : null);
  }

  /** Follows the feed: the next snapshot and the base order that goes with it. */
  update(snapshot: Snapshot, base: Uint32Array): void {
    if (this.busy) {
      this.#waiting.push({ snapshot, base });
      return;
    }
    this.#advance(snapshot, base);
  }

  dispose(): void {
    this.#job?.[Symbol.dispose]();
    this.#job = null;
    this.#waiting = [];
  }

  #start(narrowed: Uint32Array | null): void {
    this.#job?.[Symbol.dispose]();
    this.#job = null;
    // Whatever came during an older job is the state to work on now.
    const latest = this.#waiting.at(-1);
    const [snapshot, base] = latest ? [latest.snapshot, latest.base] : [this.#snapshot, this.#base];
    this.#waiting = [];
    let finished = false;
    const rows = latest || narrowed === null ? null : narrowed;
    const job = runSliced(this.#work(snapshot, base, rows), this.#clock, (result) => {
      finished = true;
      const late = this.#job !== null;
      this.#job = null;
      this.#adopt(result, { snapshot, base });
      if (late) this.#onReady();
    });
    if (!finished) this.#job = job;
  }

  /** `narrowed`: the rows of the present order, when none but them can match. */
  *#work(snapshot: Snapshot, base: Uint32Array, narrowed: Uint32Array | null): Sliced<Result> {
    const matcher = this.#matcher;
    const sort = this.#sort;
    const rows = narrowed ?? base;
    if (this.#query !== null) yield* this.#query.prepare(snapshot);
    if (matcher instanceof FuzzyFilter && sort === null) {
      return {
        order: yield* matcher.rank(snapshot, base, narrowed),
        ordering: { type: "ranked", by: matcher },
      };
    }
    const matched = matcher === null ? rows : yield* select(snapshot, rows, matcher);
    if (sort === null) return { order: matched, ordering: BASE };
    // Rows taken from a sorted order are in it still.
    if (narrowed !== null && this.#ordering.type === "column") {
      return { order: matched, ordering: this.#ordering };
    }
    const sorted = yield* ColumnSort.start(snapshot, matched, sort);
    if (sorted === null) return { order: matched, ordering: BASE };
    return { order: sorted.order, ordering: { type: "column", by: sorted.by } };
  }

  #adopt(result: Result, at: { snapshot: Snapshot; base: Uint32Array }): void {
    this.#snapshot = at.snapshot;
    this.#base = at.base;
    this.#order = result.order;
    this.#ordering = result.ordering;
    this.#members = new Uint8Array(0);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { snapshot, base } of waiting) this.update(snapshot, base);
  }

  #advance(snapshot: Snapshot, base: Uint32Array): void {
    const before = this.#snapshot;
    this.#snapshot = snapshot;
    this.#base = base;
    const { changes } = snapshot;
    if (changes === null || (this.#sort !== null && this.#ordering.type === "base")) {
      // New columns may bring the one that the sort names.
      this.#start(null);
    } else if (changes.length > MOST_BODIES && this.#query?.asksBodies(snapshot)) this.#start(null);
    else if (this.#matcher === null && this.#ordering.type === "base") this.#order = base;
    else this.#merge(before, snapshot);
  }

  #makeQuery(text: string): QueryFilter {
    return new QueryFilter(text, {
      nowMs: () => this.#clock.now(),
      resource: this.#resource,
      paths: this.#paths,
    });
  }

  #merge(before: Snapshot, after: Snapshot): void {
    if (this.#query !== null) runWhole(this.#query.prepare(after, after.changes!));
    this.#noteMembers(after.slots);
    const moved = new Map<number, boolean>();
    for (const slot of after.changes!) {
      const was = this.#members[slot] === 1;
      const is = after.alive(slot) && (this.#matcher === null || this.#matcher.matches(after, slot));
      if (was === is && (!is || this.#staysPut(before, after, slot))) continue;
      moved.set(slot, is);
      this.#members[slot] = is ? 1 : 0;
    }
    if (moved.size > 0) this.#order = mergeOrder(this.#order, moved, (a, b) => this.#compare(after, a, b));
  }

  #staysPut(before: Snapshot, after: Snapshot, slot: number): boolean {
    if (!stays(before, after, slot)) return false;
    return this.#ordering.type !== "column" || this.#ordering.by.same(before, after, slot);
  }

  #compare(snapshot: Snapshot, a: number, b: number): number {
    return this.#ordering.type === "base"
      ? compareRows(snapshot, a, b)
      : this.#ordering.by.compare(snapshot, a, b);
  }

  /** Makes `#members` say of each slot whether it is in the order. */
  #noteMembers(slots: number): void {
    if (this.#members.length >= slots && this.#members.length > 0) return;
    this.#members = new Uint8Array(Math.max(1024, slots * 2));
    for (const slot of this.#order) this.#members[slot] = 1;
  }
}

function isEmpty(filter: Filter | null): boolean {
  if (filter === null) return true;
  if (filter.type === "query") return filter.query.trim() === "";
  return filter.type === "labels" ? filter.selector.trim() === "" : filter.pattern === "";
}

/** For what is no query. */
function makeMatcher(filter: Filter | null): RowFilter | FuzzyFilter | null {
  if (filter === null || filter.type === "query") return null;
  if (filter.type !== "fuzzy") return createRowFilter(filter);
  return new FuzzyFilter([{ type: "text", negated: false, match: "fuzzy", text: filter.pattern }]);
}

/** Bodies that are read in one go as they change: some 8 ms. */
const MOST_BODIES = 128;
const ROWS_PER_SLICE = 4096;

/** The rows that match, in the order they came. */
function* select(snapshot: Snapshot, rows: Uint32Array, matcher: RowFilter): Sliced<Uint32Array> {
  const matched = new Uint32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    if (matcher.matches(snapshot, rows[i]!)) matched[count++] = rows[i]!;
    if (i % ROWS_PER_SLICE === ROWS_PER_SLICE - 1) yield;
  }
  return matched.slice(0, count);
}
