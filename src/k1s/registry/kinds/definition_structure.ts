/** What makes a schema structural, and that its defaults are what it asks for. */
import { isPattern, prune, type Schema, validate } from "../../crd/mod.ts";
import { equal } from "../../patch/mod.ts";
import { type FieldError, fieldMessage } from "../../validation/field_error.ts";
import { isObject, type Json, type JsonObject, listOf, mapOf, textOf } from "../object.ts";
import { Problems } from "./problems.ts";

type Level = "root" | "item" | "field";

/** The problems of a schema's structure in the order of their texts, or else those of its defaults. */
export function structureErrors(at: string, schema: JsonObject): FieldError[] {
  const problems = new Problems();
  checkInvariants(problems, at, { schema, level: "root" });
  if (problems.list.length > 0) return sorted(problems.list);
  checkDefaults(problems, at, { schema, inMeta: false });
  return problems.list;
}

function sorted(errors: readonly FieldError[]): FieldError[] {
  const texts = new Map(errors.map((error) => [error, `${error.field}: ${fieldMessage(error)}`]));
  return [...errors].sort((a, b) => texts.get(a)! < texts.get(b)! ? -1 : 1);
}

interface Place {
  readonly schema: JsonObject;
  readonly level: Level;
}

const EMPTY_TYPE: Readonly<Record<Level, string>> = {
  root: "must not be empty at the root",
  item: "must not be empty for specified array items",
  field: "must not be empty for specified object fields",
};

function checkInvariants(problems: Problems, at: string, { schema, level }: Place): void {
  const type = textOf(schema, "type");
  const items = mapOf(schema, "items");
  if (type === "array" && !items) problems.required(`${at}.items`, "must be specified");
  if (items) checkInvariants(problems, `${at}.items`, { schema: items, level: "item" });
  for (const [name, property] of Object.entries(mapOf(schema, "properties") ?? {})) {
    if (isObject(property)) {
      checkInvariants(problems, `${at}.properties[${name}]`, { schema: property, level: "field" });
    }
  }
  const rest = schema.additionalProperties;
  if (rest !== undefined && level === "root") {
    problems.forbidden(`${at}.additionalProperties`, "must not be used at the root");
  }
  if (isObject(rest)) {
    checkInvariants(problems, `${at}.additionalProperties`, { schema: rest, level: "field" });
  }
  checkCombinations(problems, at, schema);
  checkValues(problems, at, schema);
  checkType(problems, at, { schema, level });
  checkResource(problems, at, { schema, level });
}

const [PRESERVE, EMBEDDED, INT_OR_STRING] = [
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-embedded-resource",
  "x-kubernetes-int-or-string",
];

function checkCombinations(problems: Problems, at: string, schema: JsonObject): void {
  if (schema[INT_OR_STRING] !== true) return;
  for (const field of [PRESERVE, EMBEDDED]) {
    if (schema[field] !== true) continue;
    problems.invalid(`${at}.${field}`, true, "must be false if x-kubernetes-int-or-string is true");
  }
}

function checkType(problems: Problems, at: string, { schema, level }: Place): void {
  const type = textOf(schema, "type");
  const embedded = schema[EMBEDDED] === true;
  if (embedded && type !== "object") {
    const detail = "must be object if x-kubernetes-embedded-resource is true";
    if (type === "") problems.required(`${at}.type`, detail);
    else problems.invalid(`${at}.type`, type, detail);
  } else if (type === "" && schema[INT_OR_STRING] !== true && schema[PRESERVE] !== true) {
    problems.required(`${at}.type`, EMPTY_TYPE[level]);
  }
  if (embedded && schema.additionalProperties !== undefined) {
    const detail = "must not be used if x-kubernetes-embedded-resource is set";
    problems.forbidden(`${at}.additionalProperties`, detail);
  }
  if (level === "root" && type !== "" && type !== "object") {
    problems.invalid(`${at}.type`, type, "must be object at the root");
  }
}

/** apiVersion, kind and metadata where they mean something. */
function checkResource(problems: Problems, at: string, { schema, level }: Place): void {
  const properties = mapOf(schema, "properties") ?? {};
  const isResource = level === "root" || schema[EMBEDDED] === true;
  for (const name of isResource ? ["kind", "apiVersion"] : []) {
    const property = mapOf(properties, name);
    if (property && property.type !== "string") {
      problems.invalid(`${at}.properties[${name}].type`, textOf(property, "type"), "must be string");
    }
  }
  const metadata = mapOf(properties, "metadata");
  const path = `${at}.properties[metadata]`;
  if (metadata && isResource && metadata.type !== "object") {
    problems.invalid(`${path}.type`, textOf(metadata, "type"), "must be object");
  }
  if (metadata && level === "root" && !namesOnly(metadata)) {
    const detail =
      "must not specify anything other than name and generateName, but metadata is implicitly specified";
    problems.forbidden(path, detail);
  }
  const nothing = Object.keys(properties).length === 0 && schema[PRESERVE] !== true;
  if (schema[EMBEDDED] === true && nothing) {
    const detail = "must not be empty if x-kubernetes-embedded-resource is true without " +
      "x-kubernetes-preserve-unknown-fields";
    problems.required(`${at}.properties`, detail);
  }
}

