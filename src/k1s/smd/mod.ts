/**
 * Structured merge and diff: values merged by their types, sets of field paths in the form of managedFields, and
 * writes that keep track of who owns which field (structured-merge-diff v6's semantics).
 *
 * Pure, on parsed JSON and lazily resolved types. `Updater` is the algorithm; what the API server makes of it for whole
 * objects (entries with times, the cap on updaters, taking over from client-side apply) is the registry's ManagedFields.
 *
 *     tables or schema -> TypeRef;  live + next or config -> Updater -> value and managers
 *
 * Vocabulary: a *manager* owns *paths*; an *apply* states all that its manager wants; an *update* is every other
 * write; *atomic* values are owned and replaced whole, *associative* lists merge by key or as sets.
 */
export {
  type Atom,
  DEDUCED,
  type ListType,
  listType,
  type MapType,
  mapType,
  type MapTypeOptions,
  scalarType,
  type StructField,
  type TypeRef,
  UNTYPED_ATOMIC,
  type Value,
} from "./atom.ts";
export { builtinTypes } from "./builtin_type.ts";
export { compareValues, type Comparison } from "./compare_values.ts";
export { FieldSet } from "./field_set.ts";
export { type Conflict, ConflictError, type ManagedSet, type Managers } from "./managers.ts";
export {
  decodeManagedFields,
  encodeManagedFields,
  ManagedFieldsError,
  managerIdentifier,
  managerText,
} from "./managed_fields.ts";
export { allowedByLastApplied } from "./last_applied.ts";
export { mergeValues } from "./merge_values.ts";
export { type Path, type PathElement, pathText } from "./path_element.ts";
export { reconcileFieldSet } from "./reconcile_field_set.ts";
export { removeItems } from "./remove_items.ts";
export { fromScaleFields, type ReplicasPaths, type ScaleWrite, toScaleFields } from "./scale_fields.ts";
export { structuralType } from "./structural_type.ts";
export { toFieldSet } from "./to_field_set.ts";
export { type Typed, Updater, type UpdaterOptions, type Writing, type Written } from "./updater.ts";
export { type ValidateOptions, validateValue } from "./validate.ts";
export { type Finding, findingsText, ValueError } from "./value_error.ts";
