/** `kubectl apply` on the client's side and on the server's: the annotation is kept in step, and migrates owners. */
import { equal, type Json, type JsonObject } from "../patch/mod.ts";
import { isMap } from "./atom.ts";
import { compareValues } from "./compare_values.ts";
import { FieldSet } from "./field_set.ts";
import { goJson } from "./path_element.ts";
import { toFieldSet } from "./to_field_set.ts";
import type { Typed } from "./updater.ts";
import { validateValue } from "./validate.ts";
import { ValueError } from "./value_error.ts";

export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** Bytes of keys and values of all annotations, as the API server allows. */
const MAX_ANNOTATIONS_BYTES = 256 * 1024;

function annotationsOf({ metadata }: JsonObject): JsonObject | undefined {
  return isMap(metadata) && isMap(metadata.annotations) ? metadata.annotations : undefined;
}

function lastAppliedOf(object: JsonObject): string | undefined {
  const text = annotationsOf(object)?.[LAST_APPLIED];
  return typeof text === "string" && text !== "" ? text : undefined;
}

export function hasLastApplied(object: JsonObject): boolean {
  return lastAppliedOf(object) !== undefined;
}

/** The object with the config as its last applied one; without, if it is too long to keep. */
export function withLastApplied(object: JsonObject, config: JsonObject): JsonObject {
  const { [LAST_APPLIED]: _, ...others } = annotationsOf(object) ?? {};
  const annotations: JsonObject = { ...others, [LAST_APPLIED]: `${goJson(withoutLastApplied(config))}\n` };
  const metadata = isMap(object.metadata) ? object.metadata : {};
  const kept = sizeBytes(annotations) <= MAX_ANNOTATIONS_BYTES ? annotations : others;
  return { ...object, metadata: { ...metadata, annotations: kept } };
}

function withoutLastApplied(config: JsonObject): JsonObject {
  const annotations = annotationsOf(config);
  if (!annotations || !Object.hasOwn(annotations, LAST_APPLIED)) return config;
  const { [LAST_APPLIED]: _, ...others } = annotations;
  return { ...config, metadata: { ...(config.metadata as JsonObject), annotations: others } };
}

function sizeBytes(annotations: JsonObject): number {
  const encoder = new TextEncoder();
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) size += encoder.encode(key + String(value)).length;
  return size;
}

/**
 * Paths that the last client-side apply set and that still have its values: no conflict for kubectl. Undefined where
 * the annotation is missing, unreadable, or of another version.
 */
export function allowedByLastApplied(
  live: JsonObject,
  { type, apiVersion }: Pick<Typed, "type"> & { readonly apiVersion: string },
): FieldSet | undefined {
  const last = parse(lastAppliedOf(live));
  if (!last || !equal(last.apiVersion ?? "", apiVersion)) return undefined;
  if (validateValue(live, type).length + validateValue(last, type).length > 0) return undefined;
  try {
    const { modified, added, removed } = compareValues(last, live, type);
    return toFieldSet(last, type).difference(modified).difference(added).difference(removed);
  } catch (error) {
    if (error instanceof ValueError) return undefined;
    throw error;
  }
}

function parse(text: string | undefined): JsonObject | undefined {
  try {
    const value = JSON.parse(text ?? "") as Json;
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
