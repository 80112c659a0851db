/**
 * Defaulting: what a schema says a field is when it is not there.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting
 */
import { isObject, type Json, type JsonObject, setKey } from "../patch/json.ts";
import { propertySchema, type Schema } from "./structural.ts";

/** Fills in defaults in place. A null for a field that may not be null counts as absent. */
export function applyDefaults(object: JsonObject, schema: Schema): void {
  defaultObject(object, schema);
}

function defaultValue(value: Json, schema: Schema): void {
  if (isObject(value)) defaultObject(value, schema);
  else if (Array.isArray(value) && schema.items !== undefined) {
    for (const [index, item] of value.entries()) {
      if (item === null && !schema.items.nullable && schema.items.default !== undefined) {
        value[index] = structuredClone(schema.items.default);
      }
      defaultValue(value[index]!, schema.items);
    }
  }
}

function defaultObject(object: JsonObject, schema: Schema): void {
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const current = Object.hasOwn(object, key) ? object[key] : undefined;
    const absent = current === undefined || current === null && !property.nullable;
    if (absent && property.default !== undefined) setKey(object, key, structuredClone(property.default));
  }
  for (const key of Object.keys(object)) {
    const property = propertySchema(schema, key);
    if (property === undefined) continue;
    defaultValue(object[key]!, property);
  }
}

/** Takes out, in place, nulls of fields that may not be null and have no default: what decoding does. */
export function dropNulls(value: Json, schema: Schema): void {
  if (Array.isArray(value)) {
    if (schema.items !== undefined) { for (const item of value) dropNulls(item, schema.items); }
    return;
  }
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) {
    const property = propertySchema(schema, key);
    if (property === undefined) continue;
    if (value[key] !== null) dropNulls(value[key]!, property);
    else if (!property.nullable && property.default === undefined) delete value[key];
  }
}
