/**
 * `deno task bench [NAME…]`: runs the named benchmarks, or all of them, one after the other, each in a process of
 * its own so that none inherits another's heap. Every file also runs alone: `deno run -A bench/NAME.ts`.
 */
import { print } from "./report.ts";

const BENCHES = {
  start: "start of small commands against kubectl",
  get: "get of 20,000 pods against kubectl",
  logs: "logs of a million lines against kubectl",
  forward: "forwarded bytes and keystrokes against kubectl, on the cluster's real node",
  session: "the session on 20,000 pods: first rows, memory, idle, keystrokes",
  engine: "the engine alone at 5,000 and 100,000 replayed objects",
  term: "the drawing layer alone",
  search: "search over 100,000 objects against npm's fzf",
  session_search: "search in the session over 100,000 objects: keystroke to frame, memory",
  session_logs: "a log followed in the session at 5,000 and 20,000 lines a second: CPU, frames, latency",
  apply: "apply and diff of one object and of 50 against kubectl",
  schema: "schemas of 41 CRDs, and validating 2,000 lines",
  storage: "the embedded cluster's storage: writes, watches, replay, lists",
  k1s: "the embedded cluster's API: verbs, watches, large lists, start, memory; kube-apiserver beside it",
} as const;

type Name = keyof typeof BENCHES;

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.filter((name) => !Object.hasOwn(BENCHES, name));
  if (unknown.length > 0) {
    print(`no benchmark is called ${unknown.join(", ")}; there are:\n`);
    for (const [name, what] of Object.entries(BENCHES)) print(`  ${name.padEnd(14)} ${what}\n`);
    return 2;
  }
  const names = (args.length > 0 ? args : Object.keys(BENCHES)) as Name[];
  print(
    `Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} cores, load ${
      Deno.loadavg()[0]!.toFixed(2)
    }\n`,
  );
  let failed = 0;
  for (const name of names) {
    const file = decodeURIComponent(new URL(`./${name}.ts`, import.meta.url).pathname);
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", file],
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn().status;
    if (code !== 0) {
      print(`benchmark ${name} ended with ${code}\n`);
      failed++;
    }
  }
  return failed === 0 ? 0 : 1;
}

Deno.exit(await main(Deno.args));
