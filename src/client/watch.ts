/**
 * One watch: frames in order until it ends. It says why it ended and never retries: whoever holds the objects
 * knows whether to watch on or to list anew.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import { type Clock, OrkaError, systemClock } from "../base/mod.ts";
import { type Resource, resourcePath, type TableColumn } from "../kube/mod.ts";
import { readChunks } from "./byte_stream.ts";
import type { Client } from "./client.ts";
import { FrameReader } from "./frame_reader.ts";
import type { ObjectItem, TableRow } from "./item_reader.ts";
import { type IncludeObject, TABLE_ACCEPT } from "./list.ts";
import { queryPath } from "./query.ts";

export type ChangeType = "ADDED" | "MODIFIED" | "DELETED";

/** Shared by both kinds of watches. */
export interface WatchOptions {
  /** null or absent: all namespaces, or a cluster-scoped kind. */
  readonly namespace?: string | null | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Where to begin: a list's or the last frame's. */
  readonly resourceVersion: string;
  /** The server ends the watch after so long; it decides by itself when absent (5 to 10 minutes). */
  readonly timeoutSeconds?: number | undefined;
  /** Milliseconds without a byte after which the connection counts as dead; bookmarks come about once a minute. 0: never. */
  readonly idleMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** The server accepted the watch. */
  readonly onOpen?: (() => void) | undefined;
  /** A bookmark: everything up to this resourceVersion has been sent. */
  readonly onBookmark?: ((resourceVersion: string) => void) | undefined;
}

export interface WatchTableOptions extends WatchOptions {
  /** `Object` unless given. */
  readonly includeObject?: IncludeObject | undefined;
  /** Called before the first row of this watch, and again if the server changes the columns. */
  readonly onColumns?: ((columns: readonly TableColumn[]) => void) | undefined;
  /** Synchronous; the row's bytes are lent until it returns. */
  readonly onRow: (type: ChangeType, row: TableRow) => void;
}

export interface WatchObjectsOptions extends WatchOptions {
  readonly managedFields?: boolean | undefined;
  /** Synchronous; the item's bytes are lent until it returns. */
  readonly onItem: (type: ChangeType, item: ObjectItem) => void;
}

/**
 * Why a watch ended; it continues from `resourceVersion`, the last one seen.
 * closed: the server ended it in order, as it does after timeoutSeconds. cut: the connection went, in a frame or
 * between two. idle: nothing came for idleMs. error: an ERROR frame (`expired`: list anew) or a refused request.
 * aborted: the caller's signal.
 */
export type WatchEnd =
  | {
    readonly reason: "closed" | "idle" | "aborted";
    readonly resourceVersion: string;
    readonly frames: number;
  }
  | {
    readonly reason: "cut" | "error";
    readonly resourceVersion: string;
    readonly frames: number;
    readonly error: OrkaError;
  };

/** Half again the server's bookmark interval, which is about a minute. */
const IDLE_MS = 90_000;

/** Watches as Table rows. Never rejects for what a server or network does: the end says it. */
export function watchTable(
  client: Client,
  resource: Resource,
  options: WatchTableOptions,
): Promise<WatchEnd> {
  const reader = new FrameReader({
    resourceVersion: options.resourceVersion,
    onBookmark: options.onBookmark,
    onColumns: options.onColumns,
    onRow: options.onRow,
  });
  const query = { includeObject: options.includeObject ?? "Object" };
  return watch(client, resource, { options, reader, query, accept: TABLE_ACCEPT });
}

/** Watches whole objects. Never rejects for what a server or network does: the end says it. */
export function watchObjects(
  client: Client,
  resource: Resource,
  options: WatchObjectsOptions,
): Promise<WatchEnd> {
  const reader = new FrameReader({
    keepManagedFields: options.managedFields ?? false,
    resourceVersion: options.resourceVersion,
    onBookmark: options.onBookmark,
    onItem: options.onItem,
  });
  return watch(client, resource, { options, reader, query: {}, accept: "application/json" });
}

interface WatchForm {
  readonly options: WatchOptions;
  readonly reader: FrameReader;
  readonly query: Readonly<Record<string, string>>;
  readonly accept: string;
}

async function watch(client: Client, resource: Resource, form: WatchForm): Promise<WatchEnd> {
  const { options, reader } = form;
  let opened = false;
  try {
    const response = await client.request(watchPath(resource, form), {
      accept: form.accept,
      lane: "watch",
      signal: options.signal,
    });
    opened = true;
    options.onOpen?.();
    await readChunks(response, (chunk) => reader.push(chunk), {
      signal: options.signal,
      idleMs: options.idleMs ?? IDLE_MS,
      clock: options.clock ?? systemClock,
    });
    return ending(reader, reader.partial ? "cut" : "closed");
  } catch (error) {
    if (options.signal?.aborted) return ending(reader, "aborted");
    if (!(error instanceof OrkaError)) throw error;
    if (error.code === "timeout" && opened) return ending(reader, "idle");
    return ending(reader, error.code === "unreachable" && opened ? "cut" : "error", error);
  }
}

function ending(reader: FrameReader, reason: WatchEnd["reason"], error?: OrkaError): WatchEnd {
  const { resourceVersion, frames } = reader;
  if (reason !== "cut" && reason !== "error") return { reason, resourceVersion, frames };
  const cause = error ?? new OrkaError("unreachable", "the watch was cut off in the middle of a frame");
  return { reason, resourceVersion, frames, error: cause };
}

function watchPath(resource: Resource, { options, query }: WatchForm): string {
  const { namespace, labelSelector, fieldSelector, resourceVersion, timeoutSeconds } = options;
  return queryPath(resourcePath(resource, { namespace: namespace ?? undefined }), {
    watch: "true",
    allowWatchBookmarks: "true",
    ...query,
    labelSelector,
    fieldSelector,
    resourceVersion,
    timeoutSeconds: timeoutSeconds === undefined ? undefined : String(timeoutSeconds),
  });
}
