/** StatefulSet: ordered pods, with claims of their own. */
import { equal } from "../../patch/mod.ts";
import { dnsLabel } from "../metadata_validation.ts";
import { type Json, type JsonObject, listOf, mapOf, textOf } from "../object.ts";
import { isEmptySelector } from "./label_selectors.ts";
import { annotationErrors } from "../metadata_validation.ts";
import { checkLabels } from "./label_selectors.ts";
import { checkClaimSpec } from "./persistent_volume_claim.ts";
import {
  amountOf,
  checkAtMostAll,
  checkEndless,
  checkIntOrPercent,
  checkPodTemplate,
  checkTemplateLabels,
  checkWorkloadSelector,
} from "./pod_template.ts";
import { each, type Problems } from "./problems.ts";

function checkUpdateStrategy(problems: Problems, spec: JsonObject | undefined): void {
  const at = "spec.updateStrategy";
  const strategy = mapOf(spec, "updateStrategy");
  const rolling = mapOf(strategy, "rollingUpdate");
  const type = textOf(strategy, "type");
  if (type === "") return problems.required(at);
  if (type === "OnDelete") {
    if (!rolling) return;
    const shown = { Partition: rolling.partition ?? 0, MaxUnavailable: rolling.maxUnavailable ?? null };
    const detail = "only allowed for updateStrategy 'RollingUpdate'";
    return problems.invalid(`${at}.rollingUpdate`, shown, detail);
  }
  if (type !== "RollingUpdate") {
    const shown = {
      Type: type,
      RollingUpdate: rolling
        ? { Partition: rolling.partition ?? 0, MaxUnavailable: rolling.maxUnavailable ?? null }
        : null,
    };
    return problems.invalid(at, shown, "must be 'RollingUpdate' or 'OnDelete'");
  }
  const field = `${at}.rollingUpdate.maxUnavailable`;
  problems.nonNegative(`${at}.rollingUpdate.partition`, rolling?.partition);
  const unavailable = rolling?.maxUnavailable;
  if (unavailable === undefined) return;
  checkIntOrPercent(problems, field, unavailable);
  if (amountOf(unavailable) === 0) problems.invalid(field, unavailable, "cannot be 0");
  checkAtMostAll(problems, field, unavailable);
}

/** The template with the claims of the set as volumes. */
function withClaims(spec: JsonObject, template: JsonObject): JsonObject {
  const pod = { ...mapOf(template, "spec") };
  delete pod.hostname;
  delete pod.subdomain;
  const claims = [...each(spec, "volumeClaimTemplates", "")].map(({ item }) =>
    textOf(mapOf(item, "metadata"), "name")
  );
  const made = [...new Set(claims)].map((name): Json => ({
    name,
    persistentVolumeClaim: { claimName: name },
  }));
  const own = listOf(pod, "volumes").filter((volume) =>
    !claims.includes(textOf(volume as JsonObject, "name"))
  );
  if (made.length > 0) pod.volumes = [...made, ...own];
  return { ...template, spec: pod };
}

function checkSpec(problems: Problems, spec: JsonObject, isNew: boolean): void {
  const policy = textOf(spec, "podManagementPolicy");
  if (policy === "") problems.required("spec.podManagementPolicy");
  else if (policy !== "OrderedReady" && policy !== "Parallel") {
    problems.invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'");
  }
  checkUpdateStrategy(problems, spec);
  const retention = mapOf(spec, "persistentVolumeClaimRetentionPolicy");
  for (const when of retention ? ["whenDeleted", "whenScaled"] : []) {
    const field = `spec.persistentVolumeClaimRetentionPolicy.${when}`;
    problems.oneOf(field, retention![when], ["Retain", "Delete"]);
  }
  for (const { item, at } of isNew ? each(spec, "volumeClaimTemplates", "spec") : []) {
    checkClaimSpec(problems, `${at}.spec`, mapOf(item, "spec"));
  }
  problems.nonNegative("spec.replicas", spec.replicas);
  problems.nonNegative("spec.minReadySeconds", spec.minReadySeconds);
  problems.nonNegative("spec.ordinals.start", mapOf(spec, "ordinals")?.start);
  const service = textOf(spec, "serviceName");
  if (isNew && service !== "") problems.invalidEach("spec.serviceName", service, dnsLabel(service, false));
  checkPods(problems, spec);
}

function checkPods(problems: Problems, spec: JsonObject): void {
  const selector = mapOf(spec, "selector");
  const isGood = checkWorkloadSelector(problems, { selector, kind: "statefulset" });
  const template = withClaims(spec, mapOf(spec, "template") ?? {});
  if (isGood) checkMatchingPods(problems, { selector, template });
  checkEndless(problems, "spec.template.spec", { spec: mapOf(template, "spec"), kind: "StatefulSet" });
}

function checkMatchingPods(
  problems: Problems,
  { selector, template }: { selector: JsonObject | undefined; template: JsonObject },
): void {
  if (!selector || !isEmptySelector(selector)) {
    if (selector) checkTemplateLabels(problems, "spec.template", { selector, template });
    else {
      const labels = mapOf(mapOf(template, "metadata"), "labels") ?? null;
      const detail = "`selector` does not match template `labels`";
      problems.invalid("spec.template.metadata.labels", labels, detail);
    }
  }
  checkPodTemplate(problems, "spec.template", template);
  const meta = mapOf(template, "metadata");
  checkLabels(problems, "spec.template.labels", mapOf(meta, "labels"));
  problems.list.push(...annotationErrors(mapOf(meta, "annotations") ?? {}, "spec.template.annotations"));
}

export function validateStatefulSet(problems: Problems, object: JsonObject): void {
  checkSpec(problems, mapOf(object, "spec") ?? {}, true);
}

export function validateChangedStatefulSet(problems: Problems, object: JsonObject): void {
  checkSpec(problems, mapOf(object, "spec") ?? {}, false);
}

const CHANGEABLE = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
];

export function validateStatefulSetUpdate(problems: Problems, object: JsonObject, old: JsonObject): void {
  const [spec, before] = [{ ...mapOf(object, "spec") }, { ...mapOf(old, "spec") }];
  for (const field of CHANGEABLE) delete spec[field], delete before[field];
  if (equal(spec, before)) return;
  const names = CHANGEABLE.map((field) => `'${field}'`);
  const list = `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  problems.forbidden("spec", `updates to statefulset spec for fields other than ${list} are forbidden`);
}
