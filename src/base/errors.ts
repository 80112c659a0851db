/**
 * Three families: cancelled (`Cancelled`, never logged), expected (`OrkaError` with a code), and bugs
 * (any other Error: an invariant broke). Callers branch on `code`, never on a message's text.
 */

/** What went wrong, as callers branch on it. Modules use these; a new one is added here with its exit code. */
export type ErrorCode =
  | "usage" // the command line is off
  | "kubeconfig" // unreadable or inconsistent kubeconfig
  | "no-context" // the named context, cluster or user is not there
  | "unreachable" // no connection: refused, DNS, network
  | "timeout" // no answer in time
  | "tls" // the server's certificate, or ours, was refused
  | "unauthorized" // 401: credentials missing, wrong or expired
  | "forbidden" // 403: RBAC
  | "not-found" // 404, object or resource
  | "unknown-kind" // no served resource has that name
  | "ambiguous-kind"
  | "conflict" // 409
  | "already-exists" // 409 AlreadyExists
  | "invalid" // 422 and other 4xx the server explained
  | "expired" // 410: resourceVersion or continue token too old
  | "throttled" // 429
  | "not-acceptable" // 406
  | "server" // 5xx
  | "protocol" // an answer that is not what Kubernetes speaks
  | "terminal" // not a terminal, or too small
  | "read-only" // refused by Orka's own read-only mode
  | "io"; // files, pipes

/** One cause of a Kubernetes Status, or one field error of ours. */
export interface FieldCause {
  readonly field?: string;
  readonly reason?: string;
  readonly message: string;
}

export interface OrkaErrorOptions {
  readonly cause?: unknown;
  /** What the person can do next; printed on a line of its own. */
  readonly hint?: string | undefined;
  /** HTTP status, where the error came from a server. */
  readonly status?: number | undefined;
  /** Kubernetes Status reason in the server's own word, e.g. `NotFound`. */
  readonly reason?: string | undefined;
  readonly causes?: readonly FieldCause[] | undefined;
  /** From Retry-After or Status details. */
  readonly retryAfterSeconds?: number | undefined;
}

/** An expected failure: it says what failed, where, and what to do next. */
export class OrkaError extends Error {
  override readonly name = "OrkaError";
  readonly hint: string | undefined;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly causes: readonly FieldCause[];
  readonly retryAfterSeconds: number | undefined;

  constructor(readonly code: ErrorCode, message: string, options: OrkaErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
    this.status = options.status;
    this.reason = options.reason;
    this.causes = options.causes ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The work was no longer wanted. Never logged, never shown. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
  constructor(message = "cancelled") {
    super(message);
  }
}

/** True for our Cancelled and for the platform's AbortError. */
export function isCancelled(error: unknown): boolean {
  return error instanceof Cancelled || (error instanceof DOMException && error.name === "AbortError");
}

/** Process exit codes; see docs/cli.md. `exec` returns the remote code, `diff` its own. */
export const EXIT = { ok: 0, error: 1, usage: 2, readOnly: 3, bug: 70, interrupted: 130 } as const;

/** The exit code that an error ends the process with. */
export function exitCode(error: unknown): number {
  if (isCancelled(error)) return EXIT.interrupted;
  if (!(error instanceof OrkaError)) return EXIT.bug;
  if (error.code === "usage") return EXIT.usage;
  if (error.code === "read-only") return EXIT.readOnly;
  return EXIT.error;
}

/** An error as plain data: posting an Error across a Worker loses its class and code. */
export interface WireError {
  readonly family: "cancelled" | "expected" | "bug";
  readonly code?: ErrorCode | undefined;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly status?: number | undefined;
  readonly reason?: string | undefined;
  readonly causes?: readonly FieldCause[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly stack?: string | undefined;
}

export function toWire(error: unknown): WireError {
  if (isCancelled(error)) return { family: "cancelled", message: (error as Error).message };
  if (error instanceof OrkaError) {
    const { code, message, hint, status, reason, causes, retryAfterSeconds } = error;
    return { family: "expected", code, message, hint, status, reason, causes, retryAfterSeconds };
  }
  const bug = error instanceof Error ? error : new Error(String(error));
  return { family: "bug", message: bug.message, stack: bug.stack };
}

export function fromWire(wire: WireError): Error {
  if (wire.family === "cancelled") return new Cancelled(wire.message);
  if (wire.family === "expected") return new OrkaError(wire.code ?? "server", wire.message, wire);
  const bug = new Error(wire.message);
  if (wire.stack !== undefined) bug.stack = wire.stack;
  return bug;
}
