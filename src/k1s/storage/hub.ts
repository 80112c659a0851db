/**
 * Hands events to the watchers of this process.
 *
 * 1. `published` rises with every event, whether anyone watches or not; events arrive in order, without gaps.
 * 2. A watcher attaches only at `published`: what came before, it has read from the log.
 * 3. Watchers are grouped by tenant and resource, so a write costs what its own watchers cost.
 */
import type { BookmarkEvent, ChangeEvent } from "./interface.ts";
import { keyGroup, type KeyRange } from "./keys.ts";

export interface Subscriber {
  readonly range: KeyRange;
  deliver(event: ChangeEvent): void;
  bookmark(event: BookmarkEvent): void;
  /** The store is going away. */
  end(): void;
}

export class Hub {
  #published: number;
  readonly #groups = new Map<string, Set<Subscriber>>();
  #members = 0;
  #ended = false;
  readonly #onInterest: ((watched: boolean) => void) | undefined;

  /** `onInterest` runs when the first watcher opens and when the last one closes. */
  constructor(published: number, onInterest?: (watched: boolean) => void) {
    this.#published = published;
    this.#onInterest = onInterest;
  }

  get published(): number {
    return this.#published;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Watchers open, attached or still reading the log. */
  get watched(): boolean {
    return this.#members > 0;
  }

  /** Watchers that get events as they come. */
  get attached(): number {
    let count = 0;
    for (const group of this.#groups.values()) count += group.size;
    return count;
  }

  /** A watcher opened; the caller must `leave` in the end. */
  join(): void {
    if (this.#members++ === 0) this.#onInterest?.(true);
  }

  leave(): void {
    if (--this.#members === 0) this.#onInterest?.(false);
  }

  attach(subscriber: Subscriber, at: number): void {
    if (at < this.#published) throw new Error(`a watcher at ${at} attached at ${this.#published}`);
    const group = keyGroup(subscriber.range.prefix);
    const members = this.#groups.get(group);
    if (members) members.add(subscriber);
    else this.#groups.set(group, new Set([subscriber]));
  }

  detach(subscriber: Subscriber): void {
    const group = keyGroup(subscriber.range.prefix);
    const members = this.#groups.get(group);
    if (members?.delete(subscriber) && members.size === 0) this.#groups.delete(group);
  }

  publish(event: ChangeEvent): void {
    this.#published = event.revision;
    if (this.#groups.size === 0) return;
    const members = this.#groups.get(keyGroup(event.key));
    if (!members) return;
    for (const subscriber of members) {
      if (event.key.startsWith(subscriber.range.prefix)) subscriber.deliver(event);
    }
  }

  /** Nobody watches: what lies between needs no delivery. */
  skipTo(revision: number): void {
    if (revision > this.#published) this.#published = revision;
  }

  bookmark(prefix: string): void {
    const event: BookmarkEvent = { type: "bookmark", revision: this.#published, initialEventsEnd: false };
    for (const members of this.#groups.values()) {
      for (const subscriber of members) {
        if (subscriber.range.prefix.startsWith(prefix)) subscriber.bookmark(event);
      }
    }
  }

  end(): void {
    this.#ended = true;
    for (const members of [...this.#groups.values()]) {
      for (const subscriber of [...members]) subscriber.end();
    }
    this.#groups.clear();
  }
}
