/**
 * Collections page by page, each page cut into items while it arrives. The next page is asked for as soon as the
 * current one has shown its continue token, so that the server works while this side reads.
 */
import { AbortScope, Cancelled, OrkaError } from "../base/mod.ts";
import { type ObjectMeta, type Resource, resourcePath, type TableColumn } from "../kube/mod.ts";
import { readChunks } from "./byte_stream.ts";
import type { Client } from "./client.ts";
import { ItemSplitter } from "./item_splitter.ts";
import { itemReader, type ObjectItem, rowReader, type TableRow } from "./item_reader.ts";
import { type PageHead, readPageHead, requireList } from "./page_head.ts";
import { queryPath } from "./query.ts";

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks */
export const PAGE_LIMIT = 500;

/** Milliseconds without a byte after which a page counts as lost. */
const PAGE_IDLE_MS = 60_000;

/** A server whose history is shorter than one list takes would restart for ever. */
const MAX_RESTARTS = 3;

/** What a page said of itself. `columns` is null for objects. */
export interface ListPage {
  /** From 0; starts over after a restart. */
  readonly index: number;
  readonly resourceVersion: string;
  /** True when another page follows. */
  readonly more: boolean;
  /** Objects after this page, where the server said so. */
  readonly remaining: number | null;
  readonly columns: readonly TableColumn[] | null;
}

/** Shared by both kinds of lists. */
export interface ListOptions {
  /** null or absent: all namespaces, or a cluster-scoped kind. */
  readonly namespace?: string | null | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Items a page; 500 unless given, 0 asks for all at once. */
  readonly limit?: number | undefined;
  /** As the API's resourceVersion parameter: absent is the newest state, "0" whatever the server has cached. */
  readonly resourceVersion?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Called once a page: before its items where the server sends metadata first (every Table and built-in kind),
   * after them where it does not (lists of custom objects). Synchronous.
   */
  readonly onPage?: ((page: ListPage) => void) | undefined;
  /** The server forgot the snapshot (410): all items so far are void and the list begins anew. */
  readonly onRestart?: (() => void) | undefined;
}

/** How a list ended. Watch from `resourceVersion`. */
export interface ListEnd {
  readonly resourceVersion: string;
  readonly count: number;
  readonly pages: number;
  readonly restarts: number;
  /** Body bytes after decompression, all restarts included. */
  readonly bytes: number;
}

export type IncludeObject = "None" | "Metadata" | "Object";

export interface ListTableOptions extends ListOptions {
  /** What each row carries of its object; `Metadata` unless given. A function is asked before every page. */
  readonly includeObject?: IncludeObject | (() => IncludeObject) | undefined;
  /** Synchronous; the row's bytes are lent until it returns. */
  readonly onRow: (row: TableRow) => void;
}

export interface ListObjectsOptions extends ListOptions {
  /** Keeps metadata.managedFields, which is cut otherwise. */
  readonly managedFields?: boolean | undefined;
  /** Synchronous; the item's bytes are lent until it returns. */
  readonly onItem: (item: ObjectItem) => void;
}

export type { ObjectItem, ObjectMeta, TableRow };

/** Table rows first, a plain list where a server cannot make Tables (then rows have no cells, and columns are null). */
export const TABLE_ACCEPT =
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

/** Lists as a server-side Table: kubectl's own cells for every kind. Throws OrkaError, or the signal's reason. */
export function listTable(client: Client, resource: Resource, options: ListTableOptions): Promise<ListEnd> {
  const include = options.includeObject ?? "Metadata";
  return listPages(client, options, {
    path: resourcePath(resource, { namespace: options.namespace ?? undefined }),
    query: () => ({ includeObject: typeof include === "function" ? include() : include }),
    accept: TABLE_ACCEPT,
    splitter: (onHead, onTail) => new ItemSplitter({ onHead, onTail, onItem: rowReader(options.onRow) }),
  });
}

