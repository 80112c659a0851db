import { type Client } from "../client/mod.ts";
import {
  apiVersion,
  EVENTS,
  formatFieldSelector,
  type KubeObject,
  type Resource,
  resourcePath,
} from "../kube/mod.ts";
import { ObjectSet, type ObjectSetOptions } from "./object_set.ts";
import { objectSource } from "./object_source.ts";
import type { FeedStatus, ObjectRef, ObjectUpdate } from "./protocol.ts";

/** An object that a feed holds, and when that was last known to be current, epoch ms. */
export interface HeldObject {
  readonly object: KubeObject;
  readonly freshMs: number;
}

export interface ObjectFollowerOptions extends Omit<ObjectSetOptions, "onChange"> {
  readonly events: boolean;
  readonly isReachable: () => boolean;
  /** Asked for while the server gives no answer. */
  readonly held: () => HeldObject | null;
  readonly onUpdate: (update: ObjectUpdate) => void;
}

/** Updates go out at most this often, ms. */
const FLUSH_MS = 16;

/** One object, and its events when asked for, told anew whenever either changes. */
export class ObjectFollower implements AsyncDisposable {
  readonly #client: Client;
  readonly #ref: ObjectRef;
  readonly #options: ObjectFollowerOptions;
  readonly #object: ObjectSet;
  readonly #events: ObjectSet | null;
  /** From a plain GET, for those who may get but not list. */
  #got: KubeObject | null = null;
  #asked = false;
  /** What a feed holds; undefined until it was asked for. */
  #held: HeldObject | null | undefined;
  #timer: Disposable | null = null;
  readonly #abort = new AbortController();

  constructor(client: Client, ref: ObjectRef, options: ObjectFollowerOptions) {
    this.#client = client;
    this.#ref = ref;
    this.#options = options;
    const follow = (resource: Resource, fieldSelector: string) =>
      new ObjectSet(
        objectSource(client, resource, {
          namespace: ref.namespace === "" ? null : ref.namespace,
          fieldSelector,
          clock: options.clock,
        }),
        { ...options, onChange: () => this.#schedule() },
      );
    this.#object = follow(ref.resource, formatFieldSelector({ "metadata.name": ref.name }));
    const about = { "involvedObject.kind": ref.resource.kind, "involvedObject.name": ref.name };
    this.#events = options.events ? follow(EVENTS, formatFieldSelector(about)) : null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    await Promise.all([this.#object.close(), this.#events?.close()]);
  }

  #schedule(): void {
    if (this.#abort.signal.aborted) return;
    this.#timer ??= this.#options.clock.timer(FLUSH_MS, () => {
      this.#timer = null;
      this.#send();
    });
  }

  #send(): void {
    const { status, complete, last, objects } = this.#object;
    if (status.phase === "denied" && !complete) this.#get();
    const own = objects.at(-1) ?? last ?? this.#got;
    const held = own === null && !complete ? this.#heldInstead(status) : null;
    const object = own ?? held?.object ?? null;
    this.#options.onUpdate({
      object: object && withType(object, this.#ref.resource),
      deleted: complete && objects.length === 0,
      events: [...this.#events?.objects ?? []]
        .sort((a, b) => eventMs(a) - eventMs(b))
        .map((event) => withType(event, EVENTS)),
      status: held === null ? status : { ...status, phase: "stale", freshMs: held.freshMs },
    });
  }

  /** What is on the screen already can be looked into while the server cannot be asked. */
  #heldInstead({ phase }: FeedStatus): HeldObject | null {
    const isCut = phase === "failed" || phase === "unauthorized" ||
      (phase === "connecting" && !this.#options.isReachable());
    if (!isCut) return null;
    if (this.#held === undefined) this.#held = this.#options.held();
    return this.#held;
  }

  /** Asks once for the object by its name: a role may allow get and nothing more. */
  #get(): void {
    if (this.#asked) return;
    this.#asked = true;
    const { resource, namespace, name } = this.#ref;
    this.#client.json(resourcePath(resource, { namespace, name }), { signal: this.#abort.signal }).then(
      (object) => {
        this.#got = object as KubeObject;
        this.#schedule();
      },
      // The list's refusal is what is shown already.
      () => {},
    );
  }
}

/** Items of a list of built-in kinds leave out what the list says for all of them. */
function withType(object: KubeObject, resource: Resource): KubeObject {
  return { ...object, apiVersion: apiVersion(resource), kind: resource.kind };
}

/** When an event was seen last, epoch ms: core/v1 and events.k8s.io fill different fields. */
function eventMs(event: KubeObject): number {
  const series = event["series"] as { lastObservedTime?: string } | null | undefined;
  for (const stamp of [series?.lastObservedTime, event["lastTimestamp"], event["eventTime"]]) {
    if (typeof stamp === "string") return Date.parse(stamp);
  }
  return Date.parse(event.metadata.creationTimestamp ?? "") || 0;
}
