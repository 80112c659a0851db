/** What everything above the client holds: one server, asked by path. */
import type { MessageSocket } from "./websocket/message_socket.ts";

/** What a client talks to. The engine's protocol has the same shape. */
export interface Target {
  readonly server: string;
  /** Empty when there is no kubeconfig context (in-cluster, --server). */
  readonly context: string;
  readonly cluster: string;
  readonly user: string;
  /** The context's default namespace. */
  readonly namespace: string;
  /** Every context that the kubeconfig has. */
  readonly contexts: readonly string[];
}

/** Lists, gets and writes share `unary` connections; every watch, followed log and other endless answer is `watch`. */
export type Lane = "unary" | "watch";

export interface RequestOptions {
  /** GET unless given. */
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined;
  /** `application/json` unless given. */
  readonly accept?: string | undefined;
  readonly lane?: Lane | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the answer's headers; 0 waits for ever. The connection's own default unless given. */
  readonly timeoutMs?: number | undefined;
}

export interface OpenOptions {
  /** In order of preference, as `v5.channel.k8s.io`. */
  readonly protocols: readonly string[];
  /** Ends the connection too, once it is open. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until it is open; as `RequestOptions.timeoutMs`. */
  readonly timeoutMs?: number | undefined;
}

/**
 * One API server.
 *
 * 1. `request` resolves only for 2xx answers (and 304 where `if-none-match` was sent); all else is thrown as
 *    OrkaError, or as the signal's reason when the caller aborted.
 * 2. The answer's body belongs to the caller: read it, or cancel it.
 * 3. After `close` every request is refused and every open body ends.
 */
export interface Client {
  readonly target: Target;
  /** `path` begins with `/` and may carry a query. */
  request(path: string, options?: RequestOptions): Promise<Response>;
  /** The answer's body as parsed JSON; an unreadable one is `protocol`. */
  json(path: string, options?: RequestOptions): Promise<unknown>;
  /**
   * A message socket, for exec, attach and port-forward: a WebSocket, or SPDY by POST where that is refused. A refusal of
   * both is thrown as `request` throws it.
   */
  open(path: string, options: OpenOptions): Promise<MessageSocket>;
  close(): void;
}
