import {
  type ChangeType,
  type Client,
  type IncludeObject,
  type ListEnd,
  type ListPage,
  listTable,
  type TableRow,
  type WatchEnd,
  watchTable,
} from "../client/mod.ts";
import type { Clock } from "../base/mod.ts";
import type { TableColumn } from "../kube/mod.ts";
import type { ViewSpec } from "./protocol.ts";

export interface SourceListOptions {
  /** A list beside a running watch: rows' metadata is enough. */
  readonly verify: boolean;
  readonly signal: AbortSignal;
  readonly onPage: (page: ListPage) => void;
  readonly onRow: (row: TableRow) => void;
  readonly onRestart: () => void;
}

export interface SourceWatchOptions {
  readonly version: string;
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  readonly onColumns: (columns: readonly TableColumn[]) => void;
  readonly onBookmark: (version: string) => void;
  readonly onRow: (type: ChangeType, row: TableRow) => void;
}

/** Where a reflector's rows come from: an API server, or a recorded stream. */
export interface FeedSource {
  /** Throws OrkaError, or the signal's reason. */
  list(options: SourceListOptions): Promise<Pick<ListEnd, "resourceVersion">>;
  /** Never rejects for what a server or network does. */
  watch(options: SourceWatchOptions): Promise<WatchEnd>;
}

export interface TableSourceOptions {
  readonly clock: Clock;
  /** JSON of the collection that may come with its rows, bytes; 0: none ever, as for Secrets. */
  readonly rawBudgetBytes: number;
}

/** One collection of an API server, as Tables. */
export function tableSource(client: Client, spec: ViewSpec, options: TableSourceOptions): FeedSource {
  const { resource, namespace, labelSelector, fieldSelector } = spec;
  const scope = { namespace, labelSelector, fieldSelector };
  const budget = new RawBudget(options.rawBudgetBytes);
  return {
    list({ verify, onPage, onRow, ...rest }) {
      budget.restart();
      return listTable(client, resource, {
        ...scope,
        ...rest,
        includeObject: () => verify ? "Metadata" : budget.include,
        onPage(page) {
          budget.page(page);
          onPage(page);
        },
        onRow(row) {
          budget.row(row.object.length);
          onRow(row);
        },
      });
    },
    watch({ version, ...rest }) {
      return watchTable(client, resource, {
        ...scope,
        ...rest,
        resourceVersion: version,
        // Without bodies a frame is a third of the size; Secrets' must not come at all.
        includeObject: options.rawBudgetBytes === 0 ? "Metadata" : "Object",
        clock: options.clock,
      });
    },
  };
}

/** Objects past this many rows are judged by what the rows before them weighed. */
const SAMPLE_ROWS = 16;

/**
 * Decides page by page whether rows bring their objects: as long as the whole collection, judged by the rows so far and
 * what the server says remains, is within the budget. The first page is asked for before anything is known.
 */
class RawBudget {
  readonly #limit: number;
  #rows = 0;
  #bytes = 0;
  #remaining = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  get include(): IncludeObject {
    if (this.#limit === 0) return "Metadata";
    if (this.#rows < SAMPLE_ROWS) return this.#remaining > LARGE_COLLECTION ? "Metadata" : "Object";
    const total = this.#rows + this.#remaining;
    return (this.#bytes / this.#rows) * total <= this.#limit ? "Object" : "Metadata";
  }

  restart(): void {
    this.#rows = this.#bytes = this.#remaining = 0;
  }

  page({ remaining }: ListPage): void {
    this.#remaining = remaining ?? 0;
  }

  row(bytes: number): void {
    this.#rows++;
    this.#bytes += bytes;
  }
}

/** The next page is asked for when a page's head has come, often before its rows: this many more are many of any kind. */
const LARGE_COLLECTION = 5000;
