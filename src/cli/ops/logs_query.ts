/** `orka logs QUERY`: the pods that a search finds. */
import { OrkaError } from "../../base/mod.ts";
import type { LogTarget } from "../../ops/mod.ts";
import { parseQuery } from "../../search/mod.ts";
import type { Cluster } from "../cluster.ts";
import { searchOnce } from "../command_engine.ts";
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
  const options = { limit: MOST_PODS, kinds: ["pods"] };
  const { hits } = await searchOnce(io, { cluster, query: asked, options });
  const pods = hits.filter(({ resource }) => resource.group === "" && resource.kind === "Pod");
  if (pods.length > 0) {
    return { type: "pods", pods: pods.map(({ namespace, name }) => ({ namespace, name })) };
  }
  throw new OrkaError("not-found", `no pod matches ${JSON.stringify(query)}`, {
    hint: `orka search "k:pod ${query.replace(/"/g, "'")}" shows what it finds; -A looks in all namespaces.`,
  });
}
