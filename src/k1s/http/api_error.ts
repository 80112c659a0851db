/**
 * What the API server refuses, as the Status that the real one answers. Every refusal of a handler is an
 * ApiError; the listener turns anything else into 500.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
import type { Status } from "../../kube/mod.ts";
import { type FieldError, fieldMessage, fieldReason } from "../validation/field_error.ts";

type Details = NonNullable<Status["details"]>;

export interface ApiErrorOptions {
  readonly details?: Details;
  readonly cause?: unknown;
  /** Goes on with an expired list, without consistency. */
  readonly continueToken?: string;
}

export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    /** Empty where the real server gives none. */
    readonly reason: string,
    message: string,
    readonly options: ApiErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
  }

  /** The body of the answer. */
  toStatus(): Status & { readonly apiVersion: string; readonly metadata: object } {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: this.options.continueToken === undefined ? {} : { continue: this.options.continueToken },
      status: "Failure",
      ...(this.message === "" ? {} : { message: this.message }),
      ...(this.reason === "" ? {} : { reason: this.reason }),
      ...(this.options.details ? { details: this.options.details } : {}),
      code: this.status,
    };
  }
}

/** `deployments` of `apps`, for messages and details. */
export interface GroupResource {
  readonly group: string;
  readonly plural: string;
}

function qualified({ group, plural }: GroupResource): string {
  return group === "" ? plural : `${plural}.${group}`;
}

/** As Go's %q, for names that come from a path: control characters are escaped. */
function goQuoted(text: string): string {
  return JSON.stringify(text).replace(/\\u00([01][0-9a-f])/g, "\\x$1");
}

function named({ group, plural }: GroupResource, name: string): Details {
  return {
    ...(name === "" ? {} : { name }),
    ...(group === "" ? {} : { group }),
    ...(plural === "" ? {} : { kind: plural }),
  };
}

export function notFound(resource: GroupResource, name: string): ApiError {
  return new ApiError(404, "NotFound", `${qualified(resource)} ${goQuoted(name)} not found`, {
    details: named(resource, name),
  });
}

/** A path that nothing serves. */
export function unknownPath(): ApiError {
  return new ApiError(404, "NotFound", "the server could not find the requested resource", { details: {} });
}

export function methodNotAllowed(): ApiError {
  const message = "the server does not allow this method on the requested resource";
  return new ApiError(405, "MethodNotAllowed", message, { details: {} });
}

export function alreadyExists(resource: GroupResource, name: string): ApiError {
  const message = `${qualified(resource)} "${name}" already exists`;
  return new ApiError(409, "AlreadyExists", message, { details: named(resource, name) });
}

