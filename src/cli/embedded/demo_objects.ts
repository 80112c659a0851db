/** The demo's objects in the order in which they are written: what owns others comes before them. */
import {
  BACKUP_GROUP,
  BACKUPS,
  CONFIG,
  EVENTS,
  NAMESPACES,
  NODES,
  type PodState,
  type Workload,
  WORKLOADS,
} from "./demo_data.ts";
import { type Json, podObject, podSpec, podStatus, timeText } from "./demo_pod.ts";

export interface DemoObject {
  readonly path: string;
  readonly object: Json;
  /** Written to the status subresource once it exists. */
  readonly status?: Json;
  /** Path and name of what owns it. */
  readonly owner?: string;
  readonly createdMs: number;
}

const MINUTE_MS = 60_000;
const CLUSTER_AGE_MS = 60 * 24 * 60 * MINUTE_MS;

/** Everything, as it stands at `nowMs`. */
export function demoObjects(nowMs: number): DemoObject[] {
  const bornMs = nowMs - CLUSTER_AGE_MS;
  const plain = (path: string, object: Json, status?: Json): DemoObject => ({
    path,
    object,
    createdMs: bornMs,
    ...(status === undefined ? {} : { status }),
  });
  const core = (kind: string, metadata: Json, rest: Json = {}) => ({
    apiVersion: "v1",
    kind,
    metadata,
    ...rest,
  });
  return [
    ...NODES.map((name) => plain("/api/v1/nodes", core("Node", { name }), nodeStatus(bornMs))),
    ...Object.entries(NAMESPACES).map(([name, team]) =>
      plain("/api/v1/namespaces", core("Namespace", { name, labels: { team } }))
    ),
    plain("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", backupDefinition()),
    ...CONFIG.map(({ kind, namespace, name, data }) => {
      const content = kind === "Secret" ? { stringData: data, type: "Opaque" } : { data };
      const plural = kind === "Secret" ? "secrets" : "configmaps";
      return plain(`/api/v1/namespaces/${namespace}/${plural}`, core(kind, { name, namespace }, content));
    }),
    ...WORKLOADS.flatMap((workload, at) => workloadObjects(workload, { nowMs, at })),
    ...BACKUPS.map((name, at) => backup(name, nowMs - (at + 1) * 600 * MINUTE_MS)),
    ...EVENTS.map((event, at) => demoEvent(event, nowMs - (at + 1) * 2 * MINUTE_MS)),
  ];
}

/** Five letters, the same for a seed each time, as controllers append them. */
function suffix(seed: number): string {
  const letters = "bcdfghjklmnpqrstvwxz2456789";
  return Array.from({ length: 5 }, (_, i) => letters[(seed * 7 + i * i * 11 + i * seed) % letters.length])
    .join("");
}

/** A name as the workload's controller would give it. */
export function podName({ kind, name }: Workload, ordinal: number): string {
  if (kind === "StatefulSet") return `${name}-${ordinal}`;
  const seed = name.length * 31 + name.charCodeAt(0) + ordinal * 13;
  return kind === "Deployment" ? `${replicaSetName(name)}-${suffix(seed)}` : `${name}-${suffix(seed)}`;
}

export function replicaSetName(deployment: string): string {
  return `${deployment}-${suffix(deployment.length)}${suffix(deployment.charCodeAt(1)).slice(0, 4)}`;
}

export function labelsOf({ name, tier }: Workload): Record<string, string> {
  return { app: name, tier };
}

const PLURALS = {
  Deployment: "apps/v1 deployments",
  StatefulSet: "apps/v1 statefulsets",
  DaemonSet: "apps/v1 daemonsets",
  Job: "batch/v1 jobs",
} as const;

const REVISION = "deployment.kubernetes.io/revision";

