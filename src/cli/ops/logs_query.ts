/** `orka logs QUERY`: the pods that a search finds. */
import { createLogger, fromWire, OrkaError, readKnobs } from "../../base/mod.ts";
import { openLocalEngine, type SearchUpdate } from "../../engine/mod.ts";
import type { LogTarget } from "../../ops/mod.ts";
import { parseQuery } from "../../search/mod.ts";
import type { Cluster } from "../cluster.ts";
import type { CliIo } from "../io.ts";

/** More than this at once is no reading any more. */
const MOST_PODS = 50;

/** Throws OrkaError `usage` for a query that does not parse, `not-found` where it finds no pod. */
export async function queriedPods(
  io: CliIo,
  { cluster, query, anyNamespace }: {
    readonly cluster: Cluster;
    readonly query: string;
    readonly anyNamespace: boolean;
  },
): Promise<Extract<LogTarget, { readonly type: "pods" }>> {
  parseQuery(query);
  const isPlaced = anyNamespace || /(^|[\s(])-?ns:/.test(query);
  const asked = isPlaced ? query : `${query} ns:"${cluster.namespace.replace(/["\\]/g, "\\$&")}"`;
  const { hits } = await searchPods(io, { cluster, query: asked });
  const pods = hits.filter(({ resource }) => resource.group === "" && resource.kind === "Pod");
  if (pods.length > 0) {
    return { type: "pods", pods: pods.map(({ namespace, name }) => ({ namespace, name })) };
  }
  throw new OrkaError("not-found", `no pod matches ${JSON.stringify(query)}`, {
    hint: `orka search "k:pod ${query.replace(/"/g, "'")}" shows what it finds; -A looks in all namespaces.`,
  });
}

async function searchPods(
  io: CliIo,
  { cluster, query }: { readonly cluster: Cluster; readonly query: string },
): Promise<SearchUpdate> {
  const knobs = readKnobs(io.env);
  await using engine = openLocalEngine(cluster.client, {
    clock: io.clock,
    knobs,
    log: createLogger("cli", {
      spec: knobs.log,
      clock: io.clock,
      sink: (line) => void io.stderr.write(line),
    }),
    followDiscovery: false,
    ownsClient: false,
    discovery: { cached: () => Promise.resolve(null), fetch: () => cluster.discover() },
  });
  const { promise, resolve, reject } = Promise.withResolvers<SearchUpdate>();
  const onAbort = () => reject(io.signal.reason);
  io.signal.addEventListener("abort", onAbort, { once: true });
  if (io.signal.aborted) onAbort();
  const view = engine.openSearch(query, { limit: MOST_PODS, once: true, kinds: ["pods"] }, (update) => {
    const [status] = update.kinds.map((kind) => kind.status);
    if (status === undefined) return;
    if (status.error !== null && status.phase !== "live") reject(fromWire(status.error));
    else if (status.phase === "live") resolve(update);
  });
  try {
    return await promise;
  } finally {
    io.signal.removeEventListener("abort", onAbort);
    view.close();
  }
}
