/** Kinds and objects for the fake engine, as a small cluster would have them. */
import type { Cell, Column } from "../../src/engine/protocol.ts";
import type { KubeObject, Resource } from "../../src/kube/mod.ts";
import { FakeEngine, type FakeKind } from "./fake_engine.ts";
import { resourceOf } from "./resources.ts";

/** The manual clock's origin; ages below count back from it. */
export const NOW_MS = 1_700_000_000_000;

export { resourceOf };

/** `Name`, `Age:time`, `IP:text:1` as name, cell and priority. */
function columnsOf(...specs: readonly string[]): readonly Column[] {
  return specs.map((spec) => {
    const [name = "", cell = "text", priority = "0"] = spec.split(":");
    return {
      name,
      type: cell === "number" ? "integer" : "string",
      format: name === "Name" ? "name" : "",
      description: "",
      priority: Number(priority),
      cell: cell as Column["cell"],
    };
  });
}

/** Reads `status.phase` style paths; "" where there is nothing. */
function at(object: KubeObject, path: string): string {
  const value = path.split(".").reduce<unknown>(
    (o, key) => (o as Record<string, unknown> | undefined)?.[key],
    object,
  );
  return value === undefined ? "" : String(value);
}

const created = (object: KubeObject): number => Date.parse(object.metadata.creationTimestamp ?? "") || 0;

function simple(resource: Resource, columns: readonly string[], ...paths: readonly string[]): FakeKind {
  const cells = (
    o: KubeObject,
  ): readonly Cell[] => [o.metadata.name, ...paths.map((path) => at(o, path)), created(o)];
  return { resource, columns: columnsOf("Name", ...columns, "Age:time"), cells };
}

const PODS: FakeKind = {
  resource: resourceOf("Pod", { shortNames: ["po"], categories: ["all"], subresources: ["log", "exec"] }),
  columns: columnsOf("Name", "Ready", "Status", "Restarts:since", "Age:time", "IP:text:1", "Node:text:1"),
  cells: (o) => [
    o.metadata.name,
    at(o, "status.ready"),
    at(o, "status.reason") || at(o, "status.phase"),
    at(o, "status.restarts") || "0",
    created(o),
    at(o, "status.podIP"),
    at(o, "spec.nodeName"),
  ],
};

const CRD_GROUP = "apiextensions.k8s.io";

export const KINDS: readonly FakeKind[] = [
  PODS,
  simple(
    resourceOf("Deployment", {
      group: "apps",
      shortNames: ["deploy"],
      categories: ["all"],
      subresources: ["scale"],
    }),
    ["Ready", "Up-to-date:number"],
    "status.ready",
    "status.updated",
  ),
  simple(
    resourceOf("ReplicaSet", { group: "apps", shortNames: ["rs"] }),
    ["Desired:number"],
    "spec.replicas",
  ),
  simple(
    resourceOf("Service", { shortNames: ["svc"] }),
    ["Type", "Cluster-IP"],
    "spec.type",
    "spec.clusterIP",
  ),
  simple(resourceOf("Secret", {}), ["Type"], "type"),
  simple(resourceOf("ConfigMap", { shortNames: ["cm"] }), []),
  simple(resourceOf("Namespace", { shortNames: ["ns"], namespaced: false }), ["Status"], "status.phase"),
  simple(
    resourceOf("Node", { shortNames: ["no"], namespaced: false }),
    ["Status", "Version"],
    "status.phase",
    "status.version",
  ),
  simple(
    resourceOf("CustomResourceDefinition", {
      group: CRD_GROUP,
      shortNames: ["crd", "crds"],
      namespaced: false,
    }),
    [],
  ),
  simple(resourceOf("CronJob", { group: "batch", shortNames: ["cj"] }), ["Schedule"], "spec.schedule"),
  simple(resourceOf("Job", { group: "batch" }), ["Status"], "status.phase"),
  {
    resource: resourceOf("Event", { shortNames: ["ev"] }),
    columns: columnsOf("Last Seen:time", "Type", "Reason", "Object", "Message"),
    cells: (o) => [
      Date.parse(at(o, "lastTimestamp")),
      at(o, "type"),
      at(o, "reason"),
      `${at(o, "involvedObject.kind").toLowerCase()}/${at(o, "involvedObject.name")}`,
      at(o, "message"),
    ],
  },
];

