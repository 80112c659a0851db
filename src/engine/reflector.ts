import { type Clock, jitterMs, type Logger, type MetricSet, OrkaError, toWire } from "../base/mod.ts";
import type { ChangeType, ListPage, TableRow, WatchEnd } from "../client/mod.ts";
import type { TableColumn } from "../kube/mod.ts";
import type { FeedSource, SourceWatchOptions } from "./feed_source.ts";
import {
  type Failure,
  IDLE,
  type ReflectorCommand,
  type ReflectorEvent,
  type ReflectorState,
  stepReflector,
} from "./reflector_state.ts";

/** Who takes in what a reflector fetches. All calls are synchronous. */
export interface ReflectorSink {
  /** A list begins; `verify`: beside a running watch, which must not be disturbed. Called again when it starts over. */
  listBegins(options: { readonly verify: boolean }): void;
  page(page: ListPage): void;
  listed(row: TableRow, options: { readonly verify: boolean }): void;
  /** Every page is in: what was not listed is gone. */
  listEnds(): void;
  /** The list failed or was given up: nothing is removed. */
  listAbandoned(): void;
  columns(columns: readonly TableColumn[]): void;
  changed(type: ChangeType, row: TableRow): void;
  /** The server proved that the view is current. */
  fresh(): void;
  /** The state changed. */
  stepped(): void;
}

export interface ReflectorOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly backoffMaxMs: number;
  /** 0: the view is never verified. */
  readonly verifyMs: number;
  readonly metrics: MetricSet;
  readonly log: Logger;
}

/** No server is waited for longer on its word, ms. */
const RETRY_AFTER_MAX_MS = 300_000;
/** A watch that is not open by then is not live, ms. */
const LATE_MS = 2000;
/** A watch that lasted this long was no failure, whatever it said. */
const HEALTHY_MS = 5000;
/** A watch that ended within this time is not asked for again at once, whatever it said. */
const PROVED_MS = 1000;

/** Drives the machine of reflector_state.ts: does its commands, and tells it what came of them. */
export class Reflector {
  readonly #source: FeedSource;
  readonly #sink: ReflectorSink;
  readonly #options: ReflectorOptions;
  #state: ReflectorState = IDLE;
  #list: AbortController | null = null;
  #watch: AbortController | null = null;
  #wait: Disposable | null = null;
  #verify: Disposable | null = null;
  #watches = 0;
  #retryMs: number | null = null;
  readonly #running = new Set<Promise<void>>();

  constructor(source: FeedSource, sink: ReflectorSink, options: ReflectorOptions) {
    this.#source = source;
    this.#sink = sink;
    this.#options = options;
  }

  get state(): ReflectorState {
    return this.#state;
  }

  /** Epoch ms of the next try, while one waits. */
  get retryMs(): number | null {
    return this.#retryMs;
  }

  start(): void {
    this.#send({ type: "start" });
  }

  refresh(): void {
    this.#send({ type: "refresh" });
  }

  /** Something that the watch said was lost: list anew. */
  dropped(): void {
    this.#send({ type: "dropped" });
  }

  /** Stops everything; resolves when no request is open any more. */
  async close(): Promise<void> {
    this.#send({ type: "close" });
    this.#verify?.[Symbol.dispose]();
    await Promise.all(this.#running);
  }

  #send(event: ReflectorEvent): void {
    const before = this.#state;
    const { backoffMaxMs, random } = this.#options;
    const { state, commands } = stepReflector(before, event, { backoffMaxMs, random });
    this.#state = state;
    if (before.type !== state.type) this.#logStep(before, event);
    for (const command of commands) this.#do(command);
    if (state !== before) this.#sink.stepped();
  }

  #logStep(before: ReflectorState, event: ReflectorEvent): void {
    const error = "failure" in event ? event.failure.error.message : undefined;
    const fields = { from: before.type, to: this.#state.type, on: event.type, error };
    if (error === undefined) this.#options.log.debug("feed steps", fields);
    else this.#options.log.info("feed steps", fields);
  }

