/** Cells of the core group's kinds but pods and replication controllers, and of events. */
import {
  age,
  type CellContext,
  type CellWriter,
  condition,
  containers,
  firstOf,
  formatLabels,
  isTrue,
  name,
  since,
  type TableCell,
} from "./format.ts";
import { at, flagAt, type Json, listAt, mapAt, numberAt, scalarAt, textAt, timeAt } from "./read.ts";

const size = (object: Json, path: string) => Object.keys(mapAt(object, path)).length;

export const CORE_CELLS: Readonly<Record<string, CellWriter>> = {
  "/namespaces": (object, context) => [name(object), textAt(object, "status.phase"), age(object, context)],
  "/configmaps": (object, context) => [
    name(object),
    size(object, "data") + size(object, "binaryData"),
    age(object, context),
  ],
  "/secrets": (
    object,
    context,
  ) => [name(object), textAt(object, "type"), size(object, "data"), age(object, context)],
  "/serviceaccounts": (object, context) => [name(object), age(object, context)],
  "/nodes": nodeCells,
  "/persistentvolumes": (object, context) => [
    name(object),
    scalarAt(object, "spec.capacity.storage", "0"),
    accessModes(listAt(object, "spec.accessModes")),
    textAt(object, "spec.persistentVolumeReclaimPolicy"),
    phase(object),
    at(object, "spec.claimRef") === undefined
      ? ""
      : `${textAt(object, "spec.claimRef.namespace")}/${textAt(object, "spec.claimRef.name")}`,
    storageClass(object),
    textAt(object, "spec.volumeAttributesClassName", "<unset>"),
    textAt(object, "status.reason"),
    age(object, context),
    textAt(object, "spec.volumeMode", "<unset>"),
  ],
  "/persistentvolumeclaims": (object, context) => {
    const bound = textAt(object, "spec.volumeName") !== "";
    return [
      name(object),
      phase(object),
      textAt(object, "spec.volumeName"),
      bound ? scalarAt(object, "status.capacity.storage", "0") : "",
      bound ? accessModes(listAt(object, "status.accessModes")) : "",
      storageClass(object),
      textAt(object, "spec.volumeAttributesClassName", "<unset>"),
      age(object, context),
      textAt(object, "spec.volumeMode", "<unset>"),
    ];
  },
  "/resourcequotas": (object, context) => [name(object), ...quota(object), age(object, context)],
  "/limitranges": (object) => [name(object), textAt(object, "metadata.creationTimestamp")],
  "/podtemplates": (object) => [
    name(object),
    ...containers(at(object, "template.spec")),
    formatLabels(mapAt(object, "template.metadata.labels")),
  ],
  "/endpoints": (object, context) => [name(object), endpoints(object), age(object, context)],
  "/componentstatuses": (object) => {
    const healthy = condition(object, "Healthy", "conditions");
    const status = healthy === undefined ? "Unknown" : isTrue(healthy) ? "Healthy" : "Unhealthy";
    return [name(object), status, textAt(healthy, "message"), textAt(healthy, "error")];
  },
  "/events": eventCells,
  "events.k8s.io/events": (event, context) => eventCells(asCoreEvent(event), context),
};

function nodeCells(node: Json, context: CellContext): TableCell[] {
  const ready = condition(node, "Ready");
  const status = ready === undefined ? "Unknown" : isTrue(ready) ? "Ready" : "NotReady";
  const architecture = textAt(node, "status.nodeInfo.architecture");
  const kernel = textAt(node, "status.nodeInfo.kernelVersion", "<unknown>");
  return [
    name(node),
    flagAt(node, "spec.unschedulable") ? `${status},SchedulingDisabled` : status,
    nodeRoles(node),
    age(node, context),
    textAt(node, "status.nodeInfo.kubeletVersion"),
    nodeAddress(node, "InternalIP"),
    nodeAddress(node, "ExternalIP"),
    textAt(node, "status.nodeInfo.osImage", "<unknown>"),
    architecture === "" ? kernel : `${kernel} (${architecture})`,
    textAt(node, "status.nodeInfo.containerRuntimeVersion", "<unknown>"),
  ];
}

