/**
 * The embedded cluster: a Kubernetes API over embedded storage.
 *
 * Vocabulary: a store holds the objects of its tenants under one revision; a served resource is a kind as discovery
 * tells of it; the built-in kinds' tables come from a real API server, custom kinds from their definitions.
 *
 * Data flow of a write: body -> codec (JSON, protobuf) -> patch -> crd or built-in defaults and validation -> storage.
 * Of a read: storage -> codec (object, Table, metadata alone) -> body.
 */
export { servedResources } from "./builtin/mod.ts";
export type { ServedResource } from "./builtin/mod.ts";
export type { Storage, Store } from "./storage/mod.ts";
