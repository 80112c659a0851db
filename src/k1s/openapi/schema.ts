/** OpenAPI v3 schemas of definitions: the built-in tables, unfolded, with their prose. */
import type { StoredDefinition, StoredField, StoredFieldExtras, TypeCode } from "../builtin/mod.ts";

type Schema = Record<string, unknown>;

export interface SchemaTables {
  readonly types: Readonly<Record<string, StoredDefinition>>;
  readonly structs: Readonly<Record<string, readonly string[]>>;
  /** Prose by definition and field; the definition's own under "". */
  readonly docs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const REF = "#/components/schemas/";

const SCALARS: Readonly<Record<string, Schema>> = {
  s: { type: "string" },
  y: { type: "string", format: "byte" },
  t: { type: "string", format: "date-time" },
  i: { type: "integer", format: "int32" },
  l: { type: "integer", format: "int64" },
  d: { type: "number", format: "double" },
  b: { type: "boolean" },
  x: { format: "int-or-string", oneOf: [{ type: "integer" }, { type: "string" }] },
  o: { type: "object" },
  "?": {},
};

/** The schemas of the definitions and of all that they refer to, by name. */
export function schemasOf(roots: readonly string[], tables: SchemaTables): Record<string, Schema> {
  const schemas: Record<string, Schema> = {};
  const pending = [...roots];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const definition = tables.types[name];
    if (definition === undefined || schemas[name] !== undefined) continue;
    schemas[name] = definitionSchema(name, definition, tables);
    for (const field of Object.values(definition.f ?? {})) {
      const target = /#(.*)$/.exec(typeof field === "string" ? field : field[0])?.[1];
      if (target !== undefined) pending.push(target);
    }
  }
  return Object.fromEntries(Object.keys(schemas).sort().map((name) => [name, schemas[name]!]));
}

function definitionSchema(name: string, definition: StoredDefinition, tables: SchemaTables): Schema {
  const docs = tables.docs[name] ?? {};
  const description = docs[""] === undefined ? {} : { description: docs[""] };
  if (definition.f === undefined) return { ...description, ...typeSchema(definition.c ?? "?") };
  const structs = tables.structs[name] ?? [];
  const properties = Object.entries(definition.f).map(([field, stored]) => [
    field,
    fieldSchema(stored, { description: docs[field], isStruct: structs.includes(field) }),
  ]);
  return {
    ...description,
    type: "object",
    ...(definition.r ? { required: definition.r } : {}),
    properties: Object.fromEntries(properties),
    ...(definition.gvk ? { "x-kubernetes-group-version-kind": [gvkOf(definition.gvk)] } : {}),
    ...(definition.mt ? { "x-kubernetes-map-type": definition.mt } : {}),
  };
}

function gvkOf([group, version, kind]: readonly [string, string, string]): Schema {
  return { group, kind, version };
}

function fieldSchema(
  stored: StoredField,
  { description, isStruct }: { description: string | undefined; isStruct: boolean },
): Schema {
  const [code, extras]: readonly [TypeCode, StoredFieldExtras] = typeof stored === "string"
    ? [stored, {}]
    : stored;
  const isList = code.startsWith("[") || code.startsWith("{");
  return {
    ...(description === undefined ? {} : { description }),
    ...typeSchema(code),
    ...(isStruct ? { default: {} } : extras.d !== undefined && !isList ? { default: extras.d } : {}),
    ...(extras.e ? { enum: extras.e } : {}),
    ...(extras.l ? { "x-kubernetes-list-type": extras.l } : {}),
    ...(extras.lk ? { "x-kubernetes-list-map-keys": extras.lk } : {}),
    ...(extras.mt ? { "x-kubernetes-map-type": extras.mt } : {}),
    ...(extras.ps ? { "x-kubernetes-patch-strategy": extras.ps } : {}),
    ...(extras.pk ? { "x-kubernetes-patch-merge-key": extras.pk } : {}),
  };
}

function typeSchema(code: TypeCode): Schema {
  const inner = code.slice(1);
  if (code.startsWith("[")) return { type: "array", items: typeSchema(inner) };
  if (code.startsWith("{")) return { type: "object", additionalProperties: typeSchema(inner) };
  if (code.startsWith("#")) return { allOf: [{ $ref: REF + inner }] };
  return SCALARS[code] ?? {};
}