function workloadObjects(workload: Workload, { nowMs, at }: { nowMs: number; at: number }): DemoObject[] {
  const { namespace, name, kind, pods, port, ageMinutes } = workload;
  const createdMs = nowMs - ageMinutes * MINUTE_MS;
  const [apiVersion, plural] = PLURALS[kind].split(" ") as [string, string];
  const path = `/apis/${apiVersion}/namespaces/${namespace}/${plural}`;
  const ready = pods.filter((state) => state === "Running").length;
  const spec = workloadSpec(workload);
  const status = workloadStatus(workload, ready, createdMs);
  const metadata = { name, namespace, labels: labelsOf(workload) };
  const annotations = kind === "Deployment" ? { [REVISION]: workload.previousImage ? "2" : "1" } : undefined;
  const object = { apiVersion, kind, metadata: { ...metadata, annotations }, spec };
  const made: DemoObject[] = [{ path, object, status, createdMs }];
  let owner = `${path}/${name}`;
  if (kind === "Deployment") {
    const sets = replicaSets(workload, { ready, createdMs });
    made.push(...sets.map((set) => ({ ...set, owner: `${path}/${name}` })));
    owner = `${sets[0]!.path}/${replicaSetName(name)}`;
  }
  made.push(...pods.map((state, ordinal) => demoPod(workload, { state, ordinal, owner, createdMs, at })));
  if (port !== undefined) {
    const spec = { selector: { app: name }, ports: [{ name: "main", port, targetPort: port }] };
    const object = { apiVersion: "v1", kind: "Service", metadata, spec };
    made.push({ path: `/api/v1/namespaces/${namespace}/services`, object, createdMs });
  }
  return made;
}

/** The current one, and the one before it where the workload has had another image. */
function replicaSets(
  workload: Workload,
  { ready, createdMs }: { readonly ready: number; readonly createdMs: number },
): DemoObject[] {
  const { namespace, name, previousImage, pods } = workload;
  const path = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
  const labels = labelsOf(workload);
  const set = (setName: string, revision: string, spec: Json): DemoObject["object"] => ({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: setName, namespace, labels, annotations: { [REVISION]: revision } },
    spec,
  });
  const spec = workloadSpec(workload);
  const status = { replicas: pods.length, readyReplicas: ready, availableReplicas: ready };
  const current = {
    path,
    object: set(replicaSetName(name), previousImage ? "2" : "1", spec),
    status,
    createdMs,
  };
  if (previousImage === undefined) return [current];
  const before = { ...workloadSpec({ ...workload, image: previousImage }), replicas: 0 };
  const old = set(`${name}-${suffix(31)}${suffix(7).slice(0, 4)}`, "1", before);
  return [current, { path, object: old, status: { replicas: 0 }, createdMs }];
}

function workloadSpec(workload: Workload): Json {
  const { name, kind, image, pods } = workload;
  const labels = labelsOf(workload);
  const pod = podSpec({ image, container: name });
  if (kind === "Job") {
    return { template: { metadata: { labels }, spec: { ...pod, restartPolicy: "Never" } }, backoffLimit: 1 };
  }
  return {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels }, spec: pod },
    ...(kind === "DaemonSet" ? {} : { replicas: pods.length }),
    ...(kind === "StatefulSet" ? { serviceName: name } : {}),
  };
}

function workloadStatus({ kind, pods }: Workload, ready: number, createdMs: number): Json {
  const count = pods.length;
  const time = timeText(createdMs);
  switch (kind) {
    case "Job":
      return pods[0] === "Completed"
        ? { succeeded: 1, startTime: time, completionTime: timeText(createdMs + 2 * MINUTE_MS) }
        : { failed: 1, startTime: time };
    case "DaemonSet":
      return {
        currentNumberScheduled: count,
        desiredNumberScheduled: count,
        updatedNumberScheduled: count,
        numberMisscheduled: 0,
        numberReady: ready,
        numberAvailable: ready,
      };
    case "StatefulSet":
      return { replicas: count, readyReplicas: ready, currentReplicas: count, availableReplicas: ready };
    case "Deployment": {
      const type = "Available";
      const condition = { type, status: ready === count ? "True" : "False", lastTransitionTime: time };
      const counts = {
        replicas: count,
        updatedReplicas: count,
        readyReplicas: ready,
        availableReplicas: ready,
      };
      return { ...counts, conditions: [{ ...condition, reason: "MinimumReplicas", message: "" }] };
    }
  }
}

interface PodPlace {
  readonly state: PodState;
  readonly ordinal: number;
  readonly owner: string;
  readonly createdMs: number;
  /** The workload's place in the list. */
  readonly at: number;
}

