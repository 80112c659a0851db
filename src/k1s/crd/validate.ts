/**
 * Validation of custom resources against their schema, with the paths, reasons and words of the real server.
 * CEL rules (`x-kubernetes-validations`) are not evaluated here.
 */
import { equal, isObject, type Json, type JsonObject } from "../patch/json.ts";
import type { FieldError } from "../validation/field_error.ts";
import { compositionErrors } from "./composition.ts";
import { hasFormat } from "./formats.ts";
import { matchesPattern } from "./pattern.ts";
import { type Schema, valueSchema } from "./structural.ts";

/** Everything wrong with the value; paths begin at `path`, which is empty at the root. */
export function validate(value: Json, schema: Schema, path = ""): FieldError[] {
  const typeError = checkType(value, schema, path);
  if (value === null) return typeError ? [typeError] : enumErrors(value, schema, path);
  return [
    ...(typeError ? [typeError] : []),
    ...compositionErrors(value, schema, path),
    ...(typeof value === "string" ? stringErrors(value, schema, path) : []),
    ...(typeof value === "number" ? numberErrors(value, schema, path) : []),
    ...(Array.isArray(value) ? listErrors(value, schema, path) : []),
    ...enumErrors(value, schema, path),
    ...(isObject(value) ? objectErrors(value, schema, path) : []),
  ];
}

/** How messages name a value's place: `spec.x in body`. */
function subject(path: string): string {
  return `${path === "" ? "" : path} in body`;
}

/** The types that a schema allows; none: any. */
function allowedTypes(schema: Schema): readonly string[] {
  if (schema["x-kubernetes-int-or-string"]) return ["integer", "string"];
  return schema.type === undefined || schema.type === "" ? [] : [schema.type];
}

function typeOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value === "bigint" ? "integer" : typeof value;
}

/** What the real server calls the format of a value that has one by its type. */
const VALUE_FORMATS: Readonly<Record<string, string>> = { integer: "int64", number: "float64" };

/**
 * Two habits of the real server's library are kept: a value that is neither text nor list is held against the
 * format's name where there is one, and a list passes for any text that has a format.
 */
function checkType(value: Json, schema: Schema, path: string): FieldError | null {
  const allowed = allowedTypes(schema);
  const actual = typeOf(value);
  const { format = "" } = schema;
  if (allowed.length === 0 || value === null && schema.nullable) return null;
  if (allowed.includes(actual) || actual === "integer" && allowed.includes("number")) return null;
  const numeric = allowed.includes("integer") || allowed.includes("number");
  if (value !== null && format !== "") {
    const textual = typeof value === "string" || Array.isArray(value);
    if (textual && !numeric) return null;
    if (!textual) return typeError(path, format, VALUE_FORMATS[actual] ?? "");
  }
  return typeError(path, allowed.join(","), actual);
}

function typeError(path: string, wanted: string, actual: string): FieldError {
  const detail = `${subject(path)} must be of type ${wanted}: "${actual}"`;
  return { type: "typeInvalid", field: path, value: actual, detail };
}

function enumErrors(value: Json, schema: Schema, path: string): FieldError[] {
  if (schema.enum === undefined || schema.enum.some((allowed) => equal(allowed, value))) return [];
  const supported = schema.enum.map((allowed) =>
    `"${typeof allowed === "string" ? allowed : JSON.stringify(allowed)}"`
  );
  return [{ type: "notSupported", field: path, value, detail: `supported values: ${supported.join(", ")}` }];
}

function stringErrors(value: string, schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { format, minLength, maxLength, pattern } = schema;
  const length = minLength === undefined && maxLength === undefined ? 0 : [...value].length;
  const strings = allowedTypes(schema).length === 0 || allowedTypes(schema).includes("string");
  if (strings && maxLength !== undefined && length > maxLength) {
    errors.push({ type: "tooLong", field: path, detail: `may not be more than ${maxLength} bytes` });
  } else if (strings && minLength !== undefined && length < minLength) {
    const detail = `${subject(path)} should be at least ${minLength} chars long`;
    errors.push({ type: "invalid", field: path, value, detail });
  } else if (strings && pattern !== undefined && pattern !== "" && !matchesPattern(value, pattern)) {
    errors.push({
      type: "invalid",
      field: path,
      value,
      detail: `${subject(path)} should match '${pattern}'`,
    });
  }
  if (strings && format !== undefined && format !== "" && !hasFormat(value, format)) {
    const detail = `${subject(path)} must be of type ${format}: ${JSON.stringify(value)}`;
    errors.push({ type: "typeInvalid", field: path, value, detail });
  }
  return errors;
}

