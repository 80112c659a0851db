/** A session's connection to clusters by kubeconfig: the engine in a Worker, the contexts read anew when asked for. */
import type { ConnectOptions } from "../engine/host.ts";
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
    contexts: async () => {
      const { listContexts } = await import("../engine/host.ts");
      return await listContexts(connect);
    },
  };
}
