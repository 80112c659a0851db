/**
 * The storage interface, after kubernetes/apiserver's storage.Interface: one revision for the whole store, raised
 * by one with every write; objects are opaque JSON text with a uid beside it.
 *
 * Why text: an API server parses what it reads, and node:sqlite hands TEXT over as the string that JSON.parse
 * wants: list of 20,000 objects 33 ms as text, 108 ms as bytes.
 */
import type { Watcher } from "./watcher.ts";

/** One object's place. `namespace` is empty for cluster-scoped ones; `resource` is `pods`, `deployments.apps`. */
export interface ObjectKey {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** What lists, counts and watches range over: a resource, or one namespace of it. */
export interface Scope {
  readonly resource: string;
  readonly namespace?: string | undefined;
}

export interface StoredObject {
  /** `/tenant/resource/namespace/name`; see `parseKey`. */
  readonly key: string;
  readonly value: string;
  readonly uid: string;
  /** The revision that last wrote it (of its deletion, where a deleted object is returned). */
  readonly revision: number;
  readonly createRevision: number;
}

/** What a write stores. */
export interface NewValue {
  /** JSON text, kept to the character; a NUL character, which JSON can't have, is refused. */
  readonly value: string;
  /** The object's uid; preconditions compare it. An update may leave it out: the uid stays. */
  readonly uid?: string | undefined;
  /** Seconds from now until it is deleted; absent: never. An update without it ends an earlier one. */
  readonly ttlSeconds?: number | undefined;
}

export interface Preconditions {
  readonly uid?: string | undefined;
  readonly revision?: number | undefined;
}

export interface ListOptions {
  /** Items a page; 0 or absent: all. */
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  /** Absent: the newest. 0: any. */
  readonly resourceVersion?: number | undefined;
  /** Absent with a resourceVersion above 0: exact when there is a limit, else notOlderThan, as the API server. */
  readonly match?: "exact" | "notOlderThan" | undefined;
  /** Keeps only these; a page is filled with accepted items and `remaining` is left out. */
  readonly accepts?: ((object: StoredObject) => boolean) | undefined;
}

export interface ListResult {
  readonly items: readonly StoredObject[];
  /** The revision that all pages of this list show. */
  readonly revision: number;
  readonly continue?: string | undefined;
  /** Items after this page, where there are some and nothing filters. */
  readonly remaining?: number | undefined;
}

/** The state to begin from when the caller holds a copy: tried first, read afresh only if it doesn't hold. */
export interface WriteOptions {
  readonly preconditions?: Preconditions | undefined;
  readonly suggestion?: StoredObject | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface UpdateOptions extends WriteOptions {
  /** Calls the update with undefined for a missing object, and creates what it returns. */
  readonly ignoreNotFound?: boolean | undefined;
}

export interface DeleteOptions extends WriteOptions {
  /** Throws to refuse; runs again when the object changed meanwhile. */
  readonly validate?: ((object: StoredObject) => void | Promise<void>) | undefined;
}

/** Makes the new value of the current one; may run several times, so it must not keep state. */
export type Update = (current: StoredObject | undefined) => NewValue | Promise<NewValue>;

/**
 * 1. Events come in order of revision, each once, none left out.
 * 2. `deleted` carries the last value with the revision of the deletion.
 * 3. A bookmark says: everything up to `revision` in the watched scope has been delivered.
 */
export type StorageEvent = ChangeEvent | BookmarkEvent;

export interface ChangeEvent {
  readonly type: "added" | "modified" | "deleted";
  readonly key: string;
  readonly value: string;
  /** With `modified`: the value before, so that a selector's transitions can be told. */
  readonly previousValue: string | undefined;
  readonly uid: string;
  readonly revision: number;
  readonly createRevision: number;
}

export interface BookmarkEvent {
  readonly type: "bookmark";
  readonly revision: number;
  /** The state asked for with `initialEvents` is complete. */
  readonly initialEventsEnd: boolean;
}

export interface WatchOptions {
  /**
   * A revision: what came after it. 0: the present state as `added`, then what comes after it. `"now"`: only
   * what comes after this call.
   */
  readonly from: number | "now";
  /** With `from` 0: a bookmark tells the end of the present state. */
  readonly initialEvents?: boolean | undefined;
  /** Delivers bookmarks asked for by `requestProgress`. */
  readonly bookmarks?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Events held for a consumer that doesn't read; beyond it they are dropped and read from the log. Default 1,024. */
  readonly maxQueued?: number | undefined;
  /** Revisions a consumer may stay behind before the watcher is closed with `slow-watcher`. Default 20,000. */
  readonly maxLag?: number | undefined;
}

/** A part of the log; see `Storage.changes`. */
export interface Changes {
  readonly events: readonly ChangeEvent[];
  /** Everything up to here has been looked at; `after` itself when there was nothing. */
  readonly through: number;
}

/** One tenant's part of a store. No call of it can name another tenant. */
export interface Storage {
  readonly tenant: string;
  /** Errors: `not-found`, `too-large-resource-version`. */
  get(key: ObjectKey, options?: { readonly resourceVersion?: number | undefined }): Promise<StoredObject>;
  /** As `get`; a missing object is undefined. */
  find(key: ObjectKey): Promise<StoredObject | undefined>;
  /** Errors: `expired`, `too-large-resource-version`, `invalid` (token or options). */
  list(scope: Scope, options?: ListOptions): Promise<ListResult>;
  count(scope: Scope): Promise<number>;
  /** Errors: `exists`. */
  create(key: ObjectKey, value: NewValue & { readonly uid: string }): Promise<StoredObject>;
  /**
   * Writes what `update` makes of the current object, again and again until nobody else wrote in between.
   * A value equal to the current one is not written: the object keeps its revision.
   * Errors: `not-found`, `conflict` (a precondition), and whatever `update` throws on the current object.
   */
  guaranteedUpdate(key: ObjectKey, update: Update, options?: UpdateOptions): Promise<StoredObject>;
  /** Returns the last value with the deletion's revision. Errors: as `guaranteedUpdate`. */
  delete(key: ObjectKey, options?: DeleteOptions): Promise<StoredObject>;
  /** Errors (`expired`, `slow-watcher`, `closed`) come from reading the watcher. */
  watch(scope: Scope, options: WatchOptions): Watcher;
  /**
   * What happened to this tenant's objects of every resource after a revision, at most `limit` events, other
   * processes' writes included: for those who keep an index and ask when they need it. Errors: `expired`.
   */
  changes(after: number, limit: number): Promise<Changes>;
  /** The newest revision of the store, of all tenants. */
  currentRevision(): Promise<number>;
  /** Sends every watcher of this tenant that wants bookmarks one at the newest revision. */
  requestProgress(): Promise<void>;
}

/** A whole store: its tenants and its upkeep. */
export interface Store {
  readonly kind: "memory" | "sqlite";
  tenant(name: string): Storage;
  currentRevision(): Promise<number>;
  /** The newest revision that watches and exact lists can't begin from any more. */
  compactedRevision(): Promise<number>;
  /** The newest revision written at or before a wall time, ms; the compacted one where none is. */
  revisionAt(timeMs: number): Promise<number>;
  /** Forgets history up to `revision`; objects stay. Errors: `too-large-resource-version`. */
  compact(revision: number): Promise<void>;
  /** Deletes what has outlived its TTL, compacts by age and size, checkpoints: one small slice, also run by a timer. */
  maintain(): Promise<void>;
  /** Waits for writes under way, ends every watcher, releases files. */
  close(): Promise<void>;
}