function numberErrors(value: number, schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const invalid = (detail: string) =>
    errors.push({ type: "invalid", field: path, value, detail: `${subject(path)} ${detail}` });
  const { exclusiveMinimum, exclusiveMaximum } = schema;
  // bounds are cut to whole numbers where the value is one
  const bound = (limit: number | undefined) =>
    limit !== undefined && Number.isInteger(value) ? Math.trunc(limit) : limit;
  const [multipleOf, minimum, maximum] = [
    bound(schema.multipleOf),
    bound(schema.minimum),
    bound(schema.maximum),
  ];
  const range = wrongRange(value, schema);
  if (range !== null) {
    const detail = `Checked value must be of type integer ${range} in ${path}`;
    errors.push({ type: "invalid", field: "<nil>", value: "", detail });
  }
  if (multipleOf !== undefined && multipleOf <= 0) {
    const detail = `factor MultipleOf declared for ${path} must be positive: ${multipleOf}`;
    errors.push({ type: "invalid", field: path, value: multipleOf, detail });
  } else if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) {
    invalid(`should be a multiple of ${multipleOf}`);
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    invalid(`should be greater than ${exclusiveMinimum ? "" : "or equal to "}${minimum}`);
  }
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    invalid(`should be less than ${exclusiveMaximum ? "" : "or equal to "}${maximum}`);
  }
  return errors;
}

/** The integer format that a number does not fit, or null. */
function wrongRange(value: number, schema: Schema): string | null {
  const whole = Number.isInteger(value);
  if (!whole && schema.type === "integer") {
    return schema.format ? `with format ${schema.format}` : "(default format)";
  }
  const fits = value <= 2 ** 31 - 1 && value >= -(2 ** 31);
  return whole && schema.format === "int32" && !fits ? "with format int32" : null;
}

function listErrors(value: readonly Json[], schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { items, minItems, maxItems, uniqueItems } = schema;
  if (items !== undefined) {
    errors.push(...value.flatMap((item, index) => validate(item, items, `${path}[${index}]`)));
  }
  if (minItems !== undefined && value.length < minItems) {
    const detail = `${subject(path)} should have at least ${minItems} items`;
    errors.push({ type: "invalid", field: path, value: value.length, detail });
  }
  if (maxItems !== undefined && value.length > maxItems) {
    errors.push({ type: "tooMany", field: path, value: value.length, detail: atMost(maxItems) });
  }
  if (
    uniqueItems && value.some((item, index) => value.slice(0, index).some((before) => equal(item, before)))
  ) {
    errors.push({
      type: "invalid",
      field: path,
      value: "",
      detail: `${subject(path)} shouldn't contain duplicates`,
    });
  }
  return errors;
}

function atMost(count: number): string {
  return `must have at most ${count} ${count === 1 ? "item" : "items"}`;
}

function objectErrors(value: JsonObject, schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const keys = Object.keys(value);
  const { minProperties, maxProperties, properties = {}, required = [], additionalProperties } = schema;
  if (minProperties !== undefined && keys.length < minProperties) {
    const detail = `${subject(path)} should have at least ${minProperties} properties`;
    errors.push({ type: "invalid", field: path, value: keys.length, detail });
  }
  if (maxProperties !== undefined && keys.length > maxProperties) {
    errors.push({ type: "tooMany", field: path, value: keys.length, detail: atMost(maxProperties) });
  }
  const rest = valueSchema(schema);
  for (const key of keys) {
    const known = Object.hasOwn(properties, key);
    const inner = known ? properties[key] : rest;
    if (inner !== undefined) {
      errors.push(...validate(value[key]!, inner, path === "" ? key : `${path}.${key}`));
    } else if (additionalProperties === false) {
      const detail = `${path}.${key} in body is a forbidden property`;
      errors.push({ type: "invalid", field: `${path}.${key}`, value: "", detail });
    }
  }
  if (schema["x-kubernetes-embedded-resource"]) errors.push(...embeddedErrors(value, path));
  for (const key of required) {
    if (!Object.hasOwn(value, key)) {
      errors.push({ type: "required", field: path === "" ? key : `${path}.${key}` });
    }
  }
  return errors;
}

/** An embedded object names its type. */
function embeddedErrors(value: JsonObject, path: string): FieldError[] {
  return (["apiVersion", "kind"] as const)
    .filter((key) => value[key] === undefined || value[key] === "")
    .map((key) => ({ type: "required", field: `${path}.${key}` }));
}
