/** OpenAPI v2 of everything served: the v3 schemas and operations in the older form, which has no unions and no nulls. */
import type { RegisteredResource } from "../registry/mod.ts";
import { type CustomSchemas, openApiDocument } from "./document.ts";
import type { SchemaTables } from "./schema.ts";

type Json = Record<string, unknown>;

const V3_REF = "#/components/schemas/";
const V2_REF = "#/definitions/";
/** What v2 has no words for, or the real server leaves out. */
const DROPPED = new Set(["default", "nullable", "anyOf", "oneOf", "not", "x-kubernetes-validations"]);

/** The document of the resources, of all groups and versions. */
export function openApiV2(
  resources: readonly RegisteredResource[],
  sources: { readonly tables: SchemaTables; readonly custom: CustomSchemas },
): Json {
  const { paths, components } = openApiDocument(resources, sources) as {
    paths: Record<string, Record<string, Json>>;
    components: { schemas: Record<string, Json> };
  };
  const body = (name: string) => ({ name: "body", in: "body", required: true, schema: { $ref: name } });
  return {
    swagger: "2.0",
    info: { title: "Kubernetes", version: "1.36" },
    paths: Object.fromEntries(
      Object.entries(paths).map(([path, operations]) => [
        path,
        {
          ...Object.fromEntries(
            Object.entries(operations).map(([method, operation]) => [method, operationV2(operation, body)]),
          ),
          ...pathParameters(path),
        },
      ]),
    ),
    definitions: Object.fromEntries(
      Object.entries(components.schemas).map(([name, schema]) => [name, schemaV2(schema)]),
    ),
    securityDefinitions: {
      BearerToken: {
        description: "Bearer Token authentication",
        type: "apiKey",
        name: "authorization",
        in: "header",
      },
    },
    security: [{ BearerToken: [] }],
  };
}

/** A v3 schema in v2's form. */
function schemaV2(schema: unknown): Json {
  const result: Json = {};
  const given = schema as Json;
  const isIntOrString = given.format === "int-or-string" || given["x-kubernetes-int-or-string"] === true;
  for (const [key, value] of Object.entries(given)) {
    if (DROPPED.has(key)) continue;
    if (key === "$ref") result.$ref = referenceV2(value);
    else if (key === "allOf") Object.assign(result, allOfV2(value as Json[]));
    else if (key === "properties") result.properties = mapped(value as Json);
    else if (key === "items" || key === "additionalProperties") {
      result[key] = typeof value === "object" && value !== null ? schemaV2(value) : value;
    } else result[key] = value;
  }
  if (isIntOrString) Object.assign(result, { type: "string", format: "int-or-string" });
  // nothing is known of an object that keeps unknown fields: a closed list of properties would refuse them
  const keeps = result["x-kubernetes-preserve-unknown-fields"] === true;
  if (keeps && result["x-kubernetes-group-version-kind"] === undefined) delete result.properties;
  return result;
}

function allOfV2(parts: readonly Json[]): Json {
  const [first] = parts;
  return parts.length === 1 && first?.$ref !== undefined ? { $ref: referenceV2(first.$ref) } : {};
}

function mapped(properties: Json): Json {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, schemaV2(schema)]));
}

function referenceV2(reference: unknown): string {
  return String(reference).replace(V3_REF, V2_REF);
}

function operationV2(operation: Json, body: (name: string) => Json): Json {
  const { requestBody, responses, parameters, ...rest } = operation as {
    requestBody?: { content: Record<string, { schema: { $ref: string } }> };
    responses: { "200": { content: Record<string, { schema: { $ref: string } }> } };
    parameters: Json[];
  };
  const content = requestBody?.content ?? {};
  const [input] = Object.values(content);
  const [output] = Object.values(responses["200"].content);
  const query = parameters.map(({ schema, ...parameter }) => ({ ...schema as Json, ...parameter }));
  return {
    consumes: input ? Object.keys(content) : ["*/*"],
    produces: ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"],
    schemes: ["https"],
    ...rest,
    parameters: [...(input ? [body(referenceV2(input.schema.$ref))] : []), ...query],
    responses: { "200": { description: "OK", schema: { $ref: referenceV2(output!.schema.$ref) } } },
  };
}

function pathParameters(path: string): Json {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  if (names.length === 0) return {};
  return {
    parameters: names.map((name) => ({
      uniqueItems: true,
      type: "string",
      name,
      in: "path",
      required: true,
    })),
  };
}
