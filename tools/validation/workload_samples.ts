/** Valid objects of the kinds that run pods, from sparse to rich: what the recorded refusals are mutations of. */
import type { Sample } from "./samples.ts";

const labels = { app: "web" };
export const selector = { matchLabels: labels };
const plain = { containers: [{ name: "c", image: "nginx:1" }] };
const template = { metadata: { labels }, spec: plain };

const probe = {
  httpGet: { path: "/up", port: "http", scheme: "HTTPS", httpHeaders: [{ name: "X-A", value: "b" }] },
  initialDelaySeconds: 1,
  periodSeconds: 5,
  timeoutSeconds: 2,
  successThreshold: 1,
  failureThreshold: 4,
};

const container = {
  name: "main",
  image: "registry.example/app:1.2",
  command: ["run"],
  args: ["--x"],
  workingDir: "/srv",
  ports: [
    { name: "http", containerPort: 8080, protocol: "TCP" },
    { name: "dns", containerPort: 53, protocol: "UDP", hostPort: 5353, hostIP: "127.0.0.1" },
  ],
  envFrom: [
    { prefix: "P_", configMapRef: { name: "settings", optional: true } },
    { secretRef: { name: "secrets" } },
  ],
  env: [
    { name: "A", value: "1" },
    { name: "B", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "C", valueFrom: { configMapKeyRef: { name: "settings", key: "c" } } },
    { name: "D", valueFrom: { secretKeyRef: { name: "secrets", key: "d" } } },
    { name: "E", valueFrom: { resourceFieldRef: { resource: "limits.cpu", divisor: "1m" } } },
  ],
  resources: { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "500m", memory: "512Mi" } },
  volumeMounts: [
    { name: "config", mountPath: "/etc/app", readOnly: true },
    { name: "scratch", mountPath: "/tmp", subPath: "a/b" },
    { name: "data", mountPath: "/data", mountPropagation: "HostToContainer" },
  ],
  livenessProbe: probe,
  readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 3 },
  startupProbe: { exec: { command: ["true"] } },
  lifecycle: {
    preStop: { exec: { command: ["sleep", "1"] } },
    postStart: { httpGet: { path: "/", port: 8080 } },
  },
  terminationMessagePath: "/dev/end",
  terminationMessagePolicy: "FallbackToLogsOnError",
  imagePullPolicy: "Always",
  securityContext: {
    runAsUser: 1000,
    runAsGroup: 1000,
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
    seccompProfile: { type: "RuntimeDefault" },
  },
};

const volumes = [
  { name: "config", configMap: { name: "settings", items: [{ key: "a", path: "a/b", mode: 256 }] } },
  { name: "scratch", emptyDir: { medium: "Memory", sizeLimit: "1Gi" } },
  { name: "data", persistentVolumeClaim: { claimName: "data" } },
  { name: "keys", secret: { secretName: "keys", defaultMode: 256 } },
  { name: "host", hostPath: { path: "/var/log", type: "Directory" } },
  {
    name: "mixed",
    projected: {
      defaultMode: 420,
      sources: [
        { serviceAccountToken: { path: "token", expirationSeconds: 3600, audience: "x" } },
        { configMap: { name: "settings", items: [{ key: "k", path: "k" }] } },
        { downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] } },
      ],
    },
  },
  {
    name: "down",
    downwardAPI: {
      items: [{ path: "cpu", resourceFieldRef: { containerName: "main", resource: "limits.cpu" } }],
    },
  },
  { name: "nfs", nfs: { server: "a.b", path: "/x" } },
  { name: "csi", csi: { driver: "csi.example", volumeAttributes: { a: "b" } } },
  {
    name: "own",
    ephemeral: {
      volumeClaimTemplate: {
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      },
    },
  },
];

const term = { labelSelector: selector, topologyKey: "kubernetes.io/hostname", namespaces: ["a"] };
const nodeTerm = {
  matchExpressions: [
    { key: "disk", operator: "In", values: ["ssd"] },
    { key: "cores", operator: "Gt", values: ["4"] },
    { key: "zone", operator: "Exists" },
  ],
  matchFields: [{ key: "metadata.name", operator: "In", values: ["n1"] }],
};

