/**
 * What goes through a forwarded port, and how fast a key comes back from a shell: Orka beside kubectl, on the cluster that
 * ORKA_TEST_KUBECONFIG names (ORKA_TEST_KUBECTL: its kubectl), in a pod that exists: `deno run -A bench/forward.ts NAMESPACE
 * POD` with busybox's tools and its httpd on 8080 of container `web`.
 */
import { connect, WriteGate } from "../src/client/mod.ts";
import { openExec } from "../src/ops/mod.ts";

const [namespace = "default", pod = "box"] = Deno.args;
const kubeconfig = Deno.env.get("ORKA_TEST_KUBECONFIG") ?? "";
const kubectl = Deno.env.get("ORKA_TEST_KUBECTL") ?? "kubectl";
const base = ["--kubeconfig", kubeconfig, "-n", namespace];
const BYTES = 50_000_000;
const KEYS = 300;
const print = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

/** MB/s of one file through a local port, and of eight at once. */
async function rate(port: number, streams: number): Promise<number> {
  const began = performance.now();
  const sizes = await Promise.all(Array.from({ length: streams }, async () => {
    const response = await fetch(`http://127.0.0.1:${port}/big`, { headers: { connection: "close" } });
    let size = 0;
    for await (const bytes of response.body!) size += bytes.length;
    return size;
  }));
  if (sizes.some((size) => size !== BYTES)) throw new Error(`short answers: ${sizes}`);
  return BYTES * streams / 1000 / (performance.now() - began);
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)]!;
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
  return times.slice(20).sort((a, b) => a - b);
}

const client = await connect({ kubeconfig }, { writes: new WriteGate({ isOpen: true }) });
const spec = { namespace, pod, container: "web" };
const made = await openExec(client, {
  ...spec,
  command: ["sh", "-c", `head -c ${BYTES} /dev/zero > /www/big`],
});
await made.exit;

/** A port of a process that forwards; both run beside this one. */
async function forwarding(program: string, args: readonly string[]): Promise<[number, Deno.ChildProcess]> {
  const child = new Deno.Command(program, { args: [...args], stdout: "piped", stderr: "null" }).spawn();
  const lines = child.stdout.getReader();
  const said = new TextDecoder().decode((await lines.read()).value);
  void (async () => {
    while (!(await lines.read()).done) { /* its lines */ }
  })();
  return [Number(/127\.0\.0\.1:(\d+)/.exec(said)?.[1]), child];
}

const forward = ["port-forward", pod, ":8080"];
const main = decodeURIComponent(new URL("../main.ts", import.meta.url).pathname);
const [own, ownChild] = await forwarding(Deno.execPath(), ["run", "-A", main, ...base, ...forward]);
const [theirs, child] = await forwarding(kubectl, [...base, ...forward]);
print("forward, MB/s           orka  kubectl");
for (const streams of [1, 8]) {
  const [ours, other] = [[] as number[], [] as number[]];
  for (let round = 0; round < 3; round++) {
    ours.push(await rate(own, streams));
    other.push(await rate(theirs, streams));
  }
  const best = (rates: number[]) => Math.max(...rates).toFixed(0).padStart(8);
  print(`${streams} connection${streams > 1 ? "s" : " "}         ${best(ours)} ${best(other)}`);
}
for (const each of [ownChild, child]) {
  each.kill("SIGTERM");
  await each.status;
}

const shell = await openExec(client, { ...spec, command: ["cat"] }, { stdin: true });
const mine = await echoes(shell.stdin.getWriter(), shell.stdout.getReader());
shell.close();
const peer = new Deno.Command(kubectl, {
  args: [...base, "exec", "-i", pod, "-c", "web", "--", "cat"],
  stdin: "piped",
  stdout: "piped",
  stderr: "null",
}).spawn();
const its = await echoes(peer.stdin.getWriter(), peer.stdout.getReader());
peer.kill("SIGTERM");
await peer.status;
print("echo, ms                orka  kubectl");
for (const share of [0.5, 0.95]) {
  const at = (times: number[]) => percentile(times, share).toFixed(2).padStart(8);
  print(`p${share * 100}              ${at(mine)} ${at(its)}`);
}
client.close();
Deno.exit(0);
