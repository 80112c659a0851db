/**
 * Draining a node: cordon it, evict what the plan names, and wait until the pods are gone. It can be stopped at any
 * moment: the node stays cordoned, what is evicted stays evicted, and running it again goes on from there.
 */
import { FIELD_MANAGER, type ObjectTarget, readObject } from "../apply/mod.ts";
import { backoffMs, type Clock, isCancelled, OrkaError } from "../base/mod.ts";
import { type Change, performChange, type PerformContext } from "../change/mod.ts";
import { PODS } from "./builtin_kinds.ts";
import { nodeTarget, planCordon } from "./cordon.ts";
import { type DrainPlan, type DrainPod, listNodePods, planDrain } from "./drain_plan.ts";
import { evict, type EvictionOptions } from "./eviction.ts";
import { Slots } from "./slots.ts";

export type DrainEvent =
  /** `changed` false: it was so already. */
  | { readonly type: "cordoned"; readonly changed: boolean }
  /** The eviction is asked for. */
  | { readonly type: "evicting"; readonly pod: DrainPod }
  /** The server refused it for now: a budget, or too many requests. It is tried again. */
  | { readonly type: "blocked"; readonly pod: DrainPod; readonly error: OrkaError; readonly retryMs: number }
  /** It is gone. */
  | { readonly type: "evicted"; readonly pod: DrainPod }
  | { readonly type: "failed"; readonly pod: DrainPod; readonly error: OrkaError }
  /** About once a second, and at the end. */
  | { readonly type: "progress"; readonly progress: DrainProgress };

export interface DrainProgress {
  readonly total: number;
  readonly evicted: number;
  readonly failed: number;
  /** Refused for now. */
  readonly blocked: readonly DrainPod[];
  /** Evicted and still ending, with the finalizers that hold them. */
  readonly ending: readonly { readonly pod: DrainPod; readonly finalizers: readonly string[] }[];
}

/**
 * drained: everything that was to go is gone. refused: since the cordon there are pods that the options don't cover.
 * failed: evictions were refused for good. timeout, aborted: stopped before the end. node-gone: the node was deleted.
 */
export type DrainOutcome = "drained" | "refused" | "failed" | "timeout" | "aborted" | "node-gone";

export interface DrainResult {
  readonly outcome: DrainOutcome;
  /** As it was when evictions began. */
  readonly plan: DrainPlan;
  readonly evicted: readonly DrainPod[];
  /** Those that are still there. */
  readonly left: readonly DrainPod[];
  readonly failed: readonly { readonly pod: DrainPod; readonly error: OrkaError }[];
  /** The last state before the end. */
  readonly progress: DrainProgress;
}

export interface RunDrainOptions extends EvictionOptions {
  /** Whose gate is open; its signal stops the drain. */
  readonly context: PerformContext;
  readonly clock: Clock;
  /** Of the whole drain; 0 waits for ever. */
  readonly timeoutMs: number;
  /** In [0, 1): chance for delays. */
  readonly random: () => number;
  readonly onEvent?: ((event: DrainEvent) => void) | undefined;
}

/** kubectl's wait after a refusal, where the server names none. */
const RETRY_MS = 5_000;
const POLL_MS = 1_000;

/** Faults in a row of one eviction that are borne. */
const MAX_FAULTS = 5;
const FAULT_BACKOFF = { baseMs: 200, maxMs: 5_000 };

/** Requests at a time: a node of 250 pods is no burst for the server. */
const MAX_AT_ONCE = 16;

/**
 * Does what the plan says. The pods are looked at again once the node is cordoned. Rejects only for what keeps it from
 * beginning (the cordon is refused); everything later is in the result.
 */
export async function runDrain(plan: DrainPlan, options: RunDrainOptions): Promise<DrainResult> {
  const { context, clock, onEvent } = options;
  const { client, signal } = context;
  const node = plan.node.metadata.name;
  const cordon = await planCordon(client, node, { on: true, signal });
  if (cordon !== null) await performChange(cordon, context);
  onEvent?.({ type: "cordoned", changed: cordon !== null });
  const run = new DrainRun(node, options);
  try {
    const now = await planDrain(client, node, { ...plan.options, signal, nowMs: clock.now() });
    if (now.refuse.length > 0) return run.result("refused", now);
    return await run.toEnd(now);
  } catch (error) {
    if (isCancelled(error) || signal?.aborted) return run.result("aborted", plan);
    throw error;
  }
}

