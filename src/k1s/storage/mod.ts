/**
 * Storage of the embedded cluster: objects as text under `/tenant/resource/namespace/name`, one revision for
 * all, lists of any kept revision, watches from any kept revision. Two backends pass one conformance suite.
 *
 * It isn't a cache and knows nothing of what the text says: the API server parses, selects, stamps
 * resourceVersions and keeps a watch cache above it.
 *
 * Vocabulary: a *store* is a whole database, a *storage* one tenant's view of it; a *revision* numbers each write
 * without gaps; *compaction* forgets history up to a revision, never objects; a *watcher* reads events in order.
 *
 *     Storage (TenantStorage: preconditions, retries, pages) -> Backend (memory | SQLite) -> Hub -> Watcher
 */
export * from "./errors.ts";
export * from "./interface.ts";
export { parseKey } from "./keys.ts";
export { DEFAULT_RETENTION, type Retention } from "./retention.ts";
export { type RestoreOptions, restoreStore, type SnapshotFacts, snapshotStore } from "./snapshot.ts";
export { openSqliteStore, type SqliteStoreOptions } from "./sqlite_store.ts";
export { createMemoryStore, type StoreOptions } from "./store.ts";
export { Watcher } from "./watcher.ts";
export { nextTurn } from "./sqlite_writer.ts";
