/** The paths that a value sets: what its applier owns. */
import type { Json } from "../patch/mod.ts";
import {
  asList,
  asMap,
  deduce,
  isMap,
  keyTypeOrUntyped,
  type ListType,
  type MapType,
  type TypeRef,
  type Value,
} from "./atom.ts";
import { FieldSet } from "./field_set.ts";
import { fieldElement, itemElement, type Path } from "./path_element.ts";

/** The value must have been validated. */
export function toFieldSet(value: Value, type: TypeRef): FieldSet {
  const set = new FieldSet();
  collect(set, value ?? null, type, []);
  return set;
}

function collect(set: FieldSet, value: Json, type: TypeRef, path: Path): void {
  const atom = deduce(type(), value);
  if (atom.map) collectMap(set, value, atom.map, path);
  else if (atom.scalar) set.insert(path);
  else if (atom.list) collectList(set, value, atom.list, path);
}

function collectMap(set: FieldSet, value: Json, map: MapType, path: Path): void {
  if (map.relationship === "atomic") return set.insert(path);
  for (const [key, item] of Object.entries(asMap(value) ?? {})) {
    const inner = [...path, fieldElement(key)];
    collect(set, item, keyTypeOrUntyped(map, key), inner);
    const isEmpty = item === null || (isMap(item) && Object.keys(item).length === 0);
    if (isEmpty || !map.fields.has(key)) set.insert(inner);
  }
}

/** Items that occur twice are owned whole: their parts can't be told apart. */
function collectList(set: FieldSet, value: Json, list: ListType, path: Path): void {
  if (list.relationship === "atomic") return set.insert(path);
  const items = (asList(value) ?? []).map((item) => [itemElement(list, item), item] as const);
  const counts = new Map<string, number>();
  for (const [element] of items) counts.set(element, (counts.get(element) ?? 0) + 1);
  for (const [element, item] of items) {
    const inner = [...path, element];
    if (counts.get(element) === 1) collect(set, item, list.element, inner);
    set.insert(inner);
  }
}
