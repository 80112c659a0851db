/** What host and Worker post to each other. `id` names a view or a followed object, `call` a question with one answer. */
import type { WireError } from "../base/mod.ts";
import type {
  Discovered,
  ObjectRef,
  ObjectUpdate,
  OpenOptions,
  RequestOptions,
  SearchOptions,
  SearchUpdate,
  ServerStatus,
  Target,
  ViewSpec,
  WindowSpec,
  WindowUpdate,
} from "./protocol.ts";

export type ToWorker<Connect> =
  | { readonly type: "connect"; readonly options: Connect }
  | { readonly type: "view"; readonly id: number; readonly spec: ViewSpec; readonly window: WindowSpec }
  | { readonly type: "window"; readonly id: number; readonly window: WindowSpec }
  | { readonly type: "refresh" | "close"; readonly id: number }
  | { readonly type: "object"; readonly id: number; readonly ref: ObjectRef; readonly events: boolean }
  | {
    readonly type: "search";
    readonly id: number;
    readonly query: string;
    readonly options: SearchOptions;
  }
  | { readonly type: "query"; readonly id: number; readonly query: string }
  | { readonly type: "ask"; readonly call: number; readonly question: Question }
  | { readonly type: "abort"; readonly call: number }
  | { readonly type: "writes"; readonly isAllowed: boolean }
  | { readonly type: "shutdown" };

export type Question =
  | { readonly type: "rows"; readonly id: number; readonly limit: number | null }
  | { readonly type: "read"; readonly path: string; readonly options?: PlainRequestOptions }
  /** Answered by a `PlainResponse`. */
  | { readonly type: "request"; readonly path: string; readonly options: PlainRequestOptions }
  /** Answered by the chosen protocol, when the socket is open behind the port. */
  | {
    readonly type: "open";
    readonly path: string;
    readonly options: Omit<OpenOptions, "signal">;
    readonly port: MessagePort;
  }
  | { readonly type: "discover"; readonly refresh: boolean }
  | { readonly type: "metrics" };

export type PlainRequestOptions = Omit<RequestOptions, "signal">;

/** A Response in parts that can be posted. */
export interface PlainResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  /** Transferred. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
}

export type FromWorker =
  | { readonly type: "ready"; readonly target: Target }
  /** No connection could be made of the options: nothing else will come. */
  | { readonly type: "refused"; readonly error: WireError }
  | { readonly type: "update"; readonly id: number; readonly update: WindowUpdate }
  | { readonly type: "object"; readonly id: number; readonly update: ObjectUpdate }
  | { readonly type: "found"; readonly id: number; readonly update: SearchUpdate }
  | { readonly type: "status"; readonly status: ServerStatus }
  | { readonly type: "discovered"; readonly discovered: Discovered }
  | { readonly type: "answer"; readonly call: number; readonly value: unknown }
  | { readonly type: "error"; readonly call: number; readonly error: WireError }
  | { readonly type: "log"; readonly line: string }
  /** A bug ended the Worker; nothing else will come. */
  | { readonly type: "crashed"; readonly error: WireError }
  | { readonly type: "closed" };

/** A MessagePort, a Worker or a Worker's own scope. */
export interface Port<In, Out> {
  post(message: Out, transfer?: Transferable[]): void;
  listen(listener: (message: In) => void): void;
}
