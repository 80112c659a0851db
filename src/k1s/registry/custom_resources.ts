/** A CustomResourceDefinition as registered resources, one for each version that it serves. */
import type { ServedResource, ServedSubresource } from "../builtin/mod.ts";
import type { CellWriter, TableCell } from "../codec/cells/mod.ts";
import type { Schema } from "../crd/mod.ts";
import { humanDuration, JsonPath, printValue, type TableColumn } from "../../kube/mod.ts";
import type { RegisteredResource, ScalePaths } from "./catalog.ts";
import { CustomStrategy, type MetadataShaper } from "./custom_strategy.ts";
import { isObject, type JsonObject, listOf, mapOf, metaOf, textOf, textsOf } from "./object.ts";
import type { ReplicasPaths } from "../smd/mod.ts";
import { compareVersions } from "./version_priority.ts";

/** The order that the real server lists a custom resource's verbs in. */
const VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
const SUB_VERBS = ["get", "patch", "update"];

interface PrinterColumn {
  readonly definition: TableColumn;
  readonly path: JsonPath;
}

export const NAME_COLUMN: TableColumn = {
  name: "Name",
  type: "string",
  format: "name",
  description:
    "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a " +
    "client to request the generation of an appropriate name automatically. Name is primarily intended for creation " +
    "idempotence and configuration definition. Cannot be updated. More info: " +
    "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names",
  priority: 0,
};

export const AGE_COLUMN: JsonObject = {
  name: "Age",
  type: "date",
  description:
    "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed " +
    "to be set in happens-before order across separate operations. Clients may not set this value. It is represented " +
    "in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: " +
    "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
  jsonPath: ".metadata.creationTimestamp",
};

/** The served versions of a definition, in its order. */
export function customResources(
  definition: JsonObject,
  shapeMetadata: MetadataShaper,
): RegisteredResource[] {
  const versions = listOf(mapOf(definition, "spec"), "versions").filter(isObject);
  const storage = versions.find((version) => version.storage === true) ?? versions[0];
  if (storage === undefined) return [];
  const served = versions.filter((version) => version.served === true);
  return served.map((version, index) =>
    customResource(definition, { version, storage, preferred: index === 0, shapeMetadata })
  );
}

function customResource(
  definition: JsonObject,
  { version, storage, preferred, shapeMetadata }: {
    readonly version: JsonObject;
    readonly storage: JsonObject;
    readonly preferred: boolean;
    readonly shapeMetadata: MetadataShaper;
  },
): RegisteredResource {
  const spec = mapOf(definition, "spec")!;
  const names = mapOf(mapOf(definition, "status"), "acceptedNames") ?? mapOf(spec, "names")!;
  const group = textOf(spec, "group");
  const kind = textOf(names, "kind");
  const plural = textOf(names, "plural");
  const stored = { apiVersion: `${group}/${textOf(storage, "name")}`, kind };
  const apiVersion = `${group}/${textOf(version, "name")}`;
  const subresources = mapOf(version, "subresources");
  const hasStatus = mapOf(subresources, "status") !== undefined;
  const columns = printerColumns(version);
  const common = { group, version: textOf(version, "name"), kind, plural };
  const served: ServedResource = {
    ...common,
    singular: textOf(names, "singular"),
    shortNames: textsOf(names, "shortNames"),
    categories: textsOf(names, "categories"),
    namespaced: spec.scope === "Namespaced",
    verbs: VERBS,
    subresources: subresourcesOf(subresources, common).map(({ name }) => name),
    preferred,
    custom: true,
    subresourceKinds: subresourcesOf(subresources, common),
    columns: [NAME_COLUMN, ...columns.map((column) => column.definition)],
    storedAs: { group, version: textOf(storage, "name"), kind },
  };
  const strategy = new CustomStrategy({
    kind,
    apiVersion,
    storedApiVersion: stored.apiVersion,
    schema: schemaOf(version),
    shapeMetadata,
    hasStatus,
    scale: scalePaths(subresources, definition),
    selectableFields: listOf(version, "selectableFields").filter(isObject).map((field) =>
      textOf(field, "jsonPath")
    ),
  });
  return {
    served,
    strategy,
    storageName: `${plural}.${group}`,
    stored,
    listKind: textOf(names, "listKind") || `${kind}List`,
    converted: true,
    openApiSchema: mapOf(mapOf(version, "schema"), "openAPIV3Schema"),
    cells: cellsOf(columns),
    scale: scalePaths(subresources, definition),
    deprecation: deprecationOf(definition, version),
  };
}

