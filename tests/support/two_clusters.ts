/**
 * Whole programs on two clusters: a test of `onClusters` runs on an embedded server that listens with TLS, and again
 * on the real cluster where it is there. Both have a kubeconfig and a kubectl (ORKA_TEST_KUBECTL); what is tested
 * are processes and real connections, where two_servers.ts tests within this process.
 */
import { startK1sServer } from "./k1s_server.ts";
import { clusterTest, RealCluster } from "./real_cluster.ts";

export type { RealCluster as Cluster };

/** A test on the embedded cluster and the real one; skipped, with the reason in its name, where no kubectl is. */
export function onClusters(name: string, fn: (cluster: RealCluster) => Promise<void>): void {
  const kubectl = Deno.env.get("ORKA_TEST_KUBECTL");
  Deno.test({
    name: kubectl ? name : `${name} (skipped: ORKA_TEST_KUBECTL names no kubectl)`,
    ignore: !kubectl,
    fn: async () => {
      await using server = await startK1sServer();
      await fn(new RealCluster(server.kubeconfig, kubectl!));
    },
  });
  clusterTest(`${name} (real)`, fn);
}
