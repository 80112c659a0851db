/** What differs between two values of one type, as sets of paths. */
import { equal, type Json } from "../patch/mod.ts";
import {
  asList,
  asMap,
  type Atom,
  deduce,
  keyTypeOrUntyped,
  type ListType,
  type MapType,
  sameAtom,
  type TypeRef,
  type Value,
} from "./atom.ts";
import { FieldSet } from "./field_set.ts";
import {
  fieldElement,
  itemElement,
  ItemError,
  type Path,
  type PathElement,
  pathText,
} from "./path_element.ts";
import { scalarMessage } from "./validate.ts";
import { type Finding, throwFindings } from "./value_error.ts";

export interface Comparison {
  /** Paths whose value is gone. */
  readonly removed: FieldSet;
  readonly modified: FieldSet;
  readonly added: FieldSet;
}

/** Errors: ValueError where neither value fits its type. */
export function compareValues(before: Value, after: Value, type: TypeRef): Comparison {
  const comparing = new Comparing();
  comparing.visit({ before: before ?? null, after: after ?? null }, type, []);
  throwFindings(comparing.findings, "failed to compare objects: ");
  return comparing;
}

/** Undefined: not there. */
interface Pair {
  readonly before: Value;
  readonly after: Value;
}

class Comparing implements Comparison {
  readonly removed = new FieldSet();
  readonly modified = new FieldSet();
  readonly added = new FieldSet();
  readonly findings: Finding[] = [];

  visit(pair: Pair, type: TypeRef, path: Path): void {
    const atom = type();
    const before = deduce(atom, pair.before);
    const after = deduce(atom, pair.after);
    let isLeaf: boolean;
    if (pair.after === undefined) isLeaf = this.#atom(before, pair, path);
    else if (pair.before === undefined || sameAtom(before, after)) isLeaf = this.#atom(after, pair, path);
    else {
      this.#atom(before, pair, path);
      isLeaf = this.#atom(after, pair, path);
    }
    if (isLeaf) return;
    if (pair.before === undefined) this.added.insert(path);
    else if (pair.after === undefined) this.removed.insert(path);
  }

  /** Returns whether the pair was compared whole. */
  #atom(atom: Atom, pair: Pair, path: Path): boolean {
    if (atom.map) return this.#map(atom.map, pair, path);
    if (atom.scalar) return this.#scalar(atom.scalar, pair, path);
    return atom.list ? this.#list(atom.list, pair, path) : false;
  }

  #scalar(scalar: NonNullable<Atom["scalar"]>, pair: Pair, path: Path): boolean {
    const before = scalarMessage(scalar, pair.before);
    const after = scalarMessage(scalar, pair.after);
    if (before === undefined || after === undefined) return this.#leaf(pair, path);
    this.findings.push({ path: pathText(path), message: `lhs: ${before}` });
    this.findings.push({ path: pathText(path), message: `rhs: ${after}` });
    return false;
  }

  #leaf({ before, after }: Pair, path: Path): boolean {
    if (before === undefined) this.added.insert(path);
    else if (after === undefined) this.removed.insert(path);
    else if (!equal(before, after)) this.modified.insert(path);
    return true;
  }

  #map(map: MapType, pair: Pair, path: Path): boolean {
    const [before, after] = [asMap(pair.before), asMap(pair.after)];
    const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
    if (map.relationship === "atomic" || keys.size === 0) return this.#leaf(pair, path);
    for (const key of keys) {
      const item = {
        before: before && Object.hasOwn(before, key) ? before[key] : undefined,
        after: after && Object.hasOwn(after, key) ? after[key] : undefined,
      };
      this.visit(item, keyTypeOrUntyped(map, key), [...path, fieldElement(key)]);
    }
    return false;
  }

  #list(list: ListType, pair: Pair, path: Path): boolean {
    const [before, after] = [asList(pair.before) ?? [], asList(pair.after) ?? []];
    if (list.relationship === "atomic" || before.length + after.length === 0) return this.#leaf(pair, path);
    const left = this.#index(list, before, path);
    const right = this.#index(list, after, path);
    for (const element of new Set([...left.keys(), ...right.keys()])) {
      this.#items(list, left.get(element) ?? [], right.get(element) ?? [], [...path, element]);
    }
    return false;
  }

  /** Items by element; those that occur twice count as one thing that changes as a whole. */
  #items(list: ListType, before: readonly Json[], after: readonly Json[], path: Path): void {
    if (before.length <= 1 && after.length <= 1) {
      this.visit({ before: before[0], after: after[0] }, list.element, path);
    } else if (before.length > 1 && after.length > 1) {
      if (!equal([...before], [...after])) this.modified.insert(path);
    } else if (before.length > 1) {
      if (after.length > 0) this.visit({ before: undefined, after: after[0] }, list.element, path);
      this.removed.insert(path);
    } else {
      if (before.length > 0) this.visit({ before: before[0], after: undefined }, list.element, path);
      this.added.insert(path);
    }
  }

  #index(list: ListType, items: readonly Json[], path: Path): Map<PathElement, Json[]> {
    const index = new Map<PathElement, Json[]>();
    for (const [position, item] of items.entries()) {
      try {
        const element = itemElement(list, item);
        const same = index.get(element);
        if (same) same.push(item);
        else index.set(element, [item]);
      } catch (error) {
        if (!(error instanceof ItemError)) throw error;
        this.findings.push({ path: pathText(path), message: `element ${position}: ${error.message}` });
      }
    }
    return index;
  }
}
