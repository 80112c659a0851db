/** PATCH: what a patch of each type makes of an object. */
import { jsonText as sortedText } from "../../kube/mod.ts";
import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  goMap,
  patchedText,
  PatchError,
  type PatchSchema,
} from "../patch/mod.ts";
import {
  duplicateFields,
  isObject,
  type Json,
  type JsonObject,
  JsonSyntaxError,
  parseJson,
  type ShapeError,
} from "../registry/mod.ts";
import {
  ApiError,
  badRequest,
  invalid,
  unprocessable,
  unsupportedPatch,
  unsupportedStrategicPatch,
} from "./api_error.ts";

/** What a patch made of an object. */
export interface Patched {
  /** Not to be changed: it may share parts with the one before. */
  readonly object: JsonObject;
  /** Names that the patch has twice, or that nothing in it may have. */
  readonly problems: readonly string[];
  /** Made of maps and not of text, which the real server words in another way. */
  readonly isConverted: boolean;
  /** The text that a refusal repeats. */
  readonly shown: () => string;
  /** Says that the object is not of the kind's type: 422. */
  readonly refused: (error: ShapeError) => ApiError;
}

/** The given object is not changed. Throws 400, 422, 500. */
export type Patch = (object: JsonObject) => Patched;

export const APPLY = "application/apply-patch+yaml";

/** Reads a patch by media type. `schema` is null where strategic merge is refused. Throws 400, 415. */
export function readPatch(body: Uint8Array, type: string, schema: PatchSchema | null): Patch {
  const text = new TextDecoder().decode(body);
  switch (type) {
    case "application/json-patch+json":
      return whenApplied(() => jsonPatch(text, schema));
    case "application/merge-patch+json":
      return whenApplied(() => mergePatch(text, schema));
    case "application/strategic-merge-patch+json":
      if (schema === null) throw unsupportedStrategicPatch();
      return whenApplied(() => strategicPatch(text, schema));
  }
  throw unsupportedPatch();
}

/** A patch that is read when there is something to patch: a missing object is told of first. */
function whenApplied(read: () => Patch): Patch {
  let patch: Patch | undefined;
  return (object) => (patch ??= read())(object);
}

function mergePatch(text: string, schema: PatchSchema | null): Patch {
  const patch = objectPatch(text, "error decoding patch: ");
  const problems = duplicateFields(text).map((path) => `duplicate field "${path}"`);
  return (before) => {
    const object = applyMergePatch(before, patch) as JsonObject;
    return decoded({ before, object, problems, schema, sortsNew: true });
  };
}

function strategicPatch(text: string, schema: PatchSchema): Patch {
  const patch = parsePatch(text, "") === null ? {} : objectPatch(text, "");
  const problems = duplicateFields(text).map((path) => `duplicate field "${path}"`);
  const shown = () => goMap(patch);
  return (before) => ({
    object: refused(() => applyStrategicMergePatch(before, patch, schema), patch),
    problems,
    isConverted: true,
    shown,
    refused: ({ conversion }) => invalidPatch(shown(), conversion),
  });
}

function jsonPatch(text: string, schema: PatchSchema | null): Patch {
  const patch = operations(text);
  const problems = [
    ...duplicateFields(text).map((path) => `json patch duplicate field "${path}"`),
    ...unknownParts(patch),
  ];
  return (before) => {
    const object = refused(() => applyJsonPatch(before, patch), patch);
    if (!isObject(object)) {
      throw unprocessable("the server rejected our request due to an error in our request");
    }
    return decoded({ before, object, problems, schema, sortsNew: false });
  };
}

const PARTS = new Set(["op", "path", "from", "value"]);

function unknownParts(patch: Json): string[] {
  const list = (Array.isArray(patch) ? patch : []).filter(isObject);
  return list.flatMap((operation, index) =>
    Object.keys(operation).filter((part) => !PARTS.has(part)).map((part) =>
      `json patch unknown field "[${index}].${part}"`
    )
  );
}

/** The list of a JSON patch; none for null. */
function operations(text: string): Json {
  const prefix = "error decoding patch: ";
  const patch = parsePatch(text, prefix) ?? [];
  if (!Array.isArray(patch)) throw wrongType(patch, "[]handlers.jsonPatchOp", prefix);
  const odd = patch.find((operation) => operation !== null && !isObject(operation));
  if (odd !== undefined) throw wrongType(odd, "handlers.jsonPatchOp", prefix);
  return patch.map((operation) => operation ?? {});
}

interface DecodedText {
  readonly before: JsonObject;
  readonly object: JsonObject;
  readonly problems: readonly string[];
  /** null for custom kinds, whose text is sorted. */
  readonly schema: PatchSchema | null;
  readonly sortsNew: boolean;
}

function decoded({ before, object, problems, schema, sortsNew }: DecodedText): Patched {
  const shown = () => schema === null ? sortedText(object) : patchedText(object, before, { sortsNew });
  const refusal = ({ message }: ShapeError) => invalidPatch(shown(), message);
  return { object, problems, isConverted: false, shown, refused: refusal };
}

function invalidPatch(value: string, detail: string): ApiError {
  return invalid({ group: "", kind: "" }, "", [{ type: "invalid", field: "patch", value, detail }]);
}

/** `prefix`: how the real server begins its complaint; strategic patches have none. */
function parsePatch(text: string, prefix: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw badRequest(`${prefix}${error.message}`);
  }
}

function objectPatch(text: string, prefix: string): JsonObject {
  const patch = parsePatch(text, prefix);
  if (isObject(patch)) return patch;
  if (patch === null) throw badRequest("Invalid JSON Patch");
  throw wrongType(patch, "map[string]interface {}", prefix);
}

function wrongType(value: Json, goType: string, prefix: string): ApiError {
  const type = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  return badRequest(`${prefix}json: cannot unmarshal ${type} into Go value of type ${goType}`);
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
