/** Who owns which field, from `metadata.managedFields`; https://kubernetes.io/docs/reference/using-api/server-side-apply/ */
import type { KubeObject } from "../kube/mod.ts";
import { type FieldPath, isMap, isWithin, type PathStep } from "./field_path.ts";

export interface FieldOwner {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  /** Empty, or `status`, `scale`. */
  readonly subresource: string;
  /** RFC 3339; empty where the server kept none. */
  readonly time: string;
  /** The fields that it set, with everything within them. */
  readonly fields: readonly FieldPath[];
  /** Maps and list items that it made, without what is within them. */
  readonly parents: readonly FieldPath[];
}

/** Every manager of the object. What can't be read is left out. */
export function fieldOwners(object: Pick<KubeObject, "metadata">): readonly FieldOwner[] {
  const entries = object.metadata.managedFields ?? [];
  return entries.filter(isMap).map((entry) => ({
    manager: String(entry.manager ?? "unknown"),
    operation: entry.operation === "Apply" ? "Apply" : "Update",
    subresource: String(entry.subresource ?? ""),
    time: String(entry.time ?? ""),
    ...fieldPaths(entry.fieldsV1),
  }));
}

/** Those that own the field, something within it, or a field around it that is one value. */
export function ownersOf(path: FieldPath, owners: readonly FieldOwner[]): readonly FieldOwner[] {
  return owners.filter(({ fields, parents }) =>
    parents.some((owned) => isWithin(owned, path)) ||
    fields.some((owned) => isWithin(owned, path) || isWithin(path, owned))
  );
}

interface OwnedPaths {
  readonly fields: FieldPath[];
  readonly parents: FieldPath[];
}

/** The paths that a FieldsV1 value lists. */
function fieldPaths(fields: unknown): OwnedPaths {
  const paths: OwnedPaths = { fields: [], parents: [] };
  if (isMap(fields)) collect([], fields, paths);
  return paths;
}

function collect(path: FieldPath, fields: Readonly<Record<string, unknown>>, paths: OwnedPaths): void {
  const below = Object.entries(fields).filter(([key]) => key !== ".");
  if (path.length > 0 && below.length === 0) paths.fields.push(path);
  else if ("." in fields) paths.parents.push(path);
  for (const [key, inner] of below) {
    const step = stepOf(key);
    if (step !== null && isMap(inner)) collect([...path, step], inner, paths);
  }
}

/** `f:name`, `k:{"name":"web"}`, `v:"x"`, `i:0`. */
function stepOf(key: string): PathStep | null {
  const value = key.slice(2);
  try {
    switch (key.slice(0, 2)) {
      case "f:":
        return value;
      case "k:":
        return { key: JSON.parse(value) };
      case "v:":
        return { value: JSON.parse(value) };
      case "i:":
        return { index: Number(value) };
    }
  } catch {
    // another program's entry: what it means can't be told
  }
  return null;
}
