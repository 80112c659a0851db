/** Objects of eight kinds as a cluster names them, and what a person types to find them, for benchmarks of search. */
import { seededRandom } from "../src/base/mod.ts";
import type { Resource } from "../src/kube/mod.ts";
import { resourceOf } from "../tests/support/resources.ts";
import { KindStore, readRow, type RowInput, storeColumns } from "../src/store/mod.ts";

export const NOW_MS = 1_700_000_000_000;

/** Kind, plural, group and how many of a hundred objects are of it. */
export const KINDS = [
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
export const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)]!;
const hash = (length: number) =>
  Array.from({ length }, () => pick([..."bcdfghjklmnpqrstvwxz2456789"])).join("");

const TEAMS = "payments checkout catalog search identity billing fraud media ledger shipping returns pricing"
  .split(" ");
const STAGES = "prod staging dev canary qa".split(" ");
const APPS =
  "api web worker gateway proxy cache scheduler consumer producer indexer exporter frontend backend".split(
    " ",
  );

export interface Made {
  readonly resource: Resource;
  readonly store: KindStore;
}

/** `count` objects of all kinds together. */
export function makeKinds(count: number): readonly Made[] {
  return KINDS.map((kind) => makeKind(kind, count));
}

function makeKind([kind, plural, group, percent]: typeof KINDS[number], count: number): Made {
  const store = new KindStore({ raw: null });
  store.setColumns(COLUMNS);
  const rows = Array.from({ length: count * percent / 100 }, (_, i) => makeRow(kind, i));
  // As a server lists them.
  const order = (row: RowInput) => `${row.namespace}/${row.name}`;
  for (const row of rows.sort((a, b) => order(a) < order(b) ? -1 : 1)) take(store, row);
  store.publish();
  const resource = resourceOf(kind, { group, plural });
  return { resource, store };
}

let uids = 0;

export function take(store: KindStore, row: RowInput): void {
  store.upsert(row, null, { receivedMs: NOW_MS, by: "list" });
}

export function makeRow(kind: string, i: number): RowInput {
  const [team, app] = [pick(TEAMS), pick(APPS)];
  const base = `${team}-${app}-${pick(["main", "blue", "green", "eu", "us"])}`;
  const name = kind === "Pod" ? `${base}-${hash(9)}-${hash(5)}` : `${base}-${i.toString(36)}`;
  const days = 1 + Math.floor(random() * 90);
  const cells = [
    name,
    "1/1",
    pick(["Running", "Pending", "Failed"]),
    String(Math.floor(random() * 12)),
    `${Math.floor(random() * 1000)}m`,
    `${days}d`,
  ];
  const uid = `00000000-0000-4000-8000-${(uids++).toString(16).padStart(12, "0")}`;
  const namespace = `${team}-${pick(STAGES)}`;
  const creationTimestamp = new Date(NOW_MS - days * 86_400_000).toISOString();
  const metadata = { uid, name, namespace, labels: { app: base, team }, creationTimestamp };
  return readRow({ metadata }, cells);
}

/** What is typed, letter by letter: starts of names, initials, middles, slips, noise. */
export function sessions(texts: readonly string[], count: number): string[] {
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
