/**
 * Defaults of the everyday built-in kinds, as the real server's defaulting functions set them. Schema defaults
 * (`protocol: TCP`) and empty structs are the shaper's.
 */
import { alignPodRanges } from "./kinds/node.ts";
import { isExternal } from "./kinds/service.ts";
import { MAX_INT32 } from "./kinds/rules.ts";
import { isObject, type Json, type JsonObject, listOf, mapOf, metaOf, textOf } from "./object.ts";

type Defaults = (object: JsonObject) => void;

/** Sets fields that are absent. */
function fill(object: JsonObject, values: Readonly<Record<string, Json>>): void {
  for (const [field, value] of Object.entries(values)) object[field] ??= value;
}

function objects(parent: JsonObject | undefined, field: string): JsonObject[] {
  return listOf(parent, field).filter(isObject);
}

function spec(object: JsonObject): JsonObject {
  return (object.spec ??= {}) as JsonObject;
}

const ALL_CONTAINERS = ["initContainers", "containers", "ephemeralContainers"];

function podSpec(pod: JsonObject): void {
  fill(pod, {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    schedulerName: "default-scheduler",
  });
  pod.securityContext ??= {};
  // two names of one field: the newer says what it is
  const account = textOf(pod, "serviceAccountName") || textOf(pod, "serviceAccount");
  if (account !== "") pod.serviceAccountName = pod.serviceAccount = account;
  const hostNetwork = pod.hostNetwork === true;
  if (Number(pod.terminationGracePeriodSeconds) < 0) pod.terminationGracePeriodSeconds = 1;
  for (const container of ALL_CONTAINERS.flatMap((kind) => objects(pod, kind))) {
    containerDefaults(container, hostNetwork);
  }
  for (const volume of objects(pod, "volumes")) volumeDefaults(volume);
}

function containerDefaults(container: JsonObject, hostNetwork: boolean): void {
  const image = textOf(container, "image");
  fill(container, {
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: isLatest(image) ? "Always" : "IfNotPresent",
  });
  for (const port of objects(container, "ports")) {
    fill(port, { protocol: "TCP" });
    if (hostNetwork) port.hostPort ??= port.containerPort!;
  }
  for (const env of objects(container, "env")) {
    const source = mapOf(env, "valueFrom");
    if (source) referenceDefaults(source);
  }
  for (const field of ["livenessProbe", "readinessProbe", "startupProbe"]) {
    const probe = mapOf(container, field);
    if (!probe) continue;
    fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
    httpDefaults(mapOf(probe, "httpGet"));
  }
  const lifecycle = mapOf(container, "lifecycle");
  for (const hook of ["postStart", "preStop"]) httpDefaults(mapOf(mapOf(lifecycle, hook), "httpGet"));
}

function httpDefaults(get: JsonObject | undefined): void {
  if (get) fill(get, { path: "/", scheme: "HTTP" });
}

/** A pod asks for what it is limited to, where it doesn't say. */
function requestsFromLimits(pod: JsonObject): void {
  for (const container of [...objects(pod, "initContainers"), ...objects(pod, "containers")]) {
    const resources = mapOf(container, "resources");
    const limits = mapOf(resources, "limits");
    if (!resources || !limits) continue;
    const requests = mapOf(resources, "requests") ?? {};
    fill(requests, limits as Record<string, Json>);
    resources.requests = requests;
  }
}

/** fieldRef and resourceFieldRef, of variables and files. */
function referenceDefaults(source: JsonObject): void {
  const field = mapOf(source, "fieldRef");
  if (field && textOf(field, "apiVersion") === "") field.apiVersion = "v1";
  const resource = mapOf(source, "resourceFieldRef");
  if (resource) resource.divisor ??= "0";
}

/** The longest name of an image. */
const MAX_IMAGE = 255;

/** A reference to an image as registries take it: host and port, lower-case path, tag. */
const IMAGE =
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::([\w][\w.-]{0,127}))?$/;

/** Untagged images, and those tagged latest, are pulled always; what is no image's name is not. */
function isLatest(image: string): boolean {
  const match = IMAGE.exec(image);
  if (match === null || image.length > MAX_IMAGE) return false;
  return match[1] === undefined || match[1] === "latest";
}

