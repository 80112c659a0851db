/** The kinds that the fake API server serves from the start, with kubectl's columns for them. */
import { humanDuration, type KubeObject, type Resource, type TableColumn } from "../../src/kube/mod.ts";

/** A column and how its cell is made. */
export interface FakeColumn extends TableColumn {
  readonly cell: (object: KubeObject, nowMs: number) => unknown;
}

export interface FakeKind {
  readonly resource: Resource;
  readonly columns: readonly FakeColumn[];
  /** Custom kinds send `items` before `metadata`, as real servers do for what they have no type for. */
  readonly custom: boolean;
}

type CellOf = FakeColumn["cell"];

/** A column by its name; `priority` 1 shows in wide mode only. */
export function column(name: string, cell: CellOf, options: Partial<TableColumn> = {}): FakeColumn {
  return {
    name,
    type: "string",
    format: name === "Name" ? "name" : "",
    description: `${name} of the object`,
    priority: 0,
    ...options,
    cell,
  };
}

/** The value at a dotted path, or undefined. */
export function at(object: unknown, path: string): unknown {
  let value = object;
  for (const key of path.split(".")) value = (value as Record<string, unknown> | null | undefined)?.[key];
  return value;
}

const name = column("Name", (o) => o.metadata.name);
const age = column("Age", (o, nowMs) => {
  const created = Date.parse(o.metadata.creationTimestamp ?? "");
  return Number.isNaN(created) ? "<unknown>" : humanDuration(nowMs - created);
});
const wide = { priority: 1 };

function field(title: string, path: string, options: Partial<TableColumn> = {}): FakeColumn {
  return column(title, (o) => at(o, path) ?? "<none>", options);
}

function statuses(o: KubeObject): readonly { ready?: boolean; restartCount?: number }[] {
  return (at(o, "status.containerStatuses") ?? []) as { ready?: boolean; restartCount?: number }[];
}

const pods = [
  name,
  column("Ready", (o) => {
    const all = (at(o, "spec.containers") ?? []) as unknown[];
    return `${statuses(o).filter((s) => s.ready).length}/${all.length}`;
  }),
  column("Status", (o) => o.metadata.deletionTimestamp ? "Terminating" : at(o, "status.phase") ?? "Unknown"),
  column("Restarts", (o) => String(statuses(o).reduce((sum, s) => sum + (s.restartCount ?? 0), 0))),
  age,
  field("IP", "status.podIP", wide),
  field("Node", "spec.nodeName", wide),
  field("Nominated Node", "status.nominatedNodeName", wide),
  column("Readiness Gates", () => "<none>", wide),
];

const nodes = [
  name,
  column("Status", (o) => {
    const conditions = (at(o, "status.conditions") ?? []) as { type: string; status: string }[];
    const ready = conditions.find((c) => c.type === "Ready")?.status === "True" ? "Ready" : "NotReady";
    return at(o, "spec.unschedulable") === true ? `${ready},SchedulingDisabled` : ready;
  }),
  column(
    "Roles",
    (o) =>
      Object.keys(o.metadata.labels ?? {}).filter((l) => l.startsWith("node-role.kubernetes.io/"))
        .map((l) => l.slice("node-role.kubernetes.io/".length)).join(",") || "<none>",
  ),
  age,
  field("Version", "status.nodeInfo.kubeletVersion"),
  column("Internal-IP", () => "<none>", wide),
];

const deployments = [
  name,
  column("Ready", (o) => `${at(o, "status.readyReplicas") ?? 0}/${at(o, "spec.replicas") ?? 1}`),
  column("Up-to-date", (o) => at(o, "status.updatedReplicas") ?? 0),
  column("Available", (o) => at(o, "status.availableReplicas") ?? 0),
  age,
];

const services = [
  name,
  field("Type", "spec.type"),
  field("Cluster-IP", "spec.clusterIP"),
  column("External-IP", () => "<none>"),
  column("Port(s)", (o) =>
    ((at(o, "spec.ports") ?? []) as { port: number; protocol?: string }[])
      .map((p) => `${p.port}/${p.protocol ?? "TCP"}`).join(",") || "<none>"),
  age,
];

const events = [
  column("Last Seen", age.cell),
  field("Type", "type"),
  field("Reason", "reason"),
  column(
    "Object",
    (o) => `${String(at(o, "involvedObject.kind")).toLowerCase()}/${at(o, "involvedObject.name")}`,
  ),
  field("Message", "message"),
  column("Name", (o) => o.metadata.name, wide),
];

/** Name and age, as the server makes them for kinds without printer columns of their own. */
export const PLAIN_COLUMNS: readonly FakeColumn[] = [name, age];

/** A resource from its kind and API version; the plural is the kind's with an `s`. */
export function fakeResource(apiVersion: string, kind: string, options: Partial<Resource> = {}): Resource {
  const [group, version] = apiVersion.includes("/")
    ? apiVersion.split("/") as [string, string]
    : ["", apiVersion];
  return {
    group,
    version,
    kind,
    plural: `${kind.toLowerCase()}s`,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
    subresources: [],
    preferred: true,
    ...options,
  };
}

function builtin(resource: Resource, columns: readonly FakeColumn[]): FakeKind {
  return { resource, columns, custom: false };
}

export function builtinKinds(): FakeKind[] {
  const data = column("Data", (o) => Object.keys((at(o, "data") ?? {}) as object).length);
  const cluster = { namespaced: false };
  const all = { categories: ["all"] };
  return [
    builtin(fakeResource("v1", "Pod", { shortNames: ["po"], ...all, subresources: ["log", "status"] }), pods),
    builtin(fakeResource("v1", "Node", { shortNames: ["no"], ...cluster }), nodes),
    builtin(fakeResource("v1", "Namespace", { shortNames: ["ns"], ...cluster }), [
      name,
      field("Status", "status.phase"),
      age,
    ]),
    builtin(fakeResource("v1", "Service", { shortNames: ["svc"], ...all }), services),
    builtin(fakeResource("v1", "ConfigMap", { shortNames: ["cm"] }), [name, data, age]),
    builtin(fakeResource("v1", "Secret"), [name, field("Type", "type"), data, age]),
    builtin(fakeResource("v1", "Event", { shortNames: ["ev"] }), events),
    builtin(
      fakeResource("apps/v1", "Deployment", {
        shortNames: ["deploy"],
        ...all,
        subresources: ["scale", "status"],
      }),
      deployments,
    ),
  ];
}
