/** Pod: what is checked of it as created, and what of it may change. */
import { equal } from "../../patch/mod.ts";
import { isObject, type Json, type JsonObject, listOf, mapOf, metaOf, textOf } from "../object.ts";
import { checkImagePadding } from "./pod_containers.ts";
import { checkPodSpec, hasEphemeral } from "./pod_spec.ts";
import { each, type Problems } from "./problems.ts";
import { MAX_INT32, outOfRange } from "./rules.ts";

/** Everything that a pod as such must be. */
export function validatePod(problems: Problems, pod: JsonObject): void {
  const spec = mapOf(pod, "spec");
  checkMirror(problems, pod, spec);
  checkPodSpec(problems, "spec", { spec, podName: textOf(metaOf(pod), "name"), isPod: true });
  for (const kind of ["containers", "initContainers"]) {
    for (const { item, at } of each(spec, kind, "spec")) checkImagePadding(problems, at, item);
  }
}

const MIRROR = "kubernetes.io/config.mirror";
const MIRROR_FIELD = `metadata.annotations[${MIRROR}]`;

function mirrorOf(pod: JsonObject): Json | undefined {
  return mapOf(metaOf(pod), "annotations")?.[MIRROR];
}

/** What a kubelet tells of its own pods is bound to a node. */
function checkMirror(problems: Problems, pod: JsonObject, spec: JsonObject | undefined): void {
  const mirror = mirrorOf(pod);
  if (mirror === undefined || textOf(spec, "nodeName") !== "") return;
  problems.invalid(MIRROR_FIELD, mirror, "must set spec.nodeName if mirror pod annotation is set");
}

/** Of a change; what the pod is now is looked at once more. */
function checkMirrorStays(problems: Problems, pod: JsonObject, old: JsonObject): void {
  const [now, before] = [mirrorOf(pod), mirrorOf(old)];
  if (now !== before) {
    const change = before === undefined ? "add" : "remove or update";
    problems.forbidden(MIRROR_FIELD, `may not ${change} mirror pod annotation`);
  }
  checkMirror(problems, pod, mapOf(pod, "spec"));
}

/** What is checked at creation alone. */
export function validateNewPod(problems: Problems, pod: JsonObject): void {
  const spec = mapOf(pod, "spec");
  if (hasEphemeral(spec)) problems.forbidden("spec.ephemeralContainers", "cannot be set on create");
  if (textOf(spec, "nodeName") !== "" && listOf(spec, "schedulingGates").length > 0) {
    problems.forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared");
  }
}

/** True when the containers are still as many; their images must be there. */
function checkContainerChanges(
  problems: Problems,
  field: string,
  [spec, old]: [JsonObject, JsonObject],
): boolean {
  if (listOf(spec, field).length !== listOf(old, field).length) {
    problems.forbidden(`spec.${field}`, "pod updates may not add or remove containers");
    return false;
  }
  for (const { item, at } of each(spec, field, "spec")) {
    if (textOf(item, "image") === "") problems.required(`${at}.image`);
    checkImagePadding(problems, at, item);
  }
  return true;
}

function checkDeadline(problems: Problems, spec: JsonObject, old: JsonObject): boolean {
  const field = "spec.activeDeadlineSeconds";
  const [now, before] = [spec.activeDeadlineSeconds, old.activeDeadlineSeconds];
  if (typeof now === "number") {
    if (now < 0 || now > MAX_INT32) {
      problems.invalid(field, now, outOfRange(0, MAX_INT32));
      return false;
    }
    if (typeof before === "number" && before < now) {
      problems.invalid(field, now, "must be less than or equal to previous value");
      return false;
    }
  } else if (before !== undefined) {
    problems.invalid(field, null, "must not update from a positive integer to nil value");
  }
  return true;
}

function checkAddedTolerations(problems: Problems, spec: JsonObject, old: JsonObject): void {
  const without = (item: Json) => isObject(item) ? { ...item, tolerationSeconds: null } : item;
  const now = listOf(spec, "tolerations").map(without);
  if (listOf(old, "tolerations").map(without).every((item) => now.some((other) => equal(item, other)))) {
    return;
  }
  const detail = "existing toleration can not be modified except its tolerationSeconds";
  problems.forbidden("spec.tolerations", detail);
}

function checkGatesOnlyGo(problems: Problems, spec: JsonObject, old: JsonObject): void {
  const known = new Set(listOf(old, "schedulingGates").filter(isObject).map((gate) => textOf(gate, "name")));
  for (const { item, at } of each(spec, "schedulingGates", "spec")) {
    const name = textOf(item, "name");
    if (known.has(name)) continue;
    problems.forbidden(`${at}.name`, `only deletion is allowed, but found new scheduling gate '${name}'`);
  }
}

const CHANGEABLE = [
  "`spec.containers[*].image`",
  "`spec.initContainers[*].image`",
  "`spec.activeDeadlineSeconds`",
  "`spec.tolerations` (only additions to existing tolerations)",
  "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
].join(",");

