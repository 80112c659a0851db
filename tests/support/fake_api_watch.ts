/** The fake API server's history and the watches that are open on it. */
import type { Clock } from "../../src/base/mod.ts";
import { type Form, frameJson, type Stored } from "./fake_api_format.ts";
import { statusBody } from "./faults.ts";
import type { FakeKind } from "./fake_api_kinds.ts";

/** One change. `before` is null for a creation, `after` for a deletion; both carry the change's resourceVersion. */
export interface Change {
  readonly version: number;
  readonly kindKey: string;
  readonly before: Stored | null;
  readonly after: Stored | null;
}

export interface WatchRequest {
  readonly kind: FakeKind;
  readonly kindKey: string;
  readonly form: Form;
  readonly selects: (stored: Stored) => boolean;
  readonly bookmarks: boolean;
  /** 0: until something else ends it. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const encoder = new TextEncoder();

/** One open watch: frames go into its body until something ends it. */
export class OpenWatch {
  readonly request: WatchRequest;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  readonly #timer: Disposable | null;
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null = null;
  #first = true;

  constructor(request: WatchRequest, clock: Clock, onEnd: (watch: OpenWatch) => void) {
    this.request = request;
    this.#clock = clock;
    this.#onEnd = () => onEnd(this);
    this.body = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      cancel: () => this.#release(),
    });
    this.#timer = request.timeoutMs > 0 ? clock.timer(request.timeoutMs, () => this.end()) : null;
    request.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Sends what the change means to this watch, which is nothing when it selects neither state. */
  change({ kindKey, before, after }: Change): void {
    const { request } = this;
    if (kindKey !== request.kindKey) return;
    const was = before !== null && request.selects(before);
    const is = after !== null && request.selects(after);
    if (is) this.#frame(was ? "MODIFIED" : "ADDED", after);
    // The last state, with the resourceVersion of the change that took it away.
    else if (was) this.#frame("DELETED", withVersion(before, after));
  }

  bookmark(version: number): void {
    if (!this.request.bookmarks) return;
    const { group, version: v, kind } = this.request.kind.resource;
    const metadata = { resourceVersion: String(version), creationTimestamp: null };
    const object = { kind, apiVersion: group === "" ? v : `${group}/${v}`, metadata };
    const table = { kind: "Table", apiVersion: "meta.k8s.io/v1", metadata: {}, columnDefinitions: null };
    const shown = this.request.form.as === "Table" ? { ...table, rows: [{ cells: [], object }] } : object;
    this.line(`{"type":"BOOKMARK","object":${JSON.stringify(shown)}}`);
  }

  /** An ERROR frame, after which a server ends the watch. */
  error(code: number, message: string): void {
    this.line(`{"type":"ERROR","object":${JSON.stringify(statusBody(code, { message }))}}`);
    this.end();
  }

  /** Any text as a line of the stream. */
  line(text: string): void {
    this.#write(`${text}\n`);
  }

  end(): void {
    this.#controller?.close();
    this.#release();
  }

  /** Half a frame, then the end; `reset` breaks the body instead of ending it. */
  cut(reset: boolean): void {
    this.#write('{"type":"MODIFIED","object":{"kind":"Pod","apiVe');
    if (!reset) return this.end();
    this.#controller?.error(new TypeError("error reading a body from connection"));
    this.#release();
  }

  readonly #onAbort = () => {
    this.#controller?.error(this.request.signal.reason);
    this.#release();
  };

  #frame(type: string, stored: Stored): void {
    const { kind, form } = this.request;
    const object = frameJson(kind, stored, { form, nowMs: this.#clock.now(), first: this.#first });
    this.#first = false;
    this.line(`{"type":"${type}","object":${object}}`);
  }

  #write(text: string): void {
    this.#controller?.enqueue(encoder.encode(text));
  }

  #release(): void {
    this.#controller = null;
    this.#timer?.[Symbol.dispose]();
    this.request.signal.removeEventListener("abort", this.#onAbort);
    this.#onEnd();
  }
}

function withVersion(before: Stored, after: Stored | null): Stored {
  const resourceVersion = after?.object.metadata.resourceVersion;
  if (resourceVersion === undefined) return before;
  return {
    ...before,
    object: { ...before.object, metadata: { ...before.object.metadata, resourceVersion } },
  };
}
