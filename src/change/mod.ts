/**
 * A person's change of a cluster from end to end: previewed by the server's dry run, sent once, remembered, taken back.
 * It asks no questions and prints nothing; verbs and panes do that between the two halves.
 *
 * Vocabulary: a change is one request about one object, to be sent as a dry run and in earnest; an outcome is the object
 * before and after with the fields between them; the memory keeps both for history and undo.
 *
 * Data flow: verb or pane -> Change -> `previewChange` -> a person's yes -> `performChange` -> persist; audit entry ->
 * `planUndo` -> Change.
 */
export type { Change, Outcome, SendOptions } from "./change.ts";
export { EditFile } from "./edit_file.ts";
export { editorLine, runEditor } from "./editor.ts";
export { type LiveObject, liveSource } from "./edit_live.ts";
export { type ManifestOptions, manifestSource } from "./edit_manifest.ts";
export type { RemovedField } from "./edit_request.ts";
export { EditSession, type EditSessionOptions, type EditStep, type PlannedEdit } from "./edit_session.ts";
export type { EditSource } from "./edit_source.ts";
export type { EditFreshness } from "./freshness.ts";
export { type TextFormat, withoutRemarks, withRemarks } from "./edit_text.ts";
export {
  type ChangeContext,
  maskOutcome,
  performChange,
  type PerformContext,
  previewChange,
} from "./run_change.ts";
export {
  type HistoryEntry,
  type HistoryOptions,
  type HistorySource,
  objectHistory,
  type WatchedVersion,
} from "./history.ts";
export { listTypesOf } from "./schema_lists.ts";
export { type Right, Rights, type RightsOptions, rightText } from "./rights.ts";
export { hasWayBack, newestChange, planUndo, type UndoOptions, type UndoPlan } from "./undo.ts";
