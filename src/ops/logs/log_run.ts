/** What fills a stream: the readers of a spec's sources, until they end. */
import { Cancelled, type Clock, OrkaError } from "../../base/mod.ts";
import type { Client } from "../../client/mod.ts";
import { ContainerFollower, notStarted, PodState } from "./container_follower.ts";
import { InstanceReader } from "./instance_reader.ts";
import { checkContainers, chooseContainers, shown } from "./log_containers.ts";
import { type LogSource, logSource } from "./log_entry.ts";
import type { LogSpec } from "./log_spec.ts";
import { choosePods, type PodChoice } from "./log_target.ts";
import { type ContainerFacts, type PodFacts, whyWaiting } from "./pod_facts.ts";
import { followPods, listPods } from "./pod_watch.ts";
import { LIMIT_REACHED, SourceSink } from "./source_sink.ts";
import { SpillQueue, type SpillQueueOptions } from "./spill_queue.ts";

export interface LogRunOptions {
  readonly client: Client;
  readonly spec: LogSpec;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly random: () => number;
  readonly limits: Pick<SpillQueueOptions, "memoryBytes" | "diskBytes">;
  readonly onJoin: (source: LogSource) => void;
  readonly onLeave: (source: LogSource) => void;
}

/** Requests at once of logs that are not followed; an HTTP/2 connection has 100. */
const MOST_AT_ONCE = 50;

export class LogRun {
  readonly #options: LogRunOptions;
  readonly #states = new Map<string, PodState>();
  /** Followers that have not ended, by source. */
  readonly #open = new Map<string, LogSource>();
  readonly #joined = new Map<string, LogSource>();

  constructor(options: LogRunOptions) {
    this.#options = options;
  }

