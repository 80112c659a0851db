/** What `kubectl apply` on the client's side set: kubectl may take it over on the server's. */
import { equal, type Json, type JsonObject } from "../patch/mod.ts";
import { isMap } from "./atom.ts";
import { compareValues } from "./compare_values.ts";
import { FieldSet } from "./field_set.ts";
import { toFieldSet } from "./to_field_set.ts";
import type { Typed } from "./updater.ts";
import { validateValue } from "./validate.ts";
import { ValueError } from "./value_error.ts";

export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

function annotationsOf({ metadata }: JsonObject): JsonObject | undefined {
  return isMap(metadata) && isMap(metadata.annotations) ? metadata.annotations : undefined;
}

function lastAppliedOf(object: JsonObject): string | undefined {
  const text = annotationsOf(object)?.[LAST_APPLIED];
  return typeof text === "string" && text !== "" ? text : undefined;
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
