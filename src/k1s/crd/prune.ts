/**
 * Pruning: fields that a structural schema does not specify are dropped before an object is stored.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning
 */
import { isObject, type Json, type JsonObject } from "../patch/json.ts";
import { propertySchema, type Schema, TYPE_META } from "./structural.ts";

interface Pruning {
  /** Paths of what was dropped, for warnings and strict field validation: `spec.x`, `spec.list[0].y`. */
  readonly dropped: string[];
}

/**
 * Drops in place what the schema does not know; apiVersion, kind and metadata stay at the root and in embedded
 * resources. Returns the paths of what was dropped, in order.
 */
export function prune(object: JsonObject, schema: Schema): string[] {
  const pruning: Pruning = { dropped: [] };
  pruneObject(object, schema, { pruning, path: "", resource: true });
  return pruning.dropped;
}

interface At {
  readonly pruning: Pruning;
  readonly path: string;
  /** True at the root and in embedded resources. */
  readonly resource: boolean;
}

function pruneValue(value: Json, schema: Schema, at: Omit<At, "resource">): void {
  const resource = schema["x-kubernetes-embedded-resource"] === true;
  if (isObject(value)) pruneObject(value, schema, { ...at, resource });
  else if (Array.isArray(value) && schema.items !== undefined) {
    for (const [index, item] of value.entries()) {
      pruneValue(item, schema.items, { pruning: at.pruning, path: `${at.path}[${index}]` });
    }
  }
}

function pruneObject(object: JsonObject, schema: Schema, { pruning, path, resource }: At): void {
  const keepsUnknown = schema["x-kubernetes-preserve-unknown-fields"] === true ||
    schema.additionalProperties === true;
  for (const key of Object.keys(object)) {
    if (resource && (TYPE_META as readonly string[]).includes(key)) continue;
    const inner = propertySchema(schema, key);
    const innerPath = path === "" ? key : `${path}.${key}`;
    if (inner !== undefined) pruneValue(object[key]!, inner, { pruning, path: innerPath });
    else if (!keepsUnknown) {
      delete object[key];
      pruning.dropped.push(innerPath);
    }
  }
}
