/** What storage refuses or can't do, and what each becomes for a caller outside `k1s`. */
import { type ErrorCode, OrkaError, type OrkaErrorOptions } from "../../base/mod.ts";
import type { StoredObject } from "./interface.ts";

/**
 * - `not-found`, `exists`: the key, as the request wants it or not.
 * - `conflict`: a precondition (uid, resourceVersion) doesn't hold; `current` is what is there.
 * - `expired`: the revision is compacted; `continueToken`, where given, goes on without consistency.
 * - `too-large-resource-version`: the store hasn't reached that revision; `currentRevision` tells how far it is.
 * - `slow-watcher`: the watcher stayed too far behind and was closed.
 * - `invalid`: a key, a token or an option that can't mean anything.
 * - `closed`, `busy`, `full`, `corrupt`, `newer-schema`, `unavailable`: the store itself. After `unavailable`
 *   a write may or may not have happened; after every other one it didn't.
 */
export type StorageErrorKind =
  | "not-found"
  | "exists"
  | "conflict"
  | "expired"
  | "too-large-resource-version"
  | "slow-watcher"
  | "invalid"
  | "closed"
  | "busy"
  | "full"
  | "corrupt"
  | "newer-schema"
  | "unavailable";

const CODES: Readonly<Record<StorageErrorKind, ErrorCode>> = {
  "not-found": "not-found",
  exists: "already-exists",
  conflict: "conflict",
  expired: "expired",
  "too-large-resource-version": "timeout",
  "slow-watcher": "expired",
  invalid: "invalid",
  closed: "server",
  busy: "throttled",
  full: "io",
  corrupt: "io",
  "newer-schema": "io",
  unavailable: "server",
};

export interface StorageErrorOptions extends OrkaErrorOptions {
  readonly key?: string | undefined;
  readonly current?: StoredObject | undefined;
  readonly continueToken?: string | undefined;
  readonly currentRevision?: number | undefined;
}

/** A storage failure; `kind` is what the API server branches on, `code` what everyone else does. */
export class StorageError extends OrkaError {
  /** The whole key, `/tenant/resource/namespace/name`, where one object is meant. */
  readonly key: string | undefined;
  /** With `conflict` and `exists`: the object as it is now. */
  readonly current: StoredObject | undefined;
  /** With `expired` on a paged list: goes on from the same key at the newest revision. */
  readonly continueToken: string | undefined;
  readonly currentRevision: number | undefined;

  constructor(readonly kind: StorageErrorKind, message: string, options: StorageErrorOptions = {}) {
    super(CODES[kind], message, options);
    this.key = options.key;
    this.current = options.current;
    this.continueToken = options.continueToken;
    this.currentRevision = options.currentRevision;
  }
}

/** True for a StorageError, of one of the `kinds` if any are named. */
export function isStorageError(error: unknown, ...kinds: StorageErrorKind[]): error is StorageError {
  return error instanceof StorageError && (kinds.length === 0 || kinds.includes(error.kind));
}

export function notFound(key: string): StorageError {
  return new StorageError("not-found", `No object at ${key}`, { key });
}

export function compacted(revision: number, compactedTo: number): StorageError {
  return new StorageError(
    "expired",
    `Revision ${revision} is compacted: the log begins after ${compactedTo}`,
    { currentRevision: compactedTo },
  );
}

export function closed(): StorageError {
  return new StorageError("closed", "The store is closed");
}
