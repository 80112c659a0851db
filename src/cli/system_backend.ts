/** The real client, engine and session behind the command line; each is loaded when it is first needed. */
import { maxEditAgeMs, readKnobs, systemClock } from "../base/mod.ts";
import { seedRandom } from "./random_seed.ts";
import { missingKubeconfig } from "./embedded/missing_kubeconfig.ts";
import type { RunOptions } from "../tui/mod.ts";
import type { Backend, ClusterBackend, SessionRequest } from "./io.ts";
import type { MetricsServer } from "./metrics_server.ts";

export interface SystemBackendOptions {
  /** Ends exec plugins. */
  readonly signal: AbortSignal;
  /** Called when the session takes over the terminal: from then on signals are its own. */
  readonly releaseSignals: () => void;
}

/** This process's backend. */
export function systemBackend({ signal, releaseSignals }: SystemBackendOptions): Backend {
  return {
    prepare: seedRandom,
    async cluster(embedded) {
      if (embedded === undefined) return await clusterBackend(signal);
      return (await import("./embedded/backend.ts")).embeddedBackend(embedded);
    },
    session: (request) => openSession(request, releaseSignals),
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
    connect: (options, context) => connect(options, { ...context, signal, onPluginOutput }),
    async configNames({ kubeconfig }) {
      const { contexts, clusters, users } = await loadKubeconfig((name) => Deno.env.get(name), kubeconfig);
      return { context: [...contexts.keys()], cluster: [...clusters.keys()], user: [...users.keys()] };
    },
  };
}

async function openSession(
  { connect, embedded, ...rest }: SessionRequest,
  releaseSignals: () => void,
): Promise<number> {
  const knobs = readKnobs((name) => Deno.env.get(name)); // refused here, where there is a terminal to say it
  const { clusterSession, runSession } = await import("../tui/mod.ts");
  const address = knobs.metricsAddr;
  await using metrics = address === null
    ? null
    : new (await import("./metrics_server.ts")).MetricsServer(address);
  const maxAgeMs = maxEditAgeMs(knobs);
  const onStale = () => metrics?.countStaleEdit();
  const freshness = maxAgeMs === null ? undefined : { clock: systemClock, maxAgeMs, onStale };
  const run = (options: RunOptions) =>
    runSession({ ...metrics === null ? options : watched(options, metrics), freshness });
  const missing = embedded === undefined ? missingKubeconfig(connect) : null;
  if (embedded !== undefined || missing !== null) {
    const { embeddedSession } = await import("./embedded/session.ts");
    await using session = embeddedSession(embedded ?? { directory: null }, { missing });
    releaseSignals();
    return await run({ ...session.options, ...rest });
  }
  // In one go with the terminal's own listeners: runSession opens it before it first waits.
  releaseSignals();
  return await run({ ...clusterSession(connect), ...rest });
}

/** A session whose engine, whichever it is, has its metrics served. */
function watched(options: RunOptions, metrics: MetricsServer): RunOptions {
  return {
    ...options,
    connect: async (context, hooks) => metrics.engine = await options.connect(context, hooks),
  };
}
