/** Lists of type `set` and `map`: no two items are the same. */
import { equal, type Json, type JsonObject } from "../patch/mod.ts";
import type { FieldError } from "../validation/field_error.ts";
import { propertySchema, type Schema } from "./structural.ts";

/** An error for every item that stood before already. */
export function duplicateItems(value: Json, schema: Schema, path = ""): FieldError[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    const own = repeated(value, schema).map(([index, shown]): FieldError => ({
      type: "duplicate",
      field: `${path}[${index}]`,
      value: shown,
    }));
    const inner = items === undefined
      ? []
      : value.flatMap((item, index) => duplicateItems(item, items, `${path}[${index}]`));
    return [...own, ...inner];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const inside = propertySchema(schema, key);
    return inside === undefined ? [] : duplicateItems(inner, inside, path === "" ? key : `${path}.${key}`);
  });
}

/** Places of items that are there twice, with what they are told by; each item once. */
function repeated(list: readonly Json[], schema: Schema): (readonly [number, Json])[] {
  const type = schema["x-kubernetes-list-type"];
  if (type !== "set" && type !== "map") return [];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const identity = (item: Json) => type === "map" && isMap(item) ? keyOf(item, keys) : item;
  const seen = new Map<string, number>();
  const found: (readonly [number, Json])[] = [];
  list.forEach((item, index) => {
    const told = identity(item);
    const text = canonical(told);
    const count = seen.get(text) ?? 0;
    seen.set(text, count + 1);
    if (count === 1) found.push([index, told]);
  });
  return found;
}

function keyOf(item: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.map((key) => [key, item[key] ?? null]));
}

function isMap(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same text for equal values, whatever the order of their keys. */
function canonical(value: Json): string {
  return JSON.stringify(
    value,
    (_, inner) => isMap(inner) ? Object.fromEntries(Object.entries(inner).sort()) : inner,
  );
}

/**
 * Without those errors that an update did not make worse: of values that are as they were. What a definition came to
 * forbid later does not stand in the way of changing something else.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-ratcheting
 */
export function newErrors(errors: readonly FieldError[], object: Json, old: Json): FieldError[] {
  return errors.filter(({ field, type }) => {
    const steps = field.match(/[^.[\]]+/g) ?? [];
    // what is missing is missed by the object around it
    const path = type === "required" ? steps.slice(0, -1) : steps;
    const [now, before] = [at(object, path), at(old, path)];
    return now === undefined || before === undefined || !equal(now, before);
  });
}

function at(value: Json, path: readonly string[]): Json | undefined {
  let found: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(found)) found = found[Number(step)];
    else if (typeof found === "object" && found !== null) found = found[step];
    else return undefined;
  }
  return found;
}
