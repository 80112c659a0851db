/** Random requests that read: gets, lists, watches, tables, and what no server serves. */
import { nameFor } from "./generate.ts";
import { pathOf, type PlayedKind } from "./kinds.ts";
import type { Pick } from "./pick.ts";
import type { Step } from "./step.ts";

const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
const PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json";
const PARTIALS = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json";

export function reading(pick: Pick, kind: PlayedKind): Step[] {
  if (kind.dry) return one(pick, kind);
  return pick.weighted([[5, one], [6, list], [3, watch], [2, pages], [2, wrong]] as const)(pick, kind);
}

function one(pick: Pick, kind: PlayedKind): Step[] {
  const path = `${pathOf(kind)}/${nameFor(pick, kind)}`;
  const accept = pick.chance(0.3) ? { accept: pick.of([TABLE, PARTIAL]) } : {};
  // the real server's Deployment is its controller's too
  if (kind.dry) return [{ method: "GET", path: `${pathOf(kind)}/missing` }];
  return [{ method: "GET", path, ...accept }];
}

const LABELS = [
  "app=a",
  "app!=a",
  "app in (a,b)",
  "app notin (a)",
  "tier",
  "!tier",
  "app=a,tier",
  "app==",
  "app in",
  "a b",
];

/** A list's selectors. Lists of cluster-scoped kinds are kept to the run's own objects. */
function selectors(pick: Pick, kind: PlayedKind): string[] {
  const terms: string[] = [];
  if (kind.cluster) return [`fieldSelector=${encodeURIComponent(`metadata.name=${nameFor(pick, kind)}`)}`];
  if (pick.chance(0.4)) terms.push(`labelSelector=${encodeURIComponent(pick.of(LABELS))}`);
  if (pick.chance(0.25)) {
    const field = pick.of(["metadata.name", "metadata.namespace", "spec.unknown", ...kind.selectors ?? []]);
    const value = pick.of(["one", "", "Never", "Opaque", "red", "Pending"]);
    terms.push(`fieldSelector=${encodeURIComponent(`${field}${pick.of(["=", "!=", "=="])}${value}`)}`);
  }
  return terms;
}

function list(pick: Pick, kind: PlayedKind): Step[] {
  const terms = selectors(pick, kind);
  if (pick.chance(0.2)) terms.push("limit=1");
  if (pick.chance(0.25)) {
    terms.push(`resourceVersion=${pick.of(["0", "$list", "$start", "x"])}`);
    if (pick.chance(0.6)) terms.push(`resourceVersionMatch=${pick.of(["Exact", "NotOlderThan", "Odd"])}`);
  }
  const accept = pick.chance(0.2) ? { accept: pick.of([TABLE, PARTIALS]) } : {};
  return [{ method: "GET", path: withQuery(pathOf(kind), terms), ...accept }];
}

function pages(pick: Pick, kind: PlayedKind): Step[] {
  const terms = [...selectors(pick, kind), "limit=1"];
  const path = pathOf(kind);
  return [
    { method: "GET", path: withQuery(path, terms) },
    { method: "GET", path: withQuery(path, [...terms, "continue=$continue"]) },
    ...pick.chance(0.2) ? [{ method: "GET", path: withQuery(path, ["limit=1", "continue=garbage"]) }] : [],
  ];
}

function watch(pick: Pick, kind: PlayedKind): Step[] {
  const terms = [...selectors(pick, kind), "watch=1", "timeoutSeconds=5"];
  // without a revision the first events are in no order
  terms.push(`resourceVersion=${pick.of(["$start", "$start", "$start", "$list", "x"])}`);
  const accept = pick.chance(0.15) ? { accept: pick.of([TABLE, PARTIAL]) } : {};
  return [{ method: "GET", path: withQuery(pathOf(kind), terms), watch: true, ...accept }];
}

function wrong(pick: Pick, kind: PlayedKind): Step[] {
  const path = pathOf(kind);
  const name = nameFor(pick, kind);
  return [
    pick.of<Step>([
      { method: "GET", path: `${path}x` },
      { method: "GET", path: `${path}/${name}/odd` },
      { method: "POST", path: `${path}/${name}`, body: {} },
      { method: "PUT", path, body: {} },
      { method: "PATCH", path: `${path}/${name}`, type: "application/json", body: {} },
      { method: "PATCH", path: `${path}/${name}`, type: "text/plain", body: "x" },
      { method: "GET", path: `${path}/${name}`, accept: "text/html" },
      { method: "POST", path, type: "text/plain", body: "x" },
      { method: "GET", path: path.replace("$NS", "no-such-namespace") },
      {
        method: "POST",
        path: path.replace("$NS", "no-such-namespace"),
        body: { metadata: { name }, ...kind.base(pick) },
      },
      { method: "GET", path: "/apis/none.example/v1/things" },
      { method: "GET", path: "/api/v9/pods" },
      { method: "DELETE", path: `${path}/missing` },
      { method: "GET", path: `${path}?limit=x` },
      { method: "GET", path: `${path}?labelSelector=app%3Da&resourceVersionMatch=Exact` },
    ]),
  ];
}

function withQuery(path: string, terms: readonly string[]): string {
  return terms.length === 0 ? path : `${path}?${terms.join("&")}`;
}
