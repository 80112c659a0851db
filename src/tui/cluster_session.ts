/** A session's connection to clusters by kubeconfig: the engine in a Worker, the contexts read anew when asked for. */
import type { ConnectOptions } from "../client/mod.ts";
import type { ContextEntry } from "./panes/contexts.ts";
import type { SessionOptions } from "./session_options.ts";

/** Everything is loaded late, so that the first frame waits for none of it. */
export function clusterSession(
  connect: ConnectOptions,
): Pick<SessionOptions, "connect" | "contexts" | "context"> {
  return {
    context: connect.context,
    connect: async (context, { onCrash }) => {
      const { createWorkerEngine } = await import("../engine/host.ts");
      return await createWorkerEngine(context === undefined ? connect : { ...connect, context }, { onCrash });
    },
    contexts: () => readContexts(connect),
  };
}

/** Throws OrkaError `kubeconfig`. A context that lacks its cluster is listed too. */
async function readContexts({ kubeconfig, env }: ConnectOptions): Promise<readonly ContextEntry[]> {
  const { loadKubeconfig } = await import("../client/mod.ts");
  const { contexts } = await loadKubeconfig((name) => env ? env[name] : Deno.env.get(name), kubeconfig);
  return [...contexts].map(([name, { fields }]) => {
    const text = (field: string) => typeof fields[field] === "string" ? fields[field] : "";
    return { name, cluster: text("cluster"), user: text("user"), namespace: text("namespace") };
  });
}
