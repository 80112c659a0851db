/**
 * One container followed through its instances: waits until it begins, reads it to its exit, goes on with the next.
 *
 * The server ends a follower's log when the container exits, but also when a connection between it and the node goes.
 * So the pod is asked: as long as the instance runs, reading goes on where it stopped; once it has ended, what is left
 * is read once more without following.
 */
import { AbortScope, type Clock, OrkaError } from "../../base/mod.ts";
import type { Client } from "../../client/mod.ts";
import { InstanceOver, InstanceReader, type LogSink } from "./instance_reader.ts";
import type { LogSource } from "./log_entry.ts";
import type { LogQuery } from "./log_request.ts";
import { type ContainerFacts, howEnded, isFinished, type PodFacts, whyWaiting } from "./pod_facts.ts";
import { getPod } from "./pod_watch.ts";

/** A pod as it was last seen, and the next time that it is. */
export class PodState {
  #pod: PodFacts;
  #isGone = false;
  #changed = Promise.withResolvers<void>();

  constructor(pod: PodFacts) {
    this.#pod = pod;
  }

  get pod(): PodFacts {
    return this.#pod;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** An older state than the known one, which a late watch may bring, is left out. */
  set(pod: PodFacts): void {
    if (this.#isGone || restartsOf(pod) < restartsOf(this.#pod)) return;
    this.#pod = pod;
    this.#tell();
  }

  gone(pod: PodFacts): void {
    this.#pod = pod;
    this.#isGone = true;
    this.#tell();
  }

  /** Resolves at the next change; rejects with the signal's reason. */
  async change(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await Promise.race([this.#changed.promise, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #tell(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers();
    resolve();
  }
}

function restartsOf({ containers }: PodFacts): number {
  return containers.reduce((sum, { restarts }) => sum + restarts, 0);
}

export interface ContainerFollowerOptions {
  readonly client: Client;
  readonly source: LogSource;
  readonly state: PodState;
  readonly sink: LogSink;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly random: () => number;
  /** Where the first instance's log begins; later ones are read whole. */
  readonly first: Pick<LogQuery, "tailLines" | "sinceSeconds" | "sinceTime">;
  /** A container that has not begun is waited for; thrown otherwise, in the server's words. */
  readonly waits: boolean;
}

/** What a container wrote last, and what the node says of its end, is under way for no longer than this. */
const LAST_LINES_MS = 5_000;

export class ContainerFollower {
  readonly #options: ContainerFollowerOptions;
  #waitingFor = "";

  constructor(options: ContainerFollowerOptions) {
    this.#options = options;
  }

  /** To the end of the container's last instance. Throws OrkaError for a refusal, or the signal's reason. */
  async run(): Promise<void> {
    const { sink, state } = this.#options;
    let before: ContainerFacts | null = null;
    for (;;) {
      const container = await this.#begun(before);
      if (container === null) break;
      if (before !== null) this.#stitch(before, container);
      await this.#read(container, { isFirst: before === null });
      before = this.#now() ?? container;
      before = { ...before, instance: container.instance, restarts: container.restarts };
    }
    const { pod, isGone } = state;
    const isEvicted = pod.reason !== "" && isFinished(pod);
    if (isEvicted) sink.mark("left", pod.message === "" ? pod.reason : `${pod.reason}: ${pod.message}`);
    else if (isGone) sink.mark("left", "the pod was deleted");
    else sink.mark("ended", howEnded(this.#now() ?? { exitCode: null, reason: "" }));
  }

  #now(): ContainerFacts | undefined {
    const { source, state } = this.#options;
    return state.pod.containers.find(({ name }) => name === source.container);
  }

  /** The instance to read next, once there is one; null: none will come. */
  async #begun(before: ContainerFacts | null): Promise<ContainerFacts | null> {
    const { state, signal, sink, waits } = this.#options;
    for (;;) {
      const { pod, isGone } = state;
      const container = this.#now();
      const isNew = container !== undefined && container.instance !== "" &&
        container.instance !== before?.instance;
      if (isNew && container.state !== "waiting" && !isGone) return container;
      // Between two restarts the ended instance is in `last`: its log can be read as the first one.
      if (before === null && container?.last && container.state === "waiting" && !isGone) {
        return { ...container, ...container.last, state: "terminated" };
      }
      if (isGone || isFinished(pod) || container === undefined) return null;
      if (before !== null && container.state === "terminated" && isOnce(container)) return null;
      if (before === null && !waits) throw notStarted(pod, container);
      const why = whyWaiting(pod, container);
      if (container.state === "waiting" && why !== this.#waitingFor) {
        sink.mark("waiting", this.#waitingFor = why);
      }
      await state.change(signal);
    }
  }

  #stitch(before: ContainerFacts, next: ContainerFacts): void {
    const { sink } = this.#options;
    const ended = next.last ?? before;
    sink.mark("restarted", howEnded(ended));
    const missed = next.restarts - before.restarts - 1;
    if (missed > 0) {
      sink.mark("gap", `${missed} more ${missed === 1 ? "restart" : "restarts"} went by in between`);
    }
  }

  async #read(container: ContainerFacts, { isFirst }: { readonly isFirst: boolean }): Promise<void> {
    const { client, source, sink, signal, clock, random, first } = this.#options;
    const reader = new InstanceReader({
      client,
      source,
      sink,
      signal,
      clock,
      random,
      first: isFirst ? first : {},
      isOver: () => this.#isOver(container),
    });
    let isRunning = container.state === "running";
    while (isRunning) {
      let end: "ended" | "cut" | "refused";
      using _over = this.#cutWhenOver(reader, container);
      try {
        end = await reader.follow();
      } catch (error) {
        signal.throwIfAborted();
        if (!isMissing(error) && !(error instanceof InstanceOver)) throw error;
        end = "refused";
      }
      await this.#refresh();
      isRunning = this.#runs(container);
      if (isRunning && end !== "cut") await reader.pause();
    }
    await this.#readRest(reader, container);
  }

  #runs({ instance }: ContainerFacts): boolean {
    const now = this.#now();
    return !this.#options.state.isGone && now?.instance === instance && now.state === "running";
  }

  /** Gives the pod time to tell of an instance that the node serves already. */
  async #isOver({ instance }: ContainerFacts): Promise<boolean> {
    const { state, clock, signal } = this.#options;
    const isOver = () => state.isGone || this.#now()?.instance !== instance;
    await this.#refresh();
    using waiting = new AbortScope([signal]);
    using _late = clock.timer(LAST_LINES_MS, () => waiting.abort("told nothing"));
    while (!isOver() && !waiting.signal.aborted) await state.change(waiting.signal).catch(() => {});
    signal.throwIfAborted();
    return isOver();
  }

  /** A connection that is dead does not tell that the log has ended; the pod does. */
  #cutWhenOver(reader: InstanceReader, container: ContainerFacts): Disposable {
    const { state, clock, signal } = this.#options;
    const done = new AbortController();
    const onAbort = () => done.abort();
    signal.addEventListener("abort", onAbort, { once: true });
    const look = async () => {
      while (this.#runs(container)) await state.change(done.signal);
      await clock.sleep(LAST_LINES_MS, { signal: done.signal });
      reader.cut();
    };
    look().catch(() => {}); // the follower was done first
    return {
      [Symbol.dispose]() {
        signal.removeEventListener("abort", onAbort);
        done.abort();
      },
    };
  }

  /** What stands after the last line that a follower got. */
  async #readRest(reader: InstanceReader, container: ContainerFacts): Promise<void> {
    const { signal, state } = this.#options;
    const now = this.#now();
    if (state.isGone || now === undefined) return;
    const reach = reachOf(container, now);
    if (reach === null) return;
    try {
      await reader.readAll({ previous: reach === "previous", checks: true });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof InstanceOver) return await this.#readRest(reader, container);
      // The node may have cleaned the instance up; what a follower had of it is there.
      if (!isMissing(error) && !(error instanceof OrkaError && error.code === "server")) throw error;
    }
  }

  /** The pod as it is now: a watch may be late. */
  async #refresh(): Promise<void> {
    const { client, source, state, signal } = this.#options;
    try {
      const pod = await getPod(client, { namespace: source.namespace, name: source.pod }, { signal });
      if (pod.uid === state.pod.uid) state.set(pod);
      else state.gone(state.pod);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OrkaError && error.code === "not-found") state.gone(state.pod);
      else if (!(error instanceof OrkaError)) throw error;
    }
  }
}

