/** Strategies of the built-in kinds: the shared rules, and a table of where kinds differ. */
import type { ServedResource, StoredDefinition } from "../builtin/mod.ts";
import { patchSchema } from "../builtin/patch_schema.ts";
import { equal } from "../patch/mod.ts";
import { ApiError, badRequest } from "../http/api_error.ts";
import { applyBuiltinDefaults } from "./builtin_defaults.ts";
import { type BuiltinShaper, ShapeError } from "./builtin_shape.ts";
import { depthOf, MAX_DEPTH } from "./kinds/definition_schema.ts";
import { forgetGated } from "./kinds/gated_fields.ts";
import { undecidedErrors } from "./kinds/certificate_request.ts";
import { dropForType } from "./kinds/service.ts";
import { createErrors, updateErrors } from "./kinds/table.ts";
import { WARNINGS } from "./kinds/warnings.ts";
import { conversionOf } from "./conversion.ts";
import { builtinFieldLabels } from "./field_labels.ts";
import { dnsLabel, type NameRule, pathSegment, subdomain } from "./metadata_validation.ts";
import { assign, isObject, type JsonObject, listOf, mapOf, metaOf, textOf, textsOf } from "./object.ts";
import type { Decoded, Strategy } from "./strategy.ts";

const NAMES: Readonly<Record<string, NameRule>> = {
  "/namespaces": dnsLabel,
  "/services": dnsLabel,
  "/replicationcontrollers": declaredName,
  "apps/statefulsets": dnsLabel,
  "/events": anyName,
  "policy/poddisruptionbudgets": leavingChanges(anyName),
  "/persistentvolumes": leavingChanges(subdomain),
  "discovery.k8s.io/endpointslices": leavingChanges(subdomain),
  "certificates.k8s.io/certificatesigningrequests": pathSegment,
  "rbac.authorization.k8s.io/roles": pathSegment,
  "rbac.authorization.k8s.io/rolebindings": pathSegment,
  "rbac.authorization.k8s.io/clusterroles": pathSegment,
  "rbac.authorization.k8s.io/clusterrolebindings": pathSegment,
};

/** Names that nothing is asked of but that they can stand in a path. */
function anyName(name: string, prefix: boolean): string[] {
  return pathSegment(name, prefix);
}

/** Of a kind that does not look at changed metadata itself. */
function leavingChanges(rule: NameRule): NameRule {
  return Object.assign((name: string, prefix: boolean) => rule(name, prefix), { leavesChanges: true });
}

/** A kind whose rules are declared counts bytes. */
function declaredName(name: string, prefix: boolean): string[] {
  return subdomain(name, prefix).map((problem) => problem.replace(/(\d+) characters$/, "$1 bytes"));
}

const KEPT_WITH_STATUS: Readonly<Record<string, readonly string[]>> = {
  "apps/deployments": ["labels"],
  "/pods": ["ownerReferences"],
};

const CREATES_ON_UPDATE = new Set([
  "coordination.k8s.io/leases",
  "coordination.k8s.io/leasecandidates",
  "/endpoints",
  "/events",
  "events.k8s.io/events",
  "/limitranges",
  "/services",
  "node.k8s.io/runtimeclasses",
  "rbac.authorization.k8s.io/roles",
  "rbac.authorization.k8s.io/rolebindings",
  "rbac.authorization.k8s.io/clusterroles",
  "rbac.authorization.k8s.io/clusterrolebindings",
]);

/** Kinds that keep metadata.generation. */
const WITH_GENERATION = new Set([
  "/pods",
  "/podtemplates",
  "/replicationcontrollers",
  "apps/daemonsets",
  "apps/deployments",
  "apps/replicasets",
  "apps/statefulsets",
  "batch/cronjobs",
  "batch/jobs",
  "discovery.k8s.io/endpointslices",
  "networking.k8s.io/ingresses",
  "networking.k8s.io/ingressclasses",
  "networking.k8s.io/networkpolicies",
  "policy/poddisruptionbudgets",
  "scheduling.k8s.io/priorityclasses",
  "apiextensions.k8s.io/customresourcedefinitions",
  "admissionregistration.k8s.io/mutatingadmissionpolicies",
  "admissionregistration.k8s.io/mutatingadmissionpolicybindings",
  "admissionregistration.k8s.io/mutatingwebhookconfigurations",
  "admissionregistration.k8s.io/validatingadmissionpolicies",
  "admissionregistration.k8s.io/validatingadmissionpolicybindings",
  "admissionregistration.k8s.io/validatingwebhookconfigurations",
  "flowcontrol.apiserver.k8s.io/flowschemas",
  "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations",
]);

