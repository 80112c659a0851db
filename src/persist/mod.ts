/**
 * What Orka remembers on disk, in one SQLite file of the person's own: preferences, schemas, what it last applied,
 * and what it changed. It is a convenience and never a condition: a file that cannot be opened, read or written is
 * told once through `warn`, and everything goes on in memory.
 *
 * It is no store of cluster objects (that is `store`, in memory) and holds no credentials. Values of Secrets are left
 * out of whatever it writes unless the person opted in (`keepSecrets`).
 *
 * Vocabulary: a snapshot is an object as Orka last applied it, up to three an object; an audit entry is one change
 * that Orka made, with what undo needs; a body is the object before or after that change.
 *
 * Data flow: a verb -> openMemory -> prefs, schemas, snapshots, audit -> SQLite (WAL, several processes at once).
 */
export { type Memory, openMemory, type OpenMemoryOptions } from "./memory.ts";
export { stateDirectory } from "./location.ts";
export { withoutSecrets } from "./redact.ts";
export type {
  Audit,
  AuditBodies,
  AuditEntry,
  AuditFilter,
  AuditRecord,
  CachedSchema,
  FieldChange,
  Inverse,
  ObjectRef,
  Prefs,
  SchemaCache,
  SchemaKey,
  Snapshot,
  SnapshotFilter,
  SnapshotRecord,
  Snapshots,
} from "./records.ts";
