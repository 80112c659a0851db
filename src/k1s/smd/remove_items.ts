/** A value without the paths of a set. */
import type { Json, JsonObject } from "../patch/mod.ts";
import {
  deduce,
  isMap,
  keyTypeOrUntyped,
  type ListType,
  type MapType,
  type TypeRef,
  type Value,
} from "./atom.ts";
import type { FieldSet } from "./field_set.ts";
import { define } from "./merge_values.ts";
import { fieldElement, itemElement } from "./path_element.ts";

/** Null where nothing is left, and for atomic and empty values, as the API server's own walk has it. */
export function removeItems(value: Value, items: FieldSet, type: TypeRef): Json {
  const atom = deduce(type(), value);
  if (value === undefined) return null;
  if (atom.map) return isMap(value) ? fromMap(value, items, atom.map) : null;
  if (atom.scalar) return value;
  if (atom.list) return Array.isArray(value) ? fromList(value, items, atom.list) : null;
  return null;
}

function fromMap(value: JsonObject, items: FieldSet, map: MapType): Json {
  if (map.relationship === "atomic") return null;
  const kept: JsonObject = {};
  for (const key of Object.keys(value)) {
    const element = fieldElement(key);
    if (items.members.has(element)) continue;
    const below = items.below(element);
    const item = value[key]!;
    define(kept, key, below.isEmpty ? item : removeItems(item, below, keyTypeOrUntyped(map, key)));
  }
  return Object.keys(kept).length > 0 ? kept : null;
}

function fromList(value: readonly Json[], items: FieldSet, list: ListType): Json {
  if (list.relationship === "atomic") return null;
  const kept: Json[] = [];
  for (const item of value) {
    const element = itemElement(list, item);
    if (items.members.has(element)) continue;
    const below = items.below(element);
    kept.push(below.isEmpty ? item : removeItems(item, below, list.element));
  }
  return kept.length > 0 ? kept : null;
}
