/**
 * Makes the embedded cluster's tables of built-in kinds from a running API server's own endpoints:
 *
 *     kubectl proxy --port 8001 &
 *     deno run -A tools/generate_builtin.ts http://127.0.0.1:8001
 *
 * writes src/k1s/builtin/kinds.json (discovery and Table columns), types.json (schemas without prose) and
 * docs.json.gz (the prose alone, for OpenAPI and explain). The formats are described in src/k1s/builtin/mod.ts.
 * Run it on a server without CRDs or aggregated APIs: whatever it serves becomes built in.
 */
import { gzipSync } from "node:zlib";
import type {
  StoredDefinition,
  StoredField,
  StoredFieldExtras,
  StoredKind,
  StoredSubresource,
} from "../src/k1s/builtin/mod.ts";

const base = Deno.args[0] ?? "http://127.0.0.1:8001";
const target = new URL("../src/k1s/builtin/", import.meta.url);
const DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

type Json = Record<string, unknown>;

async function get<T>(path: string, accept = "application/json"): Promise<T> {
  const answer = await fetch(base + path, { headers: { accept } });
  if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
  return await answer.json();
}

interface ResponseKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

interface DiscoveredResource {
  readonly resource: string;
  readonly responseKind: ResponseKind;
  readonly scope: string;
  readonly singularResource: string;
  readonly verbs: string[];
  readonly shortNames?: string[];
  readonly categories?: string[];
  readonly subresources?: DiscoveredSubresource[];
}

interface DiscoveredSubresource {
  readonly subresource: string;
  readonly responseKind?: ResponseKind;
  readonly verbs: string[];
}

interface DiscoveredGroup {
  readonly metadata: { readonly name?: string };
  readonly versions: { readonly version: string; readonly resources: DiscoveredResource[] }[];
}

async function kinds(): Promise<StoredKind[]> {
  const found: StoredKind[] = [];
  for (const root of ["/api", "/apis"]) {
    const { items } = await get<{ items: DiscoveredGroup[] }>(root, DISCOVERY);
    for (const group of items) {
      for (const { version, resources } of group.versions) {
        for (const resource of resources) {
          found.push(await kind(group.metadata.name ?? "", version, resource));
        }
      }
    }
  }
  return found;
}

async function kind(group: string, version: string, resource: DiscoveredResource): Promise<StoredKind> {
  const subresources = resource.subresources?.map(subresource);
  const path = `${group === "" ? `/api/${version}` : `/apis/${group}/${version}`}/${resource.resource}`;
  return {
    g: group,
    v: version,
    k: resource.responseKind.kind,
    p: resource.resource,
    s: resource.singularResource,
    ns: resource.scope === "Namespaced",
    verbs: resource.verbs,
    ...(resource.shortNames ? { short: resource.shortNames } : {}),
    ...(resource.categories ? { cat: resource.categories } : {}),
    ...(subresources ? { sub: subresources } : {}),
    ...(resource.verbs.includes("list") ? { cols: await columns(path) } : {}),
  };
}

function subresource({ subresource, verbs, responseKind }: DiscoveredSubresource): StoredSubresource {
  if (!responseKind) return [subresource, verbs];
  return [subresource, verbs, [responseKind.group, responseKind.version, responseKind.kind]];
}

async function columns(path: string): Promise<NonNullable<StoredKind["cols"]>> {
  interface Column {
    name: string;
    type: string;
    format: string;
    description: string;
    priority: number;
  }
  const table = await get<{ columnDefinitions: Column[] }>(`${path}?limit=1&includeObject=None`, TABLE);
  return table.columnDefinitions.map((c) => [c.name, c.type, c.format, c.priority, c.description]);
}

interface Schema extends Json {
  type?: string;
  format?: string;
  $ref?: string;
  allOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  description?: string;
}

