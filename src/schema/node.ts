/** A kind's schema in Orka's one internal form: plain JSON, small enough to cache and to post to a Worker. */
import type { Resource } from "../kube/mod.ts";

export type FieldType =
  | "string"
  | "integer"
  | "number"
  | "boolean"
  | "int-or-string"
  | "quantity"
  | "object"
  | "map"
  | "array"
  | "any";

/** A piece of JSON Schema as ajv takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One place in an object. Absent means no or none. A node with `ref` is read through `resolveNode`. */
export interface SchemaNode {
  readonly type: FieldType;
  /** Name in `KindSchema.types` of the definition that says what this node doesn't. */
  readonly ref?: string;
  readonly doc?: string;
  /** `int32`, `date-time`, … */
  readonly format?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly nullable?: true;
  /** Of an object: fields that must be there. */
  readonly required?: readonly string[];
  /** Of an object. The record has no prototype: any name is a field's. */
  readonly fields?: Readonly<Record<string, SchemaNode>>;
  /** Of an array. */
  readonly items?: SchemaNode;
  /** Of a map, and of an object that takes other fields beside its own. */
  readonly values?: SchemaNode;
  readonly listType?: "atomic" | "set" | "map";
  /** The fields that tell items of a `map` list apart. */
  readonly mapKeys?: readonly string[];
  /** The whole object is one value to appliers. */
  readonly mapType?: "atomic";
  /** Fields that the schema doesn't know are kept: they are not mistakes. */
  readonly preserve?: true;
  /** A whole Kubernetes object of its own: apiVersion, kind, metadata. */
  readonly embedded?: true;
  /** Alternatives (`oneOf`, `anyOf`, `allOf`, `not`): no form can show them, edit the YAML. */
  readonly yamlOnly?: readonly string[];
  /** Patterns, bounds and alternatives, as JSON Schema. */
  readonly rules?: JsonSchema;
  /** CEL rules, which the server alone evaluates. */
  readonly cel?: readonly CelRule[];
}

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules */
export interface CelRule {
  readonly rule: string;
  readonly message?: string;
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  /** 0 is always shown, more only in wide tables. */
  readonly priority: number;
  /** Empty where the server makes the cell with code of its own (built-in kinds). */
  readonly jsonPath: string;
}

/** A field worth a column of a kind that brings none. */
export interface ProjectedField {
  /** A column's header: `Phase`. */
  readonly name: string;
  /** JSONPath: `.status.phase`, `.status.conditions[?(@.type=="Ready")].status`. */
  readonly path: string;
  readonly type: FieldType;
}

/** What a schema makes use of: how many nodes of each kind. */
export interface SchemaFlags {
  readonly nodes: number;
  readonly intOrString: number;
  readonly maps: number;
  readonly listMaps: number;
  readonly preserveUnknown: number;
  readonly embedded: number;
  readonly yamlOnly: number;
  readonly cel: number;
  /** Definitions that hold themselves. */
  readonly recursive: readonly string[];
}

export type SchemaResource = Pick<Resource, "group" | "version" | "kind" | "plural" | "namespaced">;

/** The schema of one kind in one served version. Plain data. */
export interface KindSchema {
  readonly resource: SchemaResource;
  /** Where it was read: a CustomResourceDefinition tells more than the server's OpenAPI document. */
  readonly source: "crd" | "openapi";
  /** The CRD's resourceVersion or the document's hash; empty when unknown. */
  readonly etag: string;
  readonly root: SchemaNode;
  readonly types: Readonly<Record<string, SchemaNode>>;
  readonly columns: readonly PrinterColumn[];
  /** Three to six fields, fewer where a kind has fewer; also for kinds that bring columns. */
  readonly projected: readonly ProjectedField[];
  readonly flags: SchemaFlags;
}
