/** A rollout followed to its verdict, over lost connections and forgotten histories. */
import type { ObjectTarget } from "../apply/mod.ts";
import { backoffMs, type Clock, OrkaError } from "../base/mod.ts";
import { type Client, watchObjects } from "../client/mod.ts";
import { groupResource } from "../kube/mod.ts";
import { type RolloutState, rolloutStatus, type RolloutStatusOptions } from "./rollout_status.ts";
import { readLive, type WorkloadView } from "./workload.ts";

export interface WatchRolloutOptions extends RolloutStatusOptions {
  readonly clock: Clock;
  /** 0 waits for ever. */
  readonly timeoutMs: number;
  /** In [0, 1): chance for delays. */
  readonly random: () => number;
  /** Every state with another message than the last, the first and the verdict included. */
  readonly onState?: ((state: RolloutState) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const BACKOFF = { baseMs: 100, maxMs: 5_000 };

/** The verdict: `done` or `failed`. Throws OrkaError `timeout`, `not-found` when it is gone, and what a first look throws. */
export async function watchRollout(
  client: Client,
  target: ObjectTarget,
  options: WatchRolloutOptions,
): Promise<RolloutState> {
  const { clock, timeoutMs, random, signal } = options;
  const stop = new AbortController();
  const limit = new OrkaError("timeout", "timed out waiting for the condition");
  const onAbort = () => stop.abort(signal!.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  using _timer = timeoutMs > 0 ? clock.timer(timeoutMs, () => stop.abort(limit)) : null;
  const rollout = new FollowedRollout(client, target, { ...options, signal: stop.signal });
  try {
    for (let attempt = 0;; attempt++) {
      const verdict = await rollout.follow();
      if (verdict !== null) return verdict;
      stop.signal.throwIfAborted();
      if (rollout.hasMoved) attempt = 0;
      await clock.sleep(backoffMs(attempt, { ...BACKOFF, random }), { signal: stop.signal });
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    stop.abort(new DOMException("the rollout has its verdict", "AbortError"));
  }
}

class FollowedRollout {
  readonly #client: Client;
  readonly #target: ObjectTarget;
  readonly #options: WatchRolloutOptions;
  #last = "";
  #hasBegun = false;
  /** The last look or watch brought something. */
  hasMoved = false;

  constructor(client: Client, target: ObjectTarget, options: WatchRolloutOptions) {
    this.#client = client;
    this.#target = target;
    this.#options = options;
  }

  /** One look and one watch; null when the connection ended before a verdict. */
  async follow(): Promise<RolloutState | null> {
    const live = await this.#read();
    if (live === null) return null;
    const first = this.#see(live);
    if (first.type !== "progress") return first;
    return await this.#watch(live.metadata.resourceVersion ?? "");
  }

  async #read(): Promise<WorkloadView | null> {
    const { signal } = this.#options;
    this.hasMoved = false;
    try {
      const live = await readLive(this.#client, this.#target, { signal });
      this.#hasBegun = true;
      return live;
    } catch (error) {
      const mayPass = error instanceof OrkaError &&
        ["server", "unreachable", "timeout", "throttled"].includes(error.code);
      if (!this.#hasBegun || signal?.aborted || !mayPass) throw error;
      return null;
    }
  }

  async #watch(resourceVersion: string): Promise<RolloutState | null> {
    const { namespace, name, resource } = this.#target;
    const { signal, clock } = this.#options;
    const stop = new AbortController();
    const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    let verdict: RolloutState | OrkaError | null = null;
    await watchObjects(this.#client, resource, {
      namespace,
      fieldSelector: `metadata.name=${name}`,
      resourceVersion,
      signal: either,
      clock,
      onItem: (type, item) => {
        if (verdict !== null) return;
        this.hasMoved = true;
        if (type === "DELETED") verdict = gone(this.#target);
        else {
          const state = this.#see(item.parse() as WorkloadView);
          if (state.type !== "progress") verdict = state;
        }
        if (verdict !== null) stop.abort(new DOMException("it has its verdict", "AbortError"));
      },
    });
    // Set by the callback, which the compiler does not see.
    const found = verdict as RolloutState | OrkaError | null;
    if (found instanceof OrkaError) throw found;
    return found;
  }

  #see(object: WorkloadView): RolloutState {
    const { revision, onState } = this.#options;
    const state = rolloutStatus(object, { target: this.#target, revision });
    if (state.message !== this.#last) {
      this.#last = state.message;
      onState?.(state);
    }
    return state;
  }
}

function gone({ resource, name }: ObjectTarget): OrkaError {
  return new OrkaError("not-found", `${groupResource(resource)} "${name}" has been deleted`);
}
