/**
 * Custom resources against the structural schema of their definition: pruned, defaulted, validated, in this order.
 * Pure: schema and object in, object changed in place or errors out.
 */
export { applyDefaults, dropNulls } from "./defaults.ts";
export { isPattern, loadPatterns } from "./pattern.ts";
export { prune } from "./prune.ts";
export type { Schema } from "./structural.ts";
export { duplicateItems, newErrors } from "./unique_items.ts";
export { validate } from "./validate.ts";
export type { FieldError } from "../validation/field_error.ts";
