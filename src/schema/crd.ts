import { OrkaError } from "../base/mod.ts";
import { schemaFlags } from "./flags.ts";
import type { KindSchema, PrinterColumn, SchemaNode, SchemaResource } from "./node.ts";
import { isRecord, Normaliser } from "./normalise.ts";
import { META_TYPES, OBJECT_FIELDS } from "./object_meta.ts";
import { projectFields } from "./projection.ts";

type Raw = Record<string, unknown>;

/** The schema of each served version of a CustomResourceDefinition. Throws OrkaError `protocol` naming the kind. */
export function crdSchemas(crd: unknown): KindSchema[] {
  return versionsOf(crd).filter(({ served }) => served !== false).map(({ name }) =>
    crdSchema(crd, String(name))
  );
}

/** The schema of one version. Throws OrkaError `protocol` for a broken one, `not-found` for an unknown version. */
export function crdSchema(crd: unknown, version: string): KindSchema {
  const { spec, metadata } = crd as { spec: Raw; metadata?: { resourceVersion?: string } };
  const names = (spec.names ?? {}) as Raw;
  const found = versionsOf(crd).find(({ name }) => name === version);
  const group = String(spec.group ?? "");
  const kind = `${names.kind}.${group}/${version}`;
  if (found === undefined) throw new OrkaError("not-found", `${kind} is not a version of the definition`);
  const resource: SchemaResource = {
    group,
    version,
    kind: String(names.kind),
    plural: String(names.plural),
    namespaced: spec.scope === "Namespaced",
  };
  const raw = (found.schema as Raw | undefined)?.openAPIV3Schema ?? { type: "object" };
  const normaliser = new Normaliser({ kind, openObjects: false });
  const bare = normaliser.node(raw, "");
  const isOpen = spec.preserveUnknownFields === true || found.schema === undefined;
  const root = wholeObject(isOpen ? { ...bare, preserve: true } : bare);
  const schema = { root: withEmbedded(root), types: META_TYPES };
  return {
    resource,
    source: "crd",
    etag: metadata?.resourceVersion ?? "",
    ...schema,
    columns: printerColumns(found.additionalPrinterColumns),
    projected: projectFields(schema),
    flags: schemaFlags(schema),
  };
}

function versionsOf(crd: unknown): Raw[] {
  const spec = isRecord(crd) && isRecord(crd.spec) ? crd.spec : null;
  if (spec === null || !Array.isArray(spec.versions) || !isRecord(spec.names)) {
    const name = isRecord(crd) && isRecord(crd.metadata) ? String(crd.metadata.name) : "an object";
    throw new OrkaError("protocol", `Cannot read the schema of ${name}: it is no CustomResourceDefinition`);
  }
  return spec.versions.filter(isRecord);
}

/** The author's own words on apiVersion and kind stay; metadata is the server's. */
function wholeObject(node: SchemaNode): SchemaNode {
  const fields = Object.assign(Object.create(null), OBJECT_FIELDS, node.fields, {
    metadata: { ...OBJECT_FIELDS.metadata, ...namePattern(node) },
  });
  return { ...node, type: "object", fields };
}

/** A structural schema may bound metadata.name, and nothing else of the metadata. */
function namePattern({ fields }: SchemaNode): Partial<SchemaNode> {
  const doc = fields?.metadata?.doc;
  return doc === undefined ? {} : { doc };
}

/** Every embedded object gets the fields that all objects have. */
function withEmbedded(node: SchemaNode): SchemaNode {
  const { fields, items, values } = node;
  let next = node.embedded ? wholeObject(node) : node;
  if (fields !== undefined) {
    const inner: Record<string, SchemaNode> = Object.create(null);
    for (const [name, field] of Object.entries(next.fields!)) inner[name] = withEmbedded(field);
    next = { ...next, fields: inner };
  }
  if (items !== undefined) next = { ...next, items: withEmbedded(items) };
  return values === undefined ? next : { ...next, values: withEmbedded(values) };
}

function printerColumns(raw: unknown): PrinterColumn[] {
  if (!Array.isArray(raw)) return [];
  return raw.filter(isRecord).map((column) => ({
    name: String(column.name),
    type: String(column.type ?? "string"),
    ...(typeof column.format === "string" ? { format: column.format } : {}),
    ...(typeof column.description === "string" ? { description: column.description } : {}),
    priority: Number(column.priority ?? 0),
    jsonPath: String(column.jsonPath ?? ""),
  }));
}
