/** PATCH: what a patch of each type makes of an object. */
import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  PatchError,
  type PatchSchema,
} from "../patch/mod.ts";
import { isObject, type Json, type JsonObject, JsonSyntaxError, parseJson } from "../registry/mod.ts";
import {
  ApiError,
  badRequest,
  unprocessable,
  unsupportedPatch,
  unsupportedStrategicPatch,
} from "./api_error.ts";

/** The object after the patch; the given one is not changed. */
export type Patch = (object: JsonObject) => JsonObject;

export const APPLY = "application/apply-patch+yaml";

/** Reads a patch by media type. `schema` is null where strategic merge is refused. Throws 400, 415. */
export function readPatch(body: Uint8Array, type: string, schema: PatchSchema | null): Patch {
  switch (type) {
    case "application/json-patch+json":
      return whenApplied(() => jsonPatch(body));
    case "application/merge-patch+json":
      return whenApplied(() => {
        const patch = objectPatch(body);
        return (object) => applyMergePatch(object, patch) as JsonObject;
      });
    case "application/strategic-merge-patch+json":
      if (schema === null) throw unsupportedStrategicPatch();
      return whenApplied(() => {
        const patch = objectPatch(body, "");
        return (object) => refused(() => applyStrategicMergePatch(object, patch, schema), patch);
      });
  }
  throw unsupportedPatch();
}

/** A patch that is read when there is something to patch: a missing object is told of first. */
function whenApplied(read: () => Patch): Patch {
  let patch: Patch | undefined;
  return (object) => (patch ??= read())(object);
}

/** `prefix`: how the real server begins its complaint; strategic patches have none. */
function parsePatch(body: Uint8Array, prefix = "error decoding patch: "): Json {
  try {
    return parseJson(new TextDecoder().decode(body));
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw badRequest(`${prefix}${error.message}`);
  }
}

function objectPatch(body: Uint8Array, prefix = "error decoding patch: "): JsonObject {
  const patch = parsePatch(body, prefix);
  if (isObject(patch)) return patch;
  if (patch === null && prefix !== "") throw badRequest("Invalid JSON Patch");
  const type = Array.isArray(patch) ? "array" : typeof patch === "boolean" ? "bool" : typeof patch;
  throw badRequest(
    `${prefix}json: cannot unmarshal ${type} into Go value of type map[string]interface {}`,
  );
}

function jsonPatch(body: Uint8Array): Patch {
  const patch = parsePatch(body);
  if (!Array.isArray(patch)) {
    const type = patch === null ? "null" : typeof patch === "boolean" ? "bool" : typeof patch;
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${type} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  const odd = patch.find((operation) => !isObject(operation));
  if (odd !== undefined) {
    const type = Array.isArray(odd) ? "array" : typeof odd === "boolean" ? "bool" : typeof odd;
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${type} into Go value of type handlers.jsonPatchOp`,
    );
  }
  return (object) => {
    const result = refused(() => applyJsonPatch(object, patch), patch);
    if (!isObject(result)) {
      throw unprocessable("the server rejected our request due to an error in our request");
    }
    return result;
  };
}

function refused<T>(apply: () => T, patch: Json): T {
  try {
    return apply();
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    if (error.code === "malformed") throw badRequest(error.message);
    if (Array.isArray(patch)) {
      throw unprocessable("the server rejected our request due to an error in our request");
    }
    // the real server knows no status for its patch library's complaints
    throw new ApiError(500, "", error.message);
  }
}
