/** Ways through a schema: `$ref`s are followed here, one step at a time, so recursion costs nothing. */
import { OrkaError } from "../base/mod.ts";
import { nearMiss } from "../kube/mod.ts";
import type { KindSchema, SchemaNode } from "./node.ts";

/** A key of an object or map, or an index of an array. */
export type PathPart = string | number;

type Types = Pick<KindSchema, "types">;

/** Definitions that only name another one are followed this far. */
const MAX_HOPS = 16;

/** The node with what its definition says; its own words win. */
export function resolveNode(schema: Types, node: SchemaNode): SchemaNode {
  let found = node;
  for (let hop = 0; found.ref !== undefined && hop < MAX_HOPS; hop++) {
    const { ref, type: _, ...own } = found;
    const target: SchemaNode = Object.hasOwn(schema.types, ref) ? schema.types[ref]! : ANY;
    found = { ...target, ...own };
  }
  return found;
}

const ANY: SchemaNode = { type: "any", preserve: true };

/** The field, map value or item below a node, resolved; null when the schema knows none. */
export function childNode(schema: Types, node: SchemaNode, part: PathPart): SchemaNode | null {
  const { fields, items, values } = resolveNode(schema, node);
  const found = typeof part === "number"
    ? items
    : fields !== undefined && Object.hasOwn(fields, part)
    ? fields[part]
    : values;
  return found === undefined ? null : resolveNode(schema, found);
}

/** The node at `["spec", "containers", 0, "image"]`, resolved; null when the schema doesn't know it. */
export function nodeAt(schema: KindSchema, path: readonly PathPart[]): SchemaNode | null {
  let node: SchemaNode | null = resolveNode(schema, schema.root);
  for (const part of path) {
    node = node === null ? null : childNode(schema, node, part);
  }
  return node;
}

/** A field as a person names it. */
export interface Field {
  /** `spec.containers.image`: arrays are passed through unnamed, as kubectl explain has it. */
  readonly path: string;
  readonly name: string;
  /** As it stands in its parent, resolved: an array is still an array. */
  readonly node: SchemaNode;
  /** The definition's name as it was written, for `typeText`. */
  readonly raw: SchemaNode;
  readonly required: boolean;
}

/** The object's own field list: of an array its items', of a map its values'. */
export function insideOf(schema: Types, node: SchemaNode): SchemaNode {
  let found = resolveNode(schema, node);
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const next: SchemaNode | undefined = found.fields === undefined ? found.items ?? found.values : undefined;
    if (next === undefined) return found;
    found = resolveNode(schema, next);
  }
  return found;
}

/** The fields of a node, or of what its array or map holds, by name. */
export function fieldsOf(schema: Types, node: SchemaNode, path = ""): Field[] {
  const { fields = {}, required = [] } = insideOf(schema, node);
  return Object.keys(fields).sort().map((name) => ({
    path: path === "" ? name : `${path}.${name}`,
    name,
    node: resolveNode(schema, fields[name]!),
    raw: fields[name]!,
    required: required.includes(name),
  }));
}

/** `.spec.containers[*].ports[]` -> spec, containers, ports. A name with dots stands in brackets and quotes. */
export function pathNames(path: string): string[] {
  const names: string[] = [];
  for (const [, quoted, plain] of path.matchAll(/\[["']([^"']*)["']\]|\[[^\]]*\]|([^.[\]]+)/g)) {
    const name = quoted ?? plain;
    if (name !== undefined && name !== "") names.push(name);
  }
  return names;
}

/**
 * The field that a person's path names; the root for an empty path. Throws OrkaError `not-found` that says how far
 * the path is right, with a near miss.
 */
export function findField(schema: KindSchema, path: string): Field {
  const { kind } = schema.resource;
  const root = resolveNode(schema, schema.root);
  let field: Field = { path: "", name: kind, node: root, raw: schema.root, required: true };
  for (const name of pathNames(path)) {
    const inside = insideOf(schema, field.node);
    const names = Object.keys(inside.fields ?? {});
    const at = field.path === "" ? name : `${field.path}.${name}`;
    const raw = Object.hasOwn(inside.fields ?? {}, name)
      ? inside.fields![name]
      : openNode(field.node, inside);
    if (raw === undefined) throw noField({ kind, at, name, names, parent: field.path });
    const required = inside.required?.includes(name) ?? false;
    field = { path: at, name, node: resolveNode(schema, raw), raw, required };
  }
  return field;
}

/** What a name that is no field may still mean: a map's key. */
function openNode(node: SchemaNode, inside: SchemaNode): SchemaNode | undefined {
  return inside.values ??
    (inside.fields === undefined && node.values !== undefined ? node.values : undefined);
}

interface Missing {
  readonly kind: string;
  readonly at: string;
  readonly name: string;
  readonly names: readonly string[];
  readonly parent: string;
}

function noField({ kind, at, name, names, parent }: Missing): OrkaError {
  const near = nearMiss(name, names);
  const where = parent === "" ? kind : `${kind} ${parent}`;
  const hint = near !== undefined
    ? `did you mean "${parent === "" ? near : `${parent}.${near}`}"?`
    : names.length > 0
    ? `${where} has: ${[...names].sort().join(", ")}`
    : `${where} has no fields`;
  return new OrkaError("not-found", `field "${at}" does not exist in ${kind}`, { hint });
}

/** `integer`, `[]Container`, `map[string]string`, `DeploymentSpec`, `Object`: kubectl explain's spelling. */
export function typeText(schema: Types, node: SchemaNode): string {
  const resolved = resolveNode(schema, node);
  switch (resolved.type) {
    case "array":
      return `[]${resolved.items === undefined ? "any" : typeText(schema, resolved.items)}`;
    case "map":
      return `map[string]${resolved.values === undefined ? "any" : typeText(schema, resolved.values)}`;
    case "object":
      return node.ref === undefined ? "Object" : shortName(node.ref);
    case "int-or-string":
      return "IntOrString";
    case "quantity":
      return "Quantity";
    default:
      return resolved.type;
  }
}

/** `io.k8s.api.core.v1.Container` -> `Container`. */
function shortName(ref: string): string {
  return ref.slice(ref.lastIndexOf(".") + 1);
}
