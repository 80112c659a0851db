/** Objects as Table rows and as metadata alone. */
import { type JsonObject, metaOf, type RegisteredResource } from "../registry/mod.ts";
import { badRequest } from "./api_error.ts";

export type IncludeObject = "None" | "Metadata" | "Object";

export interface TableOptions {
  readonly metaVersion: string;
  readonly includeObject: IncludeObject;
  /** Epoch ms that ages count from. */
  readonly nowMs: number;
  /** Watches tell the columns once. */
  readonly columns?: boolean;
}

/** The `includeObject` parameter. Throws 400. */
export function includeObject(text: string | null): IncludeObject {
  if (text === null || text === "") return "Metadata";
  if (text === "None" || text === "Metadata" || text === "Object") return text;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(text)}: ` +
      "must be 'Metadata', 'Object', 'None', or empty",
  );
}

/** A Table of objects; `metadata` is the list's, or the one object's resourceVersion. */
export function tableOf(
  resource: RegisteredResource,
  { objects, metadata }: { objects: readonly JsonObject[]; metadata: JsonObject },
  options: TableOptions,
): JsonObject {
  const columnDefinitions = resource.served.columns.map((column) => ({ ...column }));
  return {
    kind: "Table",
    apiVersion: `meta.k8s.io/${options.metaVersion}`,
    metadata,
    columnDefinitions: options.columns === false ? null : columnDefinitions,
    rows: objects.length === 0 && hasPlainColumns(columnDefinitions)
      ? null
      : objects.map((object) => rowOf(resource, object, options)),
  };
}

/** Kinds without columns of their own: the real server's empty list of such is null. */
function hasPlainColumns(columns: readonly { readonly name: string }[]): boolean {
  return columns.length === 2 && columns[1]!.name === "Created At";
}

/** One object's row. */
export function rowOf(resource: RegisteredResource, object: JsonObject, options: TableOptions): JsonObject {
  const cells = resource.cells(object, options);
  switch (options.includeObject) {
    case "None":
      return { cells, object: null };
    case "Metadata":
      return { cells, object: partialOf(object, options.metaVersion) };
    case "Object":
      return { cells, object };
  }
}

/** The object's metadata alone. */
export function partialOf(object: JsonObject, metaVersion: string): JsonObject {
  return {
    kind: "PartialObjectMetadata",
    apiVersion: `meta.k8s.io/${metaVersion}`,
    metadata: metaOf(object),
  };
}
