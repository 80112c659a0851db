/** Types of built-in kinds, from their tables. */
import type { StoredDefinition, StoredField, StoredFieldExtras } from "../builtin/mod.ts";
import type { Json } from "../patch/mod.ts";
import {
  type Atom,
  DEDUCED,
  listType,
  type MapType,
  mapType,
  scalarType,
  type StructField,
  type TypeRef,
  UNTYPED_ATOMIC,
} from "./atom.ts";

const UNTYPED = scalarType("untyped");

/** Scalars by code letter; times and int-or-strings have formats of their own, which merge as untyped. */
const SCALARS: Readonly<Record<string, TypeRef>> = {
  s: scalarType("string"),
  y: scalarType("string"),
  t: UNTYPED,
  i: scalarType("numeric"),
  l: scalarType("numeric"),
  d: scalarType("numeric"),
  b: scalarType("boolean"),
  x: UNTYPED,
};

const FREE_OBJECT = mapType({ element: DEDUCED });

/** Definitions whose Go types marshal themselves. */
const SPECIAL: Readonly<Record<string, TypeRef>> = {
  "io.k8s.apimachinery.pkg.api.resource.Quantity": UNTYPED,
  "io.k8s.apimachinery.pkg.runtime.RawExtension": UNTYPED_ATOMIC,
};

/** Definition by name to type, resolved when needed and once. */
export function builtinTypes(
  definitions: Readonly<Record<string, StoredDefinition>>,
): (name: string) => TypeRef {
  const types = new Map<string, TypeRef>();
  const named = (name: string): TypeRef => {
    let type = types.get(name);
    if (!type) types.set(name, type = SPECIAL[name] ?? lazy(() => definitionType(definitions[name], named)));
    return type;
  };
  return named;
}

function lazy(make: () => TypeRef): TypeRef {
  let atom: Atom | undefined;
  return () => atom ??= make()();
}

type Named = (name: string) => TypeRef;

function definitionType(definition: StoredDefinition | undefined, named: Named): TypeRef {
  if (!definition) return DEDUCED;
  if (!definition.f) return codeType(definition.c ?? "?", {}, named);
  const fields: Record<string, StructField> = {};
  for (const [name, field] of Object.entries(definition.f)) fields[name] = structField(field, named);
  return mapType({ fields, atomic: definition.mt === "atomic" });
}

function structField(field: StoredField, named: Named): StructField {
  const [code, extras] = typeof field === "string" ? [field, {}] as const : field;
  return { type: codeType(code, extras, named), default: extras.d as Json | undefined };
}

function codeType(code: string, extras: StoredFieldExtras, named: Named): TypeRef {
  const rest = code.slice(1);
  switch (code[0]) {
    case "[":
      return listOf(codeType(rest, {}, named), extras);
    case "{":
      return mapType({ element: codeType(rest, {}, named), atomic: extras.mt === "atomic" });
    case "#":
      return related(named(rest), extras);
    case "o":
      return extras.mt === "atomic" ? mapType({ element: DEDUCED, atomic: true }) : FREE_OBJECT;
    default:
      return SCALARS[code] ?? DEDUCED;
  }
}

function listOf(element: TypeRef, { l, lk, ps, pk }: StoredFieldExtras): TypeRef {
  if (l === "map") return listType(element, "associative", lk ?? []);
  if (l === "set") return listType(element, "associative");
  const isMerged = l === undefined && (ps === "merge" || ps === "merge,retainKeys");
  return isMerged
    ? listType(element, "associative", pk === undefined ? [] : [pk])
    : listType(element, "atomic");
}

/** A field may say that its struct is owned whole, or in parts, whatever the struct's own definition says. */
function related(type: TypeRef, { mt }: StoredFieldExtras): TypeRef {
  if (mt === undefined) return type;
  const relationship: MapType["relationship"] = mt === "atomic" ? "atomic" : "separable";
  return lazy(() => {
    const { map } = type();
    const atom: Atom = map ? { map: { ...map, relationship } } : type();
    return () => atom;
  });
}