/** Lists whole objects. Throws OrkaError, or the signal's reason. */
export function listObjects(
  client: Client,
  resource: Resource,
  options: ListObjectsOptions,
): Promise<ListEnd> {
  return listPages(client, options, {
    path: resourcePath(resource, { namespace: options.namespace ?? undefined }),
    query: () => ({}),
    accept: "application/json",
    splitter: (onHead, onTail) =>
      new ItemSplitter({
        keepManagedFields: options.managedFields ?? false,
        onHead,
        onTail,
        onItem: itemReader(options.onItem),
      }),
  });
}

interface ListForm {
  readonly path: string;
  /** Asked before every page. */
  readonly query: () => Readonly<Record<string, string>>;
  readonly accept: string;
  splitter(onHead: (head: unknown) => void, onTail: (whole: unknown) => void): ItemSplitter;
}

async function listPages(client: Client, options: ListOptions, form: ListForm): Promise<ListEnd> {
  const run = new ListRun(client, options, form);
  for (let restarts = 0;; restarts++) {
    try {
      return { ...await run.all(), restarts };
    } catch (error) {
      run.abandon();
      const expired = error instanceof OrkaError && error.code === "expired" && run.paging;
      if (!expired || restarts >= MAX_RESTARTS) throw error;
      options.onRestart?.();
    }
  }
}

/** One pass over the pages, repeated after a 410. */
class ListRun {
  readonly #client: Client;
  readonly #options: ListOptions;
  readonly #form: ListForm;
  #bytes = 0;
  #index = 0;
  #next: Promise<Response> | null = null;
  #scope: AbortScope | null = null;
  #head: PageHead | null = null;

  constructor(client: Client, options: ListOptions, form: ListForm) {
    this.#client = client;
    this.#options = options;
    this.#form = form;
  }

  /** True when the failed request carried a continue token, which alone can expire. */
  get paging(): boolean {
    return this.#index > 0;
  }

  async all(): Promise<Omit<ListEnd, "restarts">> {
    this.#index = 0;
    let count = 0;
    let resourceVersion = "";
    using scope = new AbortScope([this.#options.signal]);
    this.#scope = scope;
    let response: Promise<Response> | null = this.#ask("");
    while (response !== null) {
      count += await this.#page(await response);
      resourceVersion ||= this.#head?.resourceVersion ?? "";
      response = this.#next;
      this.#next = null;
      this.#index++;
    }
    return { resourceVersion, count, pages: this.#index, bytes: this.#bytes };
  }

  /** Drops the page that was asked for ahead of time. */
  abandon(): void {
    const next = this.#next;
    this.#next = null;
    this.#scope?.abort(new Cancelled("the list has ended"));
    next?.then((response) => response.body?.cancel()).catch(() => {}); // it may have come before
  }

  async #page(response: Response): Promise<number> {
    this.#head = null;
    const splitter = this.#form.splitter((head) => this.#onHead(head), (whole) => this.#onTail(whole));
    const { signal } = this.#options;
    await readChunks(response, (chunk) => {
      this.#bytes += chunk.length;
      splitter.push(chunk);
    }, { signal, idleMs: PAGE_IDLE_MS });
    splitter.end();
    return splitter.count;
  }

  #onTail(document: unknown): void {
    requireList(document);
    this.#onHead(document);
  }

  #onHead(document: unknown): void {
    if (this.#head !== null) return;
    const head = readPageHead(document);
    if (head === null) return;
    this.#head = head;
    if (head.continueToken !== "") {
      this.#next = this.#ask(head.continueToken);
      this.#next.catch(() => {}); // awaited after this page; until then it must not count as unhandled
    }
    this.#options.onPage?.({
      index: this.#index,
      resourceVersion: head.resourceVersion,
      more: head.continueToken !== "",
      remaining: head.remaining,
      columns: head.columns,
    });
  }

  #ask(continueToken: string): Promise<Response> {
    const { labelSelector, fieldSelector, limit = PAGE_LIMIT, resourceVersion } = this.#options;
    const path = queryPath(this.#form.path, {
      ...this.#form.query(),
      labelSelector,
      fieldSelector,
      limit: limit > 0 ? String(limit) : undefined,
      continue: continueToken || undefined,
      // The token carries the snapshot; servers refuse both together.
      resourceVersion: continueToken === "" ? resourceVersion : undefined,
    });
    return this.#client.request(path, { accept: this.#form.accept, signal: this.#scope?.signal });
  }
}
