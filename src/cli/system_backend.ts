/** The real client, engine and session behind the command line; each is loaded when it is first needed. */
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
  const { connect, discover, loadKubeconfig } = await import("../client/mod.ts");
  const encoder = new TextEncoder();
  // A sign-in prompt of an exec plugin: it has to be seen while the command waits.
  const onPluginOutput = (text: string) => void Deno.stderr.writeSync(encoder.encode(text));
  return {
    discover,
    connect: (options) => connect(options, { signal, onPluginOutput }),
    async configNames({ kubeconfig }) {
      const { contexts, clusters, users } = await loadKubeconfig((name) => Deno.env.get(name), kubeconfig);
      return { context: [...contexts.keys()], cluster: [...clusters.keys()], user: [...users.keys()] };
    },
  };
}

async function openSession({ connect, namespace }: SessionRequest): Promise<number> {
  const { clusterSession, runSession } = await import("../tui/mod.ts");
  return await runSession({ ...clusterSession(connect), namespace });
}