const placement = {
  nodeSelector: { "kubernetes.io/os": "none-such" },
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [nodeTerm] },
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 5,
          preference: { matchExpressions: [{ key: "a", operator: "NotIn", values: ["b"] }] },
        },
      ],
    },
    podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] },
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }],
    },
  },
  tolerations: [
    { key: "dedicated", operator: "Equal", value: "web", effect: "NoSchedule" },
    { key: "gone", operator: "Exists", effect: "NoExecute", tolerationSeconds: 30 },
  ],
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: "zone",
      whenUnsatisfiable: "DoNotSchedule",
      labelSelector: selector,
      minDomains: 2,
      nodeAffinityPolicy: "Honor",
      nodeTaintsPolicy: "Ignore",
      matchLabelKeys: ["pod-template-hash"],
    },
  ],
};

const richPod = {
  initContainers: [
    {
      name: "setup",
      image: "busybox:1",
      command: ["true"],
      volumeMounts: [{ name: "host", mountPath: "/h" }],
    },
    { name: "side", image: "proxy:1", restartPolicy: "Always", startupProbe: { tcpSocket: { port: 1 } } },
  ],
  containers: [container, { name: "second", image: "busybox:1" }],
  volumes,
  restartPolicy: "Always",
  terminationGracePeriodSeconds: 10,
  activeDeadlineSeconds: 600,
  dnsPolicy: "None",
  dnsConfig: { nameservers: ["1.1.1.1"], searches: ["a.b"], options: [{ name: "ndots", value: "2" }] },
  serviceAccountName: "default",
  automountServiceAccountToken: false,
  shareProcessNamespace: true,
  securityContext: {
    runAsUser: 1000,
    runAsGroup: 1000,
    fsGroup: 2000,
    supplementalGroups: [1, 2],
    fsGroupChangePolicy: "OnRootMismatch",
    sysctls: [{ name: "kernel.shm_rmid_forced", value: "0" }],
    seccompProfile: { type: "Localhost", localhostProfile: "a.json" },
  },
  imagePullSecrets: [{ name: "pull" }],
  hostname: "web-0",
  subdomain: "web",
  schedulerName: "custom",
  hostAliases: [{ ip: "10.0.0.1", hostnames: ["a.b"] }],
  readinessGates: [{ conditionType: "example.com/ready" }],
  schedulingGates: [{ name: "example.com/wait" }],
  enableServiceLinks: false,
  preemptionPolicy: "PreemptLowerPriority",
  os: { name: "linux" },
  overhead: undefined,
  ...placement,
};

