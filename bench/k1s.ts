/**
 * The embedded cluster's API: rates of verbs by backend and over TLS, watches, large lists and deletions, start and
 * memory, with kube-apiserver and etcd beside it where the test cluster is there.
 * `deno run -A bench/k1s.ts [--short] [PART…]`: rates, watch, scale, start, memory, tls; all without names.
 */
import { ApiServer, createMemoryStore, openSqliteStore, type Store } from "../src/k1s/mod.ts";
import { inProcess } from "./k1s_api.ts";
import { footprints, starts, tlsRates } from "./k1s_process.ts";
import { verbRates } from "./k1s_rates.ts";
import { manyDefinitions, manyNamespaces, manyObjects, manyPods } from "./k1s_scale.ts";
import { acrossLatency, fanOut, inProcessLatency, replay, stalled } from "./k1s_watch.ts";
import { programForms } from "./program.ts";
import { type Line, print, table } from "./report.ts";

const SHORT = Deno.args.includes("--short");
const PARTS = Deno.args.filter((arg) => !arg.startsWith("--"));
const TARGETS: Readonly<Record<string, string>> = { memory: "10,000", sqlite: "3,000" };

const root = await Deno.makeTempDir({ prefix: "orka-bench-" });
let directories = 0;
const stores: Readonly<Record<string, () => Promise<Store>>> = {
  memory: () => Promise.resolve(createMemoryStore()),
  sqlite: () => openSqliteStore(`${root}/${directories++}`),
};

async function rates(): Promise<Line[]> {
  const lines: Line[] = [];
  for (const [name, open] of Object.entries(stores)) {
    for (const workers of [1, 16]) {
      const store = await open();
      const server = await ApiServer.open({ storage: store.tenant("default") });
      const api = inProcess(server);
      const count = (name === "memory" ? 20_000 : workers === 1 ? 4_000 : 10_000) / (SHORT ? 10 : 1);
      await verbRates(api, { count: count / 4, workers, namespace: "warm" });
      for (const { verb, perSecond } of await verbRates(api, { count, workers, namespace: "bench" })) {
        lines.push({
          what: `${verb}/s, ${name}, ${workers} at once`,
          value: String(perSecond),
          ...(verb === "get" ? {} : { target: TARGETS[name]! }),
        });
      }
      await server.close();
      await store.close();
    }
  }
  return lines;
}

async function watch(): Promise<Line[]> {
  const lines: Line[] = [];
  for (const [name, open] of Object.entries(stores)) {
    for (const part of [inProcessLatency, fanOut, replay]) lines.push(...await part(name, await open()));
  }
  lines.push(...await acrossLatency(`${root}/across`), ...await stalled());
  return lines;
}

async function scale(): Promise<Line[]> {
  const factor = SHORT ? 0.1 : 1;
  const lines: Line[] = [];
  for (const part of [manyObjects, manyNamespaces, manyDefinitions]) lines.push(...await part({ factor }));
  for (const [name, open] of Object.entries(stores)) lines.push(...await manyPods({ factor, name, open }));
  return lines;
}

const forms = PARTS.length === 0 || PARTS.some((part) => ["start", "memory", "tls"].includes(part))
  ? await programForms()
  : undefined;
// the runtime that tests compile with has no TLS server of HTTP/2
const programs = { bundled: forms?.bundle ?? [], source: forms?.source ?? [] };

const parts: Readonly<Record<string, () => Promise<Line[]>>> = {
  rates,
  watch,
  scale,
  start: () => starts(programs, root),
  memory: () => footprints(programs, root),
  tls: () => tlsRates(programs.bundled, root),
};

try {
  const lines: Line[] = [];
  for (const name of PARTS.length > 0 ? PARTS : Object.keys(parts)) lines.push(...await parts[name]!());
  print(table("the embedded cluster", lines));
} finally {
  await Deno.remove(root, { recursive: true });
}
