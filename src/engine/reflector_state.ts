/**
 * How one feed follows its collection: a pure machine. `stepReflector` takes a state and what happened and gives the next state
 * and what to do about it; reflector.ts does it.
 *
 * idle -> listing -> watching -> (cut) watching again, (expired) listing, (refused) waiting -> ... -> closed
 *
 * 1. At most one list and one watch are in flight; a verification is a list beside the watch.
 * 2. `complete` says that a whole list was taken in once: from then on there is always a view to show.
 * 3. After `closed` nothing is done any more.
 */
import { backoffMs, type WireError } from "../base/mod.ts";
import type { FeedPhase } from "./protocol.ts";

/** Why a list or watch failed, as the machine tells them apart. */
export type FailureKind = "expired" | "denied" | "unauthorized" | "other";

export interface Failure {
  readonly kind: FailureKind;
  readonly error: WireError;
  /** From Retry-After; 0 when the server did not say. */
  readonly retryAfterMs: number;
}

export type ReflectorState =
  | { readonly type: "idle" }
  | {
    readonly type: "listing";
    readonly complete: boolean;
    readonly attempt: number;
    /** True once a page of this list has come. */
    readonly paged: boolean;
    readonly failure: Failure | null;
  }
  | {
    readonly type: "watching";
    readonly version: string;
    readonly attempt: number;
    readonly open: boolean;
    readonly verifying: boolean;
    readonly failure: Failure | null;
  }
  | {
    readonly type: "waiting";
    readonly complete: boolean;
    readonly attempt: number;
    /** Watch on from here, or null: list. */
    readonly version: string | null;
    readonly failure: Failure;
    readonly delayMs: number;
  }
  | { readonly type: "closed" };

export type ReflectorEvent =
  | { readonly type: "start" | "page" | "opened" | "retry" | "verify-due" | "verified" }
  /** A watch that was asked for a while ago is not open yet. */
  | { readonly type: "late" }
  /** Some of what the watch said was lost on the way; or a person asks for the list anew. */
  | { readonly type: "dropped" | "refresh" | "close" }
  | { readonly type: "listed"; readonly version: string }
  /** `proved`: the watch has lasted long enough to say that it works. */
  | { readonly type: "progress"; readonly version: string; readonly proved: boolean }
  | { readonly type: "list-failed"; readonly failure: Failure }
  /** The server ended the watch in order, or went quiet (`idle`); `frames` were seen. */
  | {
    readonly type: "watch-ended";
    readonly version: string;
    readonly frames: number;
    readonly idle?: boolean;
  }
  | {
    readonly type: "watch-failed";
    readonly version: string;
    readonly failure: Failure;
    /** It worked for a good while before. */
    readonly healthy?: boolean;
  };

export type ReflectorCommand =
  | { readonly type: "list" | "verify" | "cancel-list" | "cancel-watch" | "cancel-wait" }
  /** Verify after a while: counted from now, or as already counted where that runs. */
  | { readonly type: "schedule-verify" | "keep-verify" }
  | { readonly type: "watch"; readonly version: string }
  | { readonly type: "wait"; readonly delayMs: number };

export interface ReflectorPolicy {
  /** `ORKA_WATCH_BACKOFF_MAX_SECS` in ms. */
  readonly backoffMaxMs: number;
  readonly random: () => number;
}

export interface Stepped {
  readonly state: ReflectorState;
  readonly commands: readonly ReflectorCommand[];
}

export const IDLE: ReflectorState = { type: "idle" };
export const CLOSED: ReflectorState = { type: "closed" };

/** The server is not heard of any more. */
const SILENT: Failure = {
  kind: "other",
  error: { family: "expected", code: "timeout", message: "the server does not answer the watch" },
  retryAfterMs: 0,
};

/** First wait after a cut; after a refusal, which seconds do not heal. */
const CUT_BASE_MS = 500;
const REFUSED_BASE_MS = 5000;
/** How often a view that cannot be watched is listed. */
const POLL_MS = 30_000;

