/** A value merged into another of the same type: what the second sets wins, what only the first has stays. */
import { type Json, type JsonObject } from "../patch/mod.ts";
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
import {
  elementText,
  fieldElement,
  itemElement,
  ItemError,
  type Path,
  type PathElement,
  pathText,
} from "./path_element.ts";
import { scalarMessage } from "./validate.ts";
import { type Finding, throwFindings } from "./value_error.ts";

/** Neither value is changed; the result may share parts with both. Errors: ValueError. */
export function mergeValues(base: Value, config: Value, type: TypeRef): Value {
  const findings: Finding[] = [];
  const merged = new Merging(findings).visit(base ?? null, config ?? null, type, []);
  throwFindings(findings, "failed to merge config: ");
  return merged;
}

/** Defines the key even where it is `__proto__`. */
export function define(object: JsonObject, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

class Merging {
  constructor(readonly findings: Finding[]) {}

  visit(left: Value, right: Value, type: TypeRef, path: Path): Value {
    const atom = type();
    const [leftAtom, rightAtom] = [deduce(atom, left), deduce(atom, right)];
    if (right === undefined) return this.#atom(leftAtom, left, right, path);
    // of different kinds: the left one's walk only finds errors
    if (left !== undefined && !sameAtom(leftAtom, rightAtom)) this.#atom(leftAtom, left, right, path);
    return this.#atom(rightAtom, left, right, path);
  }

  #atom(atom: Atom, left: Value, right: Value, path: Path): Value {
    if (atom.map) return this.#map(atom.map, left, right, path);
    if (atom.scalar) return this.#scalar(atom.scalar, left, right, path);
    return atom.list ? this.#list(atom.list, left, right, path) : undefined;
  }

  #scalar(scalar: NonNullable<Atom["scalar"]>, left: Value, right: Value, path: Path): Value {
    const messages = [scalarMessage(scalar, left), scalarMessage(scalar, right)];
    if (messages[0] === undefined || messages[1] === undefined) return keepRight(left, right);
    this.#add(path, `lhs: ${messages[0]}`);
    this.#add(path, `rhs: ${messages[1]}`);
    return undefined;
  }

  #map(map: MapType, left: Value, right: Value, path: Path): Value {
    const [leftMap, rightMap] = [asMap(left) ?? {}, asMap(right) ?? {}];
    const keys = new Set([...Object.keys(leftMap), ...Object.keys(rightMap)]);
    if (map.relationship === "atomic" || keys.size === 0) return keepRight(left, right);
    const merged: JsonObject = {};
    for (const key of keys) {
      const of = (source: JsonObject) => Object.hasOwn(source, key) ? source[key] : undefined;
      const inner = [...path, fieldElement(key)];
      const item = this.visit(of(leftMap), of(rightMap), keyTypeOrUntyped(map, key), inner);
      if (item !== undefined) define(merged, key, item);
    }
    return Object.keys(merged).length > 0 ? merged : undefined;
  }

  #list(list: ListType, left: Value, right: Value, path: Path): Value {
    const [leftList, rightList] = [asList(left) ?? [], asList(right) ?? []];
    const isEmpty = leftList.length + rightList.length === 0;
    if (list.relationship === "atomic" || isEmpty) return keepRight(left, right);
    const count = this.findings.length;
    const rightItems = this.#index(list, rightList, path, false);
    const leftItems = this.#index(list, leftList, path, true);
    if (this.findings.length > count) return undefined;
    const merged: Json[] = [];
    for (const element of weave(leftItems, rightItems)) {
      const [before, after] = element.isLeftOnly
        ? [leftList[element.at], undefined]
        : [leftItems.values.get(element.name), rightItems.values.get(element.name)];
      // errors inside an item are not reported, as in the API server's own merge
      const item = new Merging([]).visit(before, after, list.element, [...path, element.name]);
      if (item !== undefined) merged.push(item);
    }
    return merged.length > 0 ? merged : undefined;
  }

  /** Elements in order, and each one's item: null for one that occurs twice on the left. */
  #index(list: ListType, items: readonly Json[], path: Path, allowDuplicates: boolean): Items {
    const order: PathElement[] = [];
    const values = new Map<PathElement, Json>();
    for (const [position, item] of items.entries()) {
      try {
        const element = itemElement(list, item);
        if (values.has(element) && !allowDuplicates) {
          this.#add(path, `duplicate entries for key ${elementText(element)}`);
          continue;
        }
        values.set(element, values.has(element) ? null : item);
        order.push(element);
      } catch (error) {
        if (!(error instanceof ItemError)) throw error;
        this.#add(path, `element ${position}: ${error.message}`);
      }
    }
    return { order, values };
  }

  #add(path: Path, message: string): void {
    this.findings.push({ path: pathText(path), message });
  }
}

function keepRight(left: Value, right: Value): Value {
  return right !== undefined ? right : left;
}

interface Items {
  readonly order: readonly PathElement[];
  readonly values: ReadonlyMap<PathElement, Json>;
}

interface Woven {
  readonly name: PathElement;
  readonly isLeftOnly: boolean;
  /** Place on the left, where it is only there. */
  readonly at: number;
}

/**
 * The order of a merged list: the right's items in the right's order, the left's own as near as may be to where they
 * were, that is before the shared item that follows them.
 */
function* weave(left: Items, right: Items): Generator<Woven, void, undefined> {
  const shared = right.order.filter((name) => left.values.has(name));
  const done = new Set<PathElement>();
  let [leftAt, rightAt, sharedAt] = [0, 0, 0];
  while (leftAt < left.order.length || rightAt < right.order.length) {
    const name = left.order[leftAt];
    const next = right.order[rightAt];
    if (name !== undefined && next !== undefined) {
      if (name === next) {
        done.add(name);
        yield { name, isLeftOnly: false, at: leftAt };
        leftAt++;
        rightAt++;
        sharedAt++;
        continue;
      }
      if (right.values.has(name) && sharedAt < shared.length && shared[sharedAt] !== name) {
        leftAt++; // moved: it comes where the right has it
        continue;
      }
    }
    if (name !== undefined) {
      if (!right.values.has(name)) {
        yield { name, isLeftOnly: true, at: leftAt };
        leftAt++;
        continue;
      }
      if (done.has(name)) leftAt++;
    }
    if (next !== undefined) {
      done.add(next);
      yield { name: next, isLeftOnly: false, at: leftAt };
      rightAt++;
      if (shared[sharedAt] === next) sharedAt++;
    }
  }
}