/** Updates of these must name the resourceVersion that they are based on. */
const CONDITIONAL = new Set([
  "apiextensions.k8s.io/customresourcedefinitions",
  "apiregistration.k8s.io/apiservices",
]);

const REQUESTS = "certificates.k8s.io/certificatesigningrequests";

/** What is done before a definition goes: its objects go. */
export const CRD_CLEANUP = "customresourcecleanup.apiextensions.k8s.io";
const DELETION_FINALIZERS: Readonly<Record<string, string>> = {
  "apiextensions.k8s.io/customresourcedefinitions": CRD_CLEANUP,
};

/** Kinds that live an hour after their last write, as the real server's --event-ttl. */
const EVENT_TTL_SECONDS = 3_600;

/** Status as created, whatever the body says, where it isn't simply dropped. */
const INITIAL_STATUS: Readonly<Record<string, JsonObject>> = {
  "/namespaces": { phase: "Active" },
  "/pods": { phase: "Pending" },
  "/persistentvolumes": { phase: "Pending" },
  "/persistentvolumeclaims": { phase: "Pending" },
};

export interface BuiltinStrategyTables {
  readonly shaper: BuiltinShaper;
  readonly types: Readonly<Record<string, StoredDefinition>>;
}

/** The strategy of one built-in kind. */
export class BuiltinStrategy implements Strategy {
  readonly labels;
  readonly name: NameRule;
  readonly hasStatus: boolean;
  readonly keptWithStatus: readonly string[];
  readonly createsOnUpdate: boolean;
  readonly unconditional: boolean;
  readonly ttlSeconds: number | undefined;
  readonly warnings;
  readonly patchSchema;
  readonly hasGeneration: boolean;
  readonly deletionFinalizer: string | undefined;
  readonly toStored: (object: JsonObject) => JsonObject;
  readonly toServed: (object: JsonObject) => JsonObject;
  readonly #resource: ServedResource;
  readonly #key: string;
  readonly #shaper: BuiltinShaper;
  readonly #definition: string;

  readonly hasFreeForm = false;