const claim = {
  metadata: { name: "data" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
};
const never = { metadata: { labels }, spec: { ...plain, restartPolicy: "Never" } };
const jobSpec = {
  parallelism: 2,
  completions: 4,
  completionMode: "Indexed",
  backoffLimit: 3,
  activeDeadlineSeconds: 600,
  ttlSecondsAfterFinished: 60,
  suspend: true,
  podReplacementPolicy: "Failed",
  podFailurePolicy: {
    rules: [
      { action: "FailJob", onExitCodes: { containerName: "c", operator: "In", values: [1, 42] } },
      { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
    ],
  },
  template: never,
};

const pods = "/api/v1/namespaces/validation/pods";
const apps = "/apis/apps/v1/namespaces/validation";
const batch = "/apis/batch/v1/namespaces/validation";

export const WORKLOADS: readonly Sample[] = [
  {
    path: pods,
    body: { metadata: { name: "sparse" }, spec: { ...plain, nodeSelector: { none: "such" } } },
    create: 12,
    update: 12,
  },
  {
    path: pods,
    body: { metadata: { name: "rich", labels: { app: "alone" } }, spec: richPod },
    create: 420,
    update: 110,
  },
  {
    path: pods,
    body: {
      metadata: { name: "host" },
      spec: {
        hostNetwork: true,
        hostPID: true,
        nodeSelector: { none: "such" },
        containers: [{ name: "c", image: "i", ports: [{ containerPort: 80 }], tty: true, stdin: true }],
      },
    },
    create: 14,
    update: 8,
  },
  {
    path: `${apps}/deployments`,
    body: { metadata: { name: "sparse" }, spec: { replicas: 0, selector, template } },
    create: 14,
    update: 10,
  },
  {
    path: `${apps}/deployments`,
    body: {
      metadata: { name: "rich", labels },
      spec: {
        replicas: 0,
        selector: {
          ...selector,
          matchExpressions: [{ key: "app", operator: "In", values: ["web", "x"] }],
        },
        minReadySeconds: 5,
        revisionHistoryLimit: 3,
        progressDeadlineSeconds: 100,
        paused: true,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: "10%" } },
        template: { metadata: { labels }, spec: { ...plain, terminationGracePeriodSeconds: 3 } },
      },
    },
    create: 70,
    update: 40,
  },
  {
    path: `${apps}/deployments`,
    body: {
      metadata: { name: "fresh" },
      spec: { replicas: 0, selector, strategy: { type: "Recreate" }, template },
    },
    create: 8,
    update: 4,
  },
  {
    path: `${apps}/replicasets`,
    body: {
      metadata: { name: "rich", labels },
      spec: { replicas: 0, minReadySeconds: 1, selector, template },
    },
    create: 24,
    update: 16,
  },
  {
    path: `${apps}/statefulsets`,
    body: {
      metadata: { name: "rich", labels },
      spec: {
        replicas: 0,
        serviceName: "web",
        selector,
        template,
        podManagementPolicy: "Parallel",
        revisionHistoryLimit: 4,
        minReadySeconds: 1,
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Retain" },
        ordinals: { start: 1 },
        volumeClaimTemplates: [claim],
      },
    },
    create: 50,
    update: 40,
  },
  {
    path: `${apps}/daemonsets`,
    body: {
      metadata: { name: "rich", labels },
      spec: {
        selector,
        template: { metadata: { labels }, spec: { ...plain, nodeSelector: { none: "such" } } },
        minReadySeconds: 2,
        revisionHistoryLimit: 2,
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      },
    },
    create: 36,
    update: 24,
  },
  {
    path: `${apps}/controllerrevisions`,
    body: { metadata: { name: "rich" }, revision: 1, data: { a: 1 } },
    create: 6,
    update: 6,
  },
  {
    path: "/api/v1/namespaces/validation/replicationcontrollers",
    body: { metadata: { name: "rich" }, spec: { replicas: 0, selector: labels, template } },
    create: 20,
    update: 14,
  },
  {
    path: "/api/v1/namespaces/validation/podtemplates",
    body: { metadata: { name: "rich" }, template },
    create: 10,
    update: 8,
  },
  {
    path: `${batch}/jobs`,
    body: { metadata: { name: "sparse" }, spec: { suspend: true, template: never } },
    create: 14,
    update: 14,
  },
  {
    path: `${batch}/jobs`,
    body: { metadata: { name: "rich", labels }, spec: jobSpec },
    create: 110,
    update: 60,
  },
  {
    path: `${batch}/jobs`,
    body: {
      metadata: { name: "indexed" },
      spec: {
        suspend: true,
        completions: 3,
        parallelism: 1,
        completionMode: "Indexed",
        backoffLimitPerIndex: 1,
        maxFailedIndexes: 2,
        successPolicy: { rules: [{ succeededIndexes: "0-1", succeededCount: 1 }] },
        template: never,
      },
    },
    create: 40,
    update: 20,
  },
  {
    path: `${batch}/cronjobs`,
    body: {
      metadata: { name: "rich", labels },
      spec: {
        schedule: "*/5 * * * *",
        timeZone: "Europe/Berlin",
        startingDeadlineSeconds: 10,
        concurrencyPolicy: "Forbid",
        suspend: true,
        successfulJobsHistoryLimit: 2,
        failedJobsHistoryLimit: 1,
        jobTemplate: { metadata: { labels }, spec: { backoffLimit: 1, template: never } },
      },
    },
    create: 60,
    update: 30,
  },
];
