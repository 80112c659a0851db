/** Objects made ready to be shown or written: what the server adds is taken out; the original stays as it is. */
import type { KubeObject } from "./object.ts";

/** The object without `metadata.managedFields`, which kubectl hides by default; a List's items likewise. */
export function withoutManagedFields<T extends object>(object: T): T {
  const { metadata, items } = object as { metadata?: Record<string, unknown>; items?: unknown };
  let result = object;
  if (metadata?.managedFields !== undefined) {
    const { managedFields: _, ...rest } = metadata;
    result = { ...result, metadata: rest };
  }
  if (!Array.isArray(items)) return result;
  return { ...result, items: items.map((item) => isObject(item) ? withoutManagedFields(item) : item) };
}

/** The object without its `status`. */
export function withoutStatus<T extends object>(object: T): T {
  if (!("status" in object)) return object;
  const { status: _, ...rest } = object as T & { status: unknown };
  return rest as T;
}

/** The List that kubectl prints several objects, or one collection, as. */
export function listOf(items: readonly unknown[]): KubeObject & { readonly items: readonly unknown[] } {
  const metadata = { resourceVersion: "" } as unknown as KubeObject["metadata"];
  return { apiVersion: "v1", items, kind: "List", metadata };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