function namesOnly(metadata: JsonObject): boolean {
  const { type: _type, default: _default, properties, ...rest } = metadata;
  const names = Object.keys(isObject(properties) ? properties : {});
  return Object.keys(rest).length === 0 && names.every((name) => name === "name" || name === "generateName");
}

const INT_OR_STRING_ANY_OF: Json = [{ type: "integer" }, { type: "string" }];

function isIntOrString(anyOf: Json | undefined): boolean {
  return equal(anyOf ?? null, INT_OR_STRING_ANY_OF);
}

/** What a schema demands of values; inside it only demands. */
function checkValues(problems: Problems, at: string, schema: JsonObject): void {
  if (!isIntOrString(schema.anyOf)) {
    for (const [index, part] of listOf(schema, "anyOf").entries()) {
      checkNested(problems, `${at}.anyOf[${index}]`, part);
    }
  }
  for (const [index, part] of listOf(schema, "allOf").entries()) {
    const skips = index === 0 && isObject(part) && isIntOrString(part.anyOf);
    const { anyOf: _anyOf, ...rest } = isObject(part) ? part : {};
    checkNested(problems, `${at}.allOf[${index}]`, skips ? rest : part);
  }
  for (const [index, part] of listOf(schema, "oneOf").entries()) {
    checkNested(problems, `${at}.oneOf[${index}]`, part);
  }
  if (schema.not !== undefined) checkNested(problems, `${at}.not`, schema.not);
  const pattern = textOf(schema, "pattern");
  if (pattern === "" || isPattern(pattern)) return;
  const problem = `error parsing regexp: ${patternProblem(pattern)}`;
  const detail = `must be a valid regular expression, but isn't: ${problem}`;
  problems.invalid(`${at}.pattern`, pattern, detail);
}

/** What Go says first of the commonest broken patterns. */
function patternProblem(pattern: string): string {
  const open = pattern.replace(/\\./g, "").split("(").length;
  const closed = pattern.replace(/\\./g, "").split(")").length;
  if (open > closed) return `missing closing ): \`${pattern}\``;
  if (open < closed) return `unexpected ): \`${pattern}\``;
  return `invalid or unsupported Perl syntax: \`${pattern}\``;
}

const NESTED_FORBIDDEN: readonly (readonly [string, string])[] = [
  ["default", "must be undefined to be structural"],
  ["title", "must be empty to be structural"],
  ["description", "must be empty to be structural"],
  ["nullable", "must be false to be structural"],
  [PRESERVE!, "must be false to be structural"],
  [EMBEDDED!, "must be false to be structural"],
  [INT_OR_STRING!, "must be false to be structural"],
  ["x-kubernetes-list-map-keys", "must be empty to be structural"],
  ["x-kubernetes-list-type", "must be undefined to be structural"],
  ["x-kubernetes-map-type", "must be undefined to be structural"],
  ["x-kubernetes-validations", "must be empty to be structural"],
];

function checkNested(problems: Problems, at: string, schema: Json): void {
  if (!isObject(schema)) return;
  checkValues(problems, at, schema);
  if (isObject(schema.items)) checkNested(problems, `${at}.items`, schema.items);
  for (const [name, property] of Object.entries(mapOf(schema, "properties") ?? {})) {
    checkNested(problems, `${at}.properties[${name}]`, property);
  }
  if (textOf(schema, "type") !== "") {
    problems.forbidden(`${at}.type`, "must be empty to be structural");
  }
  if (schema.additionalProperties !== undefined) {
    problems.forbidden(`${at}.additionalProperties`, "must be undefined to be structural");
  }
  for (const [field, detail] of NESTED_FORBIDDEN) {
    const value = schema[field];
    const isSet = value !== undefined && value !== false && value !== "" &&
      !(Array.isArray(value) && value.length === 0);
    if (isSet) problems.forbidden(`${at}.${field}`, detail);
  }
  if (mapOf(schema, "properties")?.metadata !== undefined) {
    problems.forbidden(`${at}.properties[metadata]`, "must not be specified in a nested context");
  }
}

/** Defaults must be what their own schema takes, without fields that it does not know. */
function checkDefaults(
  problems: Problems,
  at: string,
  { schema, inMeta }: { schema: JsonObject; inMeta: boolean },
): void {
  if (schema.default !== undefined) checkDefault(problems, `${at}.default`, schema);
  const items = mapOf(schema, "items");
  if (items) checkDefaults(problems, `${at}.items`, { schema: items, inMeta });
  for (const [name, property] of Object.entries(mapOf(schema, "properties") ?? {})) {
    if (isObject(property)) {
      checkDefaults(problems, `${at}.properties[${name}]`, { schema: property, inMeta });
    }
  }
}

function checkDefault(problems: Problems, at: string, schema: JsonObject): void {
  const value = schema.default!;
  if (isObject(value)) {
    const pruned = structuredClone(value);
    if (prune(pruned, schema as unknown as Schema).length > 0) {
      problems.invalid(at, value, "must not have unknown fields");
    }
  }
  // messages of a value alone do not name it
  for (const error of validate(value, schema as unknown as Schema, "")) {
    const field = error.field === "" || error.field === "<nil>" ? at : `${at}.${error.field}`;
    problems.list.push({ ...error, field });
  }
}
