/** Ownership after the type changed: what became atomic is owned whole by whoever owned a part. */
import { type Atom, DEDUCED, keyType, type ListType, type MapType, type TypeRef } from "./atom.ts";
import { FieldSet } from "./field_set.ts";
import { fieldName, type Path } from "./path_element.ts";

/** The same set if nothing changed. */
export function reconcileFieldSet(set: FieldSet, type: TypeRef): FieldSet {
  const atomics = new FieldSet();
  visit(type(), { set, isAtomic: false, path: [], atomics });
  return atomics.isEmpty ? set : set.recursiveDifference(atomics).union(atomics);
}

interface Place {
  /** What is owned below; undefined for a path that ends here. */
  readonly set: FieldSet | undefined;
  /** The path ends here: it is owned whole already. */
  readonly isAtomic: boolean;
  readonly path: Path;
  readonly atomics: FieldSet;
}

function visit(atom: Atom, place: Place): void {
  if (atom.map) visitMap(atom.map, place);
  else if (!atom.scalar && atom.list) visitList(atom.list, place);
}

function visitMap(map: MapType, place: Place): void {
  if (isUntyped(map)) return;
  const { set, isAtomic, path, atomics } = place;
  if (!isAtomic && map.relationship === "atomic") {
    if (set && set.size > 0) atomics.insert(path);
    return;
  }
  descend(place, (element) => keyType(map, fieldName(element) ?? ""));
}

function visitList(list: ListType, place: Place): void {
  if (!place.isAtomic && list.relationship === "atomic") place.atomics.insert(place.path);
  else descend(place, () => list.element);
}

function descend({ set, path, atomics }: Place, typeOf: (element: string) => TypeRef | undefined): void {
  if (!set) return;
  for (const element of new Set([...set.children.keys(), ...set.members])) {
    const type = typeOf(element);
    if (!type) continue; // not in the schema any more: left alone
    const below = set.children.get(element);
    visit(type(), {
      set: below,
      isAtomic: below === undefined && set.members.has(element),
      path: [...path, element],
      atomics,
    });
  }
}

function isUntyped(map: MapType): boolean {
  return map.fields.size === 0 && map.element === DEDUCED;
}
