/** Sets of field paths, as a tree: what a manager owns, what changed. */
import type { Json, JsonObject } from "../patch/mod.ts";
import type { TypeRef } from "./atom.ts";
import {
  compareElements,
  fieldName,
  isKeyElement,
  parseElement,
  type Path,
  type PathElement,
} from "./path_element.ts";

/**
 * 1. `members` are paths that end here; `children` continue. An element may be both.
 * 2. Operations return new sets, which may share parts: a set is changed only by `insert`, while it is being made.
 */
export class FieldSet {
  readonly members: Set<PathElement>;
  readonly children: Map<PathElement, FieldSet>;

  constructor(
    members: Iterable<PathElement> = [],
    children: Iterable<readonly [PathElement, FieldSet]> = [],
  ) {
    this.members = new Set(members);
    this.children = new Map(children);
  }

  static of(...paths: readonly Path[]): FieldSet {
    const set = new FieldSet();
    for (const path of paths) set.insert(path);
    return set;
  }

  get isEmpty(): boolean {
    if (this.members.size > 0) return false;
    for (const child of this.children.values()) {
      if (!child.isEmpty) return false;
    }
    return true;
  }

  get size(): number {
    let size = this.members.size;
    for (const child of this.children.values()) size += child.size;
    return size;
  }

  /** The root's own path, which is empty, can't be in a set. */
  insert(path: Path): void {
    const [first, ...rest] = path;
    if (first === undefined) return;
    if (rest.length === 0) {
      this.members.add(first);
      return;
    }
    let child = this.children.get(first);
    if (!child) this.children.set(first, child = new FieldSet());
    child.insert(rest);
  }

  has(path: Path): boolean {
    const [first, ...rest] = path;
    if (first === undefined) return false;
    return rest.length === 0 ? this.members.has(first) : this.below(first).has(rest);
  }

  /** What is below an element. */
  below(element: PathElement): FieldSet {
    return this.children.get(element) ?? EMPTY;
  }

  union(other: FieldSet): FieldSet {
    const set = new FieldSet(this.members, this.children);
    for (const member of other.members) set.members.add(member);
    for (const [element, child] of other.children) {
      const own = this.children.get(element);
      set.children.set(element, own ? own.union(child) : child);
    }
    return set;
  }

  intersection(other: FieldSet): FieldSet {
    const set = new FieldSet();
    for (const member of this.members) if (other.members.has(member)) set.members.add(member);
    for (const [element, child] of this.children) {
      const theirs = other.children.get(element);
      if (theirs) set.#keep(element, child.intersection(theirs));
    }
    return set;
  }

  /** Paths of this set that the other doesn't have; a path in the other doesn't take what is below it. */
  difference(other: FieldSet): FieldSet {
    const set = new FieldSet();
    for (const member of this.members) if (!other.members.has(member)) set.members.add(member);
    for (const [element, child] of this.children) {
      const theirs = other.children.get(element);
      if (theirs) set.#keep(element, child.difference(theirs));
      else set.children.set(element, child);
    }
    return set;
  }

  /** As `difference`, and a path in the other takes everything below it. */
  recursiveDifference(other: FieldSet): FieldSet {
    const set = new FieldSet();
    for (const member of this.members) if (!other.members.has(member)) set.members.add(member);
    for (const [element, child] of this.children) {
      if (other.members.has(element)) continue;
      const theirs = other.children.get(element);
      if (theirs) set.#keep(element, child.recursiveDifference(theirs));
      else set.children.set(element, child);
    }
    return set;
  }

  /** Adds every struct field that has paths below it: so a removal takes a field with all of its parts. */
  withNamedFields(type: TypeRef | undefined): FieldSet {
    const atom = type?.() ?? {};
    const set = new FieldSet(this.members);
    for (const [element, child] of this.children) {
      const name = fieldName(element);
      if (name !== undefined && atom.map?.fields.has(name)) set.members.add(element);
      let inner: TypeRef | undefined;
      if (name !== undefined && atom.map) inner = atom.map.fields.get(name)?.type ?? atom.map.element;
      else if (isKeyElement(element)) inner = atom.list?.element;
      set.children.set(element, child.withNamedFields(inner));
    }
    return set;
  }

  equals(other: FieldSet): boolean {
    if (this.members.size !== other.members.size || this.children.size !== other.children.size) return false;
    for (const member of this.members) if (!other.members.has(member)) return false;
    for (const [element, child] of this.children) {
      const theirs = other.children.get(element);
      if (!theirs || !child.equals(theirs)) return false;
    }
    return true;
  }

  /** Every path in order, the members of a level before what is below it. */
  *paths(prefix: Path = []): Generator<Path, void, undefined> {
    for (const member of [...this.members].sort(compareElements)) yield [...prefix, member];
    for (const element of [...this.children.keys()].sort(compareElements)) {
      yield* this.children.get(element)!.paths([...prefix, element]);
    }
  }

  /** The `fieldsV1` of a managedFields entry, its keys in the API server's order. */
  toFieldsV1(): JsonObject {
    const fields: JsonObject = {};
    for (const element of [...new Set([...this.members, ...this.children.keys()])].sort(compareElements)) {
      const child = this.children.get(element);
      const inner = child?.toFieldsV1() ?? {};
      const isBoth = this.members.has(element) && Object.keys(inner).length > 0;
      fields[element] = isBoth ? { ".": {}, ...inner } : inner;
    }
    return fields;
  }

  /** Reads a `fieldsV1`; elements of unknown kinds are dropped. Throws a SyntaxError for broken ones. */
  static fromFieldsV1(fields: Json): FieldSet {
    const set = new FieldSet();
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
      throw new SyntaxError("fieldsV1 must be an object");
    }
    for (const [text, value] of Object.entries(fields)) {
      if (text === ".") continue;
      const element = parseElement(text);
      if (element === undefined) continue;
      const child = FieldSet.fromFieldsV1(value);
      const hasChildren = child.members.size > 0 || child.children.size > 0;
      if (!hasChildren || Object.hasOwn(value as JsonObject, ".")) set.members.add(element);
      if (hasChildren) set.children.set(element, child);
    }
    return set;
  }

  #keep(element: PathElement, child: FieldSet): void {
    if (!child.isEmpty) this.children.set(element, child);
  }
}

const EMPTY = new FieldSet();
