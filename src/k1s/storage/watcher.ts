/**
 * One watch: the state it was asked for, then the log up to now, then live events. The first two are pulled page
 * by page as the consumer reads, so a watcher costs its bounded queue and no more.
 */
import type { Backend } from "./backend.ts";
import { closed, StorageError } from "./errors.ts";
import type { Subscriber } from "./hub.ts";
import type { BookmarkEvent, ChangeEvent, StorageEvent, StoredObject, WatchOptions } from "./interface.ts";
import type { KeyRange } from "./keys.ts";

/**
 * Objects or log rows read at a time: at 2 KB each a page is about 200 KB, which a watcher that stops reading in the
 * middle keeps.
 */
const PAGE = 100;
const MAX_QUEUED = 1_024;
/** UTF-16 units of values queued; watchers share the events of their kind. */
const MAX_QUEUED_CHARS = 16 * 1024 * 1024;
/** UTF-16 units of values that `next` gives at once: what a connection that stalls then holds a copy of. */
const MAX_TAKEN_CHARS = 32 * 1024;
const MAX_LAG = 20_000;

type State =
  | { readonly kind: "starting" }
  | { readonly kind: "initial"; readonly revision: number; readonly after: string | undefined }
  | { readonly kind: "replay"; readonly after: number }
  | { readonly kind: "live" };

/**
 * 1. `next` gives at least one event, or undefined after `close`; one `next` at a time.
 * 2. A queue that overflows is dropped, and read from the log when the consumer reads on: nothing is left out. All that
 *    idle watchers of a kind hold is its newest events, which they share, however many they are.
 * 3. A failure comes after the events queued before it; then the watcher is closed.
 */
export class Watcher implements AsyncIterable<StorageEvent>, AsyncDisposable {
  readonly #backend: Backend;
  readonly #range: KeyRange;
  readonly #options: WatchOptions;
  #state: State = { kind: "starting" };
  #queue: StorageEvent[] = [];
  #queuedChars = 0;
  /** The last revision queued or known to be of no concern. */
  #seen = 0;
  #wake: (() => void) | undefined;
  #closed = false;
  #failure: unknown;
  readonly #subscriber: Subscriber;
  readonly #onAbort = () => this.close();

