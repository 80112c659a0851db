/** One group version's OpenAPI v3 document: schemas and the operations that kubectl looks for. */
import { resourcePath } from "../../kube/mod.ts";
import type { RegisteredResource } from "../registry/mod.ts";
import { schemasOf, type SchemaTables } from "./schema.ts";

type Json = Record<string, unknown>;

const REF = "#/components/schemas/";
const META = "io.k8s.apimachinery.pkg.apis.meta.v1";
const PATCHES = [
  "application/apply-patch+yaml",
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
];

/** kubectl sends a strategic merge where it is told of one; custom kinds take none. */
function patchTypes(custom: boolean): readonly string[] {
  return custom ? PATCHES.filter((type) => !type.includes("strategic")) : PATCHES;
}

/** The schemas of custom kinds, by their names in the document. */
export type CustomSchemas = ReadonlyMap<RegisteredResource, Json>;

/** The document of the resources, all of one group and version. */
export function openApiDocument(
  resources: readonly RegisteredResource[],
  { tables, custom }: { tables: SchemaTables; custom: CustomSchemas },
): Json {
  const names = new Map(resources.map((resource) => [resource, definitionName(resource, tables)]));
  const roots = [
    ...names.values(),
    `${META}.DeleteOptions`,
    `${META}.Status`,
    `${META}.ListMeta`,
    `${META}.ObjectMeta`,
  ];
  const schemas: Json = schemasOf(roots, tables);
  for (const [resource, schema] of custom) schemas[names.get(resource)!] = schema;
  const paths: Json = {};
  for (const [resource, name] of names) Object.assign(paths, pathsOf(resource, name));
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "1.36" },
    paths,
    components: { schemas },
  };
}

/** The definition of a built-in kind; `dev.example.v1.Widget` for a custom one. */
function definitionName({ served }: RegisteredResource, { types }: SchemaTables): string {
  const { group, version, kind, custom } = served;
  if (custom) return `${group.split(".").reverse().join(".")}.${version}.${kind}`;
  const found = Object.entries(types).find(([, { gvk }]) => gvk?.join("/") === `${group}/${version}/${kind}`);
  return found?.[0] ?? "";
}

function pathsOf(resource: RegisteredResource, name: string): Json {
  const { served } = resource;
  const at = served.namespaced ? { namespace: "\0ns" } : {};
  const shown = (path: string) => path.replaceAll(encodeURIComponent("\0ns"), "{namespace}");
  const collection = shown(resourcePath(served, at));
  const operation = (action: string) => operationOf(resource, { action, name });
  const verbs = new Set(served.verbs);
  const pick = (pairs: readonly (readonly [string, string, string])[]) =>
    Object.fromEntries(
      pairs.filter(([verb]) => verbs.has(verb)).map((
        [verb, method, action],
      ) => [method, operation(action || verb)]),
    );
  const paths: Json = {
    [collection]: pick([["list", "get", ""], ["create", "post", "post"], ["deletecollection", "delete", ""]]),
  };
  if (!verbs.has("get")) return paths;
  const one = pick([["get", "get", ""], ["update", "put", "put"], ["patch", "patch", ""], [
    "delete",
    "delete",
    "",
  ]]);
  paths[`${collection}/{name}`] = one;
  return paths;
}

function operationOf(
  { served }: RegisteredResource,
  { action, name }: { action: string; name: string },
): Json {
  const content = { "application/json": { schema: { $ref: REF + name } } };
  const patchBody = Object.fromEntries(
    patchTypes(served.custom).map((type) => [type, { schema: { $ref: `${REF}${META}.Patch` } }]),
  );
  const writes = ["post", "put", "patch"].includes(action);
  const query = writes
    ? ["dryRun", "fieldManager", "fieldValidation", ...(action === "patch" ? ["force"] : [])]
    : action === "delete"
    ? ["dryRun", "gracePeriodSeconds", "propagationPolicy"]
    : [];
  return {
    operationId: `${action}${served.group.split(".")[0]}${served.version}${served.kind}`,
    parameters: query.map((parameter) => ({
      name: parameter,
      in: "query",
      schema: { type: parameter === "force" ? "boolean" : "string", uniqueItems: true },
    })),
    ...(writes ? { requestBody: { content: action === "patch" ? patchBody : content, required: true } } : {}),
    responses: { "200": { description: "OK", content } },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": { group: served.group, kind: served.kind, version: served.version },
  };
}