const ROLE_PREFIX = "node-role.kubernetes.io/";

function nodeRoles(node: Json): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(mapAt(node, "metadata.labels"))) {
    if (key.startsWith(ROLE_PREFIX)) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === "kubernetes.io/role") roles.add(String(value));
  }
  roles.delete("");
  return [...roles].sort().join(",") || "<none>";
}

function nodeAddress(node: Json, type: string): string {
  const found = listAt(node, "status.addresses").find((address) => textAt(address, "type") === type);
  return textAt(found, "address", "<none>");
}

function phase(object: Json): string {
  return at(object, "metadata.deletionTimestamp") === undefined
    ? textAt(object, "status.phase")
    : "Terminating";
}

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};

function accessModes(modes: readonly Json[]): string {
  return Object.keys(MODES).filter((mode) => modes.includes(mode)).map((mode) => MODES[mode]!).join(",");
}

function storageClass(object: Json): string {
  const annotated = mapAt(object, "metadata.annotations")["volume.beta.kubernetes.io/storage-class"];
  return typeof annotated === "string" ? annotated : textAt(object, "spec.storageClassName");
}

/** Requests and limits, each `resource: used/hard` in order of name. */
function quota(object: Json): [string, string] {
  const hard = mapAt(object, "status.hard"), used = mapAt(object, "status.used");
  const columns: [string[], string[]] = [[], []];
  for (const resource of Object.keys(hard).sort()) {
    const text = `${resource}: ${String(used[resource] ?? 0)}/${String(hard[resource])}`;
    columns[resource.startsWith("limits.") ? 1 : 0].push(text);
  }
  return [columns[0].join(", "), columns[1].join(", ")];
}

/** How many addresses an endpoints cell names. */
const ADDRESSES_SHOWN = 3;

function endpoints(object: Json): string {
  const all: string[] = [];
  for (const subset of listAt(object, "subsets")) {
    const ips = listAt(subset, "addresses").map((address) => textAt(address, "ip"));
    const ports = listAt(subset, "ports").map((port) => numberAt(port, "port"));
    if (ports.length === 0) all.push(...ips);
    for (const port of ports) {
      all.push(...ips.map((ip) => ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`));
    }
  }
  return listAt(object, "subsets").length === 0
    ? "<none>"
    : firstOf(all, { most: ADDRESSES_SHOWN, empty: "" });
}

function eventCells(event: Json, context: CellContext): TableCell[] {
  const eventMs = timeAt(event, "eventTime");
  const firstMs = orElse(timeAt(event, "firstTimestamp"), eventMs);
  const series = at(event, "series") !== undefined;
  const lastMs = series
    ? timeAt(event, "series.lastObservedTime")
    : orElse(timeAt(event, "lastTimestamp"), firstMs);
  const kind = textAt(event, "involvedObject.kind").toLowerCase();
  const target = textAt(event, "involvedObject.name");
  return [
    since(lastMs, context),
    textAt(event, "type"),
    textAt(event, "reason"),
    target === "" ? kind : `${kind}/${target}`,
    textAt(event, "involvedObject.fieldPath"),
    eventSource(event),
    textAt(event, "message").trim(),
    since(firstMs, context),
    series ? numberAt(event, "series.count") : numberAt(event, "count") || 1,
    name(event),
  ];
}

function orElse(timeMs: number, otherwiseMs: number): number {
  return Number.isNaN(timeMs) ? otherwiseMs : timeMs;
}

function eventSource(event: Json): string {
  const component = textAt(event, "source.component", textAt(event, "reportingComponent"));
  const host = textAt(event, "source.host", textAt(event, "reportingInstance"));
  return host === "" ? component : `${component}, ${host}`;
}

/** The events.k8s.io form of an event under the core form's names. */
function asCoreEvent(event: Json): Json {
  const of = (path: string) => at(event, path);
  return {
    ...(event as object),
    involvedObject: of("regarding"),
    message: of("note"),
    source: of("deprecatedSource"),
    firstTimestamp: of("deprecatedFirstTimestamp"),
    lastTimestamp: of("deprecatedLastTimestamp"),
    count: of("deprecatedCount"),
    reportingComponent: of("reportingController"),
  };
}
