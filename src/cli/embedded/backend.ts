/** Verbs on a cluster inside this process. */
import { discover } from "../../client/mod.ts";
import type { ClusterBackend, EmbeddedRequest } from "../io.ts";
import { EmbeddedCluster } from "./cluster.ts";
import { EMBEDDED } from "./names.ts";

/** Each connection opens the cluster; closing its client closes it. Nothing is kept in a discovery cache. */
export function embeddedBackend({ directory }: EmbeddedRequest): ClusterBackend {
  return {
    async connect({ requestTimeoutMs }, { writes } = {}) {
      const cluster = await EmbeddedCluster.open({ directory });
      const client = cluster.client({ requestTimeoutMs, writes });
      return {
        target: client.target,
        request: (path, options) => client.request(path, options),
        json: (path, options) => client.json(path, options),
        open: (path, options) => client.open(path, options),
        close() {
          client.close();
          // What was acknowledged is on the disk already: the process may end before this does.
          void cluster.close();
        },
      };
    },
    discover: (client, { signal }) => discover(client, { signal, refresh: true, cacheDir: null }),
    configNames: () => Promise.resolve({ context: [EMBEDDED], cluster: [EMBEDDED], user: [EMBEDDED] }),
  };
}