export const CERTIFICATES: FakeKind = simple(
  resourceOf("Certificate", { group: "cert-manager.io", shortNames: ["cert"] }),
  ["Ready", "Secret"],
  "status.ready",
  "spec.secretName",
);

const KIND_VERSIONS: Readonly<Record<string, string>> = {
  Deployment: "apps/v1",
  ReplicaSet: "apps/v1",
  CronJob: "batch/v1",
  Job: "batch/v1",
  CustomResourceDefinition: `${CRD_GROUP}/v1`,
  Certificate: "cert-manager.io/v1",
};

/** Everything but the name has a default; `age` in seconds before `NOW_MS`. */
export interface ObjectOptions {
  readonly namespace?: string;
  readonly age?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly rest?: Readonly<Record<string, unknown>>;
}

export function objectOf(kind: string, name: string, options: ObjectOptions = {}): KubeObject {
  const { namespace, age = 3600, labels, metadata, spec, status, rest } = options;
  return {
    apiVersion: KIND_VERSIONS[kind] ?? "v1",
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: `${kind.toLowerCase()}-${namespace ?? ""}-${name}`,
      creationTimestamp: new Date(NOW_MS - age * 1000).toISOString(),
      ...(labels ? { labels } : {}),
      ...metadata,
    },
    ...(spec ? { spec } : {}),
    ...(status ? { status } : {}),
    ...rest,
  };
}

export function podOf(name: string, options: ObjectOptions = {}): KubeObject {
  return objectOf("Pod", name, {
    namespace: "default",
    ...options,
    spec: { nodeName: "node-1", containers: [{ name: "main", image: "nginx:1.29" }], ...options.spec },
    status: { phase: "Running", ready: "1/1", podIP: "10.0.0.7", ...options.status },
  });
}

/** A cluster with something of everything: two namespaces, a deployment with its pods, trouble, a secret, events. */
export function smallCluster(): FakeEngine {
  const engine = new FakeEngine({ kinds: KINDS });
  const namespaces = ["default", "kube-system", "shop"];
  engine.put(...namespaces.map((name) => objectOf("Namespace", name, { status: { phase: "Active" } })));
  engine.put(objectOf("Node", "node-1", { status: { phase: "Ready", version: "v1.36.3" } }));
  engine.put(...shop());
  engine.put(podOf("coredns-5d78c", { namespace: "kube-system", age: 86_400 * 3 }));
  return engine;
}

function shop(): readonly KubeObject[] {
  const namespace = "default";
  const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-7c9", uid: "rs-1", controller: true };
  const web = { namespace, labels: { app: "web" }, metadata: { ownerReferences: [owner] } };
  return [
    objectOf("Deployment", "web", {
      namespace,
      spec: { selector: { matchLabels: { app: "web" } } },
      status: { ready: "2/2", updated: 2 },
    }),
    objectOf("ReplicaSet", "web-7c9", { namespace, spec: { replicas: 2 } }),
    podOf("web-7c9-aaaaa", { ...web, age: 300 }),
    podOf("web-7c9-bbbbb", { ...web, age: 90 }),
    podOf("crash-0", {
      age: 7200,
      status: {
        phase: "Running",
        reason: "CrashLoopBackOff",
        ready: "0/1",
        restarts: `7 (@${NOW_MS - 120_000} ago)`,
      },
    }),
    podOf("done-1", { age: 600, status: { phase: "Succeeded", reason: "Completed", ready: "0/1" } }),
    podOf("start-2", { age: 5, status: { phase: "Pending", reason: "ContainerCreating", ready: "0/1" } }),
    objectOf("Service", "web", {
      namespace,
      spec: { type: "ClusterIP", clusterIP: "10.96.0.9", selector: { app: "web" } },
    }),
    objectOf("Secret", "token", { namespace, rest: { type: "Opaque", data: { password: "aHVudGVyMg==" } } }),
    objectOf("CronJob", "nightly", { namespace, spec: { schedule: "0 3 * * *" } }),
    objectOf("Job", "nightly-291", { namespace, status: { phase: "Complete" } }),
    objectOf("Event", "crash-0.1", {
      namespace,
      rest: {
        type: "Warning",
        reason: "BackOff",
        message: "Back-off restarting failed container",
        lastTimestamp: new Date(NOW_MS - 60_000).toISOString(),
        involvedObject: { kind: "Pod", name: "crash-0", namespace },
      },
    }),
  ];
}
