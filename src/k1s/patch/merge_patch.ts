/**
 * JSON merge patch, RFC 7386, with two habits of the library that the real server uses: the patch must be an
 * object, and nulls vanish from objects inside a list, but not where the list takes an object's place.
 */
import { copyOf, isObject, type Json, type JsonObject, setKey } from "./json.ts";
import { PatchError } from "./patch_error.ts";

/** The object with the patch merged in: null removes a key, anything but an object replaces. Throws PatchError. */
export function applyMergePatch(target: JsonObject, patch: Json): JsonObject {
  if (!isObject(patch)) throw new PatchError("malformed", "Invalid JSON Patch");
  return mergeObjects(target, patch);
}

function mergeObjects(target: JsonObject, patch: JsonObject): JsonObject {
  const result = copyOf(target);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else setKey(result, key, mergeValue(Object.hasOwn(result, key) ? result[key] : undefined, value));
  }
  return result;
}

function mergeValue(current: Json | undefined, patch: Json): Json {
  if (!isObject(current)) return withoutNulls(patch);
  return isObject(patch) ? mergeObjects(current, patch) : patch;
}

function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  return isObject(value) ? mergeObjects({}, value) : value;
}
