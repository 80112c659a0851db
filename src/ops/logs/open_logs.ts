/** The door: a stream of logs for panes and verbs. */
import { Cancelled, type Clock, systemClock } from "../../base/mod.ts";
import type { Client } from "../../client/mod.ts";
import type { LogSource } from "./log_entry.ts";
import { LogHistory } from "./log_history.ts";
import { type BlockBatch, mergeLogs } from "./log_merge.ts";
import { LogRun } from "./log_run.ts";
import type { LogBatch, LogOptions, LogSpec, LogStream } from "./log_spec.ts";
import { EntryReader, itemMark } from "./queue_entries.ts";
import { SpillQueue } from "./spill_queue.ts";

const MEMORY_BYTES = 32 * 1024 * 1024;
const DISK_BYTES = 1024 * 1024 * 1024;

/**
 * Opens the logs that a spec means; the first request is sent when the first batch is asked for. Needs `get` on pods and
 * pods/log, `list` and `watch` on pods for selections and workloads.
 */
export function openLogs(client: Client, spec: LogSpec, options: LogOptions = {}): LogStream {
  return new OpenLogs(client, spec, options);
}

class OpenLogs implements LogStream {
  readonly #client: Client;
  readonly #spec: LogSpec;
  readonly #options: LogOptions;
  readonly #clock: Clock;
  /** Aborted with the iteration's end; what is older can still be asked for. */
  readonly #reading = new AbortController();
  readonly #closing = new AbortController();
  readonly #signal: AbortSignal;
  readonly #sources = new Map<string, LogSource>();
  readonly #history: LogHistory;
  #queues: readonly SpillQueue[] = [];
  #isRead = false;

  constructor(client: Client, spec: LogSpec, options: LogOptions) {
    this.#client = client;
    this.#spec = spec;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const outer = options.signal === undefined
      ? this.#closing.signal
      : AbortSignal.any([options.signal, this.#closing.signal]);
    this.#signal = AbortSignal.any([outer, this.#reading.signal]);
    this.#history = new LogHistory({ client, spec, clock: this.#clock, signal: outer });
  }

  get sources(): readonly LogSource[] {
    return [...this.#sources.values()];
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LogBatch> {
    const reader = new EntryReader();
    for await (const blocks of this.blocks()) {
      const batch = reader.entries(blocks, this.#clock.now());
      this.#history.given(batch);
      yield batch;
    }
  }

  async *blocks(): AsyncGenerator<BlockBatch> {
    if (this.#isRead) throw new Error("a log stream is read once");
    this.#isRead = true;
    try {
      for await (const batch of this.#spec.follow ? this.#follow() : this.#read()) {
        this.#options.signal?.throwIfAborted();
        if (this.#closing.signal.aborted) return;
        yield batch;
      }
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      if (!this.#closing.signal.aborted) throw error;
    } finally {
      this.#stop();
    }
  }

  older(count: number, { source }: { readonly source?: LogSource | undefined } = {}): Promise<LogBatch> {
    return this.#history.older(source === undefined ? this.sources : [source], count);
  }

  close(): void {
    this.#closing.abort(new Cancelled("the log stream was closed"));
    this.#stop();
  }

  #stop(): void {
    this.#reading.abort(new Cancelled("the log stream was read"));
    for (const queue of this.#queues) queue.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  #run(): LogRun {
    return new LogRun({
      client: this.#client,
      spec: this.#spec,
      signal: this.#signal,
      clock: this.#clock,
      random: this.#options.random ?? Math.random,
      limits: this.#limits,
      onJoin: (source) => void this.#sources.set(source.id, source),
      onLeave: (source) => void this.#sources.delete(source.id),
    });
  }

  get #limits() {
    const { memoryBytes = MEMORY_BYTES, diskBytes = DISK_BYTES } = this.#options;
    return { memoryBytes, diskBytes };
  }

  async *#read(): AsyncGenerator<BlockBatch> {
    this.#queues = await this.#run().readAll();
    this.#endWithSignal();
    if (this.#queues.length === 1) yield* this.#blocksOf(this.#queues[0]!);
    else yield* mergeLogs(this.#queues);
  }

  async *#follow(): AsyncGenerator<BlockBatch> {
    const queue = new SpillQueue({ ...this.#limits, waits: false });
    this.#queues = [queue];
    this.#endWithSignal();
    this.#run().follow(queue).then(() => queue.end(), (error) => queue.end(error));
    yield* this.#blocksOf(queue);
  }

  /** Whoever waits for a line hears of the end at once. */
  #endWithSignal(): void {
    const end = () => this.#queues.forEach((queue) => queue.end(this.#signal.reason));
    if (this.#signal.aborted) end();
    else this.#signal.addEventListener("abort", end, { once: true });
  }

  async *#blocksOf(queue: SpillQueue): AsyncGenerator<BlockBatch> {
    for (let items = await queue.take(); items !== null; items = await queue.take()) {
      yield items.map((item) => item.type === "block" ? item : itemMark(item, this.#clock.now()));
    }
  }
}