export function stepReflector(
  state: ReflectorState,
  event: ReflectorEvent,
  policy: ReflectorPolicy,
): Stepped {
  if (event.type === "close") return close(state);
  switch (state.type) {
    case "idle":
      return event.type === "start" ? list({ complete: false, attempt: 0, failure: null }) : stay(state);
    case "listing":
      return stepListing(state, event, policy);
    case "watching":
      return stepWatching(state, event, policy);
    case "waiting":
      return stepWaiting(state, event);
    case "closed":
      return stay(state);
  }
}

type Listing = Extract<ReflectorState, { type: "listing" }>;
type Watching = Extract<ReflectorState, { type: "watching" }>;
type Waiting = Extract<ReflectorState, { type: "waiting" }>;

function stepListing(state: Listing, event: ReflectorEvent, policy: ReflectorPolicy): Stepped {
  switch (event.type) {
    case "page":
      return stay(state.paged ? state : { ...state, paged: true });
    case "listed":
      return watch({
        version: event.version,
        // A list alone proves nothing of the watch: one that expires at once must not list in a circle.
        attempt: state.attempt,
        failure: null,
        also: [{ type: "schedule-verify" }],
      });
    case "list-failed":
      return wait({ ...state, version: null, failure: event.failure }, policy);
    default:
      return stay(state);
  }
}

function stepWatching(state: Watching, event: ReflectorEvent, policy: ReflectorPolicy): Stepped {
  switch (event.type) {
    case "opened":
      return stay({ ...state, open: true, failure: null });
    case "progress":
      // Progress is what proves a watch good: one that opens and fails at once still backs off.
      return stay({
        ...state,
        version: event.version,
        open: true,
        attempt: event.proved ? 0 : state.attempt,
        failure: null,
      });
    case "late":
      return stay(state.open || state.failure ? state : { ...state, failure: SILENT });
    case "watch-ended":
      return endWatch(state, event, policy);
    case "watch-failed":
      return failWatch(state, event, policy);
    case "dropped":
      return list({ complete: true, attempt: 0, failure: null }, [...unverify(state), {
        type: "cancel-watch",
      }]);
    case "verify-due":
    case "refresh":
      if (state.verifying) return stay(state);
      return { state: { ...state, verifying: true }, commands: [{ type: "verify" }] };
    case "verified":
      if (!state.verifying) return stay(state);
      return { state: { ...state, verifying: false }, commands: [{ type: "schedule-verify" }] };
    default:
      return stay(state);
  }
}

function stepWaiting(state: Waiting, event: ReflectorEvent): Stepped {
  if (event.type !== "retry" && event.type !== "refresh" && event.type !== "dropped") return stay(state);
  const also: ReflectorCommand[] = event.type === "retry" ? [] : [{ type: "cancel-wait" }];
  const { attempt, complete, failure, version } = state;
  // A drop means that watching on would leave a hole; and who asks for a list gets one.
  if (version === null || event.type !== "retry") return list({ complete, attempt, failure }, also);
  // The verification may have come due meanwhile, or have been cancelled with the watch.
  return watch({ version, attempt, failure, also: [...also, { type: "keep-verify" }] });
}

function endWatch(
  state: Watching,
  event: { version: string; frames: number; idle?: boolean },
  policy: ReflectorPolicy,
): Stepped {
  const { version } = event;
  const { verifying } = state;
  // The connection may be long dead: nothing is live until the next one opens.
  const failure = event.idle ? SILENT : null;
  if (event.frames > 0) return watch({ version, attempt: 0, failure, verifying });
  // Nothing at all was said: a server that ends every watch at once must not be asked in a circle.
  const attempt = state.attempt + 1;
  if (attempt === 1) return watch({ version, attempt, failure, verifying });
  const error: WireError = {
    family: "expected",
    code: "unreachable",
    message: "the server ends the watch at once",
  };
  return failWatch(state, { version, failure: { kind: "other", error, retryAfterMs: 0 } }, policy);
}

