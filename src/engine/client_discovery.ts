import { cachedDiscovery, type ConnectOptions, discover } from "../client/mod.ts";
import type { DiscoverySource } from "./discovery_follower.ts";

/** Discovery over the client and its disk cache. A check with the server costs two 304s where nothing changed. */
export function clientDiscovery({ cacheDir }: Pick<ConnectOptions, "cacheDir">): DiscoverySource {
  return {
    cached: (client) => cachedDiscovery(client, { cacheDir }),
    fetch: (client, { signal }) => discover(client, { cacheDir, refresh: true, signal }),
  };
}