function volumeDefaults(volume: JsonObject): void {
  const sources = Object.keys(volume).filter((key) => key !== "name");
  if (sources.length === 0) volume.emptyDir = {};
  for (const kind of ["secret", "configMap", "downwardAPI", "projected"]) {
    const source = mapOf(volume, kind);
    if (source) source.defaultMode ??= 420;
  }
  const host = mapOf(volume, "hostPath");
  if (host) host.type ??= "";
  for (const source of objects(mapOf(volume, "projected"), "sources")) {
    const token = mapOf(source, "serviceAccountToken");
    if (token) token.expirationSeconds ??= 3600;
    for (const file of objects(mapOf(source, "downwardAPI"), "items")) referenceDefaults(file);
  }
  for (const file of objects(mapOf(volume, "downwardAPI"), "items")) referenceDefaults(file);
  const claim = mapOf(mapOf(volume, "ephemeral"), "volumeClaimTemplate");
  if (claim) spec(claim).volumeMode ??= "Filesystem";
}

function template(workload: JsonObject): void {
  const pod = mapOf(mapOf(workload, "template"), "spec");
  if (pod) podSpec(pod);
}

/** Labels of the template stand in for missing ones. */
function templateLabels(object: JsonObject): JsonObject | undefined {
  return mapOf(mapOf(mapOf(spec(object), "template"), "metadata"), "labels");
}

function jobSpec(job: JsonObject): void {
  fill(job, {
    completionMode: "NonIndexed",
    manualSelector: false,
    suspend: false,
    backoffLimit: job.backoffLimitPerIndex === undefined ? 6 : MAX_INT32,
    podReplacementPolicy: job.podFailurePolicy === undefined ? "TerminatingOrFailed" : "Failed",
  });
  for (const rule of objects(mapOf(job, "podFailurePolicy"), "rules")) {
    for (const condition of objects(rule, "onPodConditions")) condition.status = condition.status || "True";
  }
  if (job.completions === undefined && job.parallelism === undefined) {
    fill(job, { completions: 1, parallelism: 1 });
  }
  job.parallelism ??= 1;
  template(job);
}

function rolling(values: Readonly<Record<string, Json>>, strategy: JsonObject): void {
  strategy.type ??= "RollingUpdate";
  if (strategy.type !== "RollingUpdate") return;
  const update = (mapOf(strategy, "rollingUpdate") ?? {}) as JsonObject;
  fill(update, values);
  strategy.rollingUpdate = update;
}

function service(object: JsonObject): void {
  const own = spec(object);
  fill(own, { sessionAffinity: "None", type: "ClusterIP" });
  for (const port of objects(own, "ports")) {
    fill(port, { protocol: "TCP" });
    if (!port.targetPort) port.targetPort = port.port!;
  }
  if (own.sessionAffinity === "None") delete own.sessionAffinityConfig;
  else if (own.sessionAffinity === "ClientIP") {
    const client = ((own.sessionAffinityConfig ??= {}) as JsonObject).clientIP ??= {};
    fill(client as JsonObject, { timeoutSeconds: 10_800 });
  }
  if (own.type === "ExternalName") return;
  own.internalTrafficPolicy ??= "Cluster";
  if (isExternal(own)) fill(own, { externalTrafficPolicy: "Cluster" });
  if (own.type === "LoadBalancer") own.allocateLoadBalancerNodePorts ??= true;
}

function rbacSubjects(object: JsonObject): void {
  for (const subject of objects(object, "subjects")) {
    if (subject.kind === "User" || subject.kind === "Group") subject.apiGroup ??= "rbac.authorization.k8s.io";
  }
}

function role(object: JsonObject): void {
  const ref = mapOf(object, "roleRef");
  if (ref && textOf(ref, "apiGroup") === "") ref.apiGroup = "rbac.authorization.k8s.io";
  rbacSubjects(object);
}

