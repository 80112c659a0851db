/**
 * What goes through a forwarded port, and how fast a key comes back from a shell: Orka beside kubectl, in turn, on the
 * cluster that ORKA_TEST_KUBECONFIG names (ORKA_TEST_KUBECTL: its kubectl), in a pod on its real node
 * (ORKA_TEST_REAL_NODE).
 */
import { connect, WriteGate } from "../src/client/mod.ts";
import { openExec } from "../src/ops/mod.ts";
import { realCluster } from "../tests/support/real_cluster.ts";
import { runPod } from "../tests/support/real_pod.ts";
import { cpuMs } from "./process_meter.ts";
import { programForms } from "./program.ts";
import { beside, ms, percentile, print, table } from "./report.ts";

const BYTES = 50_000_000;
const TIMES = 7;
const KEYS = 300;

const cluster = realCluster();
if (cluster === null || !Deno.env.get("ORKA_TEST_REAL_NODE")) {
  print("ORKA_TEST_KUBECONFIG and ORKA_TEST_REAL_NODE name no node: nothing to forward to\n");
  Deno.exit(0);
}
const forms = await programForms();
await using scratch = await cluster.scratch("bench-forward");
const namespace = scratch.name;
await runPod(cluster, "box", { namespace });
const inPod = ["--kubeconfig", cluster.kubeconfig, "-n", namespace];
await cluster.kubectlOk([
  ...["-n", namespace, "exec", "box", "-c", "web", "--"],
  ...["sh", "-c", `head -c ${BYTES} /dev/zero > /www/big`],
]);

/** One moment of a program that forwards. */
interface Carried {
  readonly mbPerSecond: number;
  /** Of the program, for all of it. */
  readonly cpuMs: number;
}

class Forwarding implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #port: number;

  private constructor(child: Deno.ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  static async start([command, ...args]: readonly string[]): Promise<Forwarding> {
    const child = new Deno.Command(command!, {
      args: [...args, ...inPod, "port-forward", "box", ":8080"],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const lines = child.stdout.getReader();
    const said = new TextDecoder().decode((await lines.read()).value);
    void (async () => {
      while (!(await lines.read()).done) { /* its lines */ }
    })();
    return new Forwarding(child, Number(/127\.0\.0\.1:(\d+)/.exec(said)?.[1]));
  }

  /** The file, so many times at once. */
  async carry(streams: number): Promise<Carried> {
    const [began, cpu] = [performance.now(), cpuMs(this.#child.pid)];
    const sizes = await Promise.all(Array.from({ length: streams }, async () => {
      const url = `http://127.0.0.1:${this.#port}/big`;
      const response = await fetch(url, { headers: { connection: "close" } });
      let size = 0;
      for await (const bytes of response.body!) size += bytes.length;
      return size;
    }));
    if (sizes.some((size) => size !== BYTES)) throw new Error(`short answers: ${sizes}`);
    const tookMs = performance.now() - began;
    return { mbPerSecond: BYTES * streams / 1000 / tookMs, cpuMs: cpuMs(this.#child.pid) - cpu };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
  }
}

/** Milliseconds until a byte that is written comes back from `cat`. */
async function echoes(
  input: WritableStreamDefaultWriter<Uint8Array>,
  output: ReadableStreamDefaultReader<Uint8Array>,
): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < KEYS; at++) {
    const began = performance.now();
    await input.write(Uint8Array.of(97));
    await output.read();
    times.push(performance.now() - began);
  }
  return times.slice(20); // the first ones are slower on both sides
}

async function forwards(): Promise<void> {
  await using own = await Forwarding.start(forms.compiled ?? forms.bundle);
  await using peer = await Forwarding.start([cluster!.kubectlPath]);
  for (const streams of [1, 8]) {
    const [ours, theirs]: [Carried[], Carried[]] = [[], []];
    for (let round = 0; round < TIMES; round++) {
      ours.push(await own.carry(streams));
      theirs.push(await peer.carry(streams));
    }
    const line = beside({ ours, theirs, peer: "kubectl" });
    const best = (runs: readonly Carried[]) => Math.max(...runs.map(({ mbPerSecond }) => mbPerSecond));
    const [a, b] = [best(ours), best(theirs)];
    const title = `forward, ${streams} connection${streams > 1 ? "s" : ""} of ${BYTES / 1e6} MB`;
    print(table(`${title}, median of ${TIMES}`, [
      line("MB a second", ({ mbPerSecond }) => mbPerSecond, (n) => n.toFixed(0), ">= 1x"),
      { what: "the best", value: a.toFixed(0), peer: `kubectl ${b.toFixed(0)}`, ratio: a / b },
      line("CPU", ({ cpuMs }) => cpuMs, ms),
    ]));
  }
}

async function keystrokes(): Promise<void> {
  const client = await connect({ kubeconfig: cluster!.kubeconfig }, {
    writes: new WriteGate({ isOpen: true }),
  });
  const spec = { namespace, pod: "box", container: "web", command: ["cat"] };
  const shell = await openExec(client, spec, { stdin: true });
  const ours = await echoes(shell.stdin.getWriter(), shell.stdout.getReader());
  shell.close();
  client.close();
  const peer = new Deno.Command(cluster!.kubectlPath, {
    args: [...inPod, "exec", "-i", "box", "-c", "web", "--", "cat"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const theirs = await echoes(peer.stdin.getWriter(), peer.stdout.getReader());
  peer.kill("SIGTERM");
  await peer.status;
  print(table(
    `a key and its echo, ${ours.length} times`,
    [50, 95].map((p) => {
      const [a, b] = [percentile(ours, p), percentile(theirs, p)];
      const target = p === 95 ? "kubectl + 3 ms" : "";
      return { what: `p${p}`, value: ms(a), target, peer: `kubectl ${ms(b)}`, ratio: a / b };
    }),
  ));
}

await forwards();
await keystrokes();
