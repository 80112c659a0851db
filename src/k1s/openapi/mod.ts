/** OpenAPI v3 and v2 of what is served: made on demand from the tables and from definitions' schemas. Pure. */
export { type CustomSchemas, openApiDocument } from "./document.ts";
export { openApiV2 } from "./v2.ts";
export { openApiV2Protobuf } from "./v2_protobuf.ts";
export type { SchemaTables } from "./schema.ts";
