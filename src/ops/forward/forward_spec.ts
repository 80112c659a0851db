/** What is forwarded, and what is told of it meanwhile. */
import type { OrkaError } from "../../base/mod.ts";
import type { PodTarget } from "../target_pod.ts";

export interface ForwardPort {
  /** 0: any that is free. */
  readonly local: number;
  /** A number, or the name that the pod's container (the service's port) gives it. */
  readonly remote: number | string;
}

export interface ForwardSpec {
  readonly namespace: string;
  /** Whose pods take the connections; a Service's ports are its own, not its pods'. */
  readonly target: PodTarget;
  readonly ports: readonly ForwardPort[];
  /** Names or addresses of this machine; `localhost` (127.0.0.1, and ::1 where there is one) unless given. */
  readonly addresses?: readonly string[] | undefined;
}

/** A local port that is open. */
export interface BoundPort {
  readonly address: string;
  readonly local: number;
  /** Of the pod. */
  readonly remote: number;
}

/** `reconnecting` follows `ready` and comes before the next one; nothing follows `closed`. */
export type ForwardEvent =
  /** Connections are taken. Again after every change of the pod. */
  | { readonly type: "ready"; readonly pod: string; readonly ports: readonly BoundPort[] }
  /** A connection came in. */
  | { readonly type: "connection"; readonly port: BoundPort }
  /** One connection failed; the others go on. */
  | { readonly type: "error"; readonly port: BoundPort; readonly error: OrkaError }
  /** The pod is gone or not reachable; the local ports stay open, and connections wait for the next pod. */
  | { readonly type: "reconnecting"; readonly pod: string; readonly error: OrkaError }
  /** null: it was asked to end. */
  | { readonly type: "closed"; readonly error: OrkaError | null };

export type ForwardListener = (event: ForwardEvent) => void;

/**
 * 1. `done` resolves when it was closed or its signal aborted, and rejects with what ended it otherwise (the pod that was
 *    named is gone). Nobody needs to await it.
 * 2. After it no local port is open and no connection alive.
 */
export interface Forward extends Disposable {
  /** What is open now. */
  readonly ports: readonly BoundPort[];
  /** The pod that takes connections; the last one while it reconnects. */
  readonly pod: string;
  /** Connections that are alive. */
  readonly connections: number;
  /** Since it began, both directions. */
  readonly bytes: { readonly sent: number; readonly received: number };
  readonly done: Promise<void>;
  close(): void;
}
