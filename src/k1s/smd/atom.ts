/** The types that values merge by: structured-merge-diff's schema, resolved lazily so that types may recurse. */
import type { Json, JsonObject } from "../patch/mod.ts";

/** Gives the type when it is needed. Builders memoize. */
export type TypeRef = () => Atom;

/** What a value may be: usually one of the three; all of them where the schema doesn't say. */
export interface Atom {
  readonly scalar?: "numeric" | "string" | "boolean" | "untyped" | undefined;
  readonly list?: ListType | undefined;
  readonly map?: MapType | undefined;
}

export interface ListType {
  readonly element: TypeRef;
  /** `associative` lists are sets of scalars, or maps by `keys`; `atomic` ones are owned and replaced whole. */
  readonly relationship: "associative" | "atomic";
  readonly keys: readonly string[];
}

export interface MapType {
  readonly fields: ReadonlyMap<string, StructField>;
  /** Of keys that aren't fields; absent where there may be none. */
  readonly element?: TypeRef | undefined;
  readonly relationship: "separable" | "atomic";
}

export interface StructField {
  readonly type: TypeRef;
  /** What a missing key of an associative list's element counts as. */
  readonly default?: Json | undefined;
}

const NO_FIELDS: ReadonlyMap<string, StructField> = new Map();

/** Values without a schema that are owned whole. */
export const UNTYPED_ATOMIC: TypeRef = () => UNTYPED_ATOMIC_ATOM;
const UNTYPED_ATOMIC_ATOM: Atom = {
  scalar: "untyped",
  list: { element: UNTYPED_ATOMIC, relationship: "atomic", keys: [] },
  map: { element: UNTYPED_ATOMIC, relationship: "atomic", fields: NO_FIELDS },
};

/** Values without a schema: objects merge by key, lists are owned whole. */
export const DEDUCED: TypeRef = () => DEDUCED_ATOM;
const DEDUCED_ATOM: Atom = {
  scalar: "untyped",
  list: { element: UNTYPED_ATOMIC, relationship: "atomic", keys: [] },
  map: { element: DEDUCED, relationship: "separable", fields: NO_FIELDS },
};

export function scalarType(scalar: NonNullable<Atom["scalar"]>): TypeRef {
  const atom: Atom = { scalar };
  return () => atom;
}

export function listType(
  element: TypeRef,
  relationship: ListType["relationship"],
  keys: readonly string[] = [],
): TypeRef {
  const atom: Atom = { list: { element, relationship, keys } };
  return () => atom;
}

export interface MapTypeOptions {
  readonly fields?: Readonly<Record<string, TypeRef | StructField>> | undefined;
  readonly element?: TypeRef | undefined;
  readonly atomic?: boolean | undefined;
}

export function mapType({ fields = {}, element, atomic = false }: MapTypeOptions): TypeRef {
  const entries = Object.entries(fields).map(([name, field]) =>
    [name, typeof field === "function" ? { type: field } : field] as const
  );
  const relationship = atomic ? "atomic" as const : "separable" as const;
  const atom: Atom = { map: { fields: new Map(entries), element, relationship } };
  return () => atom;
}

/** A value, null included; undefined where there is none. */
export type Value = Json | undefined;

export function isMap(value: Value): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function asMap(value: Value): JsonObject | undefined {
  return isMap(value) ? value : undefined;
}

export function asList(value: Value): readonly Json[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** Narrows an atom to what the value is; left as it is for null, nothing, and what it doesn't allow. */
export function deduce(atom: Atom, value: Value): Atom {
  if (value === undefined || value === null) return atom;
  if (Array.isArray(value)) return atom.list ? { list: atom.list } : atom;
  if (typeof value === "object") return atom.map ? { map: atom.map } : atom;
  return atom.scalar ? { scalar: atom.scalar } : atom;
}

export function sameAtom(a: Atom, b: Atom): boolean {
  return a.scalar === b.scalar && a.list === b.list && a.map === b.map;
}

/** The type of a map's key; undefined where the schema has none. */
export function keyType(map: MapType, key: string): TypeRef | undefined {
  return map.fields.get(key)?.type ?? map.element;
}

/** The type of a key in walks that were validated before: unknown fields count as untyped. */
export function keyTypeOrUntyped(map: MapType, key: string): TypeRef {
  return keyType(map, key) ?? DEDUCED;
}
