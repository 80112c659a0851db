/**
 * The messages between the engine's Worker and its host, and the shapes that panes and verbs see through
 * host.ts. Plain data only; errors travel as WireError.
 */
import type { WireError } from "../base/mod.ts";
import type { Client, MessageSocket, OpenOptions, RequestOptions, Target } from "../client/mod.ts";
import type { KubeObject, Resource, TableColumn } from "../kube/mod.ts";

/** Names one object. */
export interface ObjectRef {
  readonly resource: Resource;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/** What a view looks at: one kind in one namespace or all, as the server selects it. */
export interface ViewSpec {
  readonly resource: Resource;
  /** null: all namespaces, or a cluster-scoped kind. */
  readonly namespace: string | null;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** A filter over the rows of a view, evaluated by the engine. */
export type Filter =
  | {
    readonly type: "regex";
    readonly pattern: string;
    readonly inverse: boolean;
    /** Looks at the columns that kubectl shows with `-o wide` too. Default true. */
    readonly wide?: boolean;
  }
  | { readonly type: "fuzzy"; readonly pattern: string }
  | { readonly type: "labels"; readonly selector: string }
  /** The language of docs/search.md over the view's rows: typed terms filter, text ranks. Does not parse: no rows. */
  | { readonly type: "query"; readonly query: string };

/** `column` is a column's name; `null` sort means namespace, then name. */
export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** The rows a reader wants: half open, after filter and sort. */
export interface WindowSpec {
  readonly from: number;
  readonly to: number;
  readonly sort: Sort | null;
  readonly filter: Filter | null;
  /** Uids that the reader holds on to: when their objects go, it is told, whatever the filter. */
  readonly marked?: readonly string[] | undefined;
}

/**
 * A column of a view. Cells of `text` columns are strings. Cells of `time` columns are epoch milliseconds
 * that the reader shows as an age, so that ages move without messages; a string there is no time (`""`,
 * `<none>`) and is shown as it is. Cells of `number` columns are numbers, or a string where the server sent none.
 * Cells of `since` columns are strings in which `@` and epoch milliseconds stand for an age: `3 (@1700000000000 ago)`
 * is shown as `3 (5m ago)`; see `sinceText`. The server's own text there would be an age frozen at the last change.
 */
export interface Column extends TableColumn {
  readonly cell: "text" | "time" | "number" | "since";
}

export type Cell = string | number;

/** A `since` cell as text, given how an age in ms is written: `3 (@1700000000000 ago)` to `3 (5m ago)`. */
export function sinceText(cell: Cell, nowMs: number, age: (ageMs: number) => string): string {
  return String(cell).replace(/@(\d+)/, (_, ms) => age(Math.max(0, nowMs - Number(ms))));
}

export interface Row {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly cells: readonly Cell[];
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch ms; 0 when the object carries none. */
  readonly createdMs: number;
  /** True from deletionTimestamp on. */
  readonly deleting: boolean;
  /** Set when the object could not be read as its kind: what is wrong with it. It is shown, never hidden. */
  readonly malformed?: string;
}

/**
 * Where a feed of objects stands.
 * connecting: no answer yet. listing: pages arrive. live: watching, complete.
 * stale: what is shown was complete once, the connection is gone or a relist is under way.
 * denied: 403. unauthorized: 401. failed: another refusal, retried. closed: released.
 */
export type FeedPhase =
  | "connecting"
  | "listing"
  | "live"
  | "stale"
  | "denied"
  | "unauthorized"
  | "failed"
  | "closed";

export interface FeedStatus {
  readonly phase: FeedPhase;
  /** Objects held. */
  readonly loaded: number;
  /** Objects that the server said there are, while listing; null when it did not say. */
  readonly expected: number | null;
  /** Epoch ms of the last proof that the view is current (list end, event, bookmark); 0 if never. */
  readonly freshMs: number;
  /** Epoch ms of the next try, while one waits. */
  readonly retryMs: number | null;
  readonly error: WireError | null;
  /** Deltas dropped under pressure since start; every drop forced a relist. */
  readonly dropped: number;
}

/**
 * A diff of a view's window against what was sent before.
 *
 * 1. `epoch` never decreases within a view.
 * 2. Applying `changed` in order to the previous window (cut or padded to `length`) gives the window.
 * 3. `generation` echoes the last setWindow that this answers, so a reader can tell old answers.
 */
export interface WindowUpdate {
  readonly epoch: number;
  readonly generation: number;
  readonly from: number;
  /** Rows in the window now. */
  readonly length: number;
  /** Rows before the filter, and after. */
  readonly total: number;
  readonly matched: number;
  /** Present when the columns changed. */
  readonly columns?: readonly Column[];
  /** [offset within the window, row]. */
  readonly changed: readonly (readonly [number, Row])[];
  /** Present when the status changed. */
  readonly status?: FeedStatus;
  /** Present when it changed: what a person should know of the filter's answer; empty when nothing. */
  readonly note?: string;
  /** Present when there are any: those of `marked` whose objects have gone. */
  readonly gone?: readonly string[];
}

/** One object followed live, and, when asked for, its events. */
export interface ObjectUpdate {
  /**
   * Whole, managedFields included; null until the first answer, and the last one seen after deletion. While the server
   * does not answer, as a view of the kind holds it, without managedFields; the status is `stale` then.
   */
  readonly object: KubeObject | null;
  readonly deleted: boolean;
  /** Events about the object, oldest first. */
  readonly events: readonly KubeObject[];
  readonly status: FeedStatus;
}

/** What a search looks at and how much of it comes. */
export interface SearchOptions {
  /** Most hits that come. */
  readonly limit: number;
  /** Hits below this score stay away. Text scores as in fzf: 16 a letter and more at the starts of words. */
  readonly minScore?: number;
  /** Objects scored at most, by kind, namespace and name; the rest is counted and said. */
  readonly maxCandidates?: number;
  /** The kinds looked at unless the query names some, in any spelling; everyday kinds unless given. */
  readonly kinds?: readonly string[];
  /** For one question and its answer: lists no more than the namespace that the query names. */
  readonly once?: boolean;
  /** Says of each hit how it came to its score. */
  readonly explain?: boolean;
}

/** One object that a query found. */
export interface SearchHit {
  readonly resource: Resource;
  readonly uid: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  /** 0 when the query has no text to rank by. */
  readonly score: number;
  /** Indexes of the letters that matched, ascending, for highlighting. */
  readonly marks: {
    readonly kind: readonly number[];
    readonly namespace: readonly number[];
    readonly name: readonly number[];
  };
  /** Epoch ms; 0 when the object carries none. */
  readonly createdMs: number;
  /** With `explain`: one line for each term of the query. */
  readonly why: readonly string[];
}

/** Where a kind that is searched stands. */
export interface SearchedKind {
  readonly resource: Resource;
  /** null: all namespaces, or a cluster-scoped kind. */
  readonly namespace: string | null;
  readonly status: FeedStatus;
}

/**
 * The answer to a query, whole; the next one comes when something in it changed.
 *
 * 1. `generation` echoes the last setQuery that this answers.
 * 2. Hits come best first, equal ones by shorter text, then by kind, namespace and name: the same for the same objects
 *    whatever the order in which they came.
 */
export interface SearchUpdate {
  readonly generation: number;
  readonly hits: readonly SearchHit[];
  /** Objects that match; with `atLeast`, that many or more. */
  readonly matched: number;
  readonly atLeast: boolean;
  /** Objects in the index. */
  readonly indexed: number;
  /** Kinds that the query looks at. */
  readonly kinds: readonly SearchedKind[];
  /** What is wrong with the query's text, which then has no hits; column and length in UTF-16 units from 0. */
  readonly problem: { readonly message: string; readonly column: number; readonly length: number } | null;
  /** What a person should know: candidates left out, postings cut, a column that no kind has. */
  readonly notes: readonly string[];
  /** ms of work for this answer. */
  readonly tookMs: number;
}

/** A query kept answered while objects come and go. */
export interface SearchView {
  /** The generation that its answer will carry. */
  setQuery(query: string): number;
  close(): void;
}

/** What the engine talks to, and how it is asked. */
export type { Client, MessageSocket, OpenOptions, RequestOptions, Target };

/** The server's health as the engine sees it, pushed on change. */
export interface ServerStatus {
  readonly reachable: boolean;
  /** `v1.36.3`; empty until known. */
  readonly version: string;
  readonly error: WireError | null;
  /** Epoch ms of the last answer; 0 if never. */
  readonly answeredMs: number;
}

/** Resources served, and the API groups that could not be asked. */
export interface Discovered {
  readonly resources: readonly Resource[];
  readonly broken: readonly { readonly groupVersion: string; readonly error: WireError }[];
  /** True when it came from the disk cache and has not been checked with the server yet. */
  readonly cached: boolean;
}

/** Counters and gauges by the seeds' metric names, e.g. `coalescer_dropped_total`. */
export type Metrics = Readonly<Record<string, number>>;

/** A view in the engine. `setWindow` is answered by an update with its generation. */
export interface View {
  setWindow(window: WindowSpec): number;
  /** Every row that matches the current sort and filter, in order (for copy, marks and scripts). */
  rows(options?: { readonly limit?: number }): Promise<readonly Row[]>;
  /** Lists anew at once. */
  refresh(): void;
  close(): void;
}

/** The engine as panes and verbs hold it, in a Worker or in process. */
export interface Engine extends AsyncDisposable {
  readonly target: Target;
  /**
   * The engine's own connection, for what views do not cover: changes, logs, shells. Read-only until `allowWrites(true)`.
   * Closing it does nothing: it ends with the engine.
   */
  readonly client: Client;
  /** Whether `client` sends changes. */
  allowWrites(isAllowed: boolean): void;
  onServerStatus(listener: (status: ServerStatus) => void): Disposable;
  /** Called again when discovery changes (a CRD came or went). */
  onDiscovered(listener: (discovered: Discovered) => void): Disposable;
  /** `refresh`: asks the server now, whatever is known. */
  discover(options?: { readonly refresh?: boolean }): Promise<Discovered>;
  openView(spec: ViewSpec, window: WindowSpec, onUpdate: (update: WindowUpdate) => void): View;
  openObject(
    ref: ObjectRef,
    options: { readonly events: boolean },
    onUpdate: (update: ObjectUpdate) => void,
  ): Disposable;
  /** Searches objects of many kinds; a query that does not parse is answered with its problem. docs/search.md. */
  openSearch(query: string, options: SearchOptions, onUpdate: (update: SearchUpdate) => void): SearchView;
  /** GET of any path as JSON, e.g. `/api/v1/namespaces`; throws OrkaError. */
  read(path: string, options?: { readonly signal?: AbortSignal }): Promise<unknown>;
  metrics(): Promise<Metrics>;
}
