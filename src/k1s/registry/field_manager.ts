/** The seam to managedFields (structured merge and diff): who set which field. */
import type { JsonObject } from "./object.ts";

export interface FieldWrite {
  /** The `fieldManager` parameter, or the user agent's first word. */
  readonly manager: string;
  /** The version that the request is in. */
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  /** RFC 3339. */
  readonly time: string;
}

/**
 * Keeps `metadata.managedFields` of one resource. Objects are in the version of the request; `live` is undefined
 * on creation. Results are new objects or the given ones; inputs other than `next` stay as they are.
 */
export interface FieldManager {
  /** After any write but apply: `next` with its managedFields. */
  update(live: JsonObject | undefined, next: JsonObject, by: FieldWrite): JsonObject;
  /** What a server-side apply makes of the live object. Throws ApiError 409 on conflicts that are not forced. */
  apply(
    live: JsonObject | undefined,
    applied: JsonObject,
    by: FieldWrite & { readonly force: boolean },
  ): JsonObject;
}