/** How the node can be asked for an instance that was followed; null: others came after it, and it knows the last two. */
function reachOf(container: ContainerFacts, now: ContainerFacts): "current" | "previous" | null {
  const { instance, last, restarts, state } = now;
  if (instance === container.instance && state !== "waiting") return "current";
  if (last?.instance === container.instance) return "previous";
  if (state === "waiting") return "current";
  // Nodes that give containers no ids are asked by counting.
  return last?.instance === "" && restarts === container.restarts + 1 ? "previous" : null;
}

/** 404: the pod went; 400: its container is not running any more. */
function isMissing(error: unknown): boolean {
  return error instanceof OrkaError && (error.code === "not-found" || error.status === 400);
}

/** Init and ephemeral containers that have ended well do not come again. */
function isOnce({ role, exitCode }: ContainerFacts): boolean {
  return role === "ephemeral" || (role === "init" && exitCode === 0);
}

/** The real server's words for a container without a log. */
export function notStarted(pod: PodFacts, container: ContainerFacts): OrkaError {
  const reason = container.reason || pod.reason || pod.phase || "Pending";
  const message = `container "${container.name}" in pod "${pod.name}" is waiting to start: ${reason}`;
  const more = container.message || pod.message;
  return new OrkaError("invalid", message, {
    status: 400,
    reason: "BadRequest",
    hint: more === "" ? undefined : more,
  });
}
