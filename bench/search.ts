/**
 * Search over 100,000 objects beside npm's fzf in the same run: keystrokes, typed queries, what the index weighs, what it
 * costs to build and to keep. `deno run -A bench/search.ts [COUNT]`.
 */
import { byLengthAsc, Fzf } from "fzf";
import { seededRandom } from "../src/base/mod.ts";
import type { Resource } from "../src/kube/mod.ts";
import { parseQuery, SearchIndex, textPrefix } from "../src/search/mod.ts";
import { KindStore, readRow, type RowInput, storeColumns } from "../src/store/mod.ts";
import { type Line, mb, ms, percentile, print, table } from "./report.ts";

const COUNT = Number(Deno.args[0] ?? 100_000);
const LIMIT = 50;
const NOW_MS = 1_700_000_000_000;

/** Kind, plural, group and how many of a hundred objects are of it. */
const KINDS = [
  ["Pod", "pods", "", 62],
  ["ReplicaSet", "replicasets", "apps", 12],
  ["ConfigMap", "configmaps", "", 6],
  ["Secret", "secrets", "", 5],
  ["Deployment", "deployments", "apps", 4],
  ["Service", "services", "", 4],
  ["EndpointSlice", "endpointslices", "discovery.k8s.io", 4],
  ["Job", "jobs", "batch", 3],
] as const;

const COLUMNS = storeColumns([
  { name: "Name", type: "string", format: "name", description: "", priority: 0 },
  { name: "Ready", type: "string", format: "", description: "", priority: 0 },
  { name: "Status", type: "string", format: "", description: "", priority: 0 },
  { name: "Restarts", type: "string", format: "", description: "", priority: 0 },
  { name: "CPU", type: "string", format: "", description: "", priority: 0 },
  { name: "Age", type: "string", format: "", description: "", priority: 0 },
]);

const random = seededRandom(7);
const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)]!;
const hash = (length: number) =>
  Array.from({ length }, () => pick([..."bcdfghjklmnpqrstvwxz2456789"])).join("");

const TEAMS = "payments checkout catalog search identity billing fraud media ledger shipping returns pricing"
  .split(" ");
const STAGES = "prod staging dev canary qa".split(" ");
const APPS =
  "api web worker gateway proxy cache scheduler consumer producer indexer exporter frontend backend".split(
    " ",
  );

interface Made {
  readonly resource: Resource;
  readonly store: KindStore;
}

function makeKind([kind, plural, group, percent]: typeof KINDS[number]): Made {
  const store = new KindStore({ raw: null });
  store.setColumns(COLUMNS);
  const rows = Array.from({ length: COUNT * percent / 100 }, (_, i) => makeRow(kind, i));
  // As a server lists them.
  const order = (row: RowInput) => `${row.namespace}/${row.name}`;
  for (const row of rows.sort((a, b) => order(a) < order(b) ? -1 : 1)) take(store, row);
  store.publish();
  const resource: Resource = {
    group,
    version: "v1",
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: ["list"],
    subresources: [],
    preferred: true,
  };
  return { resource, store };
}

let uids = 0;

function take(store: KindStore, row: RowInput): void {
  store.upsert(row, null, { receivedMs: NOW_MS, by: "list" });
}

function makeRow(kind: string, i: number): RowInput {
  const [team, app] = [pick(TEAMS), pick(APPS)];
  const base = `${team}-${app}-${pick(["main", "blue", "green", "eu", "us"])}`;
  const name = kind === "Pod" ? `${base}-${hash(9)}-${hash(5)}` : `${base}-${i.toString(36)}`;
  const age = `${1 + Math.floor(random() * 90)}d`;
  const cells = [
    name,
    "1/1",
    pick(["Running", "Pending", "Failed"]),
    String(Math.floor(random() * 12)),
    `${Math.floor(random() * 1000)}m`,
    age,
  ];
  const uid = `00000000-0000-4000-8000-${(uids++).toString(16).padStart(12, "0")}`;
  const metadata = { uid, name, namespace: `${team}-${pick(STAGES)}`, labels: { app: base, team } };
  return readRow({ metadata }, cells);
}

/** What is typed, letter by letter: starts of names, initials, middles, slips, noise. */
function sessions(texts: readonly string[], count: number): string[] {
  return Array.from({ length: count }, () => {
    const text = pick(texts).toLowerCase();
    const name = text.slice(text.lastIndexOf("/") + 1);
    const words = name.split("-");
    const how = random();
    if (how < 0.35) return name.slice(0, 8);
    if (how < 0.6) {
      return words.map((word) => word.slice(0, 1 + Math.floor(random() * 3))).join("").slice(0, 8);
    }
    if (how < 0.75) return text.replaceAll(" ", "").slice(Math.floor(random() * 20)).slice(0, 8);
    if (how < 0.9) return `${words[1]}${words[0]}`.slice(0, 8);
    return hash(8);
  });
}

