/**
 * The embedded cluster: a Kubernetes API over embedded storage.
 *
 * Vocabulary: a store holds the objects of its tenants under one revision; a served resource is a kind as discovery
 * tells of it; the built-in kinds' tables come from a real API server, custom kinds from their definitions.
 *
 * Data flow of a write: body -> codec (JSON, protobuf) -> patch -> registry (defaults, validation by kind; control
 * loops) -> storage. Of a read: storage -> codec (object, Table, metadata alone) -> body.
 *
 *     const store = createMemoryStore();
 *     const server = await ApiServer.open({ storage: store.tenant("default") });
 *     const response = await server.handler(new Request("http://k1s/api/v1/namespaces"));
 *
 * `listen` opens a port for other programs; it loads node:http2 then and not before.
 */
import type { ApiServer } from "./http/handler.ts";
import type { Listener, ListenOptions } from "./http/listener.ts";

export { servedResources } from "./builtin/mod.ts";
export type { ServedResource } from "./builtin/mod.ts";
export { ADMIN, ApiServer, type ApiServerOptions } from "./http/handler.ts";
export { type Certificates, keptCertificates } from "./http/certificates.ts";
export { kubeconfigText } from "./http/kubeconfig.ts";
export { type Authorizer, keptSigningKey, type SigningKey, type User } from "./auth/mod.ts";
export type {
  ExecOptions,
  LogOptions,
  PodRuntime,
  PortConnection,
  ProcessExit,
  ProcessInput,
  RunningProcess,
} from "./http/pod_runtime.ts";
export { ApiError } from "./http/api_error.ts";
export type { FieldManager, FieldWrite, RegisteredResource } from "./registry/mod.ts";
export {
  createMemoryStore,
  openSqliteStore,
  restoreStore,
  type SnapshotFacts,
  snapshotStore,
  type SqliteStoreOptions,
  type Storage,
  type Store,
  type StoreOptions,
} from "./storage/mod.ts";
export type { Listener, ListenOptions };

/** The API on a port of 127.0.0.1: TLS, HTTP/2 and 1.1 with certificates, plain HTTP without. */
export async function listen(server: ApiServer, options: ListenOptions = {}): Promise<Listener> {
  const { Listener } = await import("./http/listener.ts");
  return await Listener.listen(server, options);
}
