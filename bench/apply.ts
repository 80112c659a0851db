/**
 * The round trip of `apply` and `diff` against kubectl in the same run, each with its state and its discovery cache warm:
 * one ConfigMap, one Deployment, and 50 objects of five kinds. Works in namespaces of its own and deletes them.
 */
import { benchCluster } from "./cluster_load.ts";
import { compare, type Measured } from "./process_meter.ts";
import { programForms } from "./program.ts";
import { mb, median, ms, print, table } from "./report.ts";

const TIMES = 7;
const OBJECTS = 50;

const cluster = await benchCluster();
const forms = await programForms();
const directory = await Deno.makeTempDir({ prefix: "orka-bench-apply-" });
const kubectl = [cluster.kubectlPath];
const orka = [...forms.bundle];
const env = {
  KUBECONFIG: cluster.kubeconfig,
  XDG_STATE_HOME: `${directory}/state`,
  ORKA_WRITE: "1",
};

const map = (index: number, value: number) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: `c${index}` },
  data: { value: String(value) },
});

const labels = { app: "web" };
const deployment = (value: number) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", annotations: { value: String(value) } },
  spec: {
    replicas: 0,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "busybox:1" }] } },
  },
});

const KINDS = ["ConfigMap", "Secret", "ServiceAccount", "LimitRange", "ResourceQuota"];
const many = (value: number) =>
  Array.from({ length: OBJECTS }, (_, index) => ({
    apiVersion: "v1",
    kind: KINDS[index % KINDS.length],
    metadata: { name: `o${index}`, annotations: { value: String(value) } },
  }));

interface Case {
  readonly title: string;
  readonly verb: readonly string[];
  readonly objects: (value: number) => readonly object[];
}

const CASES: readonly Case[] = [
  { title: "apply one ConfigMap", verb: ["apply", "--server-side"], objects: (value) => [map(0, value)] },
  {
    title: "apply one Deployment",
    verb: ["apply", "--server-side"],
    objects: (value) => [deployment(value)],
  },
  { title: `apply ${OBJECTS} objects`, verb: ["apply", "--server-side"], objects: many },
  { title: `diff ${OBJECTS} objects`, verb: ["diff", "--server-side"], objects: many },
];

async function measure({ verb, objects }: Case): Promise<Readonly<Record<"orka" | "kubectl", Measured[]>>> {
  const file = `${directory}/objects.json`;
  await Deno.writeTextFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects(1) }));
  const line = (
    program: readonly string[],
    name: string,
  ) => [...program, "-n", `bench-apply-${name}`, ...verb, "-f", file];
  return await compare({ orka: line(orka, "orka"), kubectl: line(kubectl, "kubectl") }, TIMES, env);
}

const run = (args: readonly string[]) =>
  new Deno.Command(cluster.kubectlPath, { args: [...args], env }).output();

try {
  for (const name of ["orka", "kubectl"]) await run(["create", "namespace", `bench-apply-${name}`]);
  for (const each of CASES) {
    const runs = await measure(each);
    const lines = [["time", (m: Measured) => m.ms, ms], [
      "peak memory",
      (m: Measured) => m.peakBytes,
      mb,
    ]] as const;
    print(table(
      `${each.title}: median of ${TIMES}`,
      lines.map(([what, pick, show]) => {
        const [a, b] = [median(runs.orka.map(pick)), median(runs.kubectl.map(pick))];
        return { what, value: show(a), peer: `kubectl ${show(b)}`, ratio: a / b };
      }),
    ));
  }
} finally {
  for (const name of ["orka", "kubectl"]) {
    await run(["delete", "namespace", `bench-apply-${name}`, "--wait=false"]);
  }
  await Deno.remove(directory, { recursive: true });
}
