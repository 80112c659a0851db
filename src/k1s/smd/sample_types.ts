/** One type with everything in it, for tests; recorded_test.ts's sequences were recorded on the same. */
import { DEDUCED, listType, mapType, scalarType, type TypeRef } from "./atom.ts";

const string = scalarType("string");
const number = scalarType("numeric");

const STRUCT: TypeRef = lazy(() => mapType({ fields: { a: string, b: number, inner: STRUCT } }));

const ATOMIC_STRUCT: TypeRef = lazy(() =>
  mapType({ fields: { a: string, b: number, inner: STRUCT }, atomic: true })
);

const ITEM: TypeRef = lazy(() =>
  mapType({
    fields: { name: string, value: number, struct: STRUCT, list: listType(ITEM, "associative", ["name"]) },
  })
);

const PORT = mapType({
  fields: { port: number, protocol: { type: string, default: "TCP" }, name: string },
});

const ITEMS = listType(ITEM, "associative", ["name"]);

const FIELDS = {
  name: string,
  num: number,
  flag: scalarType("boolean"),
  any: scalarType("untyped"),
  struct: STRUCT,
  atomicStruct: ATOMIC_STRUCT,
  atomicMap: mapType({ element: string, atomic: true }),
  labels: mapType({ element: string }),
  structs: mapType({ element: STRUCT }),
  set: listType(string, "associative"),
  nums: listType(number, "associative"),
  list: ITEMS,
  ports: listType(PORT, "associative", ["port", "protocol"]),
  atomicList: listType(ITEM, "atomic"),
  free: DEDUCED,
};

export const SAMPLE: TypeRef = mapType({ fields: FIELDS });

/** The same after a new version of its schema: what was atomic is not, and the other way round. */
export const SAMPLE_CHANGED: TypeRef = mapType({
  fields: {
    ...FIELDS,
    struct: ATOMIC_STRUCT,
    atomicStruct: STRUCT,
    atomicMap: mapType({ element: string }),
    labels: mapType({ element: string, atomic: true }),
    set: listType(string, "atomic"),
    list: listType(ITEM, "atomic"),
  },
});

/** Resolves once: a type that holds itself can't be made in one go. */
function lazy(make: () => TypeRef): TypeRef {
  let atom: ReturnType<TypeRef> | undefined;
  return () => atom ??= make()();
}
