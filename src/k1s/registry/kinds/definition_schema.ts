/**
 * Schemas of CustomResourceDefinitions as apiextensions checks each of their places: what OpenAPI v3 of CRDs has, list
 * and map types, rules. Structure is checked in definition_structure.ts.
 */
import { isObject, type JsonObject, listOf, mapOf, textOf, textsOf } from "../object.ts";
import { each, type Problems } from "./problems.ts";

const SCHEMA_TYPES = ["array", "boolean", "integer", "number", "object", "string"];
/** Deeper schemas are refused before anything walks them. */
export const MAX_DEPTH = 500;

const UNSUPPORTED: readonly string[] = [
  "id",
  "additionalItems",
  "patternProperties",
  "definitions",
  "dependencies",
  "$ref",
];

/** How deep a schema goes, without recursion. */
export function depthOf(schema: JsonObject): number {
  let depth = 0;
  let level: unknown[] = [schema];
  while (level.length > 0 && depth <= MAX_DEPTH * 2) {
    depth++;
    level = level.flatMap((item) =>
      Array.isArray(item) ? item : isObject(item as JsonObject) ? Object.values(item as JsonObject) : []
    ).filter((item) => typeof item === "object" && item !== null);
  }
  return depth;
}

interface Place {
  readonly schema: JsonObject;
  readonly isRoot: boolean;
  readonly inMeta: boolean;
}

/** Everything about a schema but its structure. */
export function checkSchema(problems: Problems, at: string, { schema, isRoot, inMeta }: Place): void {
  checkSupported(problems, at, { schema, isRoot, inMeta });
  if (schema.uniqueItems === true) {
    const detail = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
    problems.forbidden(`${at}.uniqueItems`, detail);
  }
  const properties = mapOf(schema, "properties");
  const rest = schema.additionalProperties;
  if (rest !== undefined && Object.keys(properties ?? {}).length > 0 && rest !== true) {
    const detail = "additionalProperties and properties are mutual exclusive";
    problems.forbidden(`${at}.additionalProperties`, detail);
  }
  const inner = (path: string, value: unknown, meta = inMeta) => {
    if (isObject(value as JsonObject)) {
      checkSchema(problems, path, { schema: value as JsonObject, isRoot: false, inMeta: meta });
    }
  };
  inner(`${at}.additionalProperties`, rest);
  const isResource = isRoot || schema["x-kubernetes-embedded-resource"] === true;
  for (const [name, property] of Object.entries(properties ?? {})) {
    inner(`${at}.properties[${name}]`, property, inMeta || isResource && META.has(name));
  }
  inner(`${at}.not`, schema.not);
  for (const kind of ["allOf", "oneOf", "anyOf"]) {
    for (const [index, part] of listOf(schema, kind).entries()) inner(`${at}.${kind}[${index}]`, part);
  }
  inner(`${at}.items`, schema.items);
  checkExtensions(problems, at, schema);
  checkRules(problems, at, schema);
}

const META = new Set(["metadata", "kind", "apiVersion"]);

function checkSupported(problems: Problems, at: string, { schema, inMeta }: Place): void {
  const type = textOf(schema, "type");
  if (type !== "" && !SCHEMA_TYPES.includes(type)) problems.notSupported(`${at}.type`, type, SCHEMA_TYPES);
  for (const field of UNSUPPORTED) {
    if (schema[field] !== undefined) problems.forbidden(`${at}.${field}`, `${field} is not supported`);
  }
  if (type === "null") {
    problems.forbidden(`${at}.type`, "type cannot be set to null, use nullable as an alternative");
  }
  if (Array.isArray(schema.items)) {
    problems.forbidden(`${at}.items`, "items must be a schema object and not an array");
  }
  if (inMeta && schema["x-kubernetes-embedded-resource"] === true) {
    problems.forbidden(`${at}.x-kubernetes-embedded-resource`, "must not be used inside of resource meta");
  }
}

function checkTyped(
  problems: Problems,
  at: string,
  { type, wanted, because }: { type: string; wanted: string; because: string },
): boolean {
  if (type === wanted) return true;
  const detail = `must be ${wanted} if ${because} is specified`;
  if (type === "") problems.required(`${at}.type`, detail);
  else problems.invalid(`${at}.type`, type, detail);
  return false;
}

function checkExtensions(problems: Problems, at: string, schema: JsonObject): void {
  if (schema["x-kubernetes-preserve-unknown-fields"] === false) {
    problems.invalid(`${at}.x-kubernetes-preserve-unknown-fields`, false, "must be true or undefined");
  }
  const type = textOf(schema, "type");
  const mapType = schema["x-kubernetes-map-type"];
  if (mapType !== undefined) {
    checkTyped(problems, at, { type, wanted: "object", because: "x-kubernetes-map-type" });
    problems.oneOf(`${at}.x-kubernetes-map-type`, mapType, ["atomic", "granular"]);
  }
  const listType = schema["x-kubernetes-list-type"];
  if (listType !== undefined) {
    const isList = checkTyped(problems, at, { type, wanted: "array", because: "x-kubernetes-list-type" });
    if (isList && listType === "set") checkSetItems(problems, at, mapOf(schema, "items"));
    problems.oneOf(`${at}.x-kubernetes-list-type`, listType, ["atomic", "set", "map"]);
  }
  if (listOf(schema, "x-kubernetes-list-map-keys").length > 0) {
    const detail = "must be map if x-kubernetes-list-map-keys is non-empty";
    if (listType === undefined) problems.required(`${at}.x-kubernetes-list-type`, detail);
    else if (listType !== "map") problems.invalid(`${at}.x-kubernetes-list-type`, listType, detail);
  }
  if (listType === "map") checkMapItems(problems, at, schema);
  if (listType === "set" || listType === "map") checkKeys(problems, at, schema);
}

