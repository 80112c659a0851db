/** A kind's schema as the comparison of objects asks it: how the items of its lists belong together. */
import type { ListType, ListTypes } from "../apply/mod.ts";
import { childNode, type KindSchema, resolveNode, type SchemaNode } from "../schema/mod.ts";

/** Lists of which the schema says nothing are one value, as they are to the server. */
export function listTypesOf(schema: KindSchema): ListTypes {
  const known = new Map<string, ListType | undefined>();
  return (path) => {
    const key = JSON.stringify(path);
    if (!known.has(key)) known.set(key, listTypeAt(schema, path));
    return known.get(key);
  };
}

function listTypeAt(schema: KindSchema, path: readonly string[]): ListType | undefined {
  let node: SchemaNode | null = resolveNode(schema, schema.root);
  for (const name of path) {
    while (node?.type === "array") node = node.items === undefined ? null : resolveNode(schema, node.items);
    node = node === null ? null : childNode(schema, node, name);
    if (node === null) return undefined;
  }
  if (node.type !== "array") return undefined;
  if (node.listType === "set") return { type: "set" };
  if (node.listType !== "map" || !node.mapKeys?.length) return { type: "atomic" };
  return { type: "map", keys: node.mapKeys, defaults: defaultsOf(schema, node) };
}

/** A key that an item leaves out counts with its default: a port without a protocol is TCP. */
function defaultsOf(schema: KindSchema, node: SchemaNode): Record<string, string | number | boolean> {
  const item = node.items === undefined ? null : resolveNode(schema, node.items);
  const defaults: Record<string, string | number | boolean> = {};
  for (const key of node.mapKeys ?? []) {
    const value = item === null ? undefined : childNode(schema, item, key)?.default;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      defaults[key] = value;
    }
  }
  return defaults;
}
