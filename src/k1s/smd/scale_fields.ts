/** Ownership of replicas between an object and its scale subresource, whose path is `.spec.replicas`. */
import type { Json, JsonObject } from "../patch/mod.ts";
import { FieldSet } from "./field_set.ts";
import { decodeManagedFields, encodeManagedFields } from "./managed_fields.ts";
import type { ManagedSet } from "./managers.ts";
import type { Path } from "./path_element.ts";

const REPLICAS: Path = ["f:spec", "f:replicas"];
const SCALE_VERSION = "autoscaling/v1";

/** Where replicas lie, by version; null for a version without a scale subresource, absent for one that is gone. */
export type ReplicasPaths = Readonly<Record<string, Path | null>>;

/** The object's managedFields as its scale shows them. */
export function toScaleFields(entries: Json | undefined, paths: ReplicasPaths): JsonObject[] {
  const { managers, times } = decodeManagedFields(entries);
  const shown = new Map<string, ManagedSet>();
  for (const [name, owned] of managers) {
    const path = paths[owned.apiVersion];
    if (path && owned.set.has(path)) {
      shown.set(name, { set: FieldSet.of(REPLICAS), apiVersion: SCALE_VERSION, applied: owned.applied });
    }
  }
  return encodeManagedFields({ managers: shown, times });
}

export interface ScaleWrite {
  /** The object's entries before the write. */
  readonly parent: Json | undefined;
  /** The scale's entries after it. */
  readonly scale: Json | undefined;
  readonly paths: ReplicasPaths;
  /** The object's version. */
  readonly apiVersion: string;
}

/** The object's managedFields after a write to its scale: whoever wrote replicas owns it there. */
export function fromScaleFields({ parent, scale, paths, apiVersion }: ScaleWrite): JsonObject[] {
  const before = decodeManagedFields(parent);
  const left = new Map(decodeManagedFields(scale).managers);
  const managers = new Map<string, ManagedSet>();
  for (const [name, owned] of before.managers) {
    const path = paths[owned.apiVersion];
    if (path === undefined) continue;
    if (path === null || !owned.set.has(path)) managers.set(name, owned);
    else if (left.delete(name)) managers.set(name, owned);
    else {
      const set = owned.set.difference(FieldSet.of(path));
      if (!set.isEmpty) managers.set(name, { ...owned, set });
    }
  }
  const path = paths[apiVersion];
  for (const [name, owned] of left) {
    if (path && owned.set.has(REPLICAS)) {
      managers.set(name, { set: FieldSet.of(path), apiVersion, applied: owned.applied });
    }
  }
  return encodeManagedFields({ managers, times: before.times });
}