function measure(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

const both = (times: readonly number[]) => `${ms(percentile(times, 50))} / ${ms(percentile(times, 99))}`;

function settle(index: SearchIndex): { readonly whole: number; readonly longest: number } {
  let [whole, longest] = [0, 0];
  const work = index.settle();
  for (let done = false; !done;) {
    const took = measure(() => done = work.next().done === true);
    whole += took;
    longest = Math.max(longest, took);
  }
  return { whole, longest };
}

const made = KINDS.map(makeKind);
const heapBefore = Deno.memoryUsage();
const index = new SearchIndex();
const takeMs = measure(() => {
  for (const { resource, store } of made) {
    index.update(resource.plural, { resource, snapshot: store.snapshot });
  }
});
const build = settle(index);
const texts = made.flatMap(({ resource, store: { snapshot } }) =>
  [...snapshot.rows()].map((slot) => textPrefix(resource, snapshot.namespace(slot)) + snapshot.name(slot))
).sort();

const ask = (query: string) => index.search(parseQuery(query), { limit: LIMIT, nowMs: NOW_MS });
const typed = sessions(texts, 300);
const keystrokes = typed.flatMap((word) => Array.from(word, (_, at) => word.slice(0, at + 1)));
for (const query of keystrokes.slice(0, 200)) ask(query);
const timesOf = (queries: readonly string[]) => queries.map((query) => measure(() => ask(query)));
const ours = timesOf(keystrokes);

const reference = new Fzf(texts, {
  fuzzy: "v2",
  casing: "case-insensitive",
  normalize: false,
  limit: LIMIT,
  tiebreakers: [byLengthAsc],
});
let same = 0;
const sample = keystrokes.filter((_, i) => i % Math.ceil(keystrokes.length / 60) === 0);
const theirs = sample.map((query) => {
  let found: readonly { item: string; score: number }[] = [];
  const took = measure(() => found = reference.find(query));
  const got = ask(query).hits.map((hit) =>
    `${hit.score} ${textPrefix(hit.resource, hit.namespace)}${hit.name}`
  );
  if (found.map(({ item, score }) => `${score} ${item}`).join() === got.join()) same++;
  return took;
});

const TYPED: Readonly<Record<string, readonly string[]>> = {
  "k:pod and text": ["k:pods payapi", "k:po payments", "k:pods gatewprod"],
  "k:, ns: and text": [
    "k:pods ns:payments-prod api",
    "k:deploy* ns:*-dev web",
    "ns:billing-qa,billing-dev wrk",
  ],
  "labels": ["label:team=fraud cache", "label:app=fraud-*-eu", "-label:team=media k:pods label:app"],
  "columns": [
    "restarts>10 k:pods",
    "cpu>500m status=failed",
    "age<3d api",
    "restarts>=5 -status=running ns:*-prod",
  ],
  "two and three words": ["payments api", "prod gateway eu", "'api !canary web", "^pay main"],
};

const lines: Line[] = [
  { what: "taken in; built", value: `${ms(takeMs)}; ${ms(build.whole)}` },
  { what: "longest piece of that", value: ms(build.longest) },
  { what: "index", value: mb(index.bytesHeld), target: "40 MB" },
  {
    what: `keystrokes (${keystrokes.length}), p50 / p99`,
    value: both(ours),
    target: "10 ms p99",
    peer: `fzf ${both(theirs)}`,
    ratio: percentile(ours, 99) / percentile(theirs, 99),
  },
  { what: "slowest keystroke", value: ms(Math.max(...ours)) },
  { what: "same 50 hits as fzf", value: `${same} of ${sample.length}` },
  ...Object.entries(TYPED).map(([what, queries]) => ({
    what: `${what}, p50 / p99`,
    value: both(Array.from({ length: 30 }, () => timesOf(queries)).flat()),
  })),
];

// What keeping it costs: pods come and go, as a rollout brings them.
const pods = made[0]!;
const deltas: number[] = [];
const settles: number[] = [];
for (let round = 0; round < 60; round++) {
  const { snapshot } = pods.store;
  const slots = [...snapshot.rows()];
  for (let i = 0; i < 100; i++) {
    pods.store.remove(snapshot.uid(pick(slots)));
    take(pods.store, makeRow("Pod", i));
  }
  const next = pods.store.publish();
  deltas.push(measure(() => index.update("pods", { resource: pods.resource, snapshot: next })));
  settles.push(settle(index).whole);
}
const after = timesOf(keystrokes.filter((_, i) => i % 4 === 0));
lines.push(
  { what: "100 pods gone and 100 new, taken in, p50 / p99", value: both(deltas) },
  { what: "and settled, p50 / p99", value: both(settles) },
  { what: "keystrokes after 60 such, p50 / p99", value: both(after) },
  {
    what: "resident before and after",
    value: `${mb(heapBefore.rss)}, ${mb(Deno.memoryUsage().rss)} with fzf's`,
  },
);
print(table(`Search over ${index.size} objects of ${KINDS.length} kinds, limit ${LIMIT}`, lines));
