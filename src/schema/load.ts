/** A kind's schema from a server: its CRD where there is one to be read, else the OpenAPI v3 document. */
import { isCancelled, OrkaError } from "../base/mod.ts";
import { apiVersion, groupResource, type Resource, resourcePath } from "../kube/mod.ts";
import { crdSchema } from "./crd.ts";
import type { KindSchema, PrinterColumn } from "./node.ts";
import { isRecord } from "./normalise.ts";
import { openApiSchema } from "./open_api.ts";

/** What answers paths; a client does. */
export interface SchemaServer {
  readonly target: { readonly server: string };
  json(
    path: string,
    options?: { readonly signal?: AbortSignal | undefined; readonly accept?: string | undefined },
  ): Promise<unknown>;
}

/** Where schemas are kept between processes; persist's does. */
export interface SchemaStore {
  get(
    key: {
      readonly cluster: string;
      readonly group: string;
      readonly plural: string;
      readonly version: string;
    },
  ): { readonly etag: string; readonly text: string } | null;
  put(
    key: {
      readonly cluster: string;
      readonly group: string;
      readonly plural: string;
      readonly version: string;
    },
    schema: { readonly etag: string; readonly text: string },
  ): void;
}

export interface LoadSchemaOptions {
  readonly signal?: AbortSignal | undefined;
  readonly cache?: SchemaStore | undefined;
  /** Asks for the columns of kinds that have no CRD: one list of one object. */
  readonly columns?: boolean | undefined;
}

/** Counted up when KindSchema changes its shape; older texts count as absent. */
const FORMAT = 1;

const METADATA = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json";
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/**
 * The kind's schema. What is cached is checked first: a CRD's resourceVersion, or the document's hash, in one small
 * request. Throws OrkaError `not-found` when the server tells no schema of the kind, `protocol` for a broken one.
 */
export async function loadSchema(
  server: SchemaServer,
  resource: Resource,
  options: LoadSchemaOptions = {},
): Promise<KindSchema> {
  const custom = mayBeCustom(resource.group) ? await fromCrd(server, resource, options) : null;
  return custom ?? await fromOpenApi(server, resource, options);
}

/** Groups of Kubernetes' own have no dot or end in k8s.io; some of the latter are CRDs (snapshot.storage.k8s.io). */
function mayBeCustom(group: string): boolean {
  return group.includes(".") && !BUILT_IN.has(group);
}

const BUILT_IN = new Set(
  [
    "admissionregistration",
    "apiextensions",
    "authentication",
    "authorization",
    "certificates",
    "coordination",
    "discovery",
    "events",
    "flowcontrol.apiserver",
    "internal.apiserver",
    "networking",
    "node",
    "rbac.authorization",
    "resource",
    "scheduling",
    "storage",
    "storagemigration",
  ].map((name) => `${name}.k8s.io`),
);

/** null where there is no CRD, or it may not be read. */
async function fromCrd(
  server: SchemaServer,
  resource: Resource,
  { signal, cache }: LoadSchemaOptions,
): Promise<KindSchema | null> {
  const path = `${CRDS}/${encodeURIComponent(groupResource(resource))}`;
  const etag = await optional(server.json(path, { signal, accept: METADATA }).then(resourceVersion));
  if (etag === null) return null;
  const kept = readCache(server, resource, cache);
  if (kept?.source === "crd" && kept.etag === etag) return kept;
  const crd = await server.json(path, { signal });
  const schema = crdSchema(crd, resource.version);
  writeCache(server, schema, cache);
  return schema;
}

async function fromOpenApi(
  server: SchemaServer,
  resource: Resource,
  { signal, cache, columns = false }: LoadSchemaOptions,
): Promise<KindSchema> {
  const shown = columns ? tableColumns(server, resource, signal) : Promise.resolve([]);
  const index = await server.json("/openapi/v3", { signal }) as { paths?: Record<string, unknown> };
  const root = resource.group === "" ? `api/${resource.version}` : `apis/${apiVersion(resource)}`;
  const entry = index.paths?.[root] as { serverRelativeURL?: string } | undefined;
  const url = entry?.serverRelativeURL;
  if (typeof url !== "string" || !url.startsWith("/")) throw noSchema(resource);
  const kept = readCache(server, resource, cache);
  if (kept?.source === "openapi" && kept.etag === url) return { ...kept, columns: await shown };
  const schema = openApiSchema(await server.json(url, { signal }), resource, { etag: url });
  if (schema === null) throw noSchema(resource);
  // without a hash in it the address says nothing about its contents
  if (url.includes("hash=")) writeCache(server, schema, cache);
  return { ...schema, columns: await shown };
}

/** The server's own columns but the name and age; none where they cannot be had. */
async function tableColumns(
  server: SchemaServer,
  resource: Resource,
  signal: AbortSignal | undefined,
): Promise<PrinterColumn[]> {
  if (!resource.verbs.includes("list")) return [];
  const table = await optional(server.json(`${resourcePath(resource)}?limit=1`, { signal, accept: TABLE }));
  const found = isRecord(table) && Array.isArray(table.columnDefinitions) ? table.columnDefinitions : [];
  return found.filter(isRecord).map((column) => ({
    name: String(column.name),
    type: String(column.type ?? "string"),
    ...(typeof column.format === "string" && column.format !== "" ? { format: column.format } : {}),
    ...(typeof column.description === "string" ? { description: column.description } : {}),
    priority: Number(column.priority ?? 0),
    jsonPath: "",
  }));
}

/** null for what the server does not have or does not let this user see. */
async function optional<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isCancelled(error) || !(error instanceof OrkaError)) throw error;
    if (["not-found", "forbidden", "not-acceptable"].includes(error.code)) return null;
    throw error;
  }
}

function resourceVersion(object: unknown): string {
  return String((object as { metadata?: { resourceVersion?: unknown } }).metadata?.resourceVersion ?? "");
}

function noSchema(resource: Resource): OrkaError {
  const kind = `${resource.kind}.${apiVersion(resource)}`;
  return new OrkaError("not-found", `the server tells no schema of ${kind}`, {
    hint: "its API may be served by another server (an APIService) that publishes no OpenAPI v3",
  });
}

function keyOf(
  server: SchemaServer,
  { group, plural, version }: Pick<Resource, "group" | "plural" | "version">,
) {
  return { cluster: server.target.server, group, plural, version };
}

/** An embedded cluster has the same address every time and other contents: it is never cached. */
const IN_PROCESS = "http://in-process";

function readCache(
  server: SchemaServer,
  resource: Resource,
  cache: SchemaStore | undefined,
): KindSchema | null {
  if (cache === undefined || server.target.server === IN_PROCESS) return null;
  const kept = cache.get(keyOf(server, resource));
  if (kept === null) return null;
  try {
    const { format, schema } = JSON.parse(kept.text) as { format?: number; schema?: KindSchema };
    return format === FORMAT && schema?.etag === kept.etag ? schema : null;
  } catch {
    return null;
  }
}

function writeCache(server: SchemaServer, schema: KindSchema, cache: SchemaStore | undefined): void {
  if (server.target.server === IN_PROCESS || schema.etag === "") return;
  const text = JSON.stringify({ format: FORMAT, schema });
  cache?.put(keyOf(server, schema.resource), { etag: schema.etag, text });
}