/** The new spec with everything put back that may change. */
function withoutAllowed(spec: JsonObject, old: JsonObject): JsonObject {
  const munged = structuredClone(spec);
  for (const field of ["containers", "initContainers"]) {
    for (const [index, container] of listOf(munged, field).entries()) {
      if (isObject(container)) container.image = (listOf(old, field)[index] as JsonObject).image ?? "";
    }
  }
  for (const field of ["activeDeadlineSeconds", "schedulingGates", "tolerations"]) {
    if (old[field] === undefined) delete munged[field];
    else munged[field] = old[field];
  }
  const grace = old.terminationGracePeriodSeconds;
  if (typeof grace === "number" && grace < 0 && munged.terminationGracePeriodSeconds === 1) {
    munged.terminationGracePeriodSeconds = grace;
  }
  return munged;
}

const NODE_SELECTOR_ADDITIONS = "only additions to spec.nodeSelector are allowed (no mutations or deletions)";
const REQUIRED_NODES = "requiredDuringSchedulingIgnoredDuringExecution";

/** A pod that waits behind gates may still be told more of where it runs. */
function allowNarrowing(problems: Problems, munged: JsonObject, old: JsonObject): void {
  const [selector, before] = [mapOf(munged, "nodeSelector") ?? {}, mapOf(old, "nodeSelector") ?? {}];
  if (!equal(selector, before)) {
    if (Object.entries(before).some(([key, value]) => selector[key] !== value)) {
      problems.invalid("spec.nodeSelector", munged.nodeSelector, NODE_SELECTOR_ADDITIONS);
    }
    put(munged, "nodeSelector", old.nodeSelector);
  }
  const [affinity, oldAffinity] = [mapOf(munged, "affinity"), mapOf(old, "affinity")];
  const [nodes, oldNodes] = [mapOf(affinity, "nodeAffinity"), mapOf(oldAffinity, "nodeAffinity")];
  if (equal(nodes ?? null, oldNodes ?? null)) return;
  checkNodeTermsGrow(problems, nodes, oldNodes);
  if (affinity === undefined) munged.affinity = { nodeAffinity: oldNodes! };
  else if (oldAffinity === undefined && !affinity.podAffinity && !affinity.podAntiAffinity) {
    delete munged.affinity;
  } else put(affinity, "nodeAffinity", oldNodes);
}

function put(object: JsonObject, field: string, value: Json | undefined): void {
  if (value === undefined) delete object[field];
  else object[field] = value;
}

function checkNodeTermsGrow(
  problems: Problems,
  nodes: JsonObject | undefined,
  oldNodes: JsonObject | undefined,
): void {
  const terms = listOf(mapOf(nodes, REQUIRED_NODES), "nodeSelectorTerms");
  const oldTerms = listOf(mapOf(oldNodes, REQUIRED_NODES), "nodeSelectorTerms");
  const field = `spec.affinity.nodeAffinity.${REQUIRED_NODES}.nodeSelectorTerms`;
  if (oldTerms.length === 0) return;
  if (oldTerms.length !== terms.length) {
    const detail = "no additions/deletions to non-empty NodeSelectorTerms list are allowed";
    return problems.invalid(field, terms.length === 0 ? null : terms, detail);
  }
  for (const [index, old] of oldTerms.entries()) {
    const [now, before] = [terms[index] as JsonObject, old as JsonObject];
    const grows = ["matchExpressions", "matchFields"].every((kind) => {
      const was = listOf(before, kind);
      return equal([...listOf(now, kind).slice(0, was.length)], [...was]);
    });
    const wasEmpty = listOf(before, "matchExpressions").length + listOf(before, "matchFields").length === 0;
    if (grows && !(wasEmpty && !equal(now, before))) continue;
    const detail = "only additions are allowed (no mutations or deletions)";
    problems.invalid(`${field}[${index}]`, now, detail);
  }
}

export function validatePodUpdate(problems: Problems, pod: JsonObject, oldPod: JsonObject): void {
  const [spec, old] = [mapOf(pod, "spec") ?? {}, mapOf(oldPod, "spec") ?? {}];
  checkMirrorStays(problems, pod, oldPod);
  if (!checkContainerChanges(problems, "containers", [spec, old])) return;
  if (!checkContainerChanges(problems, "initContainers", [spec, old])) return;
  if (!checkDeadline(problems, spec, old)) return;
  checkAddedTolerations(problems, spec, old);
  checkGatesOnlyGo(problems, spec, old);
  if (equal(spec, old)) return;
  const munged = withoutAllowed(spec, old);
  if (listOf(old, "schedulingGates").length > 0) allowNarrowing(problems, munged, old);
  if (equal(munged, old)) return;
  problems.forbidden("spec", `pod updates may not change fields other than ${CHANGEABLE}`);
}