const DEFAULTS: Readonly<Record<string, Defaults>> = {
  "/namespaces": (object) => {
    const meta = metaOf(object);
    const labels = (mapOf(meta, "labels") ?? {}) as JsonObject;
    if (textOf(meta, "name") !== "") labels["kubernetes.io/metadata.name"] = meta.name!;
    if (Object.keys(labels).length > 0) meta.labels = labels;
    object.status ??= {};
    if (isObject(object.status)) object.status.phase ??= "Active";
  },
  "/pods": (object) => {
    const own = spec(object);
    own.enableServiceLinks ??= true;
    podSpec(own);
    requestsFromLimits(own);
  },
  "/podtemplates": (object) => template(object),
  "/secrets": (object) => fill(object, { type: "Opaque" }),
  "/services": service,
  "/nodes": (object) => alignPodRanges(spec(object)),
  "/persistentvolumes": (object) => {
    fill(spec(object), { persistentVolumeReclaimPolicy: "Retain", volumeMode: "Filesystem" });
    const host = mapOf(spec(object), "hostPath");
    if (host) host.type ??= "";
    const status = (object.status ??= {}) as JsonObject;
    status.phase ??= "Pending";
  },
  "/persistentvolumeclaims": (object) => {
    fill(spec(object), { volumeMode: "Filesystem" });
    const status = (object.status ??= {}) as JsonObject;
    status.phase ??= "Pending";
  },
  "/replicationcontrollers": (object) => {
    const own = spec(object);
    const labels = templateLabels(object);
    if (labels) {
      own.selector ??= structuredClone(labels);
      metaOf(object).labels ??= structuredClone(labels);
    }
    own.replicas ??= 1;
    template(own);
  },
  "apps/deployments": (object) => {
    const own = spec(object);
    fill(own, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    own.strategy ??= {};
    if (isObject(own.strategy)) rolling({ maxUnavailable: "25%", maxSurge: "25%" }, own.strategy);
    template(own);
  },
  "apps/replicasets": (object) => {
    spec(object).replicas ??= 1;
    template(spec(object));
  },
  "apps/statefulsets": (object) => {
    const own = spec(object);
    fill(own, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: "OrderedReady" });
    const retention = (own.persistentVolumeClaimRetentionPolicy ??= {}) as JsonObject;
    fill(retention, { whenDeleted: "Retain", whenScaled: "Retain" });
    own.updateStrategy ??= {};
    if (isObject(own.updateStrategy)) rolling({ partition: 0 }, own.updateStrategy);
    for (const claim of objects(own, "volumeClaimTemplates")) {
      fill(claim, { kind: "PersistentVolumeClaim", apiVersion: "v1", status: { phase: "Pending" } });
      fill(spec(claim), { volumeMode: "Filesystem" });
      fill(claim.status as JsonObject, { phase: "Pending" });
    }
    template(own);
  },
  "apps/daemonsets": (object) => {
    const own = spec(object);
    own.revisionHistoryLimit ??= 10;
    own.updateStrategy ??= {};
    if (isObject(own.updateStrategy)) rolling({ maxUnavailable: 1, maxSurge: 0 }, own.updateStrategy);
    template(own);
  },
  "batch/jobs": (object) => {
    jobSpec(spec(object));
    const meta = metaOf(object);
    const labels = templateLabels(object);
    // the very same map: what is put on the pods is on the job too
    if (labels && Object.keys(mapOf(meta, "labels") ?? {}).length === 0) meta.labels = labels;
  },
  "batch/cronjobs": (object) => {
    const own = spec(object);
    fill(own, {
      concurrencyPolicy: "Allow",
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
    const job = mapOf(mapOf(own, "jobTemplate"), "spec");
    if (job) template(job);
  },
  "networking.k8s.io/ingressclasses": (object) => {
    const parameters = mapOf(mapOf(object, "spec"), "parameters");
    if (parameters) parameters.scope ??= "Cluster";
  },
  "networking.k8s.io/networkpolicies": (object) => {
    const own = spec(object);
    own.policyTypes ??= listOf(own, "egress").length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
    for (const rule of [...objects(own, "ingress"), ...objects(own, "egress")]) {
      for (const port of objects(rule, "ports")) fill(port, { protocol: "TCP" });
    }
  },
  "rbac.authorization.k8s.io/rolebindings": role,
  "rbac.authorization.k8s.io/clusterrolebindings": role,
  "storage.k8s.io/storageclasses": (object) =>
    fill(object, { reclaimPolicy: "Delete", volumeBindingMode: "Immediate" }),
  "storage.k8s.io/csidrivers": (object) =>
    fill(spec(object), {
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: "ReadWriteOnceWithFSType",
      requiresRepublish: false,
      seLinuxMount: false,
      volumeLifecycleModes: ["Persistent"],
    }),
  "scheduling.k8s.io/priorityclasses": (object) => fill(object, { preemptionPolicy: "PreemptLowerPriority" }),
  "autoscaling/horizontalpodautoscalers": (object) => {
    const own = spec(object);
    own.minReplicas ??= 1;
    if (object.apiVersion === "autoscaling/v2" && listOf(own, "metrics").length === 0) {
      const target = { type: "Utilization", averageUtilization: 80 };
      own.metrics = [{ type: "Resource", resource: { name: "cpu", target } }];
    }
    const behavior = object.apiVersion === "autoscaling/v2" ? mapOf(own, "behavior") : undefined;
    for (const [direction, rules] of behavior ? Object.entries(scalingRules()) : []) {
      behavior![direction] = { ...rules, ...mapOf(behavior, direction) };
    }
    if (object.apiVersion === "autoscaling/v1") own.targetCPUUtilizationPercentage ??= 80;
  },
  "/endpoints": (object) => {
    for (const subset of objects(object, "subsets")) {
      for (const port of objects(subset, "ports")) fill(port, { protocol: "TCP" });
    }
  },
  "discovery.k8s.io/endpointslices": (object) => {
    for (const port of objects(object, "ports")) fill(port, { name: "", protocol: "TCP" });
  },
  "/limitranges": (object) => {
    for (const limit of objects(spec(object), "limits")) {
      if (limit.type !== "Container") continue;
      if (limit.max !== undefined) limit.default = { ...limit.max as JsonObject, ...mapOf(limit, "default") };
      if (limit.default !== undefined) {
        limit.defaultRequest = { ...limit.default as JsonObject, ...mapOf(limit, "defaultRequest") };
      }
      if (limit.min !== undefined) {
        limit.defaultRequest = { ...limit.min as JsonObject, ...mapOf(limit, "defaultRequest") };
      }
    }
  },
  "admissionregistration.k8s.io/validatingwebhookconfigurations": webhooks,
  "admissionregistration.k8s.io/mutatingwebhookconfigurations": webhooks,
  "apiextensions.k8s.io/customresourcedefinitions": (object) => customResourceDefinition(object),
};

function webhooks(object: JsonObject): void {
  for (const webhook of objects(object, "webhooks")) {
    fill(webhook, {
      failurePolicy: "Fail",
      matchPolicy: "Equivalent",
      namespaceSelector: {},
      objectSelector: {},
      timeoutSeconds: 10,
    });
    if (object.kind === "MutatingWebhookConfiguration") webhook.reinvocationPolicy ??= "Never";
    const service = mapOf(mapOf(webhook, "clientConfig"), "service");
    if (service) service.port ??= 443;
    for (const rule of objects(webhook, "rules")) rule.scope ??= "*";
  }
}

function customResourceDefinition(object: JsonObject): void {
  const own = spec(object);
  own.conversion ??= { strategy: "None" };
  const names = mapOf(own, "names");
  if (!names) return;
  if (textOf(names, "kind") === "") return;
  if (textOf(names, "singular") === "") names.singular = textOf(names, "kind").toLowerCase();
  if (textOf(names, "listKind") === "") names.listKind = `${textOf(names, "kind")}List`;
}

/** Fills in what a built-in kind's object leaves out, in place. */
export function applyBuiltinDefaults(object: JsonObject, group: string, plural: string): void {
  DEFAULTS[`${group}/${plural}`]?.(object);
}

/** How an autoscaler goes up and down where its behavior does not say. */
function scalingRules(): Record<string, JsonObject> {
  const percent = { type: "Percent", value: 100, periodSeconds: 15 };
  const pods = { type: "Pods", value: 4, periodSeconds: 15 };
  return {
    scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: "Max", policies: [pods, { ...percent }] },
    scaleDown: { selectPolicy: "Max", policies: [percent] },
  };
}