function checkSetItems(problems: Problems, at: string, items: JsonObject | undefined): void {
  const detail = "must be atomic as item of a list with x-kubernetes-list-type=set";
  const listType = items?.["x-kubernetes-list-type"];
  if (items?.type === "array" && listType !== undefined && listType !== "atomic") {
    problems.invalid(`${at}.items.x-kubernetes-list-type`, listType, detail);
  }
  if (items?.type === "object" && items["x-kubernetes-map-type"] !== "atomic") {
    problems.invalid(`${at}.items.x-kubernetes-map-type`, listType ?? null, detail);
  }
}

function checkMapItems(problems: Problems, at: string, schema: JsonObject): void {
  const keys = textsOf(schema, "x-kubernetes-list-map-keys");
  if (keys.length === 0) {
    const detail = "must not be empty if x-kubernetes-list-type is map";
    problems.required(`${at}.x-kubernetes-list-map-keys`, detail);
  }
  const items = mapOf(schema, "items");
  if (items === undefined) {
    return problems.required(`${at}.items`, "must have a schema if x-kubernetes-list-type is map");
  }
  if (items.type !== "object") {
    const detail = "must be object if parent array's x-kubernetes-list-type is map";
    return problems.invalid(`${at}.items.type`, textOf(items, "type"), detail);
  }
  const seen = new Set<string>();
  for (const key of keys) {
    const property = mapOf(mapOf(items, "properties"), key);
    if (property === undefined) {
      const detail = "entries must all be names of item properties";
      problems.invalid(`${at}.x-kubernetes-list-map-keys`, keys, detail);
    } else if (property.type === "array" || property.type === "object") {
      const detail = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      problems.invalid(`${at}.items.properties[${key}].type`, items.type, detail);
    }
    if (seen.has(key)) {
      problems.invalid(`${at}.x-kubernetes-list-map-keys`, keys, "must not contain duplicate entries");
    }
    seen.add(key);
  }
}

/** Items must be there to be told apart, and so must their keys. */
function checkKeys(problems: Problems, at: string, schema: JsonObject): void {
  const items = mapOf(schema, "items");
  const type = schema["x-kubernetes-list-type"];
  if (items?.nullable === true) {
    problems.forbidden(
      `${at}.items.nullable`,
      `cannot be nullable when x-kubernetes-list-type is ${String(type)}`,
    );
  }
  for (const key of type === "map" ? textsOf(schema, "x-kubernetes-list-map-keys") : []) {
    const property = mapOf(mapOf(items, "properties"), key);
    if (!property) continue;
    const path = `${at}.items.properties[${key}]`;
    const why = "this property is in x-kubernetes-list-map-keys, so it";
    if (!textsOf(items, "required").includes(key) && property.default === undefined) {
      problems.required(`${path}.default`, `${why} must have a default or be a required property`);
    }
    if (property.nullable === true) problems.forbidden(`${path}.nullable`, `${why} cannot be nullable`);
  }
}

const REASONS = [
  "FieldValueDuplicate",
  "FieldValueForbidden",
  "FieldValueInvalid",
  "FieldValueRequired",
];

/** CEL rules as far as they are told without compiling them. */
function checkRules(problems: Problems, path: string, schema: JsonObject): void {
  for (const { item: rule, at } of each(schema, "x-kubernetes-validations", path)) {
    const [text, message] = [textOf(rule, "rule"), textOf(rule, "message")];
    if (text.trim() === "") problems.required(`${at}.rule`, "rule is not specified");
    else if (message !== "" && message.trim() === "") {
      problems.invalid(`${at}.message`, message, "must be non-empty if specified");
    } else if (/[\r\n]/.test(message.trim())) {
      problems.invalid(`${at}.message`, message, "must not contain line breaks");
    } else if (/[\r\n]/.test(text.trim()) && message.trim() === "") {
      problems.required(`${at}.message`, "message must be specified if rule contains line breaks");
    }
    if (rule.reason !== undefined) problems.oneOf(`${at}.reason`, rule.reason, REASONS);
    const field = textOf(rule, "fieldPath");
    if (/[\r\n]/.test(field)) problems.invalid(`${at}.fieldPath`, field, "must not contain line breaks");
    if (field !== "" && !pointsTo(schema, field)) {
      problems.invalid(`${at}.fieldPath`, field, "must be a valid path");
    }
  }
}

/** The schema that a path of the form `.a.b` leads to, or undefined. */
export function pointsTo(schema: JsonObject, path: string): JsonObject | undefined {
  if (!path.startsWith(".")) return undefined;
  let at: JsonObject | undefined = schema;
  for (const part of path.slice(1).split(".")) {
    at = mapOf(mapOf(at, "properties"), part) ?? mapOf(at, "additionalProperties");
  }
  return at;
}
