/**
 * What differs from kind to kind in creating, changing and deleting: how bodies are read, what the server fills in,
 * what it refuses. The store of a resource (resource_store.ts) does everything that is the same for all.
 */
import type { PatchSchema } from "../patch/mod.ts";
import type { FieldError } from "../validation/field_error.ts";
import type { JsonObject } from "./object.ts";
import type { FieldLabels } from "./selection.ts";
import type { NameRule } from "./metadata_validation.ts";

export interface Decoded {
  readonly object: JsonObject;
  /** Paths of fields that the kind does not have; they are not in the object. */
  readonly unknown: readonly string[];
}

/** Hooks run in the order of the fields; each may change the object that it is given, and only that. */
export interface Strategy {
  readonly labels: FieldLabels;
  readonly name: NameRule;
  /** `/status` is written on its own, and only there. */
  readonly hasStatus: boolean;
  /** What a status write leaves alone of the metadata. */
  readonly keptWithStatus: readonly string[] | "all";
  /** PUT on a missing object creates it. */
  readonly createsOnUpdate: boolean;
  /** An update without a resourceVersion is taken. */
  readonly unconditional: boolean;
  /** Seconds that an object lives after its last write. */
  readonly ttlSeconds: number | undefined;
  /** null where strategic merge patches are refused. */
  readonly patchSchema: PatchSchema | null;
  /** A body of the served version as the kind's type has it. Throws ShapeError; ApiError 400 for nesting. */
  decode(body: JsonObject): Decoded;
  /** Defaults of the served version, in place. */
  applyDefaults(object: JsonObject): void;
  /** What a written status says in two fields is the same in both. */
  alignStatus(object: JsonObject): void;
  /** The form that is stored, once everything has been filled in. */
  normalize(object: JsonObject): JsonObject;
  /** Between the served version and the stored one. */
  toStored(object: JsonObject): JsonObject;
  toServed(object: JsonObject): JsonObject;
  prepareForCreate(object: JsonObject): void;
  /** Not for status writes. */
  prepareForUpdate(object: JsonObject, old: JsonObject): void;
  /** Patches work on the object as it was sent: custom kinds have no type that would bring it in form. */
  readonly hasFreeForm: boolean;
  /** `old`: what an update starts from; errors that it had already may be passed over. */
  validate(object: JsonObject, old?: JsonObject): FieldError[];
  validateUpdate(object: JsonObject, old: JsonObject, subresource: string): FieldError[];
  /** What is told of an object that was taken; undefined for kinds that nothing is told of. */
  readonly warnings: ((object: JsonObject) => string[]) | undefined;
  /** Counts as a change of what is wanted: generation goes up. */
  changesIntent(object: JsonObject, old: JsonObject): boolean;
  /** True where generation is kept at all. */
  readonly hasGeneration: boolean;
  /** Seconds to wait for a graceful end; 0: none. `asked` is undefined where the request doesn't say. */
  graceSeconds(object: JsonObject, asked: number | undefined): number;
  /** A finalizer put on with the wish to delete, for a controller to take off. */
  readonly deletionFinalizer: string | undefined;
  /** Finalizers in the spec (namespaces), emptied before the object can go. */
  hasSpecFinalizers(object: JsonObject): boolean;
}
