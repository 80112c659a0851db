/** OpenAPI v3 of what is served: made on demand from the tables and from definitions' schemas. Pure. */
export { type CustomSchemas, openApiDocument } from "./document.ts";
export type { SchemaTables } from "./schema.ts";
