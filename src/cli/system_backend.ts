/** The real client, engine and session behind the command line; each is loaded when it is first needed. */
import type { ConnectOptions } from "../client/mod.ts";
import type { Engine } from "../engine/mod.ts";
import type { Backend, ClusterBackend, SessionRequest } from "./io.ts";

/** This process's backend. `signal` ends exec plugins. */
export function systemBackend({ signal }: { signal: AbortSignal }): Backend {
  return {
    cluster: () => clusterBackend(signal),
    session: openSession,
    residentBytes: () => Deno.memoryUsage().rss,
  };
}

async function clusterBackend(signal: AbortSignal): Promise<ClusterBackend> {
  const { connect, discover } = await import("../client/mod.ts");
  const encoder = new TextEncoder();
  // A sign-in prompt of an exec plugin: it has to be seen while the command waits.
  const onPluginOutput = (text: string) => void Deno.stderr.writeSync(encoder.encode(text));
  return { connect: (options) => connect(options, { signal, onPluginOutput }), discover };
}

async function openSession({ connect, namespace }: SessionRequest): Promise<number> {
  const { runSession } = await import("../tui/mod.ts");
  return await runSession({
    connect: (context) => openEngine(context === undefined ? connect : { ...connect, context }),
    contexts: async () => {
      const { connect: toCluster } = await import("../client/mod.ts");
      const client = await toCluster(connect);
      client.close();
      return client.target.contexts.map((name) => ({ name, cluster: "", user: "", namespace: "" }));
    },
    context: connect.context,
    namespace,
  });
}

async function openEngine(options: ConnectOptions): Promise<Engine> {
  const { connect, discover, cachedDiscovery } = await import("../client/mod.ts");
  const { openLocalEngine } = await import("../engine/mod.ts");
  const client = await connect(options);
  const { cacheDir } = options;
  return openLocalEngine(client, {
    ownsClient: true,
    discovery: {
      cached: () => cachedDiscovery(client, { cacheDir }),
      fetch: (_, { signal }) => discover(client, { cacheDir, signal, refresh: true }),
    },
  });
}
