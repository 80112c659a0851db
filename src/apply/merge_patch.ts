/** https://www.rfc-editor.org/rfc/rfc7386, made of two versions. */
import { isMap } from "./field_path.ts";
import { sameJson } from "./object_diff.ts";

/** Applied to `before` it makes `after`; an empty map when they are the same. Nulls of `after` can't be said: they remove. */
export function mergePatch(before: unknown, after: unknown): unknown {
  if (!isMap(before) || !isMap(after)) return after;
  const patch: Record<string, unknown> = {};
  for (const key of Object.keys(before)) {
    if (before[key] !== undefined && after[key] === undefined) patch[key] = null;
  }
  for (const [key, value] of Object.entries(after)) {
    if (value !== undefined && !sameJson(before[key], value)) patch[key] = mergePatch(before[key], value);
  }
  return patch;
}
