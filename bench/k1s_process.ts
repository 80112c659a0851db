/**
 * The embedded cluster as a program: cold start to kubectl's first answer, memory, operations over TLS; kube-apiserver
 * with etcd beside it where the test cluster is there.
 */
import { basename } from "node:path";
import { DENO_DIR } from "../tests/support/deno_dir.ts";
import { overTls } from "./k1s_api.ts";
import { verbRates } from "./k1s_rates.ts";
import { memory } from "./process_meter.ts";
import { type Line, mb, median, ms } from "./report.ts";

const STARTS = 7;
/** After it memory is that of a cluster that nobody asks anything. */
const SETTLE_MS = 3_000;

interface Served extends AsyncDisposable {
  readonly kubeconfig: string;
  readonly pid: number;
  /** From the command to its kubeconfig. */
  readonly readyMs: number;
  /** From the command to the answer of the first list over TLS. */
  readonly answerMs: number;
}

/** `orka k1s up` as a process of its own. */
async function up(program: readonly string[], directory: string, ...args: string[]): Promise<Served> {
  const began = performance.now();
  const [command, ...rest] = program;
  const child = new Deno.Command(command!, {
    args: [...rest, "k1s", "up", "--store", directory, "--port", "0", ...args],
    env: { HOME: directory, DENO_DIR },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const path = (await lines.read()).value?.trim();
  if (!path) throw new Error("orka k1s up printed no kubeconfig");
  const readyMs = performance.now() - began;
  const api = overTls(path, 1);
  const { status, text } = await api.send("GET", "/api/v1/namespaces");
  if (status !== 200) throw new Error(text);
  const answerMs = performance.now() - began;
  api.close();
  return {
    kubeconfig: path,
    pid: child.pid,
    readyMs,
    answerMs,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGINT");
      await lines.cancel();
      await child.status;
    },
  };
}

export interface Programs {
  readonly [form: string]: readonly string[];
}

/** Median times from the command on a store that exists, and on an empty directory the first time. */
export async function starts(programs: Programs, directory: string): Promise<Line[]> {
  const lines: Line[] = [];
  for (const [form, program] of Object.entries(programs)) {
    const store = `${directory}/start-${form.replaceAll(" ", "-")}`;
    const first = await up(program, store);
    await first[Symbol.asyncDispose]();
    const [ready, answers]: [number[], number[]] = [[], []];
    for (let i = 0; i < STARTS; i++) {
      await using served = await up(program, store);
      ready.push(served.readyMs);
      answers.push(served.answerMs);
    }
    const peer = "kube-apiserver 5.75 s (earlier)";
    lines.push(
      { what: `ready after the command, ${form}`, value: ms(median(ready)), target: "100 ms", peer },
      { what: `first answer over TLS, ${form}`, value: ms(median(answers)) },
      { what: `the very first time, with certificates to make, ${form}`, value: ms(first.readyMs) },
    );
  }
  return lines;
}

export async function footprints(programs: Programs, directory: string): Promise<Line[]> {
  const lines: Line[] = [];
  for (const [form, program] of Object.entries(programs)) {
    // The first start of a program compiles it for Deno's cache, in this very process.
    await (await up(program, `${directory}/memory-first-${form}`))[Symbol.asyncDispose]();
    for (
      const [what, target, ...args] of [["idle", "80 MB"], ["with the demo", "120 MB", "--demo"]] as const
    ) {
      await using served = await up(
        program,
        `${directory}/memory-${what.replaceAll(" ", "-")}-${form}`,
        ...args,
      );
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      const { now, peak } = memory(served.pid)!;
      const value = `${mb(now)}, peak ${mb(peak)}`;
      lines.push({ what: `resident memory ${what}, ${form}`, value, target, peer: "308 MB (earlier)" });
    }
  }
  return lines;
}

/** Rates of the same requests over TLS, ours on SQLite, the real server's beside them. */
export async function tlsRates(program: readonly string[], directory: string): Promise<Line[]> {
  const real = Deno.env.get("ORKA_TEST_KUBECONFIG");
  await using served = await up(program, `${directory}/rates`);
  const lines: Line[] = [];
  for (const connections of [1, 16]) {
    const count = connections === 1 ? 1_000 : 4_000;
    const ours = await overConnections(served.kubeconfig, { connections, count });
    const theirs = real ? await overConnections(real, { connections, count: count / 4 }) : undefined;
    for (const [verb, perSecond] of ours) {
      const peer = theirs?.get(verb);
      lines.push({
        what: `${verb}/s over TLS, ${connections} connection${connections > 1 ? "s" : ""}`,
        value: String(perSecond),
        target: "1x",
        ...(peer === undefined ? {} : { peer: `kube-apiserver ${peer}`, ratio: perSecond / peer }),
      });
    }
  }
  return lines;
}

async function overConnections(
  kubeconfig: string,
  { connections, count }: { connections: number; count: number },
): Promise<Map<string, number>> {
  const api = overTls(kubeconfig, connections);
  try {
    // the first few hundred requests find cold code
    await verbRates(api, { count: count / 4, workers: connections, namespace: unique() });
    const rates = await verbRates(api, { count, workers: connections, namespace: unique() });
    return new Map(rates.map(({ verb, perSecond }) => [verb, perSecond]));
  } finally {
    api.close();
  }
}

function unique(): string {
  return `${basename(import.meta.url, ".ts").replace("_", "-")}-${crypto.randomUUID().slice(0, 8)}`;
}
