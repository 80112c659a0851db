/** Types of custom resources, from the structural schema of their definition. */
import type { Json, JsonObject } from "../patch/mod.ts";
import {
  type Atom,
  DEDUCED,
  isMap,
  type ListType,
  type MapType,
  scalarType,
  type StructField,
  type TypeRef,
  UNTYPED_ATOMIC,
} from "./atom.ts";

const STRING = scalarType("string");

/** The type of a whole object; `objectMeta` is the type of `metadata`. Without a schema lists are owned whole. */
export function structuralType(schema: JsonObject | undefined, objectMeta: TypeRef): TypeRef {
  return schema ? resource(schema, false, objectMeta) : DEDUCED;
}

/** A root or an embedded resource: its identity and metadata are Kubernetes' own. */
function resource(schema: JsonObject, preserves: boolean, objectMeta: TypeRef): TypeRef {
  const type = typeOf({ type: "object", ...schema }, preserves, objectMeta);
  const { map } = type();
  if (!map) return type;
  const identity = [["apiVersion", { type: STRING }], ["kind", { type: STRING }], ["metadata", {
    type: objectMeta,
  }]] as const;
  const atom: Atom = { map: { ...map, fields: new Map<string, StructField>([...map.fields, ...identity]) } };
  return () => atom;
}

function typeOf(schema: Json | undefined, inherited: boolean, objectMeta: TypeRef): TypeRef {
  if (!isMap(schema)) return DEDUCED;
  const preserves = inherited || schema["x-kubernetes-preserve-unknown-fields"] === true;
  const atom = atomOf(schema, preserves, objectMeta);
  return () => atom;
}

function nested(schema: Json | undefined, preserves: boolean, objectMeta: TypeRef): TypeRef {
  const isResource = isMap(schema) && schema["x-kubernetes-embedded-resource"] === true;
  if (!isResource) return typeOf(schema, preserves, objectMeta);
  return resource(schema, preserves || schema["x-kubernetes-preserve-unknown-fields"] === true, objectMeta);
}

function atomOf(schema: JsonObject, preserves: boolean, objectMeta: TypeRef): Atom {
  switch (schema.type) {
    case "object":
      return { map: mapOf(schema, preserves, objectMeta) };
    case "array":
      return { list: listOf(schema, preserves, objectMeta) };
    case "integer":
    case "number":
      return { scalar: "numeric" };
    case "boolean":
      return { scalar: "boolean" };
    case "string": {
      const isPlain = schema.format === undefined || schema.format === "" || schema.format === "byte";
      return { scalar: isPlain ? "string" : "untyped" };
    }
    default: // int-or-string, or anything
      return {
        scalar: "untyped",
        list: listOf(schema, preserves, objectMeta),
        map: mapOf(schema, preserves, objectMeta),
      };
  }
}

function mapOf(schema: JsonObject, preserves: boolean, objectMeta: TypeRef): MapType {
  const properties = isMap(schema.properties) ? schema.properties : {};
  const fields = new Map<string, StructField>();
  for (const [name, property] of Object.entries(properties)) {
    const fallback = isMap(property) ? property.default : undefined;
    fields.set(name, { type: nested(property, preserves, objectMeta), default: fallback });
  }
  const relationship = schema["x-kubernetes-map-type"] === "atomic" ? "atomic" : "separable";
  return {
    fields,
    element: elementOf(schema, { preserves, isFree: fields.size === 0, objectMeta }),
    relationship,
  };
}

function elementOf(
  { additionalProperties }: JsonObject,
  { preserves, isFree, objectMeta }: { preserves: boolean; isFree: boolean; objectMeta: TypeRef },
): TypeRef | undefined {
  if (additionalProperties === undefined) return preserves || isFree ? DEDUCED : undefined;
  if (isMap(additionalProperties)) return nested(additionalProperties, preserves, objectMeta);
  return additionalProperties === true ? DEDUCED : undefined;
}

function listOf(schema: JsonObject, preserves: boolean, objectMeta: TypeRef): ListType {
  const element = schema.items === undefined ? UNTYPED_ATOMIC : nested(schema.items, preserves, objectMeta);
  const type = schema["x-kubernetes-list-type"];
  const keys = schema["x-kubernetes-list-map-keys"];
  if (type === "map") {
    const names = (Array.isArray(keys) ? keys : []).filter((key) => typeof key === "string");
    return { element, relationship: "associative", keys: names };
  }
  return { element, relationship: type === "set" ? "associative" : "atomic", keys: [] };
}
