/**
 * `get pods -A` of 20,000 pods: time, first bytes and peak memory against kubectl in the same run, and the API
 * server's own share of it (the same pages read and dropped).
 */
import { benchCluster, connect, count, ensureLoad, plainList } from "./cluster_load.ts";
import { compare, type Measured } from "./process_meter.ts";
import { programForms } from "./program.ts";
import { beside, type Line, mb, ms, print, table } from "./report.ts";

const TIMES = 3;
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

const cluster = await benchCluster();
using api = await connect(cluster);
await ensureLoad(cluster, api);
const pods = await count(api, "/api/v1/pods");
const forms = await programForms();
const env = { KUBECONFIG: cluster.kubeconfig };

for (const [title, args] of [["get pods -A", []], ["get pods -A -o json", ["-o", "json"]]] as const) {
  const verb = ["get", "pods", "-A", ...args];
  const runs = await compare(
    { kubectl: [cluster.kubectlPath, ...verb], orka: [...forms.bundle, ...verb] },
    TIMES,
    env,
  );
  print(table(`${title}: ${pods} pods, median of ${TIMES}`, linesOf(runs.orka, runs.kubectl)));
  if (args.length === 0) sameTable(runs.orka, runs.kubectl);
}

const share = await plainList(api, "/api/v1/pods", TABLE);
const whole = await plainList(api, "/api/v1/pods");
print(table("the API server's own share: pages of 500 read and dropped", [
  { what: "Tables with metadata, first page", value: ms(share.firstMs) },
  { what: "Tables with metadata, all", value: `${ms(share.ms)}, ${mb(share.bytes)}` },
  { what: "whole objects, all", value: `${ms(whole.ms)}, ${mb(whole.bytes)}` },
]));

function linesOf(ours: readonly Measured[], theirs: readonly Measured[]): Line[] {
  const line = beside({ ours, theirs, peer: "kubectl" });
  return [
    line("time", (m) => m.ms, ms, "0.25x"),
    line("first bytes", (m) => m.firstMs, ms),
    line("peak memory", (m) => m.peakBytes, mb, "0.17x"),
  ];
}

function sameTable(ours: readonly Measured[], theirs: readonly Measured[]): void {
  const [a, b] = [ours.at(-1)!.lines, theirs.at(-1)!.lines];
  print(a === b ? `both printed ${a} lines\n` : `orka printed ${a} lines, kubectl ${b}\n`);
}