function failWatch(
  state: Watching,
  { version, failure, healthy }: { version: string; failure: Failure; healthy?: boolean },
  policy: ReflectorPolicy,
): Stepped {
  const also = unverify(state);
  const attempt = healthy ? 0 : state.attempt;
  if (isUnwatchable(failure)) {
    return wait({ complete: true, attempt, version: null, failure }, policy, also);
  }
  if (failure.kind !== "expired") return wait({ complete: true, attempt, version, failure }, policy, also);
  if (attempt === 0) return list({ complete: true, attempt: 1, failure: null }, also);
  return wait({ complete: true, attempt, version: null, failure }, policy, also);
}

/** A verification does not outlive the watch that it runs beside. */
function unverify(state: Watching): ReflectorCommand[] {
  return state.verifying ? [{ type: "cancel-list" }] : [];
}

function close(state: ReflectorState): Stepped {
  if (state.type === "closed") return stay(state);
  return {
    state: CLOSED,
    commands: [{ type: "cancel-list" }, { type: "cancel-watch" }, { type: "cancel-wait" }],
  };
}

function list(
  from: { complete: boolean; attempt: number; failure: Failure | null },
  before: readonly ReflectorCommand[] = [],
): Stepped {
  return { state: { type: "listing", ...from, paged: false }, commands: [...before, { type: "list" }] };
}

function watch(from: {
  version: string;
  attempt: number;
  failure: Failure | null;
  verifying?: boolean;
  also?: readonly ReflectorCommand[];
}): Stepped {
  const { version, attempt, failure, verifying = false, also = [] } = from;
  return {
    state: { type: "watching", version, attempt, open: false, verifying, failure },
    commands: [...also, { type: "watch", version }],
  };
}

function wait(
  from: { complete: boolean; attempt: number; version: string | null; failure: Failure },
  policy: ReflectorPolicy,
  also: readonly ReflectorCommand[] = [],
): Stepped {
  const { complete, attempt, version, failure } = from;
  const refused = failure.kind === "denied" || failure.kind === "unauthorized" || isGone(failure);
  const baseMs = refused ? REFUSED_BASE_MS : CUT_BASE_MS;
  const backoff = backoffMs(attempt, { baseMs, maxMs: policy.backoffMaxMs, random: policy.random });
  const delayMs = Math.max(complete && isUnwatchable(failure) ? POLL_MS : backoff, failure.retryAfterMs);
  return {
    state: { type: "waiting", complete, attempt: attempt + 1, version, failure, delayMs },
    commands: [...also, { type: "wait", delayMs }],
  };
}

/** Metrics cannot be watched at all, and some roles may list but not watch: such a view is listed every so often. */
function isUnwatchable({ kind, error }: Failure): boolean {
  return error.status === 405 || kind === "denied";
}

/** The kind is not served (any more), which a retry in half a second does not change. */
function isGone({ error }: Failure): boolean {
  return error.code === "not-found" || error.code === "unknown-kind";
}

function stay(state: ReflectorState): Stepped {
  return { state, commands: [] };
}

/** What a reader is told of a state. */
export function phaseOf(state: ReflectorState): FeedPhase {
  switch (state.type) {
    case "idle":
      return "connecting";
    case "listing":
      if (state.complete) return state.failure ? failurePhase(state.failure, "stale") : "stale";
      if (state.paged) return "listing";
      return state.failure ? failurePhase(state.failure, "failed") : "connecting";
    case "watching":
      // A watch that was cut and is being taken up again has not proved itself; a first one follows a fresh list.
      return state.failure && !state.open ? failurePhase(state.failure, "stale") : "live";
    case "waiting":
      return failurePhase(state.failure, state.complete ? "stale" : "failed");
    case "closed":
      return "closed";
  }
}

function failurePhase(failure: Failure, other: "stale" | "failed"): FeedPhase {
  return failure.kind === "denied" || failure.kind === "unauthorized" ? failure.kind : other;
}

/** The failure that a state still carries, or null. */
export function failureOf(state: ReflectorState): Failure | null {
  return state.type === "idle" || state.type === "closed" ? null : state.failure;
}
