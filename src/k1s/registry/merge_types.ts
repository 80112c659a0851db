/** The types that server-side apply merges by: from the built-in tables, and from the schemas of definitions. */
import type { StoredDefinition, StoredField, StoredFieldExtras, TypeCode } from "../builtin/mod.ts";
import type { Schema } from "../crd/structural.ts";
import type { Json } from "../patch/mod.ts";
import {
  DEDUCED,
  listType,
  mapType,
  scalarType,
  type StructField,
  type TypeRef,
  UNTYPED_ATOMIC,
} from "../smd/mod.ts";

const STRING = scalarType("string");
const NUMERIC = scalarType("numeric");
const BOOLEAN = scalarType("boolean");
const UNTYPED = scalarType("untyped");

const SCALARS: Readonly<Record<string, TypeRef>> = {
  s: STRING,
  y: STRING,
  t: UNTYPED,
  i: NUMERIC,
  l: NUMERIC,
  d: NUMERIC,
  b: BOOLEAN,
  x: UNTYPED,
  o: DEDUCED,
  "?": DEDUCED,
};

const QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const RAW = "io.k8s.apimachinery.pkg.runtime.RawExtension";
const OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/** Types of definitions, made when they are first asked for. */
export class MergeTypes {
  readonly #types: Readonly<Record<string, StoredDefinition>>;
  readonly #made = new Map<string, TypeRef>();

  constructor(types: Readonly<Record<string, StoredDefinition>>) {
    this.#types = types;
  }

  /** A built-in definition's type. */
  definition(name: string): TypeRef {
    return () => this.#definition(name)();
  }

  /** A custom kind's: its schema with the metadata that every object has. */
  custom(schema: Schema): TypeRef {
    const metadata = this.definition(OBJECT_META);
    return schemaType(schema, { apiVersion: STRING, kind: STRING, metadata });
  }

  #definition(name: string): TypeRef {
    let type = this.#made.get(name);
    if (!type) this.#made.set(name, type = this.#make(name));
    return type;
  }

  #make(name: string): TypeRef {
    const definition = this.#types[name];
    if (name === RAW) return UNTYPED_ATOMIC;
    if (name === QUANTITY || definition === undefined) return UNTYPED;
    if (definition.f === undefined) return SCALARS[definition.c ?? "?"] ?? UNTYPED;
    const fields = Object.entries(definition.f).map(([field, stored]) => [field, this.#field(stored)]);
    return mapType({ fields: Object.fromEntries(fields), atomic: definition.mt === "atomic" });
  }

  #field(stored: StoredField): StructField {
    const [code, extras]: readonly [TypeCode, StoredFieldExtras] = typeof stored === "string"
      ? [stored, {}]
      : stored;
    const type = this.#code(code, extras);
    return extras.d === undefined ? { type } : { type, default: extras.d as Json };
  }

  #code(code: TypeCode, extras: StoredFieldExtras = {}): TypeRef {
    const inner = code.slice(1);
    if (code.startsWith("[")) {
      const relationship = extras.l === "map" || extras.l === "set" ? "associative" : "atomic";
      return listType(this.#code(inner), relationship, extras.lk ?? []);
    }
    if (code.startsWith("{")) return mapType({ element: this.#code(inner), atomic: extras.mt === "atomic" });
    if (!code.startsWith("#")) return SCALARS[code] ?? UNTYPED;
    if (extras.mt !== "atomic") return this.definition(inner);
    const { fields, element } = this.#definition(inner)().map ?? {};
    return mapType({ fields: Object.fromEntries(fields ?? []), element, atomic: true });
  }
}

/** `extra` are fields that the schema's root has besides its own. */
function schemaType(schema: Schema, extra: Readonly<Record<string, TypeRef>> = {}): TypeRef {
  if (schema["x-kubernetes-int-or-string"]) return UNTYPED;
  switch (schema.type) {
    case "string":
      return STRING;
    case "integer":
    case "number":
      return NUMERIC;
    case "boolean":
      return BOOLEAN;
    case "array": {
      const kind = schema["x-kubernetes-list-type"];
      const relationship = kind === "map" || kind === "set" ? "associative" : "atomic";
      const element = schema.items === undefined ? DEDUCED : schemaType(schema.items);
      return listType(element, relationship, schema["x-kubernetes-list-map-keys"] ?? []);
    }
    case "object":
      return objectType(schema, extra);
  }
  return Object.keys(extra).length > 0 ? objectType(schema, extra) : DEDUCED;
}

function objectType(schema: Schema, extra: Readonly<Record<string, TypeRef>>): TypeRef {
  const own = Object.entries(schema.properties ?? {}).map(([name, property]): [string, StructField] => [
    name,
    { type: schemaType(property), ...(property.default === undefined ? {} : { default: property.default }) },
  ]);
  const values = schema.additionalProperties;
  const element = typeof values === "object"
    ? schemaType(values)
    : values === true || schema["x-kubernetes-preserve-unknown-fields"]
    ? DEDUCED
    : undefined;
  const embedded = schema["x-kubernetes-embedded-resource"]
    ? { metadata: DEDUCED, apiVersion: STRING, kind: STRING }
    : {};
  return mapType({
    fields: { ...Object.fromEntries(own), ...embedded, ...extra },
    element,
    atomic: schema["x-kubernetes-map-type"] === "atomic",
  });
}
