/** From global flags to a cluster: connection, namespace, kinds. */
import { OrkaError } from "../base/mod.ts";
import type { Client } from "../client/mod.ts";
import type { Discovered } from "../engine/protocol.ts";
import type { Resource } from "../kube/mod.ts";
import { connectOptions, embeddedRequest } from "./connect_options.ts";
import type { CliIo } from "./io.ts";
import type { FlagValues } from "./parse.ts";
import { withWarnings } from "./warnings.ts";

/** What a verb works on. */
export interface Cluster extends Disposable {
  readonly client: Client;
  /** The namespace that the flags or the context name. */
  readonly namespace: string;
  /** Served resources; from the disk cache where it is fresh, unless `refresh`. */
  discover(options?: { readonly refresh?: boolean }): Promise<Discovered>;
  /** Runs `use` on the served resources, and again on fresh ones when it does not know a kind. */
  resolve<T>(use: (resources: readonly Resource[]) => T): Promise<T>;
}

/** Connects as the flags say. No request is sent yet. Throws OrkaError `kubeconfig`, `no-context` or `usage`. */
export async function openCluster(io: CliIo, flags: FlagValues): Promise<Cluster> {
  const options = connectOptions(flags);
  const backend = await io.backend.cluster(embeddedRequest(flags));
  const connected = withWarnings(await backend.connect(options), io);
  const level = flags.count("v") ?? 0;
  const client = level < 6 ? connected : (await import("./request_log.ts")).logged(connected, { io, level });
  const discover = ({ refresh = false } = {}) =>
    backend.discover(client, { refresh, signal: io.signal, cacheDir: options.cacheDir });
  return {
    client,
    namespace: flags.text("namespace") || client.target.namespace || "default",
    discover,
    async resolve(use) {
      const found = await discover();
      try {
        return use(found.resources);
      } catch (error) {
        // The cache may be older than a CRD.
        if (!found.cached || !(error instanceof OrkaError) || error.code !== "unknown-kind") throw error;
        return use((await discover({ refresh: true })).resources);
      }
    },
    [Symbol.dispose]: () => client.close(),
  };
}