type PodState = "waiting" | "blocked" | "ending" | "gone" | "failed";

class DrainRun {
  readonly #node: string;
  readonly #options: RunDrainOptions;
  readonly #states = new Map<DrainPod, PodState>();
  readonly #failed: { pod: DrainPod; error: OrkaError }[] = [];
  readonly #gate: Slots;
  #finalizers = new Map<string, readonly string[]>();
  #budgets: DrainPlan["budgets"] = null;

  constructor(node: string, options: RunDrainOptions) {
    this.#node = node;
    this.#options = options;
    this.#gate = new Slots(MAX_AT_ONCE);
  }

  async toEnd(plan: DrainPlan): Promise<DrainResult> {
    const { clock, timeoutMs, context } = this.#options;
    this.#budgets = plan.budgets;
    for (const pod of plan.evict) this.#states.set(pod, "waiting");
    const stop = new AbortController();
    const onAbort = () => stop.abort(context.signal!.reason);
    if (context.signal?.aborted) onAbort();
    context.signal?.addEventListener("abort", onAbort, { once: true });
    let outcome: DrainOutcome | null = null;
    const end = (why: DrainOutcome) => {
      outcome ??= why;
      stop.abort(new DOMException("the drain is over", "AbortError"));
    };
    using _limit = timeoutMs > 0 ? clock.timer(timeoutMs, () => end("timeout")) : null;
    const bugs: unknown[] = []; // what is no refusal: it ends the drain, and is thrown
    const evictions = plan.evict.map((pod) =>
      this.#evict(pod, stop.signal).catch((error) => {
        bugs.push(error);
        stop.abort(new DOMException("the drain failed", "AbortError"));
      })
    );
    try {
      await this.#watchPods(plan, { signal: stop.signal, end });
    } catch (error) {
      if (!stop.signal.aborted) {
        stop.abort(new DOMException("the drain failed", "AbortError"));
        await Promise.all(evictions);
        throw error;
      }
    } finally {
      context.signal?.removeEventListener("abort", onAbort);
    }
    stop.abort(new DOMException("the drain is over", "AbortError"));
    await Promise.all(evictions);
    if (bugs.length > 0) throw bugs[0];
    return this.result(outcome ?? (context.signal?.aborted ? "aborted" : this.#ending()), plan);
  }

  #ending(): DrainOutcome {
    return this.#failed.length > 0 ? "failed" : "drained";
  }

  result(outcome: DrainOutcome, plan: DrainPlan): DrainResult {
    const evicted = this.#in("gone");
    const left = plan.evict.filter((pod) => !evicted.includes(pod));
    const failed = plan.evict.flatMap((pod) => this.#failed.filter((failure) => failure.pod === pod));
    return { outcome, plan, evicted, left, failed, progress: this.#progress() };
  }

  #in(state: PodState): DrainPod[] {
    return [...this.#states].flatMap(([pod, is]) => is === state ? [pod] : []);
  }

  #progress(): DrainProgress {
    return {
      total: this.#states.size,
      evicted: this.#in("gone").length,
      failed: this.#failed.length,
      blocked: this.#in("blocked"),
      ending: this.#in("ending").map((pod) => ({ pod, finalizers: this.#finalizers.get(pod.uid) ?? [] })),
    };
  }

  /** Asks for the eviction until the server has taken it, or says for good that it will not. */
  async #evict(pod: DrainPod, signal: AbortSignal): Promise<void> {
    const { clock, random, onEvent, context } = this.#options;
    onEvent?.({ type: "evicting", pod });
    for (let faults = 0;;) {
      try {
        await this.#gate.use(() => performChange(this.#change(pod), { ...context, signal }));
        return this.#asked(pod);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof OrkaError)) throw error;
        if (error.code === "not-found") return this.#asked(pod);
        const isHeld = error.code === "throttled" || isNamespaceEnding(error);
        const mayPass = isFault(error) && !this.#isDoubly(pod);
        if (!isHeld && (!mayPass || ++faults > MAX_FAULTS)) return this.#fail(pod, error);
        const retryMs = isHeld
          ? (error.retryAfterSeconds ?? 0) * 1000 || RETRY_MS
          : backoffMs(faults - 1, { ...FAULT_BACKOFF, random });
        if (isHeld) {
          faults = 0;
          this.#states.set(pod, "blocked");
          onEvent?.({ type: "blocked", pod, error, retryMs });
        }
        await clock.sleep(retryMs, { signal }).catch(() => {});
        // What is under its name by now may be another one.
        if (signal.aborted || this.#states.get(pod) === "gone") return;
      }
    }
  }

  /** Two budgets over one pod: the server answers 500, and will again. */
  #isDoubly({ uid }: DrainPod): boolean {
    return (this.#budgets ?? []).filter(({ pods }) => pods.some((pod) => pod.uid === uid)).length > 1;
  }

  #asked(pod: DrainPod): void {
    if (this.#states.get(pod) !== "gone") this.#states.set(pod, "ending");
  }

  #fail(pod: DrainPod, error: OrkaError): void {
    if (this.#states.get(pod) === "gone") return;
    this.#states.set(pod, "failed");
    this.#failed.push({ pod, error });
    this.#options.onEvent?.({ type: "failed", pod, error });
  }

  #change(pod: DrainPod): Change {
    const { context: { client }, disableEviction } = this.#options;
    const target: ObjectTarget = { resource: PODS, namespace: pod.namespace, name: pod.name };
    return {
      verb: disableEviction ? "delete" : "evict",
      target,
      fieldManager: FIELD_MANAGER,
      canUndo: false,
      before: pod.object,
      send: async (options) => {
        await evict(client, pod, { ...this.#options, ...options });
        return null;
      },
    };
  }

  /** Sees pods go, until none is left that can. */
  async #watchPods(
    plan: DrainPlan,
    { signal, end }: { readonly signal: AbortSignal; readonly end: (why: DrainOutcome) => void },
  ): Promise<void> {
    const { clock, onEvent, context: { client } } = this.#options;
    for (let faults = 0;; await clock.sleep(POLL_MS, { signal })) {
      try {
        const { resourceVersion } = plan;
        const [{ pods }, node] = await Promise.all([
          listNodePods(client, this.#node, { resourceVersion, signal }),
          readObject(client, nodeTarget(this.#node), { signal }),
        ]);
        faults = 0;
        this.#seen(new Map(pods.map((pod) => [pod.metadata.uid ?? "", pod.metadata.finalizers ?? []])));
        onEvent?.({ type: "progress", progress: this.#progress() });
        if (this.#isOver()) return;
        if (node === null) return end("node-gone");
      } catch (error) {
        if (signal.aborted || !(error instanceof OrkaError) || !isFault(error) || ++faults > MAX_FAULTS) {
          throw error;
        }
      }
    }
  }

  #seen(there: ReadonlyMap<string, readonly string[]>): void {
    this.#finalizers = new Map(there);
    for (const [pod, state] of this.#states) {
      if (state === "gone" || there.has(pod.uid)) continue;
      if (state === "failed") {
        this.#failed.splice(this.#failed.findIndex((failure) => failure.pod === pod), 1);
      }
      this.#states.set(pod, "gone");
      this.#options.onEvent?.({ type: "evicted", pod });
    }
  }

  #isOver(): boolean {
    return [...this.#states.values()].every((state) => state === "gone" || state === "failed");
  }
}

/** The server's or the network's trouble, which may pass; a conflict may be a pod made anew, which the next look shows. */
function isFault({ code }: OrkaError): boolean {
  return ["server", "unreachable", "timeout", "protocol", "expired", "conflict"].includes(code);
}

/** The namespace is going, and takes the pod with it. */
function isNamespaceEnding({ code, causes }: OrkaError): boolean {
  return code === "forbidden" && causes.some(({ reason }) => reason === "NamespaceTerminating");
}
