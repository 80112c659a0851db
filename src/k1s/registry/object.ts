/**
 * Objects as the registry handles them: parsed JSON that it may change, and the text that is stored.
 *
 * 1. Stored text begins with kind, apiVersion and metadata, and in metadata only name, generateName and namespace
 *    come before uid: a resourceVersion is spliced in behind the uid without parsing.
 * 2. Stored text has no resourceVersion: that is the store's revision.
 */
import { exactJson } from "./go_json.ts";
import { isObject, type Json, type JsonObject } from "../patch/json.ts";
import type { StoredObject } from "../storage/mod.ts";

export type { Json, JsonObject } from "../patch/json.ts";
export { isObject } from "../patch/json.ts";

/** The object's metadata; an empty one is put in where there is none. */
export function metaOf(object: JsonObject): JsonObject {
  if (!isObject(object.metadata)) object.metadata = {};
  return object.metadata;
}

/** The text of a field, empty for anything else. */
export function textOf(object: JsonObject | undefined, field: string): string {
  const value = object?.[field];
  return typeof value === "string" ? value : "";
}

/** The map in a field, or undefined. */
export function mapOf(object: JsonObject | undefined, field: string): JsonObject | undefined {
  const value = object?.[field];
  return isObject(value) ? value : undefined;
}

/** The list in a field, empty for anything else. */
export function listOf(object: JsonObject | undefined, field: string): readonly Json[] {
  const value = object?.[field];
  return Array.isArray(value) ? value : [];
}

/** The texts of a list. */
export function textsOf(object: JsonObject | undefined, field: string): string[] {
  return listOf(object, field).filter((item) => typeof item === "string");
}

/** The keys of a path as definitions write them: `.spec.replicas`. */
export function pathKeys(path: string): string[] {
  return path.split(".").filter((key) => key !== "");
}

/** The value at such a path, or undefined. */
export function valueAt(object: JsonObject, path: string): Json | undefined {
  let current: Json | undefined = object;
  for (const key of pathKeys(path)) current = isObject(current) ? current[key] : undefined;
  return current;
}

/** Sets a field, or takes it away. */
export function assign(object: JsonObject, field: string, value: Json | undefined): void {
  if (value === undefined) delete object[field];
  else object[field] = value;
}

const META_ORDER = [
  "name",
  "generateName",
  "namespace",
  "uid",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "labels",
  "annotations",
  "ownerReferences",
  "finalizers",
  "managedFields",
] as const;

/** The text to store; resourceVersion and selfLink are left out. */
export function storedText(object: JsonObject, type: { apiVersion: string; kind: string }): string {
  const given = mapOf(object, "metadata") ?? {};
  const metadata: JsonObject = {};
  for (const field of META_ORDER) if (given[field] !== undefined) metadata[field] = given[field];
  const { kind: _kind, apiVersion: _apiVersion, metadata: _metadata, ...rest } = object;
  return jsonText({ kind: type.kind, apiVersion: type.apiVersion, metadata, ...rest });
}

/**
 * JSON of a value whose integers may be beyond what a number holds. A text with such an integer ends with a space:
 * who reads it again knows by that, without looking through it, that it takes `exactJson`.
 */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return `${JSON.stringify(value, (_key, part) => typeof part === "bigint" ? rawNumber(part) : part)} `;
  }
}

function rawNumber(value: bigint): unknown {
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
  return rawJSON(String(value));
}

/** A stored object's text with its resourceVersion. Dry runs have none: revision 0. */
export function stampedText(
  { value, uid, revision }: Pick<StoredObject, "value" | "uid" | "revision">,
): string {
  if (revision === 0) return value;
  const mark = `"uid":"${uid}"`;
  const at = value.indexOf(mark) + mark.length;
  return `${value.slice(0, at)},"resourceVersion":"${revision}"${value.slice(at)}`;
}

/** A stored object parsed, with its resourceVersion. */
export function parsed(stored: Pick<StoredObject, "value" | "uid" | "revision">): JsonObject {
  const text = stampedText(stored);
  return text.endsWith(" ") ? exactJson(text) as JsonObject : JSON.parse(text);
}

/** True once its deletion was asked for. Most texts tell without parsing. */
export function isDeleting(stored: Pick<StoredObject, "value" | "uid" | "revision">): boolean {
  return stored.value.includes('"deletionTimestamp":') &&
    metaOf(parsed(stored)).deletionTimestamp !== undefined;
}

/** The second last asked for: a write asks several times, a second has thousands of writes. */
let [lastSecond, lastTimestamp] = [NaN, ""];

/** RFC 3339 to the second, as metav1.Time. */
export function timestamp(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) {
    lastTimestamp = `${new Date(ms).toISOString().slice(0, 19)}Z`;
    lastSecond = second;
  }
  return lastTimestamp;
}
