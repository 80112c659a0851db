/** Whether a value fits its type: fields declared, scalars of their kind, no duplicates in associative lists. */
import type { Json, JsonObject } from "../patch/mod.ts";
import {
  type Atom,
  deduce,
  isMap,
  keyType,
  type ListType,
  type MapType,
  type TypeRef,
  type Value,
} from "./atom.ts";
import { elementText, fieldElement, itemElement, ItemError, type Path, pathText } from "./path_element.ts";
import type { Finding } from "./value_error.ts";

export interface ValidateOptions {
  /** Objects already stored may hold duplicates: from before their lists were associative. */
  readonly allowDuplicates?: boolean | undefined;
}

export function validateValue(value: Value, type: TypeRef, options: ValidateOptions = {}): Finding[] {
  const findings: Finding[] = [];
  new Validation(findings, options.allowDuplicates ?? false).visit(value ?? null, type, []);
  return findings;
}

class Validation {
  constructor(readonly findings: Finding[], readonly allowDuplicates: boolean) {}

  visit(value: Json, type: TypeRef, path: Path): void {
    const atom = deduce(type(), value);
    if (atom.map) this.#map(value, atom.map, path);
    else if (atom.scalar) {
      const message = scalarMessage(atom.scalar, value);
      if (message !== undefined) this.#add(path, message);
    } else if (atom.list) this.#list(value, atom.list, path);
  }

  #map(value: Json, map: MapType, path: Path): void {
    if (value === null) return;
    if (!isMap(value)) return this.#add(path, `expected map, got ${goValue(value)}`);
    for (const [key, item] of Object.entries(value)) {
      const inner = [...path, fieldElement(key)];
      const type = keyType(map, key);
      if (type) this.visit(item, type, inner);
      else this.#add(inner, "field not declared in schema");
    }
  }

  #list(value: Json, list: ListType, path: Path): void {
    if (value === null) return;
    if (!Array.isArray(value)) return this.#add(path, `expected list, got ${goValue(value)}`);
    const seen = new Set<string>();
    for (const [index, item] of value.entries()) {
      let element = `i:${index}`;
      if (list.relationship === "associative") {
        try {
          element = itemElement(list, item);
        } catch (error) {
          if (!(error instanceof ItemError)) throw error;
          return this.#add(path, `element ${index}: ${error.message}`);
        }
        if (seen.has(element) && !this.allowDuplicates) {
          this.#add(path, `duplicate entries for key ${elementText(element)}`);
        }
        seen.add(element);
      }
      this.visit(item, list.element, [...path, element]);
    }
  }

  #add(path: Path, message: string): void {
    this.findings.push({ path: pathText(path), message });
  }
}

/** Why a value isn't a scalar of that kind; null and nothing always are. */
export function scalarMessage(scalar: NonNullable<Atom["scalar"]>, value: Value): string | undefined {
  if (value === undefined || value === null) return undefined;
  const kind = typeof value;
  const isNumber = kind === "number" || kind === "bigint";
  switch (scalar) {
    case "numeric":
      return isNumber ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case "string":
      return kind === "string"
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
    case "boolean":
      return kind === "boolean" ? undefined : `expected boolean, got ${goValue(value)}`;
    case "untyped":
      return kind === "object" ? `expected any scalar, got ${goValue(value)}` : undefined;
  }
}

function goType(value: Json): string {
  if (Array.isArray(value)) return "[]interface {}";
  if (isMap(value)) return "map[string]interface {}";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  return Number.isInteger(Number(value)) ? "int64" : "float64";
}

function goValue(value: Json): string {
  return `&{${goPlain(value)}}`;
}

/** Go's `%v`. */
function goPlain(value: Json): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goPlain).join(" ")}]`;
  if (!isMap(value)) return String(value);
  return `map[${
    Object.keys(value).sort().map((key) => `${key}:${goPlain((value as JsonObject)[key]!)}`).join(" ")
  }]`;
}

/** Go's `%#v`. */
function goSyntax(value: Json): string {
  if (value === null) return "interface {}(nil)";
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(", ")}}`;
  if (!isMap(value)) return typeof value === "string" ? JSON.stringify(value) : String(value);
  const fields = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${goSyntax(value[key]!)}`);
  return `map[string]interface {}{${fields.join(", ")}}`;
}
