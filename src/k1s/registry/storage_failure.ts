/** What the storage fails with, told as the API server tells of it. */
import type { ServedResource } from "../builtin/mod.ts";
import {
  alreadyExists,
  ApiError,
  badRequest,
  conflict,
  internal,
  notFound,
  STALE_OBJECT,
} from "../http/api_error.ts";
import { isStorageError } from "../storage/mod.ts";

/** A storage failure as the API server tells of it. */
export function storageFailure(served: ServedResource, error: unknown, name: string): unknown {
  if (!isStorageError(error)) return error;
  switch (error.kind) {
    case "not-found":
      return notFound(served, name);
    case "exists":
      return alreadyExists(served, name);
    case "conflict":
      return conflict(served, name, STALE_OBJECT);
    case "invalid":
      return badRequest(error.message);
    case "too-large-resource-version":
    case "busy":
      return error;
    // no reason, as the real server tells of an etcd that is out of space
    case "full":
      return new ApiError(500, "", `mvcc: database space exceeded: ${error.message}`, { cause: error });
    default:
      return internal(error.message, error);
  }
}
