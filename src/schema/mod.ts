/**
 * Schemas of kinds, built-in and custom: what fields an object may have, which of them tell most, and what is wrong
 * with an edited text. No I/O of its own: a server is anything that answers paths with JSON.
 *
 * Vocabulary: a node is one place in an object; a definition is a named node that `ref`s lead to; printer columns are
 * those that a CRD's author chose; projected fields are those that Orka chooses where nobody did; a problem is a
 * fault in a text with its line and column.
 *
 * Data flow: CRD or OpenAPI v3 document -> KindSchema (plain data; cached) -> fields for people and forms,
 * projection for tables, validation of YAML (in a Worker, or in process).
 */
export type {
  CelRule,
  FieldType,
  JsonSchema,
  KindSchema,
  PrinterColumn,
  ProjectedField,
  SchemaFlags,
  SchemaNode,
  SchemaResource,
} from "./node.ts";
export {
  childNode,
  type Field,
  fieldsOf,
  findField,
  insideOf,
  nodeAt,
  pathNames,
  type PathPart,
  resolveNode,
  typeText,
} from "./fields.ts";
export { crdSchema, crdSchemas } from "./crd.ts";
export { readDocuments, type TextDocument } from "./documents.ts";
export { openApiSchema } from "./open_api.ts";
export { loadSchema, type LoadSchemaOptions, type SchemaServer, type SchemaStore } from "./load.ts";
export type { Problem, ProblemKind, ValidatedDocument, ValidationReport } from "./problem.ts";
export {
  createValidator,
  documentKinds,
  type ValidateOptions,
  type Validator,
  type ValidatorOptions,
} from "./validator.ts";
export { parseYaml } from "./parse_yaml.ts";
export type { YamlDocument, YamlText } from "./yaml_text.ts";
