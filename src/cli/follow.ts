/**
 * A collection followed for as long as it takes: listed once, then watched, and watched on from the last
 * resourceVersion whenever the server or the network ends a watch. kubectl stops there; Orka does not.
 */
import { backoffMs, type Clock, OrkaError } from "../base/mod.ts";
import type { ChangeType, WatchEnd } from "../client/mod.ts";
import type { ObjectMeta } from "../kube/mod.ts";
import { type CliIo, note } from "./io.ts";

/** How to list and to watch the collection; each gives items with the metadata that tells them apart. */
export interface Feed<T> {
  /** Lists all; gives the resourceVersion to watch from. Rejects when `signal` is aborted. */
  list(options: {
    readonly signal: AbortSignal;
    readonly onItem: (metadata: ObjectMeta, item: T) => void;
  }): Promise<string>;
  watch(options: {
    readonly resourceVersion: string;
    readonly signal: AbortSignal;
    readonly onItem: (type: ChangeType, metadata: ObjectMeta, item: T) => void;
  }): Promise<WatchEnd>;
}

export interface FollowOptions<T> {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly random: () => number;
  /** Stop following when it returns true. `item` is null when the object went while nobody watched. */
  readonly onChange: (type: ChangeType, metadata: ObjectMeta, item: T | null) => boolean | void;
  /** The first list is complete. True stops. */
  readonly onListed?: (() => boolean | void) | undefined;
  /** The connection went, or came back (null). */
  readonly onOutage?: ((error: OrkaError | null) => void) | undefined;
}

const BACKOFF = { baseMs: 500, maxMs: 30_000 };
/** Worth another try: everything else says the same again. */
const PASSING = new Set(["unreachable", "timeout", "server", "throttled", "protocol"]);

/**
 * Follows until a callback stops it.
 *
 * 1. Objects of the first list are ADDED. After an outage only what differs is given: by resourceVersion.
 * 2. An error of the first list, or one that a retry cannot heal, is thrown; so is the signal's reason.
 */
export async function follow<T>(feed: Feed<T>, options: FollowOptions<T>): Promise<void> {
  await new Follower(feed, options).run();
}

class Follower<T> {
  readonly #known = new Map<string, ObjectMeta>();
  #attempt = 0;
  /** Aborted once a callback has had enough; what still runs ends with it. */
  readonly #done = new AbortController();
  readonly #signal: AbortSignal;
  #isOut = false;

  constructor(private readonly feed: Feed<T>, private readonly options: FollowOptions<T>) {
    this.#signal = AbortSignal.any([options.signal, this.#done.signal]);
  }

  async run(): Promise<void> {
    try {
      await this.#run();
    } catch (error) {
      if (!this.#isDone) throw error;
    }
  }

  get #isDone(): boolean {
    return this.#done.signal.aborted;
  }

  async #run(): Promise<void> {
    let version = await this.feed.list({
      signal: this.#signal,
      onItem: (metadata, item) => this.#change("ADDED", metadata, item),
    });
    if (this.options.onListed?.() === true) this.#done.abort();
    while (!this.#isDone) {
      const end = await this.feed.watch({
        resourceVersion: version,
        signal: this.#signal,
        onItem: (type, metadata, item) => this.#change(type, metadata, item),
      });
      if (this.#isDone) return;
      this.options.signal.throwIfAborted();
      if (end.frames > 0) this.#attempt = 0;
      version = end.reason === "error" && end.error.code === "expired"
        ? await this.#relist()
        : await this.#again(end);
    }
  }

  /** Waits before the watch goes on; at once when the server ended it in order. */
  async #again(end: WatchEnd): Promise<string> {
    if (end.reason === "error" && !PASSING.has(end.error.code)) throw end.error;
    if (end.reason === "closed" && end.frames > 0) return end.resourceVersion;
    await this.#pause("error" in end ? end.error : null);
    return end.resourceVersion;
  }

  async #pause(error: OrkaError | null): Promise<void> {
    if (error !== null && !this.#isOut) {
      this.#isOut = true;
      this.options.onOutage?.(error);
    }
    const delayMs = backoffMs(this.#attempt++, { ...BACKOFF, random: this.options.random });
    await this.options.clock.sleep(delayMs, { signal: this.#signal });
  }

  async #relist(): Promise<string> {
    for (;;) {
      const seen = new Set<string>();
      try {
        const version = await this.feed.list({
          signal: this.#signal,
          onItem: (metadata, item) => {
            seen.add(keyOf(metadata));
            const before = this.#known.get(keyOf(metadata));
            if (before?.resourceVersion === metadata.resourceVersion) return;
            this.#change(before === undefined ? "ADDED" : "MODIFIED", metadata, item);
          },
        });
        for (const [key, metadata] of this.#known) {
          if (!seen.has(key)) this.#change("DELETED", metadata, null);
        }
        return version;
      } catch (error) {
        if (!(error instanceof OrkaError) || !PASSING.has(error.code)) throw error;
        await this.#pause(error);
      }
    }
  }

  #change(type: ChangeType, metadata: ObjectMeta, item: T | null): void {
    if (this.#isDone) return;
    if (this.#isOut) {
      this.#isOut = false;
      this.options.onOutage?.(null);
    }
    if (type === "DELETED") this.#known.delete(keyOf(metadata));
    else this.#known.set(keyOf(metadata), identity(metadata));
    if (this.options.onChange(type, metadata, item) === true) this.#done.abort();
  }
}

function keyOf({ uid, namespace, name }: ObjectMeta): string {
  return uid ?? `${namespace ?? ""}/${name}`;
}

/** What is remembered of an object: little, since there may be many. */
function identity({ name, namespace, uid, resourceVersion }: ObjectMeta): ObjectMeta {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}

/** Tells stderr of an outage, and of its end. */
export function noteOutage(io: CliIo, error: OrkaError | null): void {
  const line = error === null ? "orka: watching again" : `orka: ${error.message}; trying again`;
  note(io, line).catch(() => {}); // stderr has gone: nobody is left to tell
}
