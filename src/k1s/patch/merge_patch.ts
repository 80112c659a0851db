/** JSON merge patch, RFC 7386. */
import { copyOf, isObject, type Json, type JsonObject, setKey } from "./json.ts";

/** The object with the patch merged in: null removes a key, anything but an object replaces. */
export function applyMergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: JsonObject = isObject(target) ? copyOf(target) : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else setKey(result, key, applyMergePatch(Object.hasOwn(result, key) ? result[key]! : null, value));
  }
  return result;
}
