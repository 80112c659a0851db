/**
 * The part of a kind's schema that a value uses, as JSON Schema for ajv; unknown fields are found on the way.
 *
 * Compiling a whole schema costs ajv seconds (a Pod's has thousands of fields, and some schemas hold themselves);
 * the part that one text uses is small and always finite, because values are.
 */
import { childNode, type PathPart, resolveNode } from "./fields.ts";
import type { JsonSchema, KindSchema, SchemaNode } from "./node.ts";

export interface UnknownField {
  readonly path: readonly PathPart[];
  /** The names that the schema has there. */
  readonly known: readonly string[];
}

export interface DuplicateItem {
  readonly path: readonly PathPart[];
  /** `name "web"`. */
  readonly key: string;
}

export interface Narrowed {
  readonly schema: JsonSchema;
  readonly unknown: readonly UnknownField[];
  readonly duplicates: readonly DuplicateItem[];
}

/** One value of a place, with its own path: an array's items share a place. */
interface Instance {
  readonly value: unknown;
  readonly path: readonly PathPart[];
}

export function narrow(schema: KindSchema, value: unknown): Narrowed {
  const narrower = new Narrower(schema);
  return {
    schema: narrower.node(schema.root, [{ value, path: [] }]),
    unknown: narrower.unknown,
    duplicates: narrower.duplicates,
  };
}

class Narrower {
  readonly unknown: UnknownField[] = [];
  readonly duplicates: DuplicateItem[] = [];
  readonly #schema: KindSchema;
  /** Kubernetes' own types take null for "not set"; custom ones only where they say so. */
  readonly #takesNull: boolean;

  constructor(schema: KindSchema) {
    this.#schema = schema;
    this.#takesNull = schema.source === "openapi";
  }

  node(raw: SchemaNode, instances: readonly Instance[]): JsonSchema {
    const node = resolveNode(this.#schema, raw);
    const out = { ...typed(node), ...this.#inside(node, instances) };
    // a null where a default stands is replaced by it
    const orNull = this.#takesNull || node.nullable === true || node.default !== undefined;
    return orNull && instances.some(({ value }) => value === null) ? withNull(out) : out;
  }

  #inside(node: SchemaNode, instances: readonly Instance[]): JsonSchema {
    const lists = instances.filter(({ value }) => Array.isArray(value));
    const maps = instances.filter(({ value }) => isObject(value));
    if (node.type === "array" && lists.length > 0) return this.#items(node, lists);
    if (maps.length > 0 && (node.type === "object" || node.type === "map")) return this.#fields(node, maps);
    return {};
  }

  #items(node: SchemaNode, lists: readonly Instance[]): JsonSchema {
    if (node.listType !== undefined) { for (const list of lists) this.#findDuplicates(node, list); }
    if (node.items === undefined) return {};
    const items = lists.flatMap(({ value, path }) =>
      (value as unknown[]).map((item, index) => ({ value: item, path: [...path, index] }))
    );
    return items.length === 0 ? {} : { items: this.node(node.items, items) };
  }

  #fields(node: SchemaNode, maps: readonly Instance[]): JsonSchema {
    const byName = new Map<string, Instance[]>();
    for (const { value, path } of maps) {
      for (const [name, inner] of Object.entries(value as object)) {
        const known = byName.get(name) ?? [];
        known.push({ value: inner, path: [...path, name] });
        byName.set(name, known);
      }
    }
    const properties: Record<string, JsonSchema> = Object.create(null);
    for (const [name, instances] of byName) {
      const child = childNode(this.#schema, node, name);
      if (child !== null) properties[name] = this.node(child, instances);
      else if (node.preserve !== true) {
        const known = Object.keys(node.fields ?? {});
        for (const { path } of instances) this.unknown.push({ path, known });
      }
    }
    const required = node.required === undefined ? {} : { required: node.required };
    return { properties, ...required };
  }

  #findDuplicates(node: SchemaNode, { value, path }: Instance): void {
    if (node.listType === "atomic") return;
    const seen = new Set<string>();
    for (const [index, item] of (value as unknown[]).entries()) {
      const key = node.listType === "set" ? JSON.stringify(item) : this.#itemKey(node, item);
      if (key === null) continue;
      if (seen.has(key)) this.duplicates.push({ path: [...path, index], key });
      seen.add(key);
    }
  }

  /** `name "web"`; null for an item that lacks a key: the server's word decides. */
  #itemKey(node: SchemaNode, item: unknown): string | null {
    if (!isObject(item) || node.items === undefined || node.mapKeys === undefined) return null;
    const parts: string[] = [];
    for (const key of node.mapKeys) {
      const found = (item as Record<string, unknown>)[key] ??
        childNode(this.#schema, node.items, key)?.default;
      if (found === undefined) return null;
      parts.push(`${key} ${JSON.stringify(found)}`);
    }
    return parts.join(", ");
  }
}

function withNull(schema: Record<string, unknown>): JsonSchema {
  const { type, enum: words } = schema;
  return {
    ...schema,
    ...(type === undefined ? {} : { type: ["null"].concat(type as string | string[]) }),
    ...(Array.isArray(words) ? { enum: [...words, null] } : {}),
  };
}

function typed(node: SchemaNode): Record<string, unknown> {
  const rules = node.rules ?? {};
  const known = { ...(node.enum === undefined ? {} : { enum: node.enum }), ...rules };
  switch (node.type) {
    case "any":
      return known;
    case "int-or-string":
      return { type: ["integer", "string"], ...known };
    case "quantity":
      return { type: ["string", "number"], format: "quantity", ...known };
    case "map":
      return { type: "object", ...known };
    default:
      return { type: node.type, ...known, ...(node.format === undefined ? {} : { format: node.format }) };
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
