/** What is remembered, as callers hold it. Everything is plain data; times are milliseconds since the Unix epoch. */
import type { KubeObject } from "../kube/mod.ts";

/** One object of one cluster. */
export interface ObjectRef {
  /** The server's URL, as `client.target.server` has it; user info in it is cut off before it is stored. */
  readonly cluster: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for what is cluster-scoped. */
  readonly namespace: string;
  readonly name: string;
  /** Empty when it is not known, as before a create. */
  readonly uid: string;
}

/** Small settings that outlive a process. */
export interface Prefs {
  get(key: string): string | null;
  set(key: string, value: string): void;
  delete(key: string): void;
  /** Every preference whose key begins with `prefix`, in order of the keys. */
  list(prefix?: string): readonly (readonly [string, string])[];
}

export interface SchemaKey {
  readonly cluster: string;
  readonly group: string;
  readonly plural: string;
  readonly version: string;
}

export interface CachedSchema {
  /** A CRD's resourceVersion, or the OpenAPI document's hash. */
  readonly etag: string;
  readonly text: string;
}

export interface SchemaCache {
  get(key: SchemaKey): CachedSchema | null;
  put(key: SchemaKey, schema: CachedSchema): void;
  /** Drops the schemas of one cluster, or all. */
  clear(cluster?: string): void;
}

export interface SnapshotRecord {
  readonly ref: ObjectRef;
  /** The object as the server answered it. managedFields are left out of what is kept. */
  readonly object: KubeObject;
  /** The verb that applied it. */
  readonly verb: string;
}

export interface Snapshot {
  readonly ref: ObjectRef;
  /** When it was kept; unique and growing per object, also when the clock goes backwards. */
  readonly ts: number;
  readonly verb: string;
  readonly resourceVersion: string;
  readonly object: KubeObject;
  /** True where values of a Secret were left out. */
  readonly redacted: boolean;
}

/** By uid where that is known, else by name; an object made anew under a name has snapshots of both. */
export type SnapshotFilter =
  | { readonly uid: string }
  | Pick<ObjectRef, "cluster" | "apiVersion" | "kind" | "namespace" | "name">;

/**
 * 1. At most three snapshots an object (uid, or the name where no uid is known) are kept: the newest.
 * 2. The newest comes first.
 */
export interface Snapshots {
  /** When it was kept as; null when it could not be kept (warned of already). */
  add(record: SnapshotRecord): number | null;
  list(filter: SnapshotFilter): readonly Snapshot[];
}

/** One field that a change touched. `before` and `after` are short text; they are dropped for Secrets. */
export interface FieldChange {
  readonly path: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** How to take a change back: a verb and what it takes, as JSON. Its args are dropped for Secrets. */
export interface Inverse {
  readonly verb: string;
  readonly args?: Readonly<Record<string, unknown>> | undefined;
}

/** A change as a verb reports it. */
export interface AuditRecord {
  readonly ref: ObjectRef;
  readonly verb: string;
  /** Who, as the kubeconfig or the server names them. */
  readonly user: string;
  readonly fieldManager: string;
  /** `status`, `scale`, …; empty for the object itself. */
  readonly subresource?: string | undefined;
  readonly changes: readonly FieldChange[];
  /** null: it was not there before (create), or after (delete), or is not known. */
  readonly before: KubeObject | null;
  readonly after: KubeObject | null;
  /** null: cannot be taken back. */
  readonly inverse: Inverse | null;
  /** The entry that this change takes back. */
  readonly undoes?: number | undefined;
}

export interface AuditEntry {
  /** Grows with time; unique in the file. */
  readonly id: number;
  readonly ts: number;
  readonly ref: ObjectRef;
  readonly verb: string;
  readonly user: string;
  readonly fieldManager: string;
  readonly subresource: string;
  /** `spec.replicas: 2 -> 3; +4 fields`; at most 2,000 characters. */
  readonly summary: string;
  /** Empty where there was no object. */
  readonly resourceVersionBefore: string;
  readonly resourceVersionAfter: string;
  readonly inverse: Inverse | null;
  readonly undoes: number | null;
  /** The entry that took this one back. */
  readonly undoneBy: number | null;
  /** Whether `bodies` still has what it was before and after. */
  readonly hasBodies: boolean;
  /** True where values of a Secret were left out. */
  readonly redacted: boolean;
}

export interface AuditBodies {
  readonly before: KubeObject | null;
  readonly after: KubeObject | null;
}

export interface AuditFilter {
  readonly cluster?: string | undefined;
  /** Any version of the group counts. */
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly uid?: string | undefined;
  /** Entries before this id only, to read page by page. */
  readonly beforeId?: number | undefined;
  /** 100 unless given. */
  readonly limit?: number | undefined;
}

/**
 * 1. The newest 10,000 entries of the last 180 days are kept, and the bodies of the newest 1,000.
 * 2. The newest comes first.
 */
export interface Audit {
  /** The entry's id; null when it could not be kept (warned of already). */
  add(record: AuditRecord): number | null;
  list(filter?: AuditFilter): readonly AuditEntry[];
  get(id: number): AuditEntry | null;
  /** null when the entry is unknown or its bodies have been dropped. */
  bodies(id: number): AuditBodies | null;
}
