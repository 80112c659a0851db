/**
 * Search over 100,000 objects beside npm's fzf in the same run: keystrokes, typed queries, what the index weighs, what it
 * costs to build and to keep. `deno run -A bench/search.ts [COUNT]`.
 */
import { byLengthAsc, Fzf } from "fzf";
import process from "node:process";
import { parseQuery, SearchIndex, textPrefix } from "../src/search/mod.ts";
import { type Line, mb, ms, percentile, print, table } from "./report.ts";
import { KINDS, makeKinds, makeRow, NOW_MS, pick, sessions, take } from "./search_corpus.ts";

const COUNT = Number(Deno.args[0] ?? 100_000);
const LIMIT = 50;

function measure(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** What the processor did meanwhile, ms, in all threads: what others do on the machine hardly shows in it. */
function measureProcessor(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
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

const made = makeKinds(COUNT);
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
const ofProcessor = keystrokes.map((query) => measureProcessor(() => ask(query)));

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
  { what: "the same in processor time", value: both(ofProcessor), target: "10 ms p99" },
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
