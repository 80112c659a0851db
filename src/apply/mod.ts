/**
 * Changes of objects: what differs between two versions, what a change looks like to a person, how it gets to the server
 * and back. It asks nobody and prints nothing; whether a request may go out at all is the client's gate to say.
 *
 * Vocabulary: a field path names a field across list items (`spec.containers[name=web].image`); a list type is how a
 * schema says that a list's items are told apart; noise is what the server adds; an owner is a field manager that
 * set a field; a conflict is a field that two sides changed, or that another manager owns.
 *
 * Data flow: live object and edited text -> `planEdit` -> `serverApply` or `patchObject` with dryRun -> `diffObjects`
 * before a person's yes -> the same request without dryRun -> `persist` remembers both versions -> `undo`.
 */
export { type ChangeLine, changeLines } from "./change_text.ts";
export { type EditPlan, type EditPlanOptions, pick, planEdit } from "./edit_plan.ts";
export { type FieldConflict, fieldConflicts } from "./field_conflict.ts";
export { type FieldOwner, fieldOwners, ownersOf } from "./field_owners.ts";
export { type FieldPath, isWithin, type PathStep, pathText, schemaPath } from "./field_path.ts";
export { jsonPatch, type JsonPatchOperation } from "./json_patch.ts";
export { type ListType, type ListTypes, NO_LIST_TYPES } from "./list_types.ts";
export { mergePatch } from "./merge_patch.ts";
export { LAST_APPLIED, type NoiseOptions, withoutNoise } from "./noise.ts";
export { diffObjects, type DiffOptions, type FieldChange, sameJson } from "./object_diff.ts";
export {
  type ApplyOptions,
  createObject,
  deleteObject,
  type DeleteOptions,
  FIELD_MANAGER,
  type ObjectTarget,
  patchObject,
  type PatchType,
  readObject,
  replaceObject,
  serverApply,
  type WriteOptions,
} from "./object_requests.ts";
export { isSecret, maskSecrets } from "./secret_mask.ts";
export { diffText, type Hunk, type TextLine, unifiedDiff } from "./text_diff.ts";
export { type Merge, type MergeConflict, threeWayMerge, type Versions } from "./three_way_merge.ts";
