/** The kubeconfig's contexts, for choosing one: there also when the current one can't be connected to. */
import type { ConnectOptions } from "../client/mod.ts";

/** One context of the kubeconfig. */
export interface ContextEntry {
  readonly name: string;
  readonly cluster: string;
  readonly user: string;
  /** Empty: `default`. */
  readonly namespace: string;
}

/** Reads the files anew. Throws OrkaError `kubeconfig`. A context that lacks its cluster is listed too. */
export async function listContexts({ kubeconfig, env }: ConnectOptions): Promise<readonly ContextEntry[]> {
  // late: whoever holds only the host loads no client
  const { loadKubeconfig } = await import("../client/mod.ts");
  const { contexts } = await loadKubeconfig((name) => env ? env[name] : Deno.env.get(name), kubeconfig);
  return [...contexts].map(([name, { fields }]) => {
    const text = (field: string) => typeof fields[field] === "string" ? fields[field] : "";
    return { name, cluster: text("cluster"), user: text("user"), namespace: text("namespace") };
  });
}