  /** The sources' queues, one each, filled in the background: for logs that are not followed. */
  async readAll(): Promise<readonly SpillQueue[]> {
    const { client, spec, signal, limits } = this.#options;
    const choice = await choosePods(client, spec.target, { signal });
    const sources: { source: LogSource; pod: PodFacts; container: ContainerFacts }[] = [];
    const pods = await listPods(client, choice, { signal });
    checkContainers(pods, spec.containers);
    for (const pod of pods) {
      for (const container of chooseContainers(pod, spec.containers, lenience(choice))) {
        sources.push({ source: this.#source(pod, container), pod, container });
      }
    }
    // Lines are merged by their times, and a connection that carries several logs starves all of them when some are not
    // read: only a log that is alone is held up in memory. Those that wait for their turn hold up those that are merged
    // with them: then nothing may hold these up.
    const waits = sources.length <= MOST_AT_ONCE;
    const queueLimits = {
      memoryBytes: share(limits.memoryBytes, sources.length),
      diskBytes: sources.length === 1 ? 0 : share(limits.diskBytes, sources.length),
    };
    const queues = sources.map(() => new SpillQueue({ ...queueLimits, waits }));
    const next = sources.entries();
    const work = async () => {
      for (const [at, each] of next) await this.#readOne({ ...each, queue: queues[at]! });
    };
    for (let i = 0; i < Math.min(MOST_AT_ONCE, sources.length); i++) void work();
    return queues;
  }

  async #readOne(
    { source, pod, container, queue }: {
      readonly source: LogSource;
      readonly pod: PodFacts;
      readonly container: ContainerFacts;
      readonly queue: SpillQueue;
    },
  ): Promise<void> {
    const { spec } = this.#options;
    const sink = this.#sink(source, queue);
    try {
      await this.#reader(source, sink).readAll({ previous: spec.previous ?? false });
      if (container.state === "waiting" && container.last === null && container.instance === "") {
        sink.mark("waiting", whyWaiting(pod, container));
      }
      queue.end();
    } catch (error) {
      if (error === LIMIT_REACHED) return queue.end();
      if (spec.ignoreErrors !== true || !(error instanceof OrkaError)) return queue.end(error);
      sink.mark("failed", error.message, error);
      queue.end();
    }
  }

  /** Fills one queue until every named pod has ended, or for ever. Throws OrkaError, or the signal's reason. */
  async follow(queue: SpillQueue): Promise<void> {
    const { client, spec, signal, clock, random } = this.#options;
    const choice = await choosePods(client, spec.target, { signal });
    const done = new AbortController();
    const stop = AbortSignal.any([signal, done.signal]);
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => {}); // nobody may be left to hear of it
    let isListed = false;
    const settle = () => {
      const isEnding = choice.type === "pods" && isListed && this.#open.size === 0;
      if (isEnding) done.abort(new Cancelled());
    };
    const start = (pod: PodFacts, state: PodState) => {
      for (const container of this.#containersOf(pod, choice)) {
        this.#begin({ pod, container, state, queue, signal: stop, isSelected: choice.type !== "pods" })
          .catch(failed.reject).finally(settle);
      }
    };
    const watching = followPods(choice, {
      client,
      signal: stop,
      clock,
      random,
      onPod: (pod) => {
        const known = this.#states.get(pod.uid);
        if (known !== undefined) return known.set(pod);
        const state = new PodState(pod);
        this.#states.set(pod.uid, state);
        start(pod, state);
      },
      onGone: (pod) => {
        this.#states.get(pod.uid)?.gone(pod);
        this.#states.delete(pod.uid);
      },
      onListed: () => {
        isListed = true;
        try {
          checkContainers([...this.#states.values()].map(({ pod }) => pod), spec.containers);
        } catch (error) {
          failed.reject(error);
        }
        settle();
      },
    });
    try {
      await Promise.race([watching, failed.promise]);
    } catch (error) {
      signal.throwIfAborted();
      if (error !== done.signal.reason) throw error;
    } finally {
      done.abort(new Cancelled());
    }
  }

  #containersOf(pod: PodFacts, choice: PodChoice): readonly ContainerFacts[] {
    return chooseContainers(pod, this.#options.spec.containers, lenience(choice));
  }

  async #begin(
    { pod, container, state, queue, signal, isSelected }: {
      readonly pod: PodFacts;
      readonly container: ContainerFacts;
      readonly state: PodState;
      readonly queue: SpillQueue;
      readonly signal: AbortSignal;
      readonly isSelected: boolean;
    },
  ): Promise<void> {
    const { client, spec, clock, random, onLeave } = this.#options;
    const source = this.#source(pod, container);
    const sink = this.#sink(source, queue);
    if (this.#open.size >= (spec.maxStreams ?? Infinity)) {
      throw tooMany(this.#open.size + 1, spec.maxStreams!);
    }
    const waits = isSelected || spec.wait === true;
    if (!waits && container.state === "waiting" && container.last === null) throw notStarted(pod, container);
    this.#open.set(pod.uid + source.id, source);
    sink.mark("joined", "");
    try {
      const { tailLines, sinceSeconds, sinceTime } = spec;
      const first = { tailLines, sinceSeconds, sinceTime };
      await new ContainerFollower({ client, source, state, sink, signal, clock, random, first, waits }).run();
    } catch (error) {
      if (error === LIMIT_REACHED) return;
      signal.throwIfAborted();
      if (!(error instanceof OrkaError) || spec.ignoreErrors !== true) throw error;
      sink.mark("failed", error.message, error);
    } finally {
      this.#open.delete(pod.uid + source.id);
      if (state.isGone) {
        this.#joined.delete(source.id);
        onLeave(source);
      }
    }
  }

  #source(pod: PodFacts, { name, role }: ContainerFacts): LogSource {
    const made = logSource({
      namespace: pod.namespace,
      pod: pod.name,
      container: name,
      role,
      containers: pod.containers.map(shown),
    });
    const known = this.#joined.get(made.id);
    if (known !== undefined) return known;
    this.#joined.set(made.id, made);
    this.#options.onJoin(made);
    return made;
  }

  #sink(source: LogSource, queue: SpillQueue): SourceSink {
    const { clock, spec } = this.#options;
    const { limitBytes, limitCountsStamps } = spec;
    return new SourceSink({ source, queue, clock, limitBytes, limitCountsStamps });
  }

  #reader(source: LogSource, sink: SourceSink): InstanceReader {
    const { client, spec, signal, clock, random } = this.#options;
    const { tailLines, sinceSeconds, sinceTime } = spec;
    return new InstanceReader({
      client,
      source,
      sink,
      signal,
      clock,
      random,
      first: { tailLines, sinceSeconds, sinceTime },
    });
  }
}

/** A pod that was named has to have the containers that are named. */
function lenience({ type }: PodChoice): { readonly isLenient: boolean } {
  return { isLenient: type === "selector" };
}

/** At least a chunk each. */
function share(bytes: number, sources: number): number {
  return Math.max(64 * 1024, Math.floor(bytes / Math.max(1, sources)));
}

/** kubectl's words. */
function tooMany(wanted: number, most: number): OrkaError {
  const message =
    `you are attempting to follow ${wanted} log streams, but maximum allowed concurrency is ${most}`;
  return new OrkaError("usage", message, { hint: "--max-log-requests raises the limit." });
}
