/**
 * The client: kubeconfig and credentials, transport, discovery, paged lists and watches over any Kubernetes
 * API server. It holds no objects and retries nothing but a request that was refused with 401, once, with new
 * credentials: the engine's reflectors own the rest. No credentials are ever written to disk.
 *
 * Vocabulary: a lane is a kind of connection (`unary`, or `watch` for answers that do not end); a row is one object
 * of a server-side Table; a lent chunk, row or item is valid until the callback it was given to returns.
 *
 * Data flow: ConnectOptions -> kubeconfig -> Connection (target, TLS, user) -> Client (requests, discovery, list
 * pages, watch frames) -> the engine or a verb.
 */
export { readChunks, type ReadOptions } from "./byte_stream.ts";
export type { Fetch } from "./fetch.ts";
export { changesCluster, WriteGate } from "./write_gate.ts";
export type { Client, Lane, OpenOptions, RequestOptions, Target } from "./client.ts";
export type { MessageSocket } from "./websocket/message_socket.ts";
export {
  type IncludeObject,
  type ListEnd,
  listObjects,
  type ListObjectsOptions,
  type ListOptions,
  type ListPage,
  listTable,
  type ListTableOptions,
  PAGE_LIMIT,
} from "./list.ts";
export {
  type ChangeType,
  type WatchEnd,
  watchObjects,
  type WatchObjectsOptions,
  type WatchOptions,
  watchTable,
  type WatchTableOptions,
} from "./watch.ts";
export type { ObjectItem, TableRow } from "./item_reader.ts";
export { createClient, type CreateClientOptions, type Upgrade } from "./http_client.ts";
export { queryPath } from "./query.ts";
export { connect, type ConnectContext } from "./connect.ts";
export type { ConnectOptions, Env } from "./connect_options.ts";
export { type ServerVersion, serverVersion } from "./version.ts";
export {
  type BrokenGroup,
  cachedDiscovery,
  discover,
  type DiscoverOptions,
  type Discovery,
} from "./discovery.ts";
export { type Kubeconfig, loadKubeconfig } from "./kubeconfig.ts";
export { responseError } from "./http_error.ts";