function demoPod(workload: Workload, { state, ordinal, owner, createdMs, at }: PodPlace): DemoObject {
  const { namespace, name, kind, image, restarts = 0 } = workload;
  const node = state === "Pending" ? "" : NODES[(at + ordinal) % NODES.length]!;
  const restartPolicy = kind === "Job" ? "Never" : "Always";
  const labels = labelsOf(workload);
  const facts = { name: podName(workload, ordinal), namespace, image, labels, container: name, node };
  const object = podObject({ ...facts, restartPolicy });
  const status = podStatus({
    state,
    container: name,
    image,
    address: at * 8 + ordinal + 10,
    restarts: ordinal === 0 ? restarts : 0,
    startedMs: createdMs,
  });
  return { path: `/api/v1/namespaces/${namespace}/pods`, object, status, owner, createdMs };
}

function nodeStatus(bornMs: number): Json {
  const time = timeText(bornMs);
  const resources = { cpu: "4", memory: "8Gi", pods: "110" };
  return {
    capacity: resources,
    allocatable: resources,
    conditions: [{ type: "Ready", status: "True", reason: "KubeletReady", lastTransitionTime: time }],
    addresses: [{ type: "InternalIP", address: "192.0.2.10" }],
    nodeInfo: {
      kubeletVersion: "v1.36.3",
      kubeProxyVersion: "",
      osImage: "Demo",
      kernelVersion: "6.12",
      containerRuntimeVersion: "containerd://2.2.0",
      architecture: "amd64",
      operatingSystem: "linux",
      machineID: "",
      systemUUID: "",
      bootID: "",
    },
  };
}

export function backupPath(namespace: string): string {
  return `/apis/${BACKUP_GROUP}/v1/namespaces/${namespace}/backups`;
}

export function backupObject(name: string): Json {
  const spec = { source: "postgres-0", schedule: "0 3 * * *" };
  return { apiVersion: `${BACKUP_GROUP}/v1`, kind: "Backup", metadata: { name, namespace: "data" }, spec };
}

function backup(name: string, createdMs: number): DemoObject {
  const status = { phase: "Completed", progress: 100 };
  return { path: backupPath("data"), object: backupObject(name), status, createdMs };
}

function backupDefinition(): Json {
  const text = { type: "string" };
  const properties = {
    spec: { type: "object", properties: { source: text, schedule: text } },
    status: { type: "object", properties: { phase: text, progress: { type: "integer" } } },
  };
  const column = (name: string, type: string, jsonPath: string) => ({ name, type, jsonPath });
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `backups.${BACKUP_GROUP}` },
    spec: {
      group: BACKUP_GROUP,
      scope: "Namespaced",
      names: { plural: "backups", singular: "backup", kind: "Backup", shortNames: ["bkp"] },
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", properties } },
        subresources: { status: {} },
        additionalPrinterColumns: [
          column("Source", "string", ".spec.source"),
          column("Phase", "string", ".status.phase"),
          column("Progress", "integer", ".status.progress"),
          column("Age", "date", ".metadata.creationTimestamp"),
        ],
      }],
    },
  };
}

function demoEvent(event: typeof EVENTS[number], atMs: number): DemoObject {
  const { workload: named, type, reason, message, count } = event;
  const workload = WORKLOADS.find(({ name }) => name === named)!;
  const pod = podName(workload, 0);
  const about = { namespace: workload.namespace, pod };
  const object = eventObject({ ...about, type, reason, message, count, atMs });
  return { path: `/api/v1/namespaces/${workload.namespace}/events`, object, createdMs: atMs };
}

export interface EventFacts {
  readonly namespace: string;
  readonly pod: string;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly atMs: number;
}

/** Named for pod and reason: the same thing again counts up and makes no second one. */
export function eventObject({ namespace, pod, type, reason, message, count, atMs }: EventFacts): Json {
  const time = timeText(atMs);
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${pod}.${reason.toLowerCase()}`, namespace },
    involvedObject: { apiVersion: "v1", kind: "Pod", name: pod, namespace },
    type,
    reason,
    message,
    count,
    firstTimestamp: time,
    lastTimestamp: time,
    source: { component: "kubelet" },
  };
}
