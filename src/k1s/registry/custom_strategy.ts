/** The strategy of custom resources: their definition's schema does what Go types do for the built-in kinds. */
import {
  applyDefaults,
  dropNulls,
  duplicateItems,
  newErrors,
  prune,
  type Schema,
  validate,
} from "../crd/mod.ts";
import { equal } from "../patch/mod.ts";
import type { FieldError } from "../validation/field_error.ts";
import type { ScalePaths } from "./catalog.ts";
import { customFieldLabels } from "./field_labels.ts";
import { type NameRule, subdomain } from "./metadata_validation.ts";
import { assign, type Json, type JsonObject, mapOf, metaOf, valueAt } from "./object.ts";
import type { FieldLabels } from "./selection.ts";
import type { Decoded, Strategy } from "./strategy.ts";

/** Metadata as its Go type has it, and paths that the type has not. Throws ShapeError. */
export type MetadataShaper = (metadata: Json) => { object: JsonObject; unknown: string[] };

export interface CustomStrategyOptions {
  readonly kind: string;
  readonly apiVersion: string;
  readonly storedApiVersion: string;
  readonly schema: Schema;
  readonly shapeMetadata: MetadataShaper;
  readonly hasStatus: boolean;
  readonly scale: ScalePaths | undefined;
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
  readonly keptWithStatus = "all";
  readonly createsOnUpdate = false;
  readonly unconditional = false;
  readonly ttlSeconds = undefined;
  readonly warnings = undefined;
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
    // metadata has its Go type whatever the schema says
    const { object: metadata, unknown } = this.#options.shapeMetadata(body.metadata ?? {});
    const managed = mapOf(body, "metadata")?.managedFields;
    if (Array.isArray(managed) && managed.length === 0) metadata.managedFields = [];
    body.metadata = metadata;
    const pruned = prune(body, this.#options.schema);
    dropNulls(body, this.#options.schema);
    return { object: body, unknown: [...unknown.map((path) => `metadata.${path}`), ...pruned] };
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
    dropNulls(served, this.#options.schema);
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
    const replicas = replicasErrors(object, this.#options.scale);
    if (old === undefined) return [...errors, ...duplicates, ...replicas];
    const had = duplicates.length > 0 && duplicateItems(old, schema).length > 0;
    return [...newErrors(errors, object, old), ...(had ? [] : duplicates), ...replicas];
  }

  alignStatus(): void {}

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

const MAX_REPLICAS = 2 ** 31 - 1;

/** What a scale subresource could not show, told under the definition's own path. */
function replicasErrors(object: JsonObject, scale: ScalePaths | undefined): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of scale ? [scale.spec, scale.status] : []) {
    const value = valueAt(object, field);
    if (typeof value !== "number" || value >= 0 && value <= MAX_REPLICAS) continue;
    const detail = value < 0
      ? "should be a non-negative integer"
      : `should be less than or equal to ${MAX_REPLICAS}`;
    errors.push({ type: "invalid", field, value, detail });
  }
  return errors;
}