  #do(command: ReflectorCommand): void {
    switch (command.type) {
      case "list":
        return this.#run(this.#runList(false));
      case "verify":
        return this.#run(this.#runList(true));
      case "watch":
        return this.#run(this.#runWatch(command.version));
      case "cancel-list":
        return this.#cancelList();
      case "cancel-watch":
        this.#watch?.abort();
        return void (this.#watch = null);
      case "cancel-wait":
        return this.#stopWaiting();
      case "wait":
        return this.#startWaiting(command.delayMs);
      case "schedule-verify":
        return this.#scheduleVerify();
      case "keep-verify":
        if (this.#verify === null) this.#scheduleVerify();
    }
  }

  #cancelList(): void {
    if (this.#list === null) return;
    this.#list.abort();
    this.#list = null;
    this.#sink.listAbandoned();
  }

  #run(work: Promise<void>): void {
    this.#running.add(work);
    work.finally(() => this.#running.delete(work));
  }

  #startWaiting(delayMs: number): void {
    this.#options.metrics.observe("watch_backoff_ms", delayMs);
    this.#retryMs = this.#options.clock.now() + delayMs;
    this.#wait = this.#options.clock.timer(delayMs, () => {
      this.#stopWaiting();
      this.#send({ type: "retry" });
    });
  }

  #stopWaiting(): void {
    this.#wait?.[Symbol.dispose]();
    this.#wait = null;
    this.#retryMs = null;
  }

  #scheduleVerify(): void {
    const { clock, random, verifyMs } = this.#options;
    this.#verify?.[Symbol.dispose]();
    this.#verify = null;
    if (verifyMs <= 0) return;
    this.#verify = clock.timer(jitterMs(verifyMs, 0.1, random), () => {
      this.#verify = null;
      this.#send({ type: "verify-due" });
    });
  }

  async #runList(verify: boolean): Promise<void> {
    const abort = new AbortController();
    this.#list = abort;
    const current = () => this.#list === abort;
    const begin = () => current() && this.#sink.listBegins({ verify });
    if (verify || ("complete" in this.#state && this.#state.complete)) {
      this.#options.metrics.count("relist_total");
    }
    begin();
    let version: string;
    try {
      const { resourceVersion } = await this.#source.list({
        verify,
        signal: abort.signal,
        onPage: (page) => {
          if (!current()) return;
          this.#sink.page(page);
          this.#send({ type: "page" });
        },
        onRow: (row) => current() && this.#sink.listed(row, { verify }),
        onRestart: begin,
      });
      version = resourceVersion;
    } catch (error) {
      return this.#listFailed(error, { verify, current: current() });
    }
    if (!current()) return;
    this.#list = null;
    // Outside of the try: a bug in who takes this in is none of the list's.
    this.#sink.listEnds();
    this.#sink.fresh();
    this.#send(verify ? { type: "verified" } : { type: "listed", version });
  }

  #listFailed(error: unknown, { verify, current }: { verify: boolean; current: boolean }): void {
    if (!current) return;
    this.#list = null;
    this.#sink.listAbandoned();
    // A verification that fails says nothing of the view: the watch is what would.
    if (verify) return this.#send({ type: "verified" });
    this.#send({ type: "list-failed", failure: failureFrom(error) });
  }

  async #runWatch(version: string): Promise<void> {
    const abort = new AbortController();
    this.#watch = abort;
    const current = () => this.#watch === abort;
    if (this.#watches++ > 0) this.#options.metrics.count("watch_restarts_total");
    const since = this.#options.clock.monotonic();
    using late = this.#options.clock.timer(LATE_MS, () => current() && this.#send({ type: "late" }));
    const end = await this.#watchSafely({
      version,
      signal: abort.signal,
      onOpen: () => {
        late[Symbol.dispose]();
        if (current()) this.#send({ type: "opened" });
      },
      onColumns: (columns) => current() && this.#sink.columns(columns),
      onBookmark: (at) => current() && this.#progress(at, since),
      onRow: (type, row) => {
        if (!current()) return;
        this.#sink.changed(type, row);
        this.#progress(row.metadata?.resourceVersion ?? "", since);
      },
    });
    if (!current()) return;
    this.#watch = null;
    this.#send(endEvent(end, this.#options.clock.monotonic() - since));
  }

  /** What a frame that nobody foresaw throws ends this watch, not the process. */
  async #watchSafely(options: SourceWatchOptions): Promise<WatchEnd> {
    try {
      return await this.#source.watch(options);
    } catch (error) {
      this.#options.log.error("bug: a watch threw", {
        error: error instanceof Error ? error.stack ?? error.message : String(error),
      });
      const cause = error instanceof OrkaError
        ? error
        : new OrkaError("protocol", `the watch could not be read: ${String(error)}`, { cause: error });
      return { reason: "error", resourceVersion: options.version, frames: 0, error: cause };
    }
  }

  #progress(version: string, since: number): void {
    this.#sink.fresh();
    const state = this.#state;
    const proved = this.#options.clock.monotonic() - since >= PROVED_MS;
    // Within one watch only the version moves, which no reader sees: no step for each of a thousand frames a second.
    if (
      state.type === "watching" && state.open && state.failure === null && (!proved || state.attempt === 0)
    ) {
      return;
    }
    if (version !== "") this.#send({ type: "progress", version, proved });
  }
}

function endEvent(end: WatchEnd, lastedMs: number): ReflectorEvent {
  const { resourceVersion: version } = end;
  const healthy = lastedMs >= HEALTHY_MS;
  if (end.reason === "cut" || end.reason === "error") {
    return { type: "watch-failed", version, failure: failureFrom(end.error), healthy };
  }
  const idle = end.reason === "idle";
  const frames = healthy ? Math.max(1, end.frames) : lastedMs < PROVED_MS ? 0 : end.frames;
  return { type: "watch-ended", version, frames, idle };
}

function failureFrom(error: unknown): Failure {
  const asked = error instanceof OrkaError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
  const retryAfterMs = asked >= 0 ? Math.min(asked, RETRY_AFTER_MAX_MS) : 0;
  return { kind: failureKind(error), error: toWire(error), retryAfterMs };
}

function failureKind(error: unknown): Failure["kind"] {
  if (!(error instanceof OrkaError)) return "other";
  if (error.code === "expired") return "expired";
  if (error.code === "forbidden") return "denied";
  return error.code === "unauthorized" ? "unauthorized" : "other";
}
