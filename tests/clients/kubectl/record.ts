/**
 * Plays the kubectl commands to the real cluster of ORKA_TEST_KUBECONFIG with ORKA_TEST_KUBECTL, and records how they
 * ended: `deno run -A tests/clients/kubectl/record.ts [GROUP…]` (all groups, or those named anew).
 */
import { realCluster } from "../../support/real_cluster.ts";
import { GROUPS } from "./commands.ts";
import { readRecorded, type Recorded, writeRecorded } from "./recorded.ts";
import { type Outcome, play } from "./session.ts";

const cluster = realCluster();
if (!cluster) throw new Error("ORKA_TEST_KUBECONFIG names no cluster");
const target = { kubectl: cluster.kubectlPath, kubeconfig: cluster.kubeconfig };
const recorded: Record<string, readonly Outcome[]> = {};
const before: Recorded = Deno.args.length === 0 ? {} : await readRecorded();
for (const group of GROUPS) {
  const kept = Deno.args.includes(group.name) ? undefined : before[group.name];
  recorded[group.name] = kept ?? await play(target, group);
}
await writeRecorded(recorded);
