/**
 * `logs -f` of a million lines (68 MB, with times 99 MB) against kubectl in the same run: lines a second and CPU. The API
 * is an embedded server with TLS on this machine, so that programs are measured and no cluster's disks.
 */
import {
  ApiServer,
  createMemoryStore,
  keptCertificates,
  kubeconfigText,
  listen,
  type PodRuntime,
} from "../src/k1s/mod.ts";
import { type CpuMeasured, cpuOf } from "./child_cpu.ts";
import { programForms } from "./program.ts";
import { type Line, median, ms, print, table } from "./report.ts";

const LINES = 1_000_000;
const TIMES = 3;
/** A line as programs write them, about 100 bytes with its time. */
const TEXT = '{"level":"info","msg":"request","path":"/products/17","status":200}';

const kubectl = Deno.env.get("ORKA_TEST_KUBECTL") ?? "kubectl";
const encoder = new TextEncoder();

/** The whole log, with times and without; sent in pieces as a node sends it. */
const [plain, stamped] = [false, true].map((timestamps) => {
  const start = Date.UTC(2026, 7, 1);
  return encoder.encode(
    Array.from({ length: LINES }, (_, at) => {
      const stamp = timestamps ? `${new Date(start + at).toISOString().replace("Z", "123456Z")} ` : "";
      return `${stamp}${TEXT}\n`;
    }).join(""),
  );
});
const PIECE = 32 * 1024;

const runtime: Pick<PodRuntime, "logs"> = {
  logs(_pod, { timestamps, tailLines }) {
    const bytes = timestamps ? stamped! : plain!;
    const last = bytes.lastIndexOf(10, bytes.length - 2) + 1;
    let at = tailLines === undefined ? 0 : last;
    return Promise.resolve(
      new ReadableStream<Uint8Array>({
        pull(controller) {
          controller.enqueue(bytes.slice(at, at += PIECE));
          if (at >= bytes.length) controller.close();
        },
      }),
    );
  },
};

const directory = await Deno.makeTempDir({ prefix: "orka-bench-logs-" });
const certificates = await keptCertificates(`${directory}/certificates`, Date.now());
const store = createMemoryStore();
const server = await ApiServer.open({
  storage: store.tenant("default"),
  caCertificate: certificates.ca,
  pods: runtime as PodRuntime,
});
const listener = await listen(server, { certificates, token: "bench" });
const kubeconfig = `${directory}/kubeconfig`;
await Deno.writeTextFile(
  kubeconfig,
  kubeconfigText({ name: "k1s", server: listener.url, certificates, token: "bench" }),
);

async function send(method: string, path: string, body: object): Promise<void> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const answer = await server.handler(
    new Request(`http://k1s/api/v1/namespaces/default/pods${path}`, {
      method,
      body: JSON.stringify(body),
      headers: { "content-type": type },
    }),
  );
  if (!answer.ok) throw new Error(await answer.text());
  await answer.body?.cancel();
}

const pod = {
  metadata: { name: "big" },
  spec: { nodeName: "n", containers: [{ name: "main", image: "i" }] },
};
await send("POST", "", pod);
const terminated = { exitCode: 0, reason: "Completed", containerID: "x://1" };
const container = {
  name: "main",
  image: "i",
  imageID: "",
  ready: false,
  restartCount: 0,
  containerID: "x://1",
};
const status = { phase: "Succeeded", containerStatuses: [{ ...container, state: { terminated } }] };
await send("PATCH", "/big/status", { status });

const forms = await programForms();
const programs = {
  kubectl: [kubectl],
  orka: [...forms.compiled ?? forms.bundle],
  "kubectl with times": [kubectl, "--timestamps"],
  "orka with times": [...forms.compiled ?? forms.bundle, "--timestamps"],
};
const runs: Record<string, CpuMeasured[]> = {};
try {
  for (let i = 0; i < TIMES; i++) {
    for (const [name, [command, ...more]] of Object.entries(programs)) {
      const own = more.filter((word) => word === "--timestamps");
      const before = more.filter((word) => word !== "--timestamps");
      const measured = await cpuOf(command!, [...before, "logs", "-f", "big", ...own], {
        KUBECONFIG: kubeconfig,
      });
      (runs[name] ??= []).push(measured);
      const wanted = (own.length > 0 ? stamped! : plain!).length;
      if (measured.code !== 0 || measured.bytes !== wanted) {
        throw new Error(
          `${name}: code ${measured.code}, ${measured.bytes} of ${wanted} bytes: ${measured.stderr}`,
        );
      }
    }
  }
} finally {
  await listener.close();
  await server.close();
  await store.close();
  await Deno.remove(directory, { recursive: true });
}

function linesOf(ours: readonly CpuMeasured[], theirs: readonly CpuMeasured[]): Line[] {
  const line = (
    what: string,
    pick: (m: CpuMeasured) => number,
    show: (n: number) => string,
    target: string,
  ): Line => {
    const [a, b] = [median(ours.map(pick)), median(theirs.map(pick))];
    return { what, value: show(a), target, peer: `kubectl ${show(b)}`, ratio: a / b };
  };
  return [
    line("lines a second, from the first", rate, (n) => `${Math.round(n / 1000)}k`, ">= 1x"),
    line("first line", (m) => m.firstMs, ms, ""),
    line("time", (m) => m.ms, ms, ""),
    line("CPU", (m) => m.cpuMs, ms, ""),
  ];
}

function rate({ ms, firstMs }: CpuMeasured): number {
  return LINES / (ms - firstMs) * 1000;
}

print(table(`logs -f, ${LINES} lines, median of ${TIMES}`, linesOf(runs["orka"]!, runs["kubectl"]!)));
print(table("the same with --timestamps", linesOf(runs["orka with times"]!, runs["kubectl with times"]!)));