  constructor(backend: Backend, range: KeyRange, options: WatchOptions) {
    this.#backend = backend;
    this.#range = range;
    this.#options = options;
    this.#subscriber = {
      range,
      deliver: (event) => this.#deliver(event),
      bookmark: (event) => this.#bookmark(event),
      end: () => this.#fail(closed()),
    };
    backend.hub.join();
    if (backend.hub.ended) this.#fail(closed());
    else if (options.from === "now") this.#attachNow();
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (options.signal?.aborted) this.close();
  }

  /** Events queued and not yet taken. */
  get queued(): number {
    return this.#queue.length;
  }

  /** The next events in order, as many as there are up to a bound in size; undefined once closed. */
  async next(): Promise<readonly StorageEvent[] | undefined> {
    for (;;) {
      if (this.#closed) return undefined;
      if (this.#queue.length > 0) return this.#take();
      if (this.#failure !== undefined) {
        this.close();
        throw this.#failure;
      }
      if (this.#state.kind === "live") await new Promise<void>((resolve) => this.#wake = resolve);
      else await this.#pull();
    }
  }

  /** Queues a bookmark at the newest revision, where the watcher wants them and is up to date. */
  async requestProgress(): Promise<void> {
    await this.#backend.catchUp();
    if (this.#state.kind !== "live" || this.#closed) return;
    this.#bookmark({ type: "bookmark", revision: this.#backend.hub.published, initialEventsEnd: false });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StorageEvent, void, undefined> {
    try {
      for (let events = await this.next(); events; events = await this.next()) yield* events;
    } finally {
      this.close();
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue = [];
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#backend.hub.detach(this.#subscriber);
    this.#backend.hub.leave();
    this.#wakeUp();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  #take(): readonly StorageEvent[] {
    let chars = 0;
    let count = 0;
    while (count < this.#queue.length && chars < MAX_TAKEN_CHARS) chars += charsOf(this.#queue[count++]!);
    if (count < this.#queue.length) {
      this.#queuedChars -= chars;
      return this.#queue.splice(0, count);
    }
    const events = this.#queue;
    this.#queue = [];
    this.#queuedChars = 0;
    return events;
  }

  /** "now" is what the hub has published: another process's write of this very millisecond may still come. */
  #attachNow(): void {
    this.#seen = this.#backend.hub.published;
    this.#goLive();
  }

  async #pull(): Promise<void> {
    try {
      const state = this.#state;
      if (state.kind === "starting") await this.#start();
      else if (state.kind === "initial") await this.#readState(state.revision, state.after);
      else if (state.kind === "replay") await this.#readLog(state.after);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #start(): Promise<void> {
    await this.#backend.catchUp();
    const { from } = this.#options;
    if (typeof from === "number" && from > 0) this.#replayFrom(from);
    else await this.#readState(0, undefined);
  }

  /** One page of the present state; all pages are of the first one's revision. */
  async #readState(revision: number, after: string | undefined): Promise<void> {
    const at = revision === 0 ? undefined : revision;
    const page = await this.#backend.range({ range: this.#range, after, limit: PAGE, at });
    if (this.#closed) return;
    for (const object of page.items) this.#push(addedEvent(object));
    if (page.more) {
      this.#state = { kind: "initial", revision: page.revision, after: page.items.at(-1)!.key };
      return;
    }
    if (this.#options.initialEvents) {
      this.#queue.push({ type: "bookmark", revision: page.revision, initialEventsEnd: true });
    }
    this.#replayFrom(page.revision);
  }

  #replayFrom(after: number): void {
    this.#seen = after;
    this.#state = { kind: "replay", after };
  }

  async #readLog(after: number): Promise<void> {
    const { hub } = this.#backend;
    if (after >= hub.published) {
      this.#goLive();
      return;
    }
    const lag = hub.published - after;
    if (this.#lagging && lag > (this.#options.maxLag ?? MAX_LAG)) throw slow(lag);
    const page = await this.#backend.log(this.#range, after, PAGE);
    if (this.#closed) return;
    for (const event of page.events) this.#push(event);
    this.#replayFrom(Math.max(page.through, after));
    if (page.through >= hub.published) this.#goLive();
  }

  /** Set once the queue overflowed: a first replay may be long, falling behind may not. */
  #lagging = false;

  #goLive(): void {
    this.#backend.hub.attach(this.#subscriber, this.#seen);
    this.#state = { kind: "live" };
    this.#lagging = false;
  }

  #deliver(event: ChangeEvent): void {
    if (event.revision <= this.#seen) return; // watched from a revision that was still to come
    const room = this.#queue.length < (this.#options.maxQueued ?? MAX_QUEUED) &&
      this.#queuedChars + event.value.length <= MAX_QUEUED_CHARS;
    if (!room) {
      this.#overflow();
      return;
    }
    this.#seen = event.revision;
    this.#push(event);
    this.#wakeUp();
  }

  #push(event: ChangeEvent): void {
    this.#queuedChars += event.value.length;
    this.#queue.push(event);
  }

  /** While live the queue holds what the log does, and bookmarks, which nobody misses. */
  #overflow(): void {
    const first = this.#queue.find((event) => event.type !== "bookmark");
    const after = first ? first.revision - 1 : this.#seen;
    this.#lagging = true;
    this.#queue = [];
    this.#queuedChars = 0;
    this.#backend.hub.detach(this.#subscriber);
    this.#replayFrom(after);
  }

  #bookmark(event: BookmarkEvent): void {
    if (!this.#options.bookmarks || event.revision < this.#seen) return;
    if (this.#queue.at(-1)?.type === "bookmark") this.#queue.pop(); // the newer one says it all
    this.#queue.push(event);
    this.#wakeUp();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#backend.hub.detach(this.#subscriber);
    this.#wakeUp();
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

function charsOf(event: StorageEvent): number {
  return event.type === "bookmark" ? 0 : event.value.length;
}

function addedEvent({ key, value, uid, revision, createRevision }: StoredObject): ChangeEvent {
  return { type: "added", key, value, previousValue: undefined, uid, revision, createRevision };
}

function slow(lag: number): StorageError {
  return new StorageError("slow-watcher", `The watcher is ${lag} revisions behind: it reads too slowly`);
}
