/**
 * What a backend provides below `Storage`: compare-and-set writes, ranges at a revision, the log. Everything that
 * isn't about where bytes lie (preconditions, retries, tokens, selectors) is above, once.
 */
import type { ChangeEvent, StoredObject } from "./interface.ts";
import type { Hub } from "./hub.ts";
import type { KeyRange } from "./keys.ts";

/** One compare-and-set: it happens only if the key's revision is `expected` (0: absent). */
export interface Write {
  readonly key: string;
  readonly expected: number;
  /** Absent: delete. */
  readonly value?: string | undefined;
  readonly uid: string;
  /** Wall time, ms, when it is to be deleted. */
  readonly expiresAt?: number | undefined;
}

export type WriteResult =
  | { readonly done: true; readonly object: StoredObject }
  /** Somebody else wrote; `current` is what is there now. */
  | { readonly done: false; readonly current: StoredObject | undefined };

export interface RangeQuery {
  readonly range: KeyRange;
  /** Only keys after this one. */
  readonly after?: string | undefined;
  /** 0: all. */
  readonly limit: number;
  /** Absent: newest. Errors: `expired`, `too-large-resource-version`. */
  readonly at?: number | undefined;
}

export interface RangePage {
  readonly items: readonly StoredObject[];
  readonly more: boolean;
  readonly revision: number;
}

export interface LogPage {
  readonly events: readonly ChangeEvent[];
  /** Everything up to this revision has been looked at. */
  readonly through: number;
}

export interface Backend {
  readonly hub: Hub;
  /** The newest revision. */
  revision(): Promise<number>;
  compacted(): Promise<number>;
  read(key: string): Promise<StoredObject | undefined>;
  range(query: RangeQuery): Promise<RangePage>;
  /** Objects in the range after a key, at a revision. */
  count(query: Omit<RangeQuery, "limit">): Promise<number>;
  write(write: Write): Promise<WriteResult>;
  /** Events of a range after a revision, at most `limit`, none past what the hub has published. Errors: `expired`. */
  log(range: KeyRange, after: number, limit: number): Promise<LogPage>;
  /** Brings the hub up to everything that is visible now, other processes' writes included. */
  catchUp(): Promise<void>;
  /** The newest revision written at or before a wall time, ms; the compacted one where none is. */
  revisionAt(timeMs: number): Promise<number>;
  compact(revision: number): Promise<void>;
  maintain(): Promise<void>;
  close(): Promise<void>;
}
