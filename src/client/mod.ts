/**
 * The client: kubeconfig and credentials, transport, discovery, paged lists and watches over any Kubernetes
 * API server. It holds no objects and retries nothing by itself: the engine's reflectors own that.
 *
 * Data flow: ConnectOptions -> kubeconfig -> Connection (target, fetch) -> Client (requests, discovery,
 * list pages, watch frames) -> the engine or a verb.
 */
export type { Fetch } from "./fetch.ts";
