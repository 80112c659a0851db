/**
 * The generic registry of the embedded API server: what is served, how its objects are created, changed and deleted,
 * and the control loops that settle in the same tick. Knows nothing of HTTP but the errors that it answers with.
 *
 * Data flow of a write: decoded body -> strategy (decode, defaults, prepare) -> field manager -> validation ->
 * storage -> control loops.
 */
export { inBatches } from "./batches.ts";
export { ShapeError } from "./builtin_shape.ts";
export { Catalog, type RegisteredResource, type ScalePaths } from "./catalog.ts";
export { type Deleted, deleteObject, type DeleteRequest, propagationOf } from "./deletion.ts";
export type { FieldManager, FieldWrite } from "./field_manager.ts";
export { duplicateFields, exactJson, JsonSyntaxError, parseJson } from "./go_json.ts";
export { checkNamespaceDeletion } from "./namespaces.ts";
export {
  assign,
  isObject,
  type Json,
  type JsonObject,
  jsonText,
  listOf,
  mapOf,
  metaOf,
  parsed,
  stampedText,
  textOf,
  textsOf,
  timestamp,
} from "./object.ts";
export { Registry, type RegistryOptions } from "./registry.ts";
export {
  type Change,
  type Mutation,
  type ObjectName,
  ResourceStore,
  type UpdateOptions,
  type WriteOptions,
  type Written,
} from "./resource_store.ts";
export { parseSelection, type Selection, selects } from "./selection.ts";
export type { Decoded, Strategy } from "./strategy.ts";