export function conflict(resource: GroupResource, name: string, because: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${because}`;
  return new ApiError(409, "Conflict", message, { details: named(resource, name) });
}

/** What a stale resourceVersion in an update is answered with. */
export const STALE_OBJECT =
  "the object has been modified; please apply your changes to the latest version and try again";

/** Conflicts of server-side apply, one cause for each field and its other manager. */
export function applyConflict(
  conflicts: readonly { readonly manager: string; readonly field: string }[],
): ApiError {
  const count = `${conflicts.length} conflict${conflicts.length === 1 ? "" : "s"}`;
  const managers = [...new Set(conflicts.map(({ manager }) => manager))];
  const grouped = managers.map((manager) => {
    const fields = conflicts.filter((entry) => entry.manager === manager).map(({ field }) => field);
    return managers.length === 1 && fields.length === 1
      ? `conflict with ${manager}: ${fields[0]}`
      : `conflicts with ${manager}:\n${fields.map((field) => `- ${field}`).join("\n")}`;
  });
  const causes = conflicts.map(({ manager, field }) => ({
    reason: "FieldManagerConflict",
    message: `conflict with ${manager}`,
    field,
  }));
  const message = `Apply failed with ${count}: ${grouped.join("\n")}`;
  return new ApiError(409, "Conflict", message, { details: { causes } });
}

/** An object that does not validate: 422 with a cause for each field. */
export function invalid(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): ApiError {
  const causes = errors.map((error) => ({
    reason: fieldReason(error),
    message: fieldMessage(error),
    field: error.field || "[]",
  }));
  const each = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const list = each.length === 1 ? each[0] : `[${each.join(", ")}]`;
  const groupKind = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  return new ApiError(422, "Invalid", `${groupKind} "${name}" is invalid: ${list}`, {
    details: { ...named({ group: kind.group, plural: kind.kind }, name), causes },
  });
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, "BadRequest", message);
}

export function unauthorized(): ApiError {
  return new ApiError(401, "Unauthorized", "Unauthorized");
}

export interface Denied {
  readonly user: string;
  readonly verb: string;
  readonly resource: GroupResource;
  readonly subresource?: string;
  readonly name?: string;
  /** Empty for the cluster scope. */
  readonly namespace?: string;
}

export function forbidden(denied: Denied): ApiError {
  const { user, verb, resource, subresource = "", name = "", namespace = "" } = denied;
  const scope = namespace === "" ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const subject = name === "" ? qualified(resource) : `${qualified(resource)} "${name}"`;
  const message = `${subject} is forbidden: User "${user}" cannot ${verb} resource ` +
    `"${resource.plural}${subresource === "" ? "" : `/${subresource}`}" ` +
    `in API group "${resource.group}" ${scope}`;
  return new ApiError(403, "Forbidden", message, { details: named(resource, name) });
}

/** A path that is no resource's. */
export function forbiddenPath(user: string, { verb, path }: { verb: string; path: string }): ApiError {
  const message = `forbidden: User "${user}" cannot ${verb} path ${JSON.stringify(path)}`;
  return new ApiError(403, "Forbidden", message, { details: {} });
}

/** A watch or a page that begins before what is still known. */
export function expired(message = "The resourceVersion for the provided list is too old."): ApiError {
  return new ApiError(410, "Expired", message);
}

/** A resourceVersion that the store has not reached. */
export function tooLargeResourceVersion(requested: number, current: number): ApiError {
  const message = `Timeout: Too large resource version: ${requested}, current: ${current}`;
  return new ApiError(504, "Timeout", message, {
    details: {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      retryAfterSeconds: 1,
    },
  });
}

export function notAcceptable(accepted: readonly string[]): ApiError {
  const message = `406: Not Acceptable\n\nAvailable representations: ${accepted.join(", ")}`;
  return new ApiError(406, "NotAcceptable", message, { details: {} });
}

/** A media type that is there, but not in the form that is asked for. */
export function onlyAccepted(accepted: readonly string[]): ApiError {
  const message = `only the following media types are accepted: ${accepted.join(", ")}`;
  return new ApiError(406, "NotAcceptable", message);
}

export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  const message = "the body of the request was in an unknown format - accepted media types include: " +
    accepted.join(", ");
  return new ApiError(415, "UnsupportedMediaType", message);
}

/** A patch type that the resource does not take. */
export function unsupportedPatch(): ApiError {
  return new ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", { details: {} });
}

/** Custom kinds have no merge keys. */
export function unsupportedStrategicPatch(): ApiError {
  const accepted = "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
  const message =
    `the body of the request was in an unknown format - accepted media types include: ${accepted}`;
  return new ApiError(415, "UnsupportedMediaType", message);
}

export function tooLarge(limitBytes: number): ApiError {
  const message = `Request entity too large: limit is ${limitBytes}`;
  return new ApiError(413, "RequestEntityTooLarge", message);
}

/** A patch that cannot be applied to the object. */
export function unprocessable(message: string): ApiError {
  return new ApiError(422, "Invalid", message, { details: {} });
}

export function internal(message: string, cause?: unknown): ApiError {
  return new ApiError(500, "InternalError", `Internal error occurred: ${message}`, {
    details: { causes: [{ message }] },
    cause,
  });
}
