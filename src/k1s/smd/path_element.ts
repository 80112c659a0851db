/**
 * Path elements in the form that managedFields writes: `f:name`, `k:{"key":value}`, `v:value`, `i:index`. That text
 * is canonical (keys sorted, values as Go prints JSON), so equal elements are equal strings.
 */
import type { Json, JsonObject } from "../patch/mod.ts";
import type { Atom, ListType } from "./atom.ts";

export type PathElement = string;
export type Path = readonly PathElement[];

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

/** The name of a field element; undefined for the others. */
export function fieldName(element: PathElement): string | undefined {
  return element.startsWith("f:") ? element.slice(2) : undefined;
}

export function isKeyElement(element: PathElement): boolean {
  return element.startsWith("k:");
}

function keyElement(fields: readonly (readonly [string, Json])[]): PathElement {
  const sorted = [...fields].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
  return `k:{${sorted.map(([name, value]) => `${JSON.stringify(name)}:${goJson(value)}`).join(",")}}`;
}

/** JSON as Go's encoder writes it: keys sorted, and `<`, `>`, `&` and line separators escaped. */
export function goJson(value: Json): string {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map(goJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.keys(value).sort().map((key) => `${goJson(key)}:${goJson(value[key]!)}`).join(",")}}`;
  }
  const escape = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escape);
}

/** The element that identifies an item of an associative list. Throws the reason where there is none. */
export function itemElement(list: ListType, item: Json): PathElement {
  if (list.relationship !== "associative") throw new ItemError("invalid indexing of non-associative list");
  return list.keys.length > 0 ? keyedItem(list, item) : setItem(item);
}

/** Why an item has no place in its list; caught where the item's position is known. */
export class ItemError extends Error {}

function keyedItem(list: ListType, item: Json): PathElement {
  if (item === null) throw new ItemError("associative list with keys may not have a null element");
  if (typeof item !== "object" || Array.isArray(item)) {
    throw new ItemError("associative list with keys may not have non-map elements");
  }
  const fields: [string, Json][] = [];
  for (const name of list.keys) {
    const value = Object.hasOwn(item, name) ? item[name] : defaultOf(list.element(), name);
    if (value !== undefined) fields.push([name, value]);
  }
  if (fields.length > 0) return keyElement(fields);
  const keys = `[${list.keys.map((key) => JSON.stringify(key)).join(" ")}]`;
  throw new ItemError(
    `associative list with keys has an element that omits all key fields ${keys} (and doesn't have default values for any key fields)`,
  );
}

function defaultOf(element: Atom, name: string): Json | undefined {
  if (!element.map) {
    throw new ItemError(
      `couldn't find default value for ${name}: associative list may not have non-map types`,
    );
  }
  return element.map.fields.get(name)?.default;
}

function setItem(item: Json): PathElement {
  if (item === null) {
    throw new ItemError("associative list without keys has an element that's an explicit null");
  }
  if (Array.isArray(item)) throw new ItemError("not supported: associative list with lists as elements");
  if (typeof item === "object") {
    throw new ItemError("associative list without keys has an element that's a map type");
  }
  return `v:${goJson(item)}`;
}

/**
 * An element from managedFields, made canonical. Undefined for kinds of a later version, which are dropped; throws
 * a SyntaxError for what is broken.
 */
export function parseElement(text: string): PathElement | undefined {
  if (text[1] !== ":") throw new SyntaxError(`not a path element: ${JSON.stringify(text)}`);
  const rest = text.slice(2);
  switch (text[0]) {
    case "f":
      return text;
    case "v":
      return `v:${goJson(JSON.parse(rest) as Json)}`;
    case "k": {
      const fields = JSON.parse(rest) as JsonObject;
      if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
        throw new SyntaxError(`not a key: ${rest}`);
      }
      return keyElement(Object.entries(fields));
    }
    case "i":
      if (!/^-?\d+$/.test(rest)) throw new SyntaxError(`not an index: ${rest}`);
      return `i:${Number(rest)}`;
    default:
      return undefined;
  }
}

/** Elements' order in managedFields: fields, keys, values, indices; each by its own. */
export function compareElements(a: PathElement, b: PathElement): number {
  if (a === b) return 0;
  const kind = KINDS.indexOf(a[0]!) - KINDS.indexOf(b[0]!);
  if (kind !== 0) return kind;
  if (a[0] === "f") return a < b ? -1 : 1;
  const [x, y] = [a, b].map((text) => JSON.parse(text.slice(2)) as Json) as [Json, Json];
  return a[0] === "k" ? compareKeys(x as JsonObject, y as JsonObject) : compareValues(x, y);
}

const KINDS = "fkvi";

function compareKeys(a: JsonObject, b: JsonObject): number {
  const [left, right] = [Object.entries(a), Object.entries(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [x, y] = [left[at], right[at]];
    if (!x) return -1;
    if (!y) return 1;
    if (x[0] !== y[0]) return x[0] < y[0] ? -1 : 1;
    const order = compareValues(x[1], y[1]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Numbers, strings, booleans, lists, maps, null; values of one kind by value. */
function compareValues(a: Json, b: Json): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  if (Array.isArray(a) || (typeof a === "object" && a !== null)) return goJson(a) < goJson(b) ? -1 : 1;
  return a === b ? 0 : a! < b! ? -1 : 1;
}

function rankOf(value: Json): number {
  if (value === null) return 5;
  if (Array.isArray(value)) return 3;
  return { number: 0, bigint: 0, string: 1, boolean: 2, object: 4 }[
    typeof value as "number" | "bigint" | "string" | "boolean" | "object"
  ];
}

/** As messages and conflict causes name it: `.spec`, `[name="web"]`, `[="finalizer"]`. */
export function elementText(element: PathElement): string {
  const rest = element.slice(2);
  switch (element[0]) {
    case "f":
      return `.${rest}`;
    case "k": {
      const fields = Object.entries(JSON.parse(rest) as JsonObject);
      return `[${fields.map(([name, value]) => `${name}=${valueText(value)}`).join(",")}]`;
    }
    case "v":
      return `[=${valueText(JSON.parse(rest) as Json)}]`;
    default:
      return `[${rest}]`;
  }
}

function valueText(value: Json): string {
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}

export function pathText(path: Path): string {
  return path.map(elementText).join("");
}
