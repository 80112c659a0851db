import type { Clock, Knobs, Logger, MetricSet } from "../base/mod.ts";
import type { ChangeType, TableRow } from "../client/mod.ts";
import { type KubeObject, parseJson } from "../kube/mod.ts";
import type { FeedSource } from "./feed_source.ts";
import type { FeedStatus } from "./protocol.ts";
import { Reflector, type ReflectorSink } from "./reflector.ts";
import { failureOf, phaseOf } from "./reflector_state.ts";

export interface ObjectSetOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly knobs: Knobs;
  readonly metrics: MetricSet;
  readonly log: Logger;
  readonly onChange: () => void;
}

const decoder = new TextDecoder();

/** A handful of whole objects followed live, by uid. For collections of any size there is Feed. */
export class ObjectSet implements ReflectorSink {
  readonly #options: ObjectSetOptions;
  readonly #reflector: Reflector;
  readonly #objects = new Map<string, KubeObject>();
  /** uids of the list at hand; null between lists. */
  #listed: Set<string> | null = null;
  /** uids that the watch saw go while a list was under way, which may still say that they are there; null between lists. */
  #goneMeanwhile: Set<string> | null = null;
  #listedOnce = false;
  #last: KubeObject | null = null;
  #freshMs = 0;

  constructor(source: FeedSource, options: ObjectSetOptions) {
    this.#options = options;
    this.#reflector = new Reflector(source, this, {
      clock: options.clock,
      random: options.random,
      metrics: options.metrics,
      log: options.log,
      backoffMaxMs: options.knobs.watchBackoffMaxSecs * 1000,
      verifyMs: options.knobs.relistSecs * 1000,
    });
    this.#reflector.start();
  }

  get objects(): readonly KubeObject[] {
    return [...this.#objects.values()];
  }

  /** The object seen last, be it gone by now. */
  get last(): KubeObject | null {
    return this.#last;
  }

  /** True once a list was whole: what is not here is not there. */
  get complete(): boolean {
    return this.#listedOnce;
  }

  get status(): FeedStatus {
    const { state, retryMs } = this.#reflector;
    return {
      phase: phaseOf(state),
      loaded: this.#objects.size,
      expected: null,
      freshMs: this.#freshMs,
      retryMs,
      error: failureOf(state)?.error ?? null,
      dropped: 0,
    };
  }

  close(): Promise<void> {
    return this.#reflector.close();
  }

  listBegins(): void {
    this.#listed = new Set();
    this.#goneMeanwhile = new Set();
  }

  page(): void {}

  columns(): void {}

  listed(row: TableRow): void {
    const read = readObject(row);
    if (read === null || this.#goneMeanwhile?.has(read.uid)) return;
    this.#put(read);
    this.#listed?.add(read.uid);
  }

  listEnds(): void {
    for (const uid of this.#objects.keys()) if (!this.#listed?.has(uid)) this.#objects.delete(uid);
    this.#listed = this.#goneMeanwhile = null;
    this.#listedOnce = true;
    this.#options.onChange();
  }

  listAbandoned(): void {
    this.#listed = this.#goneMeanwhile = null;
  }

  changed(type: ChangeType, row: TableRow): void {
    const read = readObject(row);
    if (read === null) return;
    this.#put(read);
    // A list beside the watch began before this was said.
    if (type === "DELETED") {
      this.#objects.delete(read.uid);
      this.#listed?.delete(read.uid);
      this.#goneMeanwhile?.add(read.uid);
    } else this.#listed?.add(read.uid);
    this.#options.onChange();
  }

  fresh(): void {
    this.#freshMs = this.#options.clock.now();
  }

  stepped(): void {
    this.#options.onChange();
  }

  /** Takes an object in unless it is older than the one held. */
  #put({ uid, object }: ReadObject): void {
    const held = this.#objects.get(uid)?.metadata.resourceVersion;
    if (held !== undefined && Number(held) > Number(object.metadata.resourceVersion)) return;
    this.#objects.set(uid, object);
    this.#last = object;
  }
}

interface ReadObject {
  readonly uid: string;
  readonly object: KubeObject;
}

/** A row's object, or null when it cannot be read. */
function readObject(row: TableRow): ReadObject | null {
  if (row.error !== "") return null;
  const object = parseJson(decoder.decode(row.object)) as Partial<KubeObject> | null;
  if (typeof object?.metadata !== "object" || object.metadata === null) return null;
  const { uid = `${object.metadata.namespace ?? ""}/${object.metadata.name}` } = object.metadata;
  return { uid, object: object as KubeObject };
}
