/**
 * `logs -f` of a million lines against kubectl in the same run, in turn: lines a second and CPU. The API is an embedded
 * server with TLS on this machine, so that programs are measured and no cluster's disks.
 */
import { LINES, logBytes } from "./big_log.ts";
import { type CpuMeasured, cpuOf } from "./child_cpu.ts";
import { programForms } from "./program.ts";
import { beside, ms, print, table } from "./report.ts";

const TIMES = 7;
/** Bytes before each line. */
const CASES = [
  { title: "as they are", flags: [], more: 0 },
  { title: "with --timestamps", flags: ["--timestamps"], more: "2026-08-01T00:00:00.000123456Z ".length },
  { title: "with --prefix", flags: ["--prefix"], more: "[pod/big/main] ".length },
] as const;

const kubectl = Deno.env.get("ORKA_TEST_KUBECTL") ?? "kubectl";
const forms = await programForms();
const programs = { orka: forms.compiled ?? forms.bundle, kubectl: [kubectl] };
type Program = keyof typeof programs;

const server = new Worker(new URL("./big_log.ts", import.meta.url), { type: "module" });
const said = () => new Promise<string>((resolve) => server.onmessage = ({ data }) => resolve(data));
const kubeconfig = await said();

async function follow(program: Program, { flags, more }: typeof CASES[number]): Promise<CpuMeasured> {
  const [command, ...args] = programs[program];
  const measured = await cpuOf(command!, [...args, "logs", "-f", "big", ...flags], {
    KUBECONFIG: kubeconfig,
  });
  const { code, bytes, stderr } = measured;
  if (code !== 0 || bytes !== logBytes(more)) {
    throw new Error(`${program}: code ${code}, ${bytes} of ${logBytes(more)} bytes: ${stderr}`);
  }
  return measured;
}

try {
  for (const each of CASES) {
    const runs: Record<Program, CpuMeasured[]> = { orka: [], kubectl: [] };
    for (let i = 0; i < TIMES; i++) {
      for (const program of ["orka", "kubectl"] as const) runs[program].push(await follow(program, each));
    }
    const line = beside({ ours: runs.orka, theirs: runs.kubectl, peer: "kubectl" });
    print(table(`logs -f, ${LINES} lines ${each.title}, median of ${TIMES}`, [
      line("lines a second, from the first", rate, (n) => `${Math.round(n / 1000)}k`, ">= 1x"),
      line("first line", (m) => m.firstMs, ms),
      line("time", (m) => m.ms, ms),
      line("CPU", (m) => m.cpuMs, ms),
    ]));
  }
} finally {
  const closed = said();
  server.postMessage("close");
  await closed;
  server.terminate();
}

function rate({ ms, firstMs }: CpuMeasured): number {
  return LINES / (ms - firstMs) * 1000;
}
