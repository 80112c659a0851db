/** How a built-in kind's fields merge in strategic patches, from the server's OpenAPI v3 document. */
import type { ChangeSession } from "../change/change_context.ts";
import { apiVersion, type Resource } from "../../kube/mod.ts";

/** One place of an object. */
export interface PatchNode {
  /** null: the schema does not know it; it merges as a plain map or replaces as a plain list. */
  field(name: string): PatchField | null;
}

export interface PatchField {
  readonly strategies: readonly string[];
  /** What tells a merging list's items apart; empty for scalars. */
  readonly mergeKey: string;
  /** Of the value, or of its items. */
  readonly node: PatchNode;
}

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly "x-kubernetes-patch-strategy"?: string;
  readonly "x-kubernetes-patch-merge-key"?: string;
  readonly "x-kubernetes-group-version-kind"?: readonly { group: string; version: string; kind: string }[];
}

interface Document {
  readonly paths?: Readonly<
    Record<string, { readonly patch?: { readonly requestBody?: { content?: object } } }>
  >;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

const STRATEGIC = "application/strategic-merge-patch+json";

/** null: the kind takes no strategic patch, as custom resources don't. Throws the server's refusal. */
export async function loadPatchSchema(
  { io, cluster: { client } }: Pick<ChangeSession, "io" | "cluster">,
  resource: Resource,
): Promise<PatchNode | null> {
  const index = await client.json("/openapi/v3", { signal: io.signal }) as {
    paths?: Record<string, { serverRelativeURL?: string }>;
  };
  const root = resource.group === "" ? `api/${resource.version}` : `apis/${apiVersion(resource)}`;
  const url = index.paths?.[root]?.serverRelativeURL;
  if (url === undefined) return null;
  return patchSchema(await client.json(url, { signal: io.signal }) as Document, resource);
}

/** The same of a document. */
export function patchSchema(
  document: Document,
  { group, version, kind, plural }: Resource,
): PatchNode | null {
  const path = Object.entries(document.paths ?? {}).find(([path]) => path.endsWith(`/${plural}/{name}`));
  if (path?.[1].patch?.requestBody?.content === undefined) return null;
  if (!(STRATEGIC in path[1].patch.requestBody.content)) return null;
  const schemas = document.components?.schemas ?? {};
  const root = Object.values(schemas).find((schema) =>
    schema["x-kubernetes-group-version-kind"]?.some((each) =>
      each.group === group && each.version === version && each.kind === kind
    )
  );
  return root === undefined ? null : nodeOf(root, schemas);
}

type Schemas = Readonly<Record<string, Schema>>;

function nodeOf(schema: Schema, schemas: Schemas): PatchNode {
  const whole = resolve(schema, schemas);
  return {
    field(name) {
      const values = whole.additionalProperties;
      const found = whole.properties?.[name] ?? (typeof values === "object" ? values : undefined);
      if (found === undefined) return null;
      const resolved = resolve(found, schemas);
      return {
        strategies: (found["x-kubernetes-patch-strategy"] ?? "").split(",").filter((word) => word !== ""),
        mergeKey: found["x-kubernetes-patch-merge-key"] ?? "",
        node: nodeOf(resolved.items ?? resolved, schemas),
      };
    },
  };
}

/** Without the `$ref` that only names it. */
function resolve(schema: Schema, schemas: Schemas): Schema {
  const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (ref === undefined) return schema;
  const found = schemas[ref.replace(/^.*\//, "")];
  return found === undefined ? {} : resolve(found, schemas);
}
