/** allOf, anyOf, oneOf, not: what a schema demands of a value beside its own keywords. */
import type { Json } from "../patch/json.ts";
import type { FieldError } from "../validation/field_error.ts";
import type { Schema } from "./structural.ts";
import { validate } from "./validate.ts";

/** Errors of the value's alternatives, the nearest failing one's included. */
export function compositionErrors(value: Json, schema: Schema, path: string): FieldError[] {
  return [
    ...anyOfErrors(value, schema.anyOf, path),
    ...oneOfErrors(value, schema.oneOf, path),
    ...allOfErrors(value, schema.allOf, path),
    ...notErrors(value, schema.not, path),
  ];
}

/** The composite errors carry no path of their own, which the real server prints as Go's nil. */
function composite(message: string): FieldError {
  return { type: "invalid", field: "<nil>", value: "", detail: message };
}

function quoted(path: string): string {
  return JSON.stringify(path);
}

function anyOfErrors(value: Json, schemas: readonly Schema[] = [], path: string): FieldError[] {
  if (schemas.length === 0) return [];
  const results = schemas.map((schema) => validate(value, schema, path));
  if (results.some((errors) => errors.length === 0)) return [];
  return [composite(`${quoted(path)} must validate at least one schema (anyOf)`), ...fewest(results)];
}

function oneOfErrors(value: Json, schemas: readonly Schema[] = [], path: string): FieldError[] {
  if (schemas.length === 0) return [];
  const results = schemas.map((schema) => validate(value, schema, path));
  const valid = results.filter((errors) => errors.length === 0).length;
  if (valid === 1) return [];
  const found = valid === 0 ? "Found none valid" : `Found ${valid} valid alternatives`;
  const message = `${quoted(path)} must validate one and only one schema (oneOf). ${found}`;
  return [composite(message), ...(valid === 0 ? fewest(results) : [])];
}

function allOfErrors(value: Json, schemas: readonly Schema[] = [], path: string): FieldError[] {
  const results = schemas.map((schema) => validate(value, schema, path));
  const valid = results.filter((errors) => errors.length === 0).length;
  if (valid === schemas.length) return [];
  const none = valid === 0 ? ". None validated" : "";
  return [...results.flat(), composite(`${quoted(path)} must validate all the schemas (allOf)${none}`)];
}

function notErrors(value: Json, schema: Schema | undefined, path: string): FieldError[] {
  if (schema === undefined || validate(value, schema, path).length > 0) return [];
  return [composite(`${quoted(path)} must not validate the schema (not)`)];
}

/** The errors of the alternative that came nearest. */
function fewest(results: readonly FieldError[][]): readonly FieldError[] {
  return results.reduce((best, errors) => errors.length < best.length ? errors : best);
}
