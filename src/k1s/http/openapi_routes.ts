/** `/openapi/v2`, one document, and `/openapi/v3`: an index with a hash for every group version, and the documents, which clients keep by hash. */
import { apiVersion } from "../../kube/mod.ts";
import type { StoredDefinition } from "../builtin/mod.ts";
import { entityTag } from "../discovery/mod.ts";
import {
  type CustomSchemas,
  openApiDocument,
  openApiV2,
  openApiV2Protobuf,
  type SchemaTables,
} from "../openapi/mod.ts";
import { jsonText, type RegisteredResource, type Registry } from "../registry/mod.ts";
import { answerBytes, answerText } from "./answer.ts";
import { parseAccept } from "./negotiate.ts";
import { versionInfo } from "./version.ts";

export class OpenApiRoutes {
  readonly #registry: Registry;
  #tables: Promise<SchemaTables> | undefined;
  readonly #documents = new Map<string, string>();
  /** The v2 document, made anew when what is served has changed. */
  #second: { readonly etag: string; readonly document: Record<string, unknown> } | undefined;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** The answer to an OpenAPI path, or undefined for any other. */
  async answer(request: Request, path: string): Promise<Response | undefined> {
    if (path === "/openapi/v2") return await this.#v2(request);
    if (path === "/openapi/v3" || path === "/openapi/v3/") return await this.#index(request);
    if (!path.startsWith("/openapi/v3/")) return undefined;
    const resources = this.#groups().get(path.slice("/openapi/v3/".length));
    if (!resources) return new Response(null, { status: 404 });
    const tag = await hashOf(resources);
    const headers = { etag: `"${tag}"`, "cache-control": "public, max-age=31536000", vary: "Accept" };
    if (request.headers.get("if-none-match") === headers.etag) {
      return new Response(null, { status: 304, headers });
    }
    let text = this.#documents.get(tag);
    if (text === undefined) {
      text = jsonText(
        openApiDocument(resources, { tables: await this.#load(), custom: customSchemas(resources) }),
      );
      this.#documents.set(tag, text);
    }
    return answerText(request, text, { headers });
  }

  async #v2(request: Request): Promise<Response> {
    const form = v2Form(request.headers.get("accept"));
    if (form === undefined) return new Response(null, { status: 406 });
    const resources = this.#registry.catalog.all();
    const etag = `"${await hashOf(resources)}"`;
    const headers = {
      etag,
      "cache-control": "no-cache, private",
      "content-type": V2_TYPES[form],
      vary: "Accept",
    };
    if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
    if (this.#second?.etag !== etag) {
      const sources = { tables: await this.#load(), custom: customSchemas(resources) };
      this.#second = { etag, document: openApiV2(resources, sources) };
    }
    const { document } = this.#second;
    return form === "json"
      ? answerText(request, jsonText(document), { headers })
      : answerBytes(request, openApiV2Protobuf(document), headers);
  }

  async #index(request: Request): Promise<Response> {
    const paths: Record<string, { serverRelativeURL: string }> = {};
    for (const [path, resources] of this.#groups()) {
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${await hashOf(resources)}` };
    }
    const text = JSON.stringify({ paths });
    const etag = await entityTag(text);
    if (request.headers.get("if-none-match") === etag) {
      return new Response(null, { status: 304, headers: { etag } });
    }
    return answerText(request, text, { headers: { etag, "content-type": "text/plain; charset=utf-8" } });
  }

  /** Resources by their document's path, `api/v1`, `apis/apps/v1`. */
  #groups(): Map<string, RegisteredResource[]> {
    const groups = new Map<string, RegisteredResource[]>();
    for (const resource of this.#registry.catalog.all()) {
      const { served } = resource;
      const path = served.group === "" ? `api/${served.version}` : `apis/${apiVersion(served)}`;
      const members = groups.get(path);
      if (members) members.push(resource);
      else groups.set(path, [resource]);
    }
    return groups;
  }

  /** The prose is only loaded here: it is larger than everything else. */
  #load(): Promise<SchemaTables> {
    return this.#tables ??= (async () => {
      const [types, structs, docs] = await Promise.all([
        import("../builtin/types.json", { with: { type: "json" } }),
        import("../builtin/structs.json", { with: { type: "json" } }),
        loadProse(),
      ]);
      return {
        types: types.default as unknown as Record<string, StoredDefinition>,
        structs: structs.default,
        docs,
      };
    })();
  }
}

const V2_TYPES = {
  json: "application/json",
  protobuf: "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
} as const;

/** What a client of v2 takes: protobuf by its old or new name, JSON. */
function v2Form(accept: string | null): keyof typeof V2_TYPES | undefined {
  for (const { type } of parseAccept(accept)) {
    if (/^application\/com\.github\.proto-openapi\.spec\.v2[@.]v1\.0\+protobuf$/.test(type)) {
      return "protobuf";
    }
    if (type === "*/*" || type === "application/*" || type === "application/json") return "json";
  }
  return undefined;
}

async function loadProse(): Promise<SchemaTables["docs"]> {
  const packed = await Deno.readFile(new URL("../builtin/docs.json.gz", import.meta.url));
  return await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
}

/** Built-in documents change with the version alone; custom ones with their definitions. */
async function hashOf(resources: readonly RegisteredResource[]): Promise<string> {
  const parts = resources.map((
    { served, openApiSchema },
  ) => [apiVersion(served), served.plural, openApiSchema ?? null]);
  return (await entityTag(JSON.stringify([versionInfo().gitVersion, parts]))).replaceAll('"', "");
}

function customSchemas(resources: readonly RegisteredResource[]): CustomSchemas {
  const schemas = new Map<RegisteredResource, Record<string, unknown>>();
  for (const resource of resources) {
    const { openApiSchema, served } = resource;
    if (openApiSchema === undefined) continue;
    const { properties, ...rest } = openApiSchema as { properties?: Record<string, unknown> };
    schemas.set(resource, {
      ...rest,
      type: "object",
      properties: { apiVersion: TEXT, kind: TEXT, ...properties, metadata: METADATA },
      "x-kubernetes-group-version-kind": [{
        group: served.group,
        kind: served.kind,
        version: served.version,
      }],
    });
  }
  return schemas;
}

const TEXT = { type: "string" };
const METADATA = {
  allOf: [{ $ref: "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" }],
};
