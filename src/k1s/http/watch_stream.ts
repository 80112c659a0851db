/** Watch answers: one JSON frame a line, in the form that was asked for, until the timeout or the client ends it. */
import { type JsonObject, jsonText, parsed, type Selection, selects, stampedText } from "../registry/mod.ts";
import {
  type ChangeEvent,
  isStorageError,
  parseKey,
  type StorageEvent,
  type Watcher,
} from "../storage/mod.ts";
import { ApiError } from "./api_error.ts";
import { joinBytes } from "./body.ts";
import { asApiError, STREAMED } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import type { ListParameters } from "./parameters.ts";
import { tableOptions } from "./present.ts";
import { partialOf, tableOf } from "./table.ts";

/** Between bookmarks to watches that allow them, and how long before its end a watch gets its last one. */
const BOOKMARK_MS = 60_000;
const LAST_BOOKMARK_MS = 2_000;
/** A watch without timeoutSeconds ends between these, at random, so that clients don't all come back at once. */
const [MIN_TIMEOUT_MS, MAX_TIMEOUT_MS] = [30 * 60_000, 60 * 60_000];

type FrameType = "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";

/** Frames of events without selectors, shared by all watches of a resource in the same form; not to be changed. */
const SHARED = new WeakMap<ChangeEvent, Uint8Array>();
const ENCODER = new TextEncoder();

/** The answer to a watch request. */
export function watchAnswer(exchange: Exchange, parameters: ListParameters, selection: Selection): Response {
  const stream = new WatchStream(exchange, parameters, selection);
  const response = new Response(stream.body(), {
    headers: { "cache-control": "no-cache, private", "content-type": "application/json" },
  });
  STREAMED.add(response);
  return response;
}

class WatchStream {
  readonly #exchange: Exchange;
  readonly #parameters: ListParameters;
  readonly #selection: Selection;
  readonly #watcher: Watcher;
  readonly #timers: Disposable[] = [];
  readonly #onAbort = () => this.#end();
  #columnsSent = false;
  #ended = false;

