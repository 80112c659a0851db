/** The strategy of custom resources: their definition's schema does what Go types do for the built-in kinds. */
import { applyDefaults, duplicateItems, newErrors, prune, type Schema, validate } from "../crd/mod.ts";
import { equal } from "../patch/mod.ts";
import type { FieldError } from "../validation/field_error.ts";
import { badRequest } from "../http/api_error.ts";
import { customFieldLabels } from "./field_labels.ts";
import { type NameRule, subdomain } from "./metadata_validation.ts";
import { assign, isObject, type JsonObject, mapOf, metaOf } from "./object.ts";
import type { FieldLabels } from "./selection.ts";
import type { Decoded, Strategy } from "./strategy.ts";

export interface CustomStrategyOptions {
  readonly kind: string;
  readonly apiVersion: string;
  readonly storedApiVersion: string;
  readonly schema: Schema;
  readonly hasStatus: boolean;
  readonly selectableFields: readonly string[];
}

/** Custom resources are named as most others, and may have finalizers of any name. */
const CUSTOM_NAME: NameRule = Object.assign(
  (name: string, prefix: boolean) => subdomain(name, prefix),
  { takesAnyFinalizer: true },
);

export class CustomStrategy implements Strategy {
  readonly labels: FieldLabels;
  readonly name: NameRule = CUSTOM_NAME;
  readonly hasStatus: boolean;
  readonly createsOnUpdate = false;
  readonly unconditional = false;
  readonly ttlSeconds = undefined;
  readonly patchSchema = null;
  readonly hasGeneration = true;
  readonly deletionFinalizer = undefined;
  readonly #options: CustomStrategyOptions;

  readonly hasFreeForm = true;

  constructor(options: CustomStrategyOptions) {
    this.#options = options;
    this.hasStatus = options.hasStatus;
    this.labels = customFieldLabels(options.selectableFields);
  }

  decode(body: JsonObject): Decoded {
    checkMetadata(body);
    const unknown = prune(body, this.#options.schema);
    this.normalize(body);
    return { object: body, unknown: [...unknownMetadata(body), ...unknown] };
  }

  applyDefaults(object: JsonObject): void {
    applyDefaults(object, this.#options.schema);
  }

  normalize(object: JsonObject): JsonObject {
    const meta = metaOf(object);
    // metadata has its type whatever the schema says: what is empty there is not written
    for (const field of ["labels", "annotations"]) {
      const map = mapOf(meta, field);
      if (map !== undefined && Object.keys(map).length === 0) delete meta[field];
    }
    for (const field of ["finalizers", "ownerReferences"]) {
      if (Array.isArray(meta[field]) && meta[field].length === 0) delete meta[field];
    }
    return object;
  }

  toStored(object: JsonObject): JsonObject {
    return { ...object, apiVersion: this.#options.storedApiVersion };
  }

  toServed(object: JsonObject): JsonObject {
    const served: JsonObject = { ...object, apiVersion: this.#options.apiVersion };
    if (this.#options.apiVersion !== this.#options.storedApiVersion) prune(served, this.#options.schema);
    // what the definition came to default later is there in old objects too
    applyDefaults(served, this.#options.schema);
    return served;
  }

  prepareForCreate(object: JsonObject): void {
    if (this.hasStatus) delete object.status;
  }

  prepareForUpdate(object: JsonObject, old: JsonObject): void {
    if (this.hasStatus) assign(object, "status", old.status);
  }

  validate(object: JsonObject, old?: JsonObject): FieldError[] {
    const { schema } = this.#options;
    const errors = validate(object, schema);
    const duplicates = duplicateItems(object, schema);
    if (old === undefined) return [...errors, ...duplicates];
    const had = duplicates.length > 0 && duplicateItems(old, schema).length > 0;
    return [...newErrors(errors, object, old), ...(had ? [] : duplicates)];
  }

  validateUpdate(): FieldError[] {
    return [];
  }

  /** Everything but metadata, and but status where that is separate. */
  changesIntent(object: JsonObject, old: JsonObject): boolean {
    const { metadata: _m, ...wanted } = object;
    const { metadata: _om, ...before } = old;
    if (this.hasStatus) {
      delete wanted.status;
      delete before.status;
    }
    return !equal(wanted, before);
  }

  graceSeconds(): number {
    return 0;
  }

  hasSpecFinalizers(): boolean {
    return false;
  }
}

const META_FIELDS = new Set([
  "name",
  "generateName",
  "namespace",
  "selfLink",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "labels",
  "annotations",
  "ownerReferences",
  "finalizers",
  "managedFields",
]);

/** Metadata is a Go type for custom resources too. */
function checkMetadata(body: JsonObject): void {
  const meta = mapOf(body, "metadata") ?? {};
  for (const field of ["labels", "annotations"]) {
    const map = meta[field];
    if (map === undefined || map === null) continue;
    const bad = isObject(map) ? Object.values(map).find((value) => typeof value !== "string") : map;
    if (bad === undefined) continue;
    const type = bad === null
      ? "null"
      : Array.isArray(bad)
      ? "array"
      : typeof bad === "boolean"
      ? "bool"
      : typeof bad;
    throw badRequest(
      `${String(body.kind)} in version "${String(body.apiVersion).split("/").pop()}" cannot be handled as a ${
        String(body.kind)
      }: json: cannot unmarshal ${type} into Go struct field ObjectMeta.metadata.${field} of type ${
        isObject(map) ? "string" : "map[string]string"
      }`,
    );
  }
}

function unknownMetadata(body: JsonObject): string[] {
  const meta = mapOf(body, "metadata");
  if (!meta) return [];
  const unknown = Object.keys(meta).filter((field) => !META_FIELDS.has(field));
  for (const field of unknown) delete meta[field];
  for (const field of Object.keys(meta)) if (meta[field] === null) delete meta[field];
  return unknown.map((field) => `metadata.${field}`);
}