const REF = "#/components/schemas/";
/** Extra keys of a field: how each is stored. */
const EXTRAS: Readonly<Record<string, keyof StoredFieldExtras>> = {
  "x-kubernetes-list-type": "l",
  "x-kubernetes-list-map-keys": "lk",
  "x-kubernetes-map-type": "mt",
  "x-kubernetes-patch-strategy": "ps",
  "x-kubernetes-patch-merge-key": "pk",
  enum: "e",
  default: "d",
};
const SCALARS: Readonly<Record<string, string>> = {
  "string": "s",
  "string byte": "y",
  "string date-time": "t",
  "string int-or-string": "x",
  "integer int32": "i",
  "integer int64": "l",
  "integer": "l",
  "number": "d",
  "number double": "d",
  "boolean": "b",
  "object": "o",
};

/** A schema's type as one word: a scalar's letter, `#Definition`, `[` list, `{` map, `?` anything. */
function code(schema: Schema): string {
  const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (ref) return `#${ref.slice(REF.length)}`;
  if (schema.type === "array") return `[${code(schema.items ?? {})}`;
  if (typeof schema.additionalProperties === "object") return `{${code(schema.additionalProperties)}`;
  if (schema.oneOf) return schema.format === "int-or-string" ? "x" : "?";
  if (schema.type === undefined) return "?";
  const scalar = SCALARS[schema.format ? `${schema.type} ${schema.format}` : schema.type] ??
    SCALARS[schema.type];
  if (scalar === undefined) throw new Error(`no code for ${JSON.stringify(schema)}`);
  return scalar;
}

function field(schema: Schema): StoredField {
  const extras: Record<string, unknown> = {};
  for (const [key, short] of Object.entries(EXTRAS)) {
    const value = schema[key] ??
      (key === "default" && schema.type === "array" ? schema.items?.default : undefined);
    // an empty default only says that a Go struct is never absent
    if (value !== undefined && !isEmptyObject(value)) extras[short] = value;
  }
  return Object.keys(extras).length === 0 ? code(schema) : [code(schema), extras as StoredFieldExtras];
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.keys(value).length === 0;
}

function definition(schema: Schema): StoredDefinition {
  const gvks = schema["x-kubernetes-group-version-kind"] as ResponseKind[] | undefined;
  return {
    ...(schema.properties
      ? { f: Object.fromEntries(Object.entries(schema.properties).map(([name, sub]) => [name, field(sub)])) }
      : { c: code(schema) }),
    ...(schema.required ? { r: schema.required } : {}),
    ...(gvks?.length === 1 ? { gvk: [gvks[0]!.group, gvks[0]!.version, gvks[0]!.kind] as const } : {}),
    ...(schema["x-kubernetes-map-type"] ? { mt: schema["x-kubernetes-map-type"] as "atomic" } : {}),
    ...(schema["x-kubernetes-unions"] ? { u: schema["x-kubernetes-unions"] as unknown[] } : {}),
  };
}

/** Prose by definition: its own under "", its fields' under their names. */
function prose(schema: Schema): Record<string, string> {
  const docs: Record<string, string> = schema.description ? { "": schema.description } : {};
  for (const [name, sub] of Object.entries(schema.properties ?? {})) {
    if (sub.description) docs[name] = sub.description;
  }
  return docs;
}

async function schemas(): Promise<Map<string, Schema>> {
  const { paths } = await get<{ paths: Record<string, { serverRelativeURL: string }> }>("/openapi/v3");
  const found = new Map<string, Schema>();
  for (const path of Object.keys(paths).filter((path) => /^apis?\/.*v\d/.test(path)).sort()) {
    const document = await get<{ components?: { schemas?: Record<string, Schema> } }>(
      paths[path]!.serverRelativeURL,
    );
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      if (!found.has(name)) found.set(name, schema);
    }
  }
  return new Map([...found].sort(([a], [b]) => a < b ? -1 : 1));
}

function write(name: string, value: unknown): void {
  const text = `${JSON.stringify(value)}\n`;
  const file = new URL(name, target);
  if (name.endsWith(".gz")) Deno.writeFileSync(file, gzipSync(text, { level: 9 }));
  else Deno.writeTextFileSync(file, text);
}

const all = await schemas();
write("kinds.json", await kinds());
write("types.json", Object.fromEntries([...all].map(([name, schema]) => [name, definition(schema)])));
write("docs.json.gz", Object.fromEntries([...all].map(([name, schema]) => [name, prose(schema)])));
