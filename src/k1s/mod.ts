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
 * A port for other programs is `http/listener.ts`, a door of its own since it needs node:http2.
 */
export { servedResources } from "./builtin/mod.ts";
export type { ServedResource } from "./builtin/mod.ts";
export { ADMIN, ApiServer, type ApiServerOptions } from "./http/handler.ts";
export { type Certificates, keptCertificates } from "./http/certificates.ts";
export { kubeconfigText } from "./http/kubeconfig.ts";
export type { User } from "./http/exchange.ts";
export type { FieldManager, FieldWrite, RegisteredResource } from "./registry/mod.ts";
export {
  createMemoryStore,
  openSqliteStore,
  type SqliteStoreOptions,
  type Storage,
  type Store,
  type StoreOptions,
} from "./storage/mod.ts";