  constructor(
    resource: ServedResource,
    { shaper, types }: BuiltinStrategyTables,
    { mergesStrategically = true } = {},
  ) {
    const { group, version, kind, plural } = resource;
    this.#resource = resource;
    this.#key = `${group}/${plural}`;
    this.#shaper = shaper;
    this.#definition = shaper.definition(group, version, kind) ?? "";
    this.warnings = WARNINGS[this.#key];
    this.labels = builtinFieldLabels(group, plural);
    this.name = NAMES[this.#key] ?? subdomain;
    this.hasStatus = resource.subresources.includes("status");
    this.keptWithStatus = KEPT_WITH_STATUS[this.#key] ?? [];
    this.createsOnUpdate = CREATES_ON_UPDATE.has(this.#key);
    this.unconditional = !CONDITIONAL.has(this.#key);
    this.ttlSeconds = plural === "events" ? EVENT_TTL_SECONDS : undefined;
    this.patchSchema = mergesStrategically ? patchSchema(types, this.#definition) : null;
    this.hasGeneration = WITH_GENERATION.has(this.#key);
    this.deletionFinalizer = DELETION_FINALIZERS[this.#key];
    const { toStored, toServed } = conversionOf(resource);
    this.toStored = toStored;
    this.toServed = toServed;
  }

  decode(body: JsonObject): Decoded {
    // schemas alone nest without end; what is walked recursively is bounded before
    const isDefinition = this.#key === "apiextensions.k8s.io/customresourcedefinitions";
    if (isDefinition && depthOf(body) > MAX_DEPTH) {
      throw badRequest(`the object is nested deeper than ${MAX_DEPTH} levels`);
    }
    const decoded = this.#shaper.shape(body, this.#definition);
    // an empty list means something: that everybody's claims are forgotten
    const managed = mapOf(body, "metadata")?.managedFields;
    if (Array.isArray(managed) && managed.length === 0) metaOf(decoded.object).managedFields = [];
    return decoded;
  }

  applyDefaults(object: JsonObject): void {
    if (this.#key === "/secrets") foldStringData(object);
    if (this.#key === "apps/daemonsets" && !mapOf(metaOf(object), "annotations")?.[TEMPLATE_GENERATION]) {
      setTemplateGeneration(object, 0);
    }
    applyBuiltinDefaults(object, this.#resource.group, this.#resource.plural);
  }

  alignStatus(object: JsonObject): void {
    if (this.#key === "/pods") alignPodAddresses(mapOf(object, "status"));
  }

  normalize(object: JsonObject): JsonObject {
    try {
      return this.#shaper.shape(object, this.#definition).object;
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      throw notConverted(error, object, this.#resource);
    }
  }

  prepareForCreate(object: JsonObject): void {
    if (this.hasStatus) {
      assign(object, "status", this.#hasStatusField() ? { ...INITIAL_STATUS[this.#key] } : undefined);
    }
    if (this.#key === "/namespaces") {
      const spec = (object.spec ??= {}) as JsonObject;
      const finalizers = listOf(spec, "finalizers");
      if (!finalizers.includes("kubernetes")) spec.finalizers = [...finalizers, "kubernetes"];
    }
    if (this.#key === "/pods") newPodStatus(object);
    forgetGated(this.#key, object);
    if (this.#key === "batch/jobs") selectOwnPods(object);
    if (this.#key === "/nodes") taintNotReady(object);
    if (this.#key === "/persistentvolumeclaims") oneDataSource(object);
    if (this.#key === "apps/daemonsets") setTemplateGeneration(object, 1);
    if (this.#key === "apps/statefulsets") {
      // a feature that is off: the field goes
      delete mapOf(mapOf(mapOf(object, "spec"), "updateStrategy"), "rollingUpdate")?.maxUnavailable;
    }
    if (this.#key === "apiextensions.k8s.io/customresourcedefinitions") newDefinition(object);
  }

  prepareForUpdate(object: JsonObject, old: JsonObject): void {
    if (this.hasStatus) assign(object, "status", old.status);
    if (this.#key === "/namespaces") {
      const spec = (object.spec ??= {}) as JsonObject;
      assign(spec, "finalizers", mapOf(old, "spec")?.finalizers);
    }
    if (this.#key === "apps/daemonsets") {
      const before = Number(mapOf(metaOf(old), "annotations")?.[TEMPLATE_GENERATION] ?? 0);
      const same = equal(mapOf(object, "spec")?.template ?? null, mapOf(old, "spec")?.template ?? null);
      setTemplateGeneration(object, same ? before : before + 1);
    }
    forgetGated(this.#key, object, old);
    if (this.#key === "/services") dropForType(mapOf(object, "spec") ?? {}, mapOf(old, "spec") ?? {});
    // what was asked for stays: signers and approvers trust it
    if (this.#key === REQUESTS) assign(object, "spec", old.spec);
    if (this.#key === "apiextensions.k8s.io/customresourcedefinitions") storeVersion(object);
  }

  /** What is wrong with a new object; a changed one is looked at together with what it was. */
  validate(object: JsonObject, old?: JsonObject) {
    if (old !== undefined) return [];
    return createErrors(this.#key, object);
  }

  validateUpdate(object: JsonObject, old: JsonObject, subresource: string) {
    const errors = updateErrors(this.#key, object, old);
    const decides = this.#key === REQUESTS && subresource === "status";
    return decides ? [...errors, ...undecidedErrors(object, old)] : errors;
  }

  changesIntent(object: JsonObject, old: JsonObject): boolean {
    if (this.#key === "scheduling.k8s.io/priorityclasses") return false;
    const { metadata: _m, status: _s, ...wanted } = object;
    const { metadata: _om, status: _os, ...before } = old;
    if (!equal(wanted, before)) return true;
    if (this.#key === "discovery.k8s.io/endpointslices") {
      return !equal(metaOf(object).labels ?? null, metaOf(old).labels ?? null);
    }
    // a deployment's annotations go on to its replica sets
    return this.#key === "apps/deployments" &&
      !equal(metaOf(object).annotations ?? null, metaOf(old).annotations ?? null);
  }

  graceSeconds(object: JsonObject, asked: number | undefined): number {
    if (this.#key !== "/pods") return 0;
    const spec = mapOf(object, "spec");
    const phase = textOf(mapOf(object, "status"), "phase");
    if (textOf(spec, "nodeName") === "" || phase === "Succeeded" || phase === "Failed") return 0;
    const own = typeof spec?.terminationGracePeriodSeconds === "number"
      ? spec.terminationGracePeriodSeconds
      : 30;
    const seconds = asked ?? own;
    return seconds < 0 ? 1 : seconds;
  }

  hasSpecFinalizers(object: JsonObject): boolean {
    return this.#key === "/namespaces" && listOf(mapOf(object, "spec"), "finalizers").length > 0;
  }

  #hasStatusField(): boolean {
    return this.#shaper.hasField(this.#definition, "status");
  }
}

/** A job without a selector of its own gets one that only its pods can match. */
function selectOwnPods(object: JsonObject): void {
  const spec = mapOf(object, "spec");
  if (!spec) return;
  if (spec.manualSelector !== true) {
    const [uid, name] = [textOf(metaOf(object), "uid"), textOf(metaOf(object), "name")];
    const template = (spec.template ??= {}) as JsonObject;
    const labels = (metaOf(template).labels ??= {}) as JsonObject;
    const isShared = metaOf(object).labels === undefined || metaOf(object).labels === labels;
    Object.assign(labels, {
      "batch.kubernetes.io/controller-uid": uid,
      "batch.kubernetes.io/job-name": name,
      "controller-uid": uid,
      "job-name": name,
    });
    const selector = (spec.selector ??= {}) as JsonObject;
    const matched = (selector.matchLabels ??= {}) as JsonObject;
    matched["batch.kubernetes.io/controller-uid"] = uid;
    spec.manualSelector ??= false;
    if (isShared) metaOf(object).labels = structuredClone(labels);
  }
}

/** A claim's source is told in two fields; the older knows claims and snapshots alone. */
function oneDataSource(claim: JsonObject): void {
  const spec = mapOf(claim, "spec");
  const [source, ref] = [mapOf(spec, "dataSource"), mapOf(spec, "dataSourceRef")];
  if (!spec) return;
  if (source && !ref) {
    const group = source.apiGroup ?? null;
    const known = source.kind === "PersistentVolumeClaim" && (group === null || group === "") ||
      source.kind === "VolumeSnapshot" && group === "snapshot.storage.k8s.io";
    if (!known) delete spec.dataSource;
    else {
      source.apiGroup = group;
      spec.dataSourceRef = { apiGroup: group, kind: source.kind ?? "", name: source.name ?? "" };
    }
  } else if (ref && !source && textOf(ref, "namespace") === "") {
    spec.dataSource = { apiGroup: ref.apiGroup ?? null, kind: ref.kind ?? "", name: ref.name ?? "" };
  }
}

/** Nothing is scheduled to a node before its kubelet says that it is ready. */
function taintNotReady(object: JsonObject): void {
  const spec = (object.spec ??= {}) as JsonObject;
  const taint = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" };
  const given = listOf(spec, "taints").filter(isObject);
  if (!given.some(({ key }) => key === taint.key)) spec.taints = [...given, taint];
}

/** A field of older versions that lives on as an annotation. */
const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

function setTemplateGeneration(object: JsonObject, generation: number): void {
  const annotations = (metaOf(object).annotations ??= {}) as JsonObject;
  annotations[TEMPLATE_GENERATION] = String(generation);
}

/** Plain text of a Secret is kept as base64 only. */
function foldStringData(object: JsonObject): void {
  const texts = mapOf(object, "stringData");
  if (!texts) return;
  const data = (mapOf(object, "data") ?? {}) as JsonObject;
  for (const [key, value] of Object.entries(texts)) {
    data[key] = new TextEncoder().encode(String(value)).toBase64();
  }
  object.data = data;
  delete object.stringData;
}

/** The older field is the first of the newer one's; where they differ the older counts. */
function alignPodAddresses(status: JsonObject | undefined): void {
  if (!status) return;
  const ip = textOf(status, "podIP");
  const first = textOf(listOf(status, "podIPs").find(isObject), "ip");
  if (ip !== "" && ip !== first) status.podIPs = [{ ip }];
  else if (ip === "" && first !== "") status.podIP = first;
}

/** What a pod's status says before anybody has looked at it. */
function newPodStatus(pod: JsonObject): void {
  const status = pod.status as JsonObject;
  selectOwnGeneration(pod);
  status.qosClass = qosClass(pod);
  if (listOf(mapOf(pod, "spec"), "schedulingGates").length === 0) return;
  status.conditions = [{
    type: "PodScheduled",
    status: "False",
    lastProbeTime: null,
    lastTransitionTime: metaOf(pod).creationTimestamp ?? null,
    reason: "SchedulingGated",
    message: "Scheduling is blocked due to non-empty scheduling gates",
  }];
}

/** Label keys whose values are the pod's own become part of what its constraints and terms select. */
function selectOwnGeneration(pod: JsonObject): void {
  const spec = mapOf(pod, "spec");
  const labels = mapOf(metaOf(pod), "labels") ?? {};
  const terms = ["podAffinity", "podAntiAffinity"].map((kind) => mapOf(mapOf(spec, "affinity"), kind))
    .flatMap(
      (affinity) => [
        ...listOf(affinity, "requiredDuringSchedulingIgnoredDuringExecution"),
        ...listOf(affinity, "preferredDuringSchedulingIgnoredDuringExecution").map((weighted) =>
          isObject(weighted) ? weighted.podAffinityTerm ?? null : null
        ),
      ],
    );
  for (const part of [...listOf(spec, "topologySpreadConstraints"), ...terms].filter(isObject)) {
    const selector = mapOf(part, "labelSelector");
    if (!selector) continue;
    const added = [["matchLabelKeys", "In"], ["mismatchLabelKeys", "NotIn"]].flatMap(([field, operator]) =>
      textsOf(part, field!).filter((key) => labels[key] !== undefined).map((key) => ({
        key,
        operator: operator!,
        values: [labels[key]!],
      }))
    );
    if (added.length > 0) selector.matchExpressions = [...listOf(selector, "matchExpressions"), ...added];
  }
}

/** https://kubernetes.io/docs/tasks/configure-pod-container/quality-service-pod/ */
function qosClass(pod: JsonObject): string {
  const spec = mapOf(pod, "spec");
  const containers = [...listOf(spec, "containers"), ...listOf(spec, "initContainers")].filter(isObject);
  const resources = containers.map((container) => mapOf(container, "resources") ?? {});
  const asks = (part: JsonObject, kind: string, name: string) => mapOf(part, kind)?.[name];
  const names = ["cpu", "memory"];
  const none = resources.every((part) =>
    names.every((name) =>
      asks(part, "limits", name) === undefined && asks(part, "requests", name) === undefined
    )
  );
  if (none) return "BestEffort";
  const full = resources.every((part) =>
    names.every((name) => {
      const limit = asks(part, "limits", name);
      return limit !== undefined && (asks(part, "requests", name) ?? limit) === limit;
    })
  );
  return full ? "Guaranteed" : "Burstable";
}

/** Objects may come to be stored in the version that is the storage version now. */
function storeVersion(definition: JsonObject): void {
  const stored = listOf(mapOf(definition, "spec"), "versions").filter(isObject).find((version) =>
    version.storage === true
  );
  const status = (definition.status ??= {}) as JsonObject;
  const [name, known] = [textOf(stored, "name"), textsOf(status, "storedVersions")];
  if (stored && !known.includes(name)) status.storedVersions = [...known, name];
}

/** A definition is served under the names that it asks for once the server has said so in its status. */
function newDefinition(object: JsonObject): void {
  const stored = listOf(mapOf(object, "spec"), "versions").filter(isObject).filter((version) =>
    version.storage === true
  );
  object.status = {
    conditions: null,
    acceptedNames: { plural: "", kind: "" },
    storedVersions: stored.map((version) => textOf(version, "name")),
  };
  metaOf(object);
}

/** What an apply made is not of the kind's type: the real server blames itself. */
function notConverted(
  { conversion }: ShapeError,
  object: JsonObject,
  { group, version, kind }: ServedResource,
): ApiError {
  const meta = metaOf(object);
  const type = `${group}/${version}, Kind=${kind}`;
  const subject = `/${textOf(meta, "name")}; ${type}`;
  return new ApiError(
    500,
    "",
    `failed to convert new object (${subject}) to proper version: unable to convert unstructured object to ${type}: ` +
      conversion,
  );
}
