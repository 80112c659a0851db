import type { KindSchema, SchemaFlags, SchemaNode } from "./node.ts";

/** Counts what a schema makes use of; every definition counts once. */
export function schemaFlags({ root, types }: Pick<KindSchema, "root" | "types">): SchemaFlags {
  const counts = {
    nodes: 0,
    intOrString: 0,
    maps: 0,
    listMaps: 0,
    preserveUnknown: 0,
    embedded: 0,
    yamlOnly: 0,
    cel: 0,
  };
  const refs = new Map<string, Set<string>>();
  const walk = (node: SchemaNode, from: Set<string>) => {
    counts.nodes++;
    if (node.type === "int-or-string") counts.intOrString++;
    if (node.values) counts.maps++;
    if (node.listType === "map") counts.listMaps++;
    if (node.preserve) counts.preserveUnknown++;
    if (node.embedded) counts.embedded++;
    if (node.yamlOnly) counts.yamlOnly++;
    if (node.cel) counts.cel++;
    if (node.ref !== undefined) from.add(node.ref);
    for (const name in node.fields) walk(node.fields[name]!, from);
    if (node.items) walk(node.items, from);
    if (node.values) walk(node.values, from);
  };
  walk(root, new Set());
  for (const [name, node] of Object.entries(types)) {
    const out = new Set<string>();
    refs.set(name, out);
    walk(node, out);
  }
  return { ...counts, recursive: [...refs.keys()].filter((name) => reaches(name, refs)) };
}

/** Whether a definition holds itself, directly or through others. */
function reaches(name: string, refs: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const seen = new Set<string>(refs.get(name));
  for (const next of seen) {
    if (next === name) return true;
    for (const further of refs.get(next) ?? []) seen.add(further);
  }
  return false;
}
