/** What the demo cluster holds, as facts; `demo_objects.ts` makes Kubernetes objects of them. */

/** As kubectl's STATUS column words them. */
export type PodState =
  | "Running"
  | "Pending"
  | "ContainerCreating"
  | "CrashLoopBackOff"
  | "ImagePullBackOff"
  | "Completed"
  | "Error";

export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet" | "Job";
  readonly image: string;
  /** Of the revision before this one. */
  readonly previousImage?: string;
  /** One pod each. */
  readonly pods: readonly PodState[];
  /** A Service listens here where it is given. */
  readonly port?: number;
  readonly tier: string;
  /** Before now, minutes. */
  readonly ageMinutes: number;
  readonly restarts?: number;
}

export const NODES = ["demo-a", "demo-b", "demo-c"] as const;

export const NAMESPACES: Readonly<Record<string, string>> = {
  shop: "storefront",
  data: "platform",
  monitoring: "platform",
};

const DAY = 24 * 60;

export const WORKLOADS: readonly Workload[] = [
  {
    namespace: "shop",
    name: "web",
    kind: "Deployment",
    image: "registry.example/shop/web:2.4.1",
    previousImage: "registry.example/shop/web:2.4.0",
    pods: ["Running", "Running", "Running"],
    port: 80,
    tier: "frontend",
    ageMinutes: 9 * DAY,
  },
  {
    namespace: "shop",
    name: "cart",
    kind: "Deployment",
    image: "registry.example/shop/cart:1.9.0",
    pods: ["Running", "Running"],
    port: 8080,
    tier: "backend",
    ageMinutes: 9 * DAY,
    restarts: 1,
  },
  {
    namespace: "shop",
    name: "checkout",
    kind: "Deployment",
    image: "registry.example/shop/checkout:3.0.0-rc.2",
    pods: ["CrashLoopBackOff", "Running"],
    port: 8080,
    tier: "backend",
    ageMinutes: 95,
    restarts: 14,
  },
  {
    namespace: "shop",
    name: "search",
    kind: "Deployment",
    image: "registry.example/shop/search:latets",
    pods: ["ImagePullBackOff"],
    port: 9200,
    tier: "backend",
    ageMinutes: 38,
  },
  {
    namespace: "shop",
    name: "recommend",
    kind: "Deployment",
    image: "registry.example/shop/recommend:0.3.7",
    pods: ["Running", "Pending"],
    tier: "backend",
    ageMinutes: 2 * DAY,
  },
  {
    namespace: "shop",
    name: "migrate-v42",
    kind: "Job",
    image: "registry.example/shop/migrate:42",
    pods: ["Completed"],
    tier: "batch",
    ageMinutes: 110,
  },
  {
    namespace: "shop",
    name: "import-catalog",
    kind: "Job",
    image: "registry.example/shop/import:1.0.3",
    pods: ["Error"],
    tier: "batch",
    ageMinutes: 64,
  },
  {
    namespace: "data",
    name: "postgres",
    kind: "StatefulSet",
    image: "postgres:18.1",
    pods: ["Running", "Running", "Running"],
    port: 5432,
    tier: "database",
    ageMinutes: 41 * DAY,
  },
  {
    namespace: "data",
    name: "redis",
    kind: "StatefulSet",
    image: "redis:8.2",
    pods: ["Running"],
    port: 6379,
    tier: "cache",
    ageMinutes: 41 * DAY,
    restarts: 2,
  },
  {
    namespace: "monitoring",
    name: "node-exporter",
    kind: "DaemonSet",
    image: "quay.io/prometheus/node-exporter:v1.10.2",
    pods: ["Running", "Running", "ContainerCreating"],
    tier: "agent",
    ageMinutes: 20 * DAY,
  },
  {
    namespace: "monitoring",
    name: "prometheus",
    kind: "Deployment",
    image: "quay.io/prometheus/prometheus:v3.7.3",
    pods: ["Running"],
    port: 9090,
    tier: "metrics",
    ageMinutes: 20 * DAY,
  },
];

export const CONFIG: readonly {
  readonly kind: "ConfigMap" | "Secret";
  readonly namespace: string;
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
}[] = [
  {
    kind: "ConfigMap",
    namespace: "shop",
    name: "web-config",
    data: { "app.properties": "theme=dark\nlocale=en\ncurrency=EUR\n", LOG_LEVEL: "info" },
  },
  {
    kind: "ConfigMap",
    namespace: "shop",
    name: "feature-flags",
    data: { newCheckout: "true", recommendations: "false" },
  },
  { kind: "ConfigMap", namespace: "data", name: "postgres-tuning", data: { max_connections: "200" } },
  { kind: "Secret", namespace: "shop", name: "payment-gateway", data: { apiKey: "not-a-real-key" } },
  {
    kind: "Secret",
    namespace: "data",
    name: "postgres-credentials",
    data: { username: "shop", password: "not-a-real-password" },
  },
];

export const BACKUP_GROUP = "demo.orka.example";

export const BACKUPS = ["nightly-1", "nightly-2", "weekly-1"] as const;

/** About a workload's first pod. */
export const EVENTS: readonly {
  readonly workload: string;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  readonly count: number;
}[] = [
  {
    workload: "checkout",
    type: "Warning",
    reason: "BackOff",
    message: "Back-off restarting failed container checkout",
    count: 212,
  },
  {
    workload: "search",
    type: "Warning",
    reason: "Failed",
    message: 'Failed to pull image "registry.example/shop/search:latets": not found',
    count: 9,
  },
  {
    workload: "web",
    type: "Normal",
    reason: "Pulled",
    message: 'Container image "registry.example/shop/web:2.4.1" already present on machine',
    count: 1,
  },
  {
    workload: "import-catalog",
    type: "Warning",
    reason: "BackoffLimitExceeded",
    message: "Job has reached the specified backoff limit",
    count: 1,
  },
];
