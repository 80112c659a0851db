import { schemaFlags } from "./flags.ts";
import type { KindSchema, SchemaNode, SchemaResource } from "./node.ts";
import { isRecord, Normaliser } from "./normalise.ts";
import { projectFields } from "./projection.ts";

type Raw = Readonly<Record<string, unknown>>;

/**
 * A kind's schema out of its group version's OpenAPI v3 document: its root and what that refers to, nothing else.
 * null when the document doesn't have the kind. Throws OrkaError `protocol` naming the kind when it is broken.
 */
export function openApiSchema(
  document: unknown,
  resource: SchemaResource,
  { etag = "" }: { etag?: string } = {},
): KindSchema | null {
  const components = isRecord(document) && isRecord(document.components) ? document.components : {};
  const schemas: Raw = isRecord(components.schemas) ? components.schemas : {};
  const name = Object.keys(schemas).find((key) => isKind(schemas[key], resource));
  if (name === undefined) return null;
  const kind = `${resource.kind}.${resource.group || "core"}/${resource.version}`;
  const normaliser = new Normaliser({ kind, openObjects: true });
  const root = normaliser.node(schemas[name], "");
  const types: Record<string, SchemaNode> = Object.create(null);
  // the set grows as definitions are read; a Set's iterator sees what is added
  for (const ref of normaliser.wanted) {
    if (!Object.hasOwn(schemas, ref)) throw normaliser.error("", `"${ref}" is referred to and not there`);
    types[ref] = definition(ref, normaliser.node(schemas[ref], ref));
  }
  const schema = { root, types };
  const { group, version, kind: kindName, plural, namespaced } = resource;
  return {
    resource: { group, version, kind: kindName, plural, namespaced },
    source: "openapi",
    etag,
    ...schema,
    columns: [],
    projected: projectFields(schema),
    flags: schemaFlags(schema),
  };
}

/** Kubernetes' quantities are strings or numbers that mean the same. */
function definition(ref: string, node: SchemaNode): SchemaNode {
  if (!ref.endsWith(".api.resource.Quantity")) return node;
  return { type: "quantity", ...(node.doc === undefined ? {} : { doc: node.doc }) };
}

function isKind(raw: unknown, { group, version, kind }: SchemaResource): boolean {
  const kinds = isRecord(raw) ? raw["x-kubernetes-group-version-kind"] : undefined;
  return Array.isArray(kinds) &&
    kinds.some((k) => isRecord(k) && k.kind === kind && k.version === version && (k.group ?? "") === group);
}
