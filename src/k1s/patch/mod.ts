/**
 * The patches that a Kubernetes API server takes, but apply (src/k1s/smd): JSON patch, merge patch, strategic merge
 * patch. Pure: document and patch in, new document out; PatchError where one does not fit the other.
 */
export { equal, type Json, type JsonObject } from "./json.ts";
export { goMap } from "./go_value.ts";
export { applyJsonPatch, MAX_OPERATIONS } from "./json_patch.ts";
export { applyMergePatch } from "./merge_patch.ts";
export { patchedText } from "./patched_text.ts";
export { PatchError } from "./patch_error.ts";
export { applyStrategicMergePatch, type PatchMeta, type PatchSchema } from "./strategic.ts";