/** A deprecated version's own warning, else one that names the best version after it. */
function deprecationOf(definition: JsonObject, version: JsonObject): string | undefined {
  if (version.deprecated !== true) return undefined;
  if (typeof version.deprecationWarning === "string") return version.deprecationWarning;
  const spec = mapOf(definition, "spec");
  const group = textOf(spec, "group");
  const kind = textOf(mapOf(spec, "names"), "kind");
  const name = textOf(version, "name");
  const [best] = listOf(spec, "versions").filter(isObject)
    .filter((other) => other.served === true && other.deprecated !== true)
    .map((other) => textOf(other, "name"))
    .filter((other) => compareVersions(other, name) < 0)
    .sort(compareVersions);
  const instead = best === undefined ? "" : `; use ${group}/${best} ${kind}`;
  return `${group}/${name} ${kind} is deprecated${instead}`;
}

/** The schema of a version's objects; status is kept or dropped by the strategy. */
function schemaOf(version: JsonObject): Schema {
  const schema = mapOf(mapOf(version, "schema"), "openAPIV3Schema");
  return (schema ?? { type: "object", "x-kubernetes-preserve-unknown-fields": true }) as unknown as Schema;
}

function subresourcesOf(
  subresources: JsonObject | undefined,
  { group, version, kind }: { group: string; version: string; kind: string },
): ServedSubresource[] {
  const found: ServedSubresource[] = [];
  if (mapOf(subresources, "status")) {
    found.push({ name: "status", verbs: SUB_VERBS, responseKind: { group, version, kind } });
  }
  if (mapOf(subresources, "scale")) {
    const responseKind = { group: "autoscaling", version: "v1", kind: "Scale" };
    found.push({ name: "scale", verbs: SUB_VERBS, responseKind });
  }
  return found;
}

function scalePaths(subresources: JsonObject | undefined, definition: JsonObject): ScalePaths | undefined {
  const scale = mapOf(subresources, "scale");
  if (!scale) return undefined;
  return {
    spec: textOf(scale, "specReplicasPath"),
    status: textOf(scale, "statusReplicasPath"),
    selector: textOf(scale, "labelSelectorPath") || undefined,
    owned: ownedReplicas(definition),
  };
}

/** Where each version has its replicas, as managedFields name the place. */
function ownedReplicas(definition: JsonObject): ReplicasPaths {
  const spec = mapOf(definition, "spec");
  const versions = listOf(spec, "versions").filter(isObject);
  return Object.fromEntries(versions.map((version) => {
    const path = textOf(mapOf(mapOf(version, "subresources"), "scale"), "specReplicasPath");
    const fields = path.split(".").filter((key) => key !== "").map((key) => `f:${key}`);
    return [`${textOf(spec, "group")}/${textOf(version, "name")}`, fields.length === 0 ? null : fields];
  }));
}

function printerColumns(version: JsonObject): PrinterColumn[] {
  const given = listOf(version, "additionalPrinterColumns").filter(isObject);
  return (given.length === 0 ? [AGE_COLUMN] : given).map((column) => ({
    definition: {
      name: textOf(column, "name"),
      type: textOf(column, "type"),
      format: textOf(column, "format"),
      description: textOf(column, "description") ||
        `Custom resource definition column (in JSONPath format): ${textOf(column, "jsonPath")}`,
      priority: typeof column.priority === "number" ? column.priority : 0,
    },
    path: JsonPath.relaxed(textOf(column, "jsonPath")),
  }));
}

function cellsOf(columns: readonly PrinterColumn[]): CellWriter {
  return (object, { nowMs }) => [
    textOf(metaOf(object as JsonObject), "name"),
    ...columns.map(({ definition, path }) => cell(path, definition.type, { object, nowMs })),
  ];
}

/** One value as the column's type has it; null where there is none, or none of that type. */
function cell(
  path: JsonPath,
  type: string,
  { object, nowMs }: { object: unknown; nowMs: number },
): TableCell {
  let values: unknown[];
  try {
    values = path.values(object, { allowMissingKeys: true });
  } catch {
    return null; // an index beyond the end
  }
  const [value] = values;
  if (value === undefined || value === null) return null;
  switch (type) {
    case "integer":
      return typeof value === "number" ? Math.trunc(value) : null;
    case "number":
      return typeof value === "number" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "date": {
      const time = typeof value === "string" ? Date.parse(value) : NaN;
      return Number.isNaN(time) ? "<invalid>" : humanDuration(nowMs - time);
    }
    default:
      return values.map(printValue).join(" ");
  }
}