  constructor(exchange: Exchange, parameters: ListParameters, selection: Selection) {
    this.#exchange = exchange;
    this.#parameters = parameters;
    this.#selection = selection;
    const { storage } = exchange.server.registry;
    const sends = parameters.sendInitialEvents;
    const version = parameters.resourceVersion ?? 0;
    this.#watcher = storage.watch({
      resource: exchange.resource.storageName,
      namespace: exchange.info.namespace || (selection.namespace ?? ""),
    }, {
      from: sends === true ? 0 : sends === false && version === 0 ? "now" : version,
      initialEvents: sends === true && parameters.allowWatchBookmarks,
      bookmarks: parameters.allowWatchBookmarks,
    });
    this.#arm();
    exchange.server.signal.addEventListener("abort", this.#onAbort, { once: true });
    exchange.request.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  body(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const chunk = await this.#next();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: () => this.#end(),
    }, { highWaterMark: 0 });
  }

  #arm(): void {
    const { clock } = this.#exchange.server;
    const seconds = this.#parameters.timeoutSeconds ?? 0;
    const timeoutMs = seconds > 0
      ? seconds * 1000
      : MIN_TIMEOUT_MS + Math.random() * (MAX_TIMEOUT_MS - MIN_TIMEOUT_MS);
    this.#timers.push(this.#exchange.server.metrics.stream(this.#exchange.info));
    this.#timers.push(clock.timer(timeoutMs, () => this.#end()));
    if (!this.#parameters.allowWatchBookmarks) return;
    const progress = () => void this.#watcher.requestProgress().catch(() => this.#end());
    if (timeoutMs > LAST_BOOKMARK_MS) this.#timers.push(clock.timer(timeoutMs - LAST_BOOKMARK_MS, progress));
    const repeat = () => {
      progress();
      if (!this.#ended) this.#timers.push(clock.timer(BOOKMARK_MS, repeat));
    };
    this.#timers.push(clock.timer(BOOKMARK_MS, repeat));
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const timer of this.#timers) timer[Symbol.dispose]();
    this.#exchange.server.signal.removeEventListener("abort", this.#onAbort);
    this.#exchange.request.signal.removeEventListener("abort", this.#onAbort);
    this.#watcher.close();
  }

  /** The next frames; undefined at the end. */
  async #next(): Promise<Uint8Array | undefined> {
    try {
      for (;;) {
        const events = await this.#watcher.next();
        if (events === undefined) {
          this.#end();
          return undefined;
        }
        const frames = events.map((event) => this.#frame(event)).filter((frame) => frame.length > 0);
        if (frames.length > 0) return joined(frames);
      }
    } catch (error) {
      if (this.#ended) return undefined;
      this.#end();
      return ENCODER.encode(frame("ERROR", jsonText(watchError(error, this.#parameters).toStatus())));
    }
  }

  #frame(event: StorageEvent): string | Uint8Array {
    if (event.type === "bookmark") return this.#bookmark(event.revision, event.initialEventsEnd);
    if (!this.#selection.all) return this.#selected(event);
    const { form, resource } = this.#exchange;
    if (form.as !== "object" || resource.converted) return this.#object(typeOf(event), this.#served(event));
    let bytes = SHARED.get(event);
    if (!bytes) SHARED.set(event, bytes = ENCODER.encode(frame(typeOf(event), stampedText(event))));
    return bytes;
  }

  /** With selectors, what changed in the selection: an object that comes into it was added, one that leaves deleted. */
  #selected(event: ChangeEvent): string {
    const { name } = this.#selection;
    if (name !== undefined && parseKey(event.key).name !== name) return "";
    const { labels } = this.#exchange.resource.strategy;
    const matches = (object: JsonObject) => selects(this.#selection, object, labels);
    const now = this.#served(event);
    if (event.type !== "modified") return matches(now) ? this.#object(typeOf(event), now) : "";
    const before = this.#served({ ...event, value: event.previousValue! });
    if (matches(now)) return this.#object(matches(before) ? "MODIFIED" : "ADDED", now);
    return matches(before) ? this.#object("DELETED", before) : "";
  }

  #served(event: Pick<ChangeEvent, "value" | "uid" | "revision">): JsonObject {
    const { resource } = this.#exchange;
    const object = parsed(event);
    return resource.converted ? resource.strategy.toServed(object) : object;
  }

  #object(type: FrameType, object: JsonObject): string {
    const { form } = this.#exchange;
    if (form.as === "object") return frame(type, jsonText(object));
    if (form.as === "partial") return frame(type, jsonText(partialOf(object, form.metaVersion)));
    return frame(type, jsonText(this.#table([object], object)));
  }

  #table(objects: readonly JsonObject[], { metadata }: JsonObject): JsonObject {
    const columns = !this.#columnsSent;
    this.#columnsSent = true;
    const { resourceVersion = "" } = metadata as JsonObject;
    const options = { ...tableOptions(this.#exchange), columns };
    return tableOf(this.#exchange.resource, { objects, metadata: { resourceVersion } }, options);
  }

  #bookmark(revision: number, initialEventsEnd: boolean): string {
    const { resource, apiVersion, form } = this.#exchange;
    const annotations = initialEventsEnd ? { annotations: { "k8s.io/initial-events-end": "true" } } : {};
    const metadata = { resourceVersion: String(revision), ...annotations };
    const object: JsonObject = { kind: resource.served.kind, apiVersion, metadata };
    if (form.as === "object") return frame("BOOKMARK", jsonText(object));
    if (form.as === "partial") return frame("BOOKMARK", jsonText(partialOf(object, form.metaVersion)));
    return frame("BOOKMARK", jsonText(this.#table([object], object)));
  }
}

/** One chunk of frames; a single one stays the array that all watches share. */
function joined(frames: readonly (string | Uint8Array)[]): Uint8Array {
  return joinBytes(frames.map((frame) => typeof frame === "string" ? ENCODER.encode(frame) : frame));
}

function frame(type: FrameType, object: string): string {
  return `{"type":"${type}","object":${object}}\n`;
}

function typeOf({ type }: ChangeEvent): FrameType {
  return type === "added" ? "ADDED" : type === "modified" ? "MODIFIED" : "DELETED";
}

function watchError(error: unknown, { resourceVersion = 0 }: ListParameters): ApiError {
  if (isStorageError(error, "expired", "slow-watcher")) {
    const compacted = error.currentRevision;
    const message = compacted === undefined
      ? "too old resource version: the watch could not keep up"
      : `too old resource version: ${resourceVersion} (${compacted})`;
    return new ApiError(410, "Expired", message);
  }
  return asApiError(error);
}
