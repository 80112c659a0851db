/** Start of small commands, in every form of the program, against kubectl in the same run. */
import { benchCluster } from "./cluster_load.ts";
import { compare } from "./process_meter.ts";
import { programForms } from "./program.ts";
import { type Line, mb, median, ms, print, table } from "./report.ts";

const TIMES = 15;

const cluster = await benchCluster();
const forms = await programForms();
const env = { KUBECONFIG: cluster.kubeconfig };

const commands = [
  { title: "version --client", args: ["version", "--client"] },
  { title: "version", args: ["version"] },
  { title: "get ns", args: ["get", "ns"] },
];
for (const { title, args } of commands) {
  const programs: Record<string, readonly string[]> = {
    kubectl: [cluster.kubectlPath, ...args],
    "from source": [...forms.source, ...args],
    bundled: [...forms.bundle, ...args],
    ...(forms.compiled ? { compiled: [...forms.compiled, ...args] } : {}),
  };
  await compare(programs, 1, env); // warms caches: the first start of anything pays for the disk
  const { kubectl, ...ours } = await compare(programs, TIMES, env);
  const peer = median(kubectl!.map((m) => m.ms));
  const lines = Object.entries(ours).map(([what, runs]): Line => {
    const time = median(runs.map((m) => m.ms));
    const memory = median(runs.map((m) => m.peakBytes));
    const peerText = `kubectl ${ms(peer)}, ${mb(median(kubectl!.map((m) => m.peakBytes)))}`;
    return {
      what,
      value: `${ms(time)}, ${mb(memory)}`,
      target: "2x, 100 ms",
      peer: peerText,
      ratio: time / peer,
    };
  });
  print(table(`start: ${title}, median of ${TIMES}`, lines));
}
